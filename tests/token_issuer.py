"""An issuer of bearer tokens on loopback, with real keys, as a county's login is one."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

AUDIENCE = "evenbeat"
_PATHS = ("/.well-known/openid-configuration", "/keys")


class Issuer:
    """An issuer with discovery and keys, and a count of how often they were fetched."""

    def __init__(self):
        self.keys, self.public, self.fetched = {}, [], 0
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/.well-known/openid-configuration":
                    document = {"issuer": issuer.address, "jwks_uri": f"{issuer.address}/keys"}
                else:
                    issuer.fetched += 1
                    document = {"keys": issuer.public}
                body = json.dumps(document).encode()
                self.send_response(200 if self.path in _PATHS else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.add("rsa-1", rsa.generate_private_key(65537, 2048))
        self.add("ec-1", ec.generate_private_key(ec.SECP256R1()))

    def add(self, kid, key):
        kind = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
        told = json.loads(kind.to_jwk(key.public_key()))
        self.keys[kid] = key
        self.public.append({**told, "kid": kid, "use": "sig"})

    def token(self, kid="rsa-1", algorithm="RS256", *, key=None, header=None, **claims):
        now = int(time.time())
        told = {"iss": self.address, "aud": AUDIENCE, "sub": "u-17", "iat": now, "exp": now + 600,
                "roles": ["analyst"], **claims}  # fmt: skip
        told = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(told, key or self.keys[kid], algorithm,
                          {"kid": kid} if header is None else header)  # fmt: skip

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
