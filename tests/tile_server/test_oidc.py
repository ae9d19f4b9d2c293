"""Bearer tokens: a real issuer on loopback with real keys, and what must not be let in."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from pydantic import ValidationError
from token_issuer import AUDIENCE, Issuer

from evenbeat.core.store.manifest import read_manifest
from evenbeat.tile_server.access import issuer_keys
from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.settings import ServiceSettings

GRANTS = [
    {"role": "analyst", "layers": ["risk-*"], "rights": ["download"]},
    {"role": "viewer", "layers": ["priority"], "maximum_zoom": 12, "rate_per_minute": 5},
    {"role": "operator", "rights": ["admin"]},
]


@pytest.fixture(scope="module")
def issuer():
    made = Issuer()
    yield made
    made.close()


@pytest.fixture
def client(issuer, published, connect, monkeypatch, tmp_path):
    newest = dt.date.fromisoformat(read_manifest(published).dates[-1])
    noon = dt.datetime.combine(newest, dt.time(18), dt.UTC)
    monkeypatch.setattr("evenbeat.tile_server.access.sight._utc_now", lambda: noon)
    KeyFile(tmp_path / "keys.json").create("somebody", now=noon)
    return connect(
        published, oidc_issuer=issuer.address, oidc_audience=AUDIENCE, oidc_grants=GRANTS,
        keys_file=tmp_path / "keys.json", guesses_per_minute=1000,
    )  # fmt: skip


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def unsigned(header, claims):
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
             for part in (header, claims)]  # fmt: skip
    return b".".join(parts)


@pytest.mark.parametrize(("kid", "algorithm"), [("rsa-1", "RS256"), ("ec-1", "ES256")])
def test_bearer__roles_open_their_layers(client, issuer, kid, algorithm):
    answer = client.get("/v1/layers", headers=bearer(issuer.token(kid, algorithm)))
    assert answer.status_code == 200
    listed = {layer["id"] for layer in answer.json()}
    assert listed
    assert all(layer.startswith("risk-") for layer in listed)
    assert answer.headers["cache-control"].startswith("private")


def test_bearer__the_first_role_of_the_settings_counts(client, issuer):
    both = issuer.token(roles=["viewer", "analyst"])
    assert "priority" not in client.get("/v1/layers", headers=bearer(both)).text
    viewer = bearer(issuer.token(roles=["viewer"]))
    assert [each["id"] for each in client.get("/v1/layers", headers=viewer).json()] == ["priority"]
    none = client.get("/v1/layers", headers=bearer(issuer.token(roles=["janitor"])))
    assert (none.status_code, "role" in none.json()["detail"]) == (403, True)


def test_bearer__rate_is_of_the_client_not_of_the_role(client, issuer):
    def ask(subject):
        token = issuer.token(roles=["viewer"], sub=subject)
        return client.get("/v1/layers", headers=bearer(token)).status_code

    assert [ask("a") for _ in range(7)] == [200] * 5 + [429] * 2
    assert ask("b") == 200


def test_bearer__tilejson_signs_tiles_for_the_role(client, issuer):
    head = bearer(issuer.token())
    document = client.get("/v1/tiles/risk-robbery/latest/night/heat/tilejson.json", headers=head)
    address = document.json()["tiles"][0].replace("{z}", "3").replace("{x}", "1")
    path = address.replace("{y}", "1").split("8765", 1)[1]
    assert client.get(path).status_code == 200
    assert client.get(path.replace("oidc.analyst", "oidc.viewer")).status_code == 401
    assert client.get(path.replace("kid=oidc", "kid=xidc")).status_code == 401


def test_bearer__signed_tiles_count_for_the_client_not_for_the_role(client, issuer):
    """One client that looks at many tiles must not use up the rate of all others of its role."""
    signed = {}
    for name in ("ann", "bob"):
        head = bearer(issuer.token(roles=["viewer"], sub=name))
        told = client.get("/v1/tiles/priority/latest/night/heat/tilejson.json", headers=head)
        signed[name] = told.json()["tiles"][0].format(z=3, x=1, y=2).split("8765")[1]
    assert signed["ann"] != signed["bob"]
    statuses = [client.get(signed["ann"]).status_code for _ in range(6)]
    assert statuses == [200] * 4 + [429] * 2
    assert client.get(signed["bob"]).status_code == 200
    forged = signed["bob"].replace("%23", "%23f")
    assert client.get(forged).status_code == 401


def test_bearer__admin_by_role_and_a_name_that_shows_no_subject(client, issuer):
    told = client.get("/admin/whoami", headers=bearer(issuer.token(roles=["operator"]))).json()
    assert told["rights"] == ["admin"]
    assert told["who"].startswith("oidc.operator#")
    assert "u-17" not in json.dumps(told)


def altered(issuer):
    """Return tokens that must not be let in, by what is wrong with them."""
    now = int(time.time())
    stranger = rsa.generate_private_key(65537, 2048)
    claims = {"iss": issuer.address, "aud": AUDIENCE, "sub": "u", "exp": now + 600,
              "roles": ["analyst"]}  # fmt: skip
    public = issuer.keys["rsa-1"].public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    confused = unsigned({"alg": "HS256", "kid": "rsa-1"}, claims)
    mac = base64.urlsafe_b64encode(hmac.new(public, confused, hashlib.sha256).digest())
    good = issuer.token()
    head, _, signature = good.split(".")
    forged = base64.urlsafe_b64encode(
        json.dumps({**claims, "roles": ["operator"]}).encode()
    ).rstrip(b"=").decode()  # fmt: skip
    return {
        "none": (unsigned({"alg": "none", "kid": "rsa-1"}, claims) + b".").decode(),
        "None": (unsigned({"alg": "None", "kid": "rsa-1"}, claims) + b".").decode(),
        "HS256 with the public key": (confused + b"." + mac.rstrip(b"=")).decode(),
        "not a token": "abc", "empty": "", "two dots": "..", "long": "a" * 9000 + ".b.c",
        "expired": issuer.token(exp=now - 120), "no end": issuer.token(exp=None),
        "no subject": issuer.token(sub=None), "not yet": issuer.token(nbf=now + 600),
        "audience": issuer.token(aud="other"), "no audience": issuer.token(aud=None),
        "issuer": issuer.token(iss="https://evil.example"),
        "unknown kid": issuer.token("rsa-1", header={"kid": "rsa-9"}),
        "no kid": issuer.token("rsa-1", header={}),
        "kid of another family": issuer.token("ec-1", "ES256", header={"kid": "rsa-1"}),
        "a stranger's key": issuer.token("rsa-1", key=stranger),
        "RS512 is not allowed": issuer.token("rsa-1", "RS512"),
        "claims changed": f"{head}.{forged}.{signature}",
        "signature cut": good[:-20],
        "key in the header": issuer.token("rsa-1", key=stranger, header={
            "kid": "rsa-1", "jwk": json.loads(RSAAlgorithm.to_jwk(stranger.public_key())),
            "jku": "http://127.0.0.1:1/keys",
        }),
    }  # fmt: skip


def test_bearer__what_is_not_signed_by_the_issuer_for_us_and_now_is_refused(client, issuer):
    for wrong, token in altered(issuer).items():
        answer = client.get("/v1/layers", headers=bearer(token))
        assert answer.status_code == 401, wrong
        assert answer.headers["www-authenticate"].startswith("Bearer"), wrong
        assert not token or token not in answer.text, wrong
    assert client.get("/v1/layers", headers=bearer(issuer.token())).status_code == 200


def test_bearer__unknown_ones_from_an_address_have_to_wait_and_known_ones_go_on(
    issuer, published, connect, tmp_path
):
    client = connect(published, oidc_issuer=issuer.address, oidc_audience=AUDIENCE,
                     oidc_grants=GRANTS, keys_file=tmp_path / "keys.json",
                     guesses_per_minute=5)  # fmt: skip
    known, fresh = bearer(issuer.token()), bearer(issuer.token(sub="late"))
    assert client.get("/v1/layers", headers=known).status_code == 200
    found = [client.get("/v1/layers", headers=bearer("a.b.c")).status_code for _ in range(8)]
    assert found == [401] * 5 + [429] * 3
    assert client.get("/v1/layers", headers=known).status_code == 200
    assert client.get("/v1/layers", headers=fresh).status_code == 429


def test_keys__new_ones_are_fetched_and_invented_ids_do_not_fetch_without_end(
    client, issuer, monkeypatch
):
    assert client.get("/v1/layers", headers=bearer(issuer.token())).status_code == 200
    begin = issuer.fetched
    for number in range(20):
        head = bearer(issuer.token(header={"kid": f"invented-{number}"}))
        assert client.get("/v1/layers", headers=head).status_code == 401
    assert issuer.fetched == begin  # within half a minute of the first fetch
    issuer.add("rsa-2", rsa.generate_private_key(65537, 2048))
    monkeypatch.setattr(issuer_keys, "_PAUSE_S", 0.0)
    assert client.get("/v1/layers", headers=bearer(issuer.token("rsa-2"))).status_code == 200
    assert issuer.fetched == begin + 1


def test_keys__an_issuer_that_does_not_answer_is_503_and_former_keys_go_on(
    published, connect, monkeypatch, tmp_path
):
    gone = Issuer()
    terms = {"oidc_issuer": gone.address, "oidc_audience": AUDIENCE, "oidc_grants": GRANTS,
             "keys_file": tmp_path / "keys.json"}  # fmt: skip
    warm, cold = connect(published, **terms), connect(published, **terms)
    assert warm.get("/v1/layers", headers=bearer(gone.token())).status_code == 200
    gone.close()
    answer = cold.get("/v1/layers", headers=bearer(gone.token()))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert gone.address not in answer.text
    monkeypatch.setattr(issuer_keys, "_PAUSE_S", 0.0)
    monkeypatch.setattr(issuer_keys, "_KEPT_S", 0.0)
    assert warm.get("/v1/layers", headers=bearer(gone.token(sub="new"))).status_code == 200


@pytest.mark.parametrize("wrong", [
    {"oidc_issuer": "http://login.example.org"},
    {"oidc_issuer": "https://x", "oidc_grants": GRANTS},
    {"oidc_algorithms": ["HS256"]}, {"oidc_algorithms": ["none"]},
    {"oidc_issuer": "https://x", "oidc_audience": "a"},
    {"oidc_issuer": "https://x", "oidc_audience": "a", "oidc_grants": GRANTS},
])  # fmt: skip
def test_settings__that_would_let_anybody_in_are_refused(wrong):
    with pytest.raises(ValidationError, match="oidc"):
        ServiceSettings(**wrong)
