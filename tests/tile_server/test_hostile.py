"""What nobody sends by accident: nothing fails inside, nothing is shown, nobody is let in."""

import datetime as dt
import json
import socket
import time

import pytest
from served_process import Hammer, served, until

from evenbeat.tile_server.access.keys import KeyFile
from evenbeat.tile_server.access.signatures import sign_prefix

NOW = dt.datetime.now(dt.UTC)
TILE = "/v1/tiles/risk-robbery/latest/night/heat/9/1/1.png"
TRICKS = [
    "/v1/tiles/%2e%2e/%2e%2e/etc/passwd", "/v1/tiles/%252e%252e/latest/night/heat/1/0/0.png",
    "/v1/tiles/..%5c..%5c/latest/night/heat/1/0/0.png", "/v1/download/..%2f..%2fmanifest/x/y.tif",
    "/v1/tiles/risk-robbery%00/latest/night/heat/1/0/0.png", "/%00", "/v1/%00",
    "/v1/tiles/%c0%ae%c0%ae/latest/night/heat/1/0/0.png", "/%c0%af", "/v1/%ff%fe",
    "/v1/tiles/%ed%a0%80/latest/night/heat/1/0/0.png", "//", "///v1/layers", "//v1//layers",
    "/v1//layers", "/./v1/layers", "/v1/../v1/layers", "/v1/layers/", "/V1/layers", "/v1/layers;x",
    "/%2fv1/layers", "/v1%2flayers/x", "/static//etc/passwd", "/static/%2e%2e/%2e%2e/app.py",
    "/static/....//app.py", "/static/000000000000/..%2f..%2fapp.py", "/map/../v1/layers",
    "/map%2f..%2fv1%2flayers", "/healthz/../v1/layers", "/metrics", "/metrics/..%2fv1/layers",
    "/admin", "/admin/state", "/admin/whoami", "/v1/tiles/" + "a" * 20_000,
    "/v1/tiles/risk-robbery/latest/night/heat/" + "9" * 300 + "/1/1.png",
    "/v1/tiles/risk-robbery/latest/night/heat/1/" + "9" * 18 + "/1.png",
    "/v1/tiles/risk-robbery/latest/night/heat/1/-1/1.png",
    "/v1/tiles/risk-robbery/latest/night/heat/1/0x1/1.png",
    "/v1/tiles/risk-robbery/latest/night/heat/1/\u0661/1.png".encode().decode("latin-1"),
    "/v1/tiles/risk-robbery/latest/night/heat/1e1/1/1.png",
    "/v1/tiles/{layer}/latest/night/heat/{z}/{x}/{y}.png", "/v1/layers?" + "a=1&" * 5000,
    "/v1/tiles/risk-robbery/latest/night/heat/1/0/0.png?url=/etc/passwd",
    "/v1/tiles/risk-robbery/latest/night/heat/1/0/0.png?url=http://127.0.0.1/",
    "/v1/layers?key=%00", "/v1/layers?key=" + "%ff" * 2000, "/v1/layers?key=a&key=b",
    "/v1/layers?sig=&kid=&exp=", "/v1/layers?sig=%00&kid=%ff&exp=99999999999999999999999999999999",
]  # fmt: skip
NUMBERS = ["nan", "NaN", "inf", "Infinity", "-Infinity", "1e999", "-1e308", "9" * 400, "1_0",
           "\u0661", "0x10", "", " ", "1,5", "null", "[]", "1e-400", "+-1"]  # fmt: skip


@pytest.fixture(scope="module")
def keyed(published, tmp_path_factory):
    """A service that asks for keys, as a process, with a log and small limits."""
    folder = tmp_path_factory.mktemp("keyed")
    keys = KeyFile(folder / "keys.json")
    record, token = keys.create("all", now=NOW, rights=("download", "assignments"))
    with served(published, keys_file=keys.path, request_log=folder / "requests.jsonl",
                guesses_per_minute=100_000, head_seconds=1.5, body_seconds=1.5,
                maximum_head_bytes=16_384, maximum_body_bytes=100_000,
                connections_per_address=150) as service:  # fmt: skip
        service.keys, service.record, service.token = keys, record, token
        service.log = folder / "requests.jsonl"
        service.published = published
        yield service


