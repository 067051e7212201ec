# SPDX-License-Identifier: Apache-2.0
"""An OpenID Connect provider of a test's own: code flow with PKCE, tokens signed with RS256, one person who is always logged in."""
import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


class OidcProvider:
    """person: who is logged in. spoil: {claim: value} that replaces what the next ID token says. codes are good once."""

    def __init__(self, client, secret, person):
        self.client, self.secret, self.person = client, secret, person
        self.spoil, self.codes, self.key = {}, {}, rsa.generate_private_key(public_exponent=65537, key_size=2048)
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                provider.answer(self, "")

            def do_POST(self):
                provider.answer(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def sign(self, claims, key=None):
        return jwt.encode(claims, key or self.key, algorithm="RS256", headers={"kid": "k1"})

    def access_token(self, key=None, **claims):
        now = int(time.time())
        return self.sign({"iss": self.url, "aud": self.client, "sub": self.person, "iat": now, "exp": now + 300, **claims}, key)

    def answer(self, request, body):
        path = urlsplit(request.path)
        status, headers, value = getattr(self, "on_" + path.path.strip("/").split("/")[-1].replace("-", "_").replace(".", "_"),
                                         self.nothing)(dict(parse_qsl(path.query)), dict(parse_qsl(body)), request.headers)
        text = json.dumps(value).encode()
        request.send_response(status)
        for name, content in {"Content-Type": "application/json", "Content-Length": str(len(text)), **headers}.items():
            request.send_header(name, content)
        request.end_headers()
        request.wfile.write(text)

    @staticmethod
    def nothing(_query, _form, _headers):
        return 404, {}, {}

    def on_openid_configuration(self, _query, _form, _headers):
        return 200, {}, {"issuer": self.url, "authorization_endpoint": self.url + "/authorize", "token_endpoint": self.url + "/token",
                         "jwks_uri": self.url + "/jwks.json", "response_types_supported": ["code"], "subject_types_supported": ["public"],
                         "id_token_signing_alg_values_supported": ["RS256"],
                         "token_endpoint_auth_methods_supported": ["client_secret_basic"]}

    def on_jwks_json(self, _query, _form, _headers):
        return 200, {}, {"keys": [{**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key())), "kid": "k1", "use": "sig", "alg": "RS256"}]}

    def on_authorize(self, query, _form, _headers):
        assert query["client_id"] == self.client and query["response_type"] == "code" and query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return 302, {"Location": query["redirect_uri"] + "?" + urlencode({"code": code, "state": query["state"]})}, {}

    def on_token(self, _query, form, headers):
        asked = self.codes.pop(form.get("code"), None)
        basic = base64.b64decode(headers.get("Authorization", "Basic ")[6:]).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if asked is None or basic != f"{self.client}:{self.secret}" or asked["code_challenge"] != challenge:
            return 400, {}, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.url, "aud": self.client, "sub": "id-" + self.person, "preferred_username": self.person, "iat": now, "exp": now + 300,
                  "nonce": asked["nonce"], **self.spoil}
        return 200, {}, {"access_token": self.access_token(), "token_type": "Bearer", "expires_in": 300, "id_token": self.sign(claims)}