def raw(service, *lines, body=b"", host="127.0.0.1"):
    """Send bytes as they stand, and return the whole answer."""
    head = [line if isinstance(line, bytes) else line.encode("latin-1") for line in lines]
    if host is not None:
        head.append(f"Host: {host}".encode())
    request = b"\r\n".join([*head, b"Connection: close", b"", b""]) + body
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as client:
        try:
            client.sendall(request)
            return client.makefile("rb").read()
        except ConnectionResetError:
            return b""


def checked(answer, service):
    """Return an answer's status after what holds for every answer."""
    if not answer:
        return 0  # the connection was cut
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    assert status < 500, answer
    assert b"\r\nserver:" not in head.lower()
    told = body.lower()
    for secret in (b"traceback", str(service.published).encode(), b"site-packages", b".py\"",
                   b"/home/", service.token.encode(), b"root:x:"):  # fmt: skip
        assert secret not in told, answer
    if status >= 400 and body:
        document = json.loads(body) if b"problem+json" in head else None
        assert document is None or document["status"] == status
    return status


@pytest.mark.parametrize("trick", TRICKS, ids=range(len(TRICKS)))
def test_paths__tricks_find_nothing_and_without_a_key_open_nothing(keyed, trick):
    status = checked(raw(keyed, f"GET {trick} HTTP/1.1"), keyed)
    assert status in (0, 400, 401, 404, 431), trick
    with_key = checked(
        raw(keyed, f"GET {trick} HTTP/1.1", f"X-API-Key: {keyed.token}"), keyed
    )  # fmt: skip
    served_as_usual = "?url=" in trick or "?key=" in trick or trick.startswith("/v1/layers?")
    # Dots are for browsers and proxies to resolve; here they are letters of an unknown path.
    assert with_key in (0, 400, 403, 404, 405, 422, 431) or served_as_usual, trick


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers__that_are_none_are_422(client, number):
    for query in ({"lon": number, "lat": "41.8"}, {"lon": "-87.6", "lat": number}):
        for path in ("/v1/tiles/priority/latest/day/point", "/v1/tiles/priority/series"):
            answer = client.get(path, params=query)
            fine = number in ("1e-400", "\u0661", "1_0", " ")
            assert answer.status_code == 422 or (fine and answer.status_code in (200, 422)), path
    body = json.dumps({"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]})
    for value in ("NaN", "Infinity", "1e999", "9" * 400):
        answer = client.post("/v1/tiles/priority/latest/day/statistics",
                             content=body.replace("1", value, 1))  # fmt: skip
        assert answer.status_code == 422


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"}, {"Host": "127.0.0.1.evil.example"}, {"Host": "evil.example:8765"},
    {"Host": "127.0.0.1@evil.example"}, {"Host": ""}, {"Host": "localhost, evil.example"},
])  # fmt: skip
def test_host__a_forged_one_is_refused(client, headers):
    answer = client.get("/v1/layers", headers=headers)
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_host__forwarded_headers_change_no_link_and_no_address(keyed):
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher",
              "X-Forwarded-Prefix": "/evil", "Forwarded": "host=evil.example;for=10.0.0.9",
              "X-Forwarded-For": "10.0.0.9", "X-Original-URL": "/admin/state",
              "X-Rewrite-URL": "/admin/state", "X-API-Key": keyed.token}  # fmt: skip
    for path in ("/v1/tiles/priority/latest/day/heat/tilejson.json", "/v1/collections",
                 "/v1/wmts/1.0.0/WMTSCapabilities.xml", "/v1/stac/catalog.json", "/"):  # fmt: skip
        answer = keyed.get(path, headers=forged)
        assert "evil" not in answer.text + str(answer.headers), path
        assert answer.status_code in (200, 307), path


def test_address__only_a_trusted_proxy_says_who_asks(published, tmp_path):
    KeyFile(tmp_path / "keys.json").create("somebody", now=NOW)
    for trusted, expected in (("", [401] * 3 + [429]), ("127.0.0.1", [401] * 4)):
        with served(published, keys_file=tmp_path / "keys.json", guesses_per_minute=3,
                    trusted_proxies=trusted) as service:  # fmt: skip
            found = [
                service.get(TILE, headers={"X-API-Key": "wrong", "X-Forwarded-For": f"10.0.0.{n}"})
                for n in range(4)
            ]
            assert [answer.status_code for answer in found] == expected


def test_keys__wrong_expired_and_revoked_ones_open_nothing(keyed):
    past = NOW - dt.timedelta(days=1)
    _, expired = keyed.keys.create("past", now=past, expires_at=past)
    revoked_record, revoked = keyed.keys.create("gone", now=NOW)
    keyed.keys.revoke(revoked_record.id, now=NOW)
    wrong = keyed.token[:-1] + ("A" if keyed.token[-1] != "A" else "B")
    for token in (expired, revoked, wrong, "", "null", keyed.token.upper(), keyed.token + " x",
                  f"evb_{keyed.record.id}_", keyed.record.sha256, "*"):  # fmt: skip
        for path in (TILE, "/v1/layers", "/v1/stac/catalog.json",
                     "/v1/wmts?request=GetCapabilities", "/admin/whoami",
                     "/v1/download/priority/latest/day.tif"):  # fmt: skip
            assert keyed.get(path, headers={"X-API-Key": token}).status_code == 401, (token, path)
            asked = keyed.get(path, params={"key": token})
            assert asked.status_code == 401, (token, path)
            assert not token or len(token) < 5 or token not in asked.text


def test_signatures__altered_or_late_ones_open_nothing(keyed):
    secret, prefix = keyed.keys.book().signing_secret, TILE.rsplit("/", 3)[0] + "/"
    until_s = int(time.time()) + 600
    good = sign_prefix(prefix, key_id=keyed.record.id, expires_s=until_s, secret=secret)
    assert keyed.get(f"{TILE}?{good}").status_code == 200
    late = sign_prefix(prefix, key_id=keyed.record.id, expires_s=1, secret=secret)
    other = sign_prefix(prefix, key_id=keyed.record.id, expires_s=until_s, secret="00" * 32)
    other_path = sign_prefix("/v1/", key_id=keyed.record.id, expires_s=until_s, secret=secret)
    for query in (late, other, other_path, good[:-1], good.upper(), good.replace("exp=", "exp=+"),
                  good.replace("exp=", "exp=0"), good + "0", good.replace("sig=", "sig=%00"),
                  good.replace(keyed.record.id, "00000000"), "sig=x",
                  good.split("&")[2]):  # fmt: skip
        assert keyed.get(f"{TILE}?{query}").status_code == 401, query
    assert keyed.get(f"/v1/layers?{good}").status_code == 401
    assert keyed.get(f"{TILE.replace('robbery', 'burglary')}?{good}").status_code == 401


def test_guesses__an_address_has_to_wait_and_its_known_keys_go_on(published, connect, tmp_path):
    keys = KeyFile(tmp_path / "keys.json")
    _, known = keys.create("known", now=NOW)
    _, fresh = keys.create("fresh", now=NOW)
    client = connect(published, keys_file=keys.path, guesses_per_minute=5)
    assert client.get("/v1/layers", headers={"X-API-Key": known}).status_code == 200
    guesses = [f"evb_{n:08x}_{'A' * 32}" for n in range(8)]
    found = [client.get("/v1/layers", headers={"X-API-Key": each}) for each in guesses]
    assert [answer.status_code for answer in found] == [401] * 5 + [429] * 3
    assert int(found[-1].headers["retry-after"]) >= 1
    assert client.get("/v1/layers", headers={"X-API-Key": known}).status_code == 200
    assert client.get("/v1/layers", headers={"X-API-Key": fresh}).status_code == 429


def test_log__has_no_key_however_it_was_sent(keyed, tmp_path):
    path = f"/v1/layers/{keyed.token}"
    for address in (f"{TILE}?key={keyed.token}", f"{TILE}?KEY={keyed.token}",
                    f"{TILE}?x={keyed.token}", f"{TILE}?key={keyed.token}&sig=1"):  # fmt: skip
        keyed.get(address)
    keyed.get(path)
    until(lambda: keyed.log.read_text().count('"path":"/v1/layers/') >= 1)
    assert keyed.token not in keyed.log.read_text()
    assert keyed.token not in keyed.errors.read_text()


def test_head__one_that_is_too_long_is_431(keyed):
    for lines in ([f"GET /{'a' * 20_000} HTTP/1.1"], ["GET / HTTP/1.1", "X: " + "a" * 20_000],
                  ["GET / HTTP/1.1", *(f"X-{n}: {'b' * 50}" for n in range(2000))]):  # fmt: skip
        answer = raw(keyed, *lines)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 431 "), answer[:200]
    assert keyed.get("/healthz").status_code == 200


@pytest.mark.parametrize("line", [
    "GET", "", "\x00\x01\x02", "GET / HTTP/9.9", "GET  HTTP/1.1",
    "POST / HTTP/1.1\r\nContent-Length: -1",
    "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5",
    "GET / HTTP/1.1\r\n Folded: x", "GET / HTTP/1.1\r\nX y: z", "PRI * HTTP/2.0",
    "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade",
])  # fmt: skip
def test_head__what_is_no_request_is_refused(keyed, line):
    status = checked(raw(keyed, line), keyed)
    assert status in (0, 307, 400, 401, 404, 405, 408)


def test_body__one_that_is_too_long_is_413(keyed):
    head = ("POST /v1/tiles/priority/latest/day/statistics HTTP/1.1", f"X-API-Key: {keyed.token}")
    told = raw(keyed, *head, "Content-Length: 99999999999")
    assert told.startswith(b"HTTP/1.1 413 ")
    huge = raw(keyed, *head, "Content-Length: 9" + "9" * 30)
    assert huge == b"" or huge.split()[1] in (b"400", b"413")


@pytest.mark.slow
def test_slow__clients_that_never_finish_hold_nobody_up_and_are_ended(keyed):
    starts = [b"", b"GET /v1/layers HT", b"GET /v1/layers HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ",
              b"POST /v1/tiles/priority/latest/day/statistics HTTP/1.1\r\nHost: 127.0.0.1\r\n"
              b"X-API-Key: %s\r\nContent-Length: 900\r\n\r\n{" % keyed.token.encode()]  # fmt: skip
    slow = []
    try:
        for number in range(100):
            client = socket.create_connection(("127.0.0.1", keyed.port))
            client.sendall(starts[number % len(starts)])
            client.setblocking(False)
            slow.append(client)
        with Hammer(keyed, [TILE, "/v1/layers"], threads=2,
                    headers={"X-API-Key": keyed.token}) as hammer:  # fmt: skip
            ended = until(lambda: [each for each in slow if _is_ended(each)] == slow and slow)
        assert len(ended) == 100
        assert hammer.faults == []
        assert hammer.answers > 20
    finally:
        for client in slow:
            client.close()


def _is_ended(client):
    """Dribble a letter, and return whether the service has ended the connection."""
    try:
        client.send(b"a")
        while True:
            if client.recv(65_536) == b"":
                return True
    except BlockingIOError:
        return False
    except OSError:
        return True


@pytest.mark.slow
def test_crowd__more_connections_than_an_address_may_have_are_closed(keyed):
    opened = []
    try:
        for _ in range(200):
            opened.append(socket.create_connection(("127.0.0.1", keyed.port)))
        for client in opened:
            client.setblocking(False)
        until(lambda: sum(map(_is_ended, opened)) >= 50)
    finally:
        for client in opened:
            client.close()
    until(lambda: keyed.get("/healthz").status_code == 200)


def test_failure__has_a_number_that_stands_in_the_log_with_the_trace(
    published, connect, monkeypatch, caplog
):
    def fail(*_):
        raise RuntimeError(f"secret {published}")

    monkeypatch.setattr("evenbeat.tile_server.tiles.hot_path.Tiles.answer", fail)
    answer = connect(published).get(f"{TILE}?key=evb_hidden")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == "*"
    number = answer.json()["failure"]
    (line,) = [record for record in caplog.records if number in record.getMessage()]
    assert line.exc_info is not None
    assert "secret" not in answer.text
    assert "evb_hidden" not in caplog.text


def test_request_log__is_written_whole_when_the_application_ends(published, connect, tmp_path):
    client = connect(published, request_log=tmp_path / "log.jsonl")
    with client:
        for _ in range(50):
            client.get("/v1/layers")
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 50
