# SPDX-License-Identifier: Apache-2.0
"""Sessions, access and refresh tokens, API keys: what they are worth, where and for how long."""
import base64
import concurrent.futures
import hashlib
import json
import re
import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ed25519

from bmenv import Api, Node
from live_client import WebSocket
from login_client import PASSWORD, Fresh, add, b64, bearer, closed, login, look_again, own, parts, tokens, who
from test_30_bad_input import check_problem


class TestSession(Fresh):

    def cookie(self, server, api, name="viewer1", **kwargs):
        answer = login(api, name, cookie=True, **kwargs)
        assert answer.json()["token_type"] == "cookie" and "access_token" not in answer.json()
        return answer.headers["Set-Cookie"]

    def test_bm_session_010_the_cookie(self, server, api):
        text = self.cookie(server, api)
        assert re.fullmatch(r"benchmark-session=[A-Za-z0-9_-]{43}; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax", text), text
        assert who(api) | {"scopes": []} == {"user": "viewer1", "role": "viewer", "projects": None, "anonymous": False, "id": who(api)["id"], "credential": "session", "scopes": []}
        value = text.split(";")[0].split("=")[1]
        assert server.sql("select hash from sessions where user_name = 'viewer1'")[0][0].tobytes() == hashlib.sha256(value.encode()).digest()
        api.call("POST", "/auth/logout", {}, headers=own(server), expect=200)
        api.session.cookies.clear()
        stale = {"Cookie": text.split(";")[0]}
        assert who(api) == api.get("/me", headers=stale)                               # a page is told that nobody is there
        check_problem(api.call("GET", "/runs", headers=stale), 401)
        assert server.sql("select count(*) from sessions")[0][0] == 0

    def test_bm_session_020_a_login_replaces_what_was_there(self, server, api):
        planted = self.cookie(server, api, "operator1").split(";")[0]
        answer = api.call("POST", "/auth/login", {"email": "viewer1", "password": PASSWORD, "cookie": True}, headers=own(server), expect=200)
        assert answer.headers["Set-Cookie"].split(";")[0] != planted and who(api)["user"] == "viewer1"
        check_problem(requests.get(api.base + "/runs", headers={"Cookie": planted}, timeout=5), 401)

    def test_bm_session_030_changes_come_from_our_pages(self, server, api):
        self.cookie(server, api, "operator1")
        body = {"name": "n"}
        for headers in ({}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                        {"Authorization": "Digest x"}, {"Authorization": "x y"}):
            check_problem(api.call("POST", "/automations", body, headers=headers), 403)
        host = server.url.split("//")[1]
        for origin in (f"http://sub.{host}", f"http://{host}.evil.example", "http://127.0.0.1:1", server.url.replace("http:", "ftp:") + "/", "file://", ""):
            check_problem(api.call("POST", "/automations", body, headers={"Origin": origin}), 403)
        planted = {"email": "operator1", "password": PASSWORD, "cookie": True}          # nobody is logged in as somebody else by another site
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            answer = api.call("POST", "/auth/login", planted, headers=headers)
            assert check_problem(answer, 403) and "Set-Cookie" not in answer.headers
        answer = api.session.post(api.base + "/auth/login", data=json.dumps(planted), headers={"Content-Type": "text/plain"}, timeout=5)
        assert check_problem(answer, 415 if not api.session.cookies else 403) and "Set-Cookie" not in answer.headers
        for content in ("text/plain", "application/x-www-form-urlencoded"):
            answer = api.session.post(api.base + "/automations", data=json.dumps(body), headers={**own(server), "Content-Type": content}, timeout=5)
            check_problem(answer, 415)
        for headers in ({"Origin": server.url}, {"Sec-Fetch-Site": "same-origin"}, own(server)):
            api.call("POST", "/automations", body, headers=headers, expect=200)

    def test_bm_session_040_ends_by_itself(self, server, api):
        self.cookie(server, api)
        assert who(api)["user"] == "viewer1"
        for column in ("idle_until", "expires_at"):
            assert who(api)["user"] == "viewer1"
            server.sql(f"update sessions set {column} = now() - interval '1 second'")
            look_again(Api(server))
            assert who(api)["anonymous"]
            api.session.cookies.clear()
            self.cookie(server, api)

    def test_bm_session_050_being_seen_keeps_it(self, server, api):
        self.cookie(server, api)
        server.sql("update sessions set seen_at = now() - interval '2 minutes', idle_until = now() + interval '10 seconds'")
        assert who(api)["user"] == "viewer1"
        assert server.sql("select idle_until > now() + interval '7 hours', seen_at > now() - interval '30 seconds' from sessions") == [(True, True)]

    def test_bm_session_060_a_socket_ends_with_its_session(self, server, api):
        one, other = tokens(api, "viewer1")["access_token"], tokens(api, "viewer1")["access_token"]
        with WebSocket(server, authorization="Bearer " + one) as first, WebSocket(server, authorization="Bearer " + other) as second:
            first.subscribe("run")
            second.subscribe("run")
            begun = time.monotonic()
            requests.post(api.base + "/auth/logout", json={}, headers=bearer(one), timeout=5)
            assert first.close_code() == 1008 and time.monotonic() - begun < 5
            assert second.alive()
            requests.post(api.base + "/auth/logout", json={"everywhere": True}, headers=bearer(other), timeout=5)
            assert second.close_code() == 1008
        assert who(api, other) == 401


class TestTokens(Fresh):

    def test_bm_token_010_says_what_it_should(self, server, api):
        made = tokens(api, "operator1")
        assert set(made) == {"access_token", "token_type", "expires_in", "refresh_token", "user"}
        assert (made["token_type"], made["expires_in"]) == ("bearer", 86400)
        header, claims = parts(made["access_token"])
        assert list(header) == ["alg", "typ", "kid"] and (header["alg"], header["typ"]) == ("EdDSA", "at+jwt")
        assert (claims["iss"], claims["aud"], claims["sub"]) == ("mod_benchmark", "mod_benchmark", "operator1")
        assert claims["exp"] - claims["iat"] == 86400 and len(claims["sid"]) == 22 and claims["jti"]
        assert who(api, made["access_token"])["credential"] == "token"
        assert api.get("/auth/me", headers=bearer(made["access_token"]))["role"] == "operator"
        assert api.get("/auth/token-status", headers=bearer(made["access_token"]))["has_valid_token"] is False
        for path in ("/login", "/api/login".replace("/api", "/api/auth"), "/api/v1/auth/login"):
            answer = requests.post(server.url + path, json={"email": "viewer1", "password": PASSWORD}, timeout=5)
            assert answer.status_code == 200 and answer.json()["user"]["name"] == "viewer1", (path, answer.text)
        answer = requests.post(server.url + "/refresh", json={"refresh_token": made["refresh_token"]}, timeout=5)
        assert answer.status_code == 200 and who(api, answer.json()["access_token"])["user"] == "operator1"

    def test_bm_token_020_an_independent_library_agrees(self, server, api):
        token = tokens(api, "operator1")["access_token"]
        for place in ("/.well-known/jwks.json", "/api/v1/.well-known/jwks.json"):
            client = jwt.PyJWKClient(server.url + place)
            claims = jwt.decode(token, client.get_signing_key_from_jwt(token).key, algorithms=["EdDSA"], audience="mod_benchmark",
                                issuer="mod_benchmark", options={"require": ["exp", "iat", "nbf", "sub", "aud", "iss", "jti"]})
            assert claims["sub"] == "operator1"
        with pytest.raises(jwt.InvalidSignatureError):
            head, payload, signature = token.split(".")
            jwt.decode(f"{head}.{payload}.{signature[:-3]}AAA"[:len(token)], client.get_signing_key_from_jwt(token).key, algorithms=["EdDSA"], audience="mod_benchmark")

    def test_bm_token_030_forgeries(self, server, api):
        token = tokens(api, "viewer1")["access_token"]
        head, payload, signature = token.split(".")
        header, claims = parts(token)
        secret = server.sql("select secret_key, public_key from signing_keys where kid = %s", header["kid"])[0]
        true = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(secret[0])[:32])
        public = bytes(secret[1])

        def signed(new_header, new_claims, key=true):
            text = f"{b64(new_header)}.{b64(new_claims)}"
            return f"{text}.{b64(key.sign(text.encode()))}"

        def hmac(key):
            import hmac as mac
            text = f"{b64({'alg': 'HS256', 'typ': 'at+jwt', 'kid': header['kid']})}.{payload}"
            return f"{text}.{b64(mac.new(key, text.encode(), 'sha256').digest())}"
        now = int(time.time())
        assert who(api, signed(header, claims))["user"] == "viewer1"                  # what follows fails for its own reason
        bad = [f"{b64({'alg': 'none', 'typ': 'at+jwt', 'kid': header['kid']})}.{payload}.", hmac(public), hmac(b64(public).encode()),
               signed(header, claims, ed25519.Ed25519PrivateKey.generate())]
        bad += [signed({**header, **change}, claims) for change in
                ({"kid": "../../x"}, {"kid": "' or 1=1 --"}, {"kid": "A" * 16}, {"jku": "https://evil.example"}, {"x5u": "x"}, {"jwk": {"kty": "OKP"}},
                 {"alg": "ES256"}, {"alg": "eddsa"}, {"typ": "JWT"}, {"crit": ["exp"]})]
        bad += [signed(dict(reversed(header.items())), claims)]
        bad += [signed(header, {**claims, **change}) for change in
                ({"exp": now - 1}, {"exp": "9999999999"}, {"exp": 1e300}, {"nbf": now + 300}, {"iat": now + 300}, {"aud": "other"}, {"aud": ["mod_benchmark"]},
                 {"iss": "other"}, {"sub": "admin1"}, {"sub": ""}, {"sid": "A" * 22}, {"sid": ""}, {"sid": 7}, {"exp": None})]
        bad += [signed(header, {k: v for k, v in claims.items() if k != name}) for name in ("exp", "nbf", "iat", "iss", "aud", "sub", "sid")]
        bad += [signed(header, [claims]), f"{head}.{payload}", f"{head}.{payload}.", f"{head}..{signature}", f".{payload}.{signature}", "..", ".",
                f"{head}.{payload}.{signature}.", f"{head}.{payload}.{signature}=", f"{head}.{payload}.{signature} x", f"{head}.{payload}.{signature}A",
                f"{head}.{payload[:-1]}.{signature}", f"{head}.{payload}.{signature[:-2]}{'_' if signature[-2] != '_' else '-'}{signature[-1]}",
                token.swapcase(), token + "\u00e9".encode().decode("latin-1"), "A" * 8000, "eyJ" + "A" * 4000]
        for text in bad:
            answer = api.call("GET", "/me", headers=bearer(text))
            problem = check_problem(answer, 401)
            assert problem["code"] == "credential_refused" and "invalid_token" in answer.headers["WWW-Authenticate"] or len(text) > 8000, text[:200]
        check_problem(api.call("GET", "/me", headers={"Authorization": "Bearer"}), 401)
        assert who(api, token)["user"] == "viewer1"
        assert api.get("/me", headers={"Authorization": "bEaReR   " + token})["user"] == "viewer1"
        api.call("GET", f"/me?access_token={token}", expect=422)

    def test_bm_token_040_the_clock_of_the_database_counts(self, server, api):
        token = tokens(api, "viewer1")["access_token"]
        sid = parts(token)[1]["sid"]
        assert who(api, token)["user"] == "viewer1"
        server.sql("update sessions set expires_at = now() + interval '100 seconds' where id = %s", sid)
        answer = api.call("POST", "/auth/refresh", {}, headers=bearer(token), expect=200).json()
        assert answer["expires_in"] <= 100 and answer["refresh_token"] is None          # never beyond the session
        other = tokens(api, "viewer1")
        server.sql("update sessions set expires_at = now() + interval '50 seconds' where id = %s", parts(other["access_token"])[1]["sid"])
        for _ in range(2):
            other = api.post("/auth/refresh", {"refresh_token": other["refresh_token"]})
            assert other["expires_in"] <= 50 and parts(other["access_token"])[1]["exp"] <= time.time() + 80
        server.sql("update sessions set expires_at = now() where id = %s", parts(other["access_token"])[1]["sid"])
        check_problem(api.call("POST", "/auth/refresh", {"refresh_token": other["refresh_token"]}), 401)
        server.sql("update sessions set expires_at = now() where id = %s", sid)
        look_again(api)
        assert who(api, token) == 401 and who(api, answer["access_token"]) == 401
        api.call("POST", "/auth/refresh", {}, headers=bearer(token), expect=401)
        api.call("POST", "/auth/refresh", {}, expect=422)

    def test_bm_token_050_refresh_tokens_are_good_once(self, server, api):
        first = tokens(api, "viewer1")["refresh_token"]
        second = api.post("/auth/refresh", {"refresh_token": first})
        assert who(api, second["access_token"])["user"] == "viewer1" and second["refresh_token"] != first
        again = api.post("/auth/refresh", {"refresh_token": first}, headers=bearer("expired"))          # its answer was lost
        assert again["refresh_token"] == second["refresh_token"]
        number = server.sql("select number from sessions")[0][0]
        third = api.post("/auth/refresh", {"refresh_token": second["refresh_token"]})
        server.sql("select 1")
        check_problem(api.call("POST", "/auth/refresh", {"refresh_token": first}), 401)          # the successor was used: a copy
        for token in (third["access_token"], second["access_token"]):
            assert who(api, token) == 401
        check_problem(api.call("POST", "/auth/refresh", {"refresh_token": third["refresh_token"]}), 401)
        assert server.sql("select count(*) from refresh_tokens")[0][0] == 0 and "BM0901: " in server.log()
        ended = server.sql("select actor, action, outcome, status from audit_log where object = %s", f"/auth/sessions/{number}")
        assert ended == [("viewer1", "POST /auth/refresh", "denied", 401)]                       # by the transaction that ended it

    def test_bm_token_060_after_the_grace_period(self, server, api):
        first = tokens(api, "viewer1")
        second = api.post("/auth/refresh", {"refresh_token": first["refresh_token"]})
        server.sql("update refresh_tokens set used_at = used_at - interval '11 seconds' where used_at is not null")
        check_problem(api.call("POST", "/auth/refresh", {"refresh_token": first["refresh_token"]}), 401)
        assert who(api, second["access_token"]) == 401
        first = tokens(api, "viewer1")
        api.post("/auth/refresh", {"refresh_token": first["refresh_token"]})
        server.sql("update refresh_tokens set used_from = '192.0.2.1' where used_at is not null")
        check_problem(api.call("POST", "/auth/refresh", {"refresh_token": first["refresh_token"]}), 401)          # somebody else

    def test_bm_token_070_many_refreshes_at_once_have_one_successor(self, server, api):
        first = tokens(api, "viewer1")["refresh_token"]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: requests.post(api.base + "/auth/refresh", json={"refresh_token": first}, timeout=30), range(8)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["refresh_token"] for answer in answers}) == 1
        assert server.sql("select count(*) filter (where used_at is null), count(*) from refresh_tokens") == [(1, 2)]
        for text in ("x", "A" * 43, "A" * 44, "'; drop table users"):
            check_problem(api.call("POST", "/auth/refresh", {"refresh_token": text}), 401)

    def test_bm_token_075_a_key_that_is_made_by_hand_first_signs_at_once(self, server, api):
        cookie = {"Cookie": login(api, "admin1", cookie=True).headers["Set-Cookie"].split(";")[0], **own(server)}
        api.session.cookies.clear()
        server.sql("delete from signing_keys")
        look_for_keys_anew = 1.1                                           # of an unknown key a child looks once a second
        made = api.call("POST", "/auth/signing-keys", {}, headers=cookie, expect=201).json()
        token = tokens(api, "viewer1")["access_token"]
        assert parts(token)[0]["kid"] == made["kid"]
        server.wait(lambda: who(api, token) != 401, 3 * look_for_keys_anew, "the key is not known")

    def test_bm_token_080_keys_rotate_without_a_gap(self, server, api):
        old = tokens(api, "admin1")["access_token"]
        before = [key["kid"] for key in api.get("/.well-known/jwks.json")["keys"]]
        made = api.call("POST", "/auth/signing-keys", headers=bearer(old), expect=201).json()
        kids = [key["kid"] for key in api.get("/.well-known/jwks.json")["keys"]]
        assert set(kids) == {*before, made["kid"]} and made["kid"] not in before and made["signs_in_seconds"] == 10
        assert parts(tokens(api, "viewer1")["access_token"])[0]["kid"] != made["kid"]          # not before every node knows it
        server.sql("update signing_keys set signs_from = now() where kid = %s", made["kid"])
        api.call("POST", "/auth/signing-keys", headers=bearer(old), expect=201)                   # which reads the keys anew
        new = tokens(api, "admin1")["access_token"]
        assert parts(new)[0]["kid"] == made["kid"]
        assert who(api, old)["user"] == "admin1" and who(api, new)["user"] == "admin1"
        server.sql("delete from signing_keys where kid = %s", parts(old)[0]["kid"])               # it was stolen
        api.call("POST", "/auth/signing-keys", headers=bearer(new), expect=201)
        look_again(api)
        assert who(api, old) == 401 and who(api, new)["user"] == "admin1"


class TestKeys(Fresh):

    def key(self, api, name="operator1", **members):
        head = bearer(tokens(api, name)["access_token"])
        return api.call("POST", "/api-keys", {"name": "ci", "role": "viewer", **members}, headers=head, expect=201).json()

    def test_bm_key_010_is_made_shown_once_and_deleted(self, server, api):
        made = self.key(api, role="operator")
        assert re.fullmatch("bmk_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", made["key"]) and made["api_key"]["prefix"] == made["key"][4:12]
        me = who(api, made["key"])
        assert (me["user"], me["role"], me["credential"]) == ("operator1", "operator", "key")
        head = bearer(tokens(api, "operator1")["access_token"])
        listed = api.call("GET", "/api-keys", headers=head, expect=200)
        assert [k["id"] for k in listed.json()] == [made["api_key"]["id"]] and made["key"][13:] not in listed.text
        assert server.sql("select hash from api_keys")[0][0].tobytes() == hashlib.sha256(made["key"][13:].encode()).digest()
        path = f"/api-keys/{made['api_key']['id']}"
        for method in ("GET", "DELETE"):
            check_problem(api.call(method, path, headers=bearer(tokens(api, "viewer1")["access_token"])), 404)          # another's
            check_problem(api.call(method, path, headers=bearer(made["key"])), 403)
        api.call("DELETE", path, headers=head, expect=200)
        assert who(api, made["key"]) == 401
        assert made["key"] not in server.log() and made["key"][13:] not in server.log()

    def test_bm_key_020_gives_no_more_than_it_was_made_for(self, server, api):
        api.call("POST", "/api-keys", {"name": "x", "role": "admin"}, headers=bearer(tokens(api, "operator1")["access_token"]), expect=422)
        viewer = self.key(api, role="viewer")["key"]
        check_problem(api.call("POST", "/automations", {"name": "n"}, headers=bearer(viewer)), 403)
        operator = self.key(api, role="operator")["key"]
        api.call("POST", "/automations", {"name": "n"}, headers=bearer(operator), expect=200)
        server.sql("update users set role = 'viewer' where name = 'operator1'")          # nor more than its owner has by now
        look_again(api)
        check_problem(api.call("POST", "/automations", {"name": "n"}, headers=bearer(operator)), 403)

    def test_bm_key_030_scopes(self, api):
        read = bearer(self.key(api, role="operator", scopes=["read"])["key"])
        api.call("GET", "/automations", headers=read, expect=200)
        for method, path in (("POST", "/automations"), ("POST", "/runs/trigger")):
            assert check_problem(api.call(method, path, {"name": "n", "scenario_id": 1}, headers=read), 403)["code"] == "scope_too_small"
        run = bearer(self.key(api, role="operator", scopes=["run"])["key"])
        assert api.call("POST", "/runs/trigger", {"scenario_id": 999999}, headers=run).status_code == 404
        check_problem(api.call("GET", "/automations", headers=run), 403)
        check_problem(api.call("POST", "/automations", {"name": "n"}, headers=run), 403)
        # who may only start things does not say where an automation's keys are sent
        operator = bearer(tokens(api, "operator1")["access_token"])
        automation = api.call("POST", "/automations", {"name": "n", "provider": "http", "connection": {"url": "http://127.0.0.1:1/"}},
                              headers=operator, expect=200).json()
        scenario = api.call("POST", "/scenarios", {"name": "n", "automation_id": automation["id"]}, headers=operator, expect=200).json()
        plan = {"scenario_id": scenario["id"], "load_model": {"type": "constant", "rate": 1}, "requests": 1, "certificate": False}
        elsewhere = {**plan, "endpoints": {"urls": ["http://127.0.0.2:1/"]}}
        assert check_problem(api.call("POST", "/loadtests/estimate", elsewhere, headers=run), 403)["code"] == "scope_too_small"
        assert check_problem(api.call("POST", "/loadtests", elsewhere, headers=run), 403)["code"] == "scope_too_small"
        api.call("POST", "/loadtests/estimate", plan, headers=run, expect=200)
        api.call("POST", "/loadtests/estimate", elsewhere, headers=bearer(self.key(api, role="operator", scopes=["run", "write"])["key"]), expect=200)
        for scopes in ([], ["king"], ["read", "read"], "read"):
            api.call("POST", "/api-keys", {"name": "x", "scopes": scopes}, headers=bearer(tokens(api, "operator1")["access_token"]), expect=422)

    def test_bm_key_040_time(self, server, api):
        key = self.key(api, expires_at="2099-01-01T00:00:00Z")["key"]
        assert who(api, key)["user"] == "operator1"
        used = server.sql("select last_used_at from api_keys")[0][0]
        assert used is not None
        for _ in range(5):
            who(api, key)
        assert server.sql("select last_used_at from api_keys")[0][0] == used
        server.sql("update api_keys set expires_at = now()")
        look_again(api)
        assert who(api, key) == 401
        old = self.key(api, expires_at="2001-01-01T00:00:00Z")["key"]
        assert who(api, old) == 401

    def test_bm_key_045_sends_traces_as_a_client_of_langfuse_shows_it(self, server, api):
        """Basic, public key and secret key: where traces are sent to the password is the API key, and the name the source."""
        def basic(name, key):
            return {"Authorization": "Basic " + base64.b64encode(f"{name}:{key}".encode()).decode()}

        server.sql("delete from trace_sources")                             # other tests have made theirs
        key = self.key(api, role="operator", scopes=["push"])["key"]
        event = {"id": "e", "type": "span-create", "timestamp": "2026-01-01T00:00:00Z", "body": {"id": "o"}}
        address = server.url + "/api/public/ingestion"                     # what Langfuse's SDKs make of the host server.url
        assert requests.post(address, json={"batch": [event]}, headers=basic("pushed", key), timeout=10).status_code == 207
        assert requests.post(server.url + "/api/public/otel/v1/traces", data=b"", timeout=10,
                             headers={**basic("pushed", key), "Content-Type": "application/x-protobuf"}).status_code == 200
        api.call("POST", "/ingestion", {"batch": []}, headers=bearer(key), expect=207)
        check_problem(requests.post(address, json={"batch": []}, headers=basic("pk-lf-1", key), timeout=10), 404)
        (source,) = server.sql("select created_by, name from trace_sources")
        assert source == ("operator1", "pushed")
        stored = "select o.id from observations o join trace_sources s on s.id = o.source_id where s.name = 'pushed' order by o.id"
        assert server.sql(stored) == [("o",)]
        held = self.key(api, role="operator", scopes=["push"], projects=[1])["key"]          # by the views of projects
        assert requests.post(address, json={"batch": [{**event, "id": "f", "body": {"id": "p", "traceId": "t"}}]}, headers=basic("pushed", held), timeout=10).status_code == 207
        assert server.sql(stored) == [("o",), ("p",)]
        for has in ({"role": "viewer"}, {"role": "operator", "scopes": ["write"]}, {"role": "operator", "scopes": ["read", "run", "admin"]}):
            other = self.key(api, **has)["key"]
            check_problem(requests.post(address, json={"batch": []}, headers=basic("pushed", other), timeout=10), 403)
        for wrong in (key[:-1] + ("A" if key[-1] != "A" else "B"), "bmk_", "bmk_00000000_" + key[13:]):
            check_problem(requests.post(address, json={"batch": []}, headers=basic("pushed", wrong), timeout=10), 401)
        for head in ({}, basic("operator1", PASSWORD), {"Authorization": "Basic !!!"}, {"Authorization": "Basic " + "A" * 6000}):
            assert requests.post(address, json={"batch": []}, headers=head, timeout=10).status_code == 401, head
        check_problem(api.call("GET", "/trace-sources", headers=bearer(key)), 403)              # scope push is for nothing else
        assert api.call("GET", "/me", headers=basic("pushed", self.key(api)["key"])).json().get("user") is None       # nor Basic elsewhere
        for head in ({"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
            check_problem(requests.post(address, json={"batch": []}, headers={**basic("pushed", key), **head}, timeout=10), 403)

    def test_bm_key_050_guesses(self, api):
        key = self.key(api)["key"]
        for text in (key[:-1], key + "A", key[:-1] + ("A" if key[-1] != "A" else "B"), key[:13] + "A" * 43, "bmk_", "bmk_" + "A" * 52, key.upper(),
                     "bmk_00000000_" + key[13:], key.replace("_", "-", 1), "Bmk" + key[3:], "bmk_%27%20or1_" + key[13:]):
            assert who(api, text) == 401, text
        for path in (f"/me?api_key={key}", f"/me?key={key}"):
            api.call("GET", path, expect=422)
        assert api.get("/me", headers={"X-API-Key": key})["anonymous"]
        assert who(api, key)["user"] == "operator1"


class TestSessionList(Fresh):

    def test_bm_sessions_010_are_seen_and_ended_by_their_user(self, server, api):
        browser = api.session.post(api.base + "/auth/login", json={"email": "viewer1", "password": PASSWORD, "cookie": True},
                                   headers={"User-Agent": "<b>a browser</b>"}, timeout=5)
        assert browser.status_code == 200
        token = tokens(Api(server), "viewer1")["access_token"]
        mine = api.get("/auth/sessions")
        assert [(s["user"], s["kind"], s["current"]) for s in mine] == [("viewer1", "cookie", True), ("viewer1", "tokens", False)]
        assert mine[0]["agent"] == "<b>a browser</b>" and mine[0]["address"] and mine[0]["created_at"] <= mine[0]["seen_at"] < mine[0]["ends_at"]
        assert [s["current"] for s in api.get("/auth/sessions", headers=bearer(token))] == [False, True]
        api.call("DELETE", f"/auth/sessions/{mine[1]['id']}", headers=own(server), expect=200)
        assert who(Api(server), token) == 401 and [s["id"] for s in api.get("/auth/sessions")] == [mine[0]["id"]]
        check_problem(api.call("DELETE", f"/auth/sessions/{mine[1]['id']}", headers=own(server)), 404)
        server.sql("update sessions set idle_until = now() - interval '1 second'")
        assert api.get("/auth/sessions", headers=bearer(tokens(Api(server), "viewer1")["access_token"]))[0]["current"]

    def test_bm_sessions_020_of_others_are_for_administrators(self, server, api):
        head = {name: bearer(tokens(api, name)["access_token"]) for name in ("viewer1", "operator1", "admin1")}
        number = {name: api.get("/auth/sessions", headers=h)[0]["id"] for name, h in head.items()}
        users = {name: who(api, h["Authorization"][7:])["id"] for name, h in head.items()}
        assert [s["id"] for s in api.get("/auth/sessions?all=true", headers=head["viewer1"])] == [number["viewer1"]]
        assert api.get(f"/auth/sessions?user_id={users['operator1']}", headers=head["viewer1"]) == []
        check_problem(api.call("DELETE", f"/auth/sessions/{number['operator1']}", headers=head["viewer1"]), 404)
        assert {s["id"] for s in api.get("/auth/sessions?all=true", headers=head["admin1"])} == set(number.values())
        assert [s["id"] for s in api.get(f"/auth/sessions?user_id={users['viewer1']}", headers=head["admin1"])] == [number["viewer1"]]
        listed = api.call("GET", "/auth/sessions?all=true&total=true&limit=2", headers=head["admin1"], expect=200)
        assert listed.headers["X-Total-Count"] == "3" and 'rel="next"' in listed.headers["Link"]
        key = api.call("POST", "/api-keys", {"name": "k", "role": "admin"}, headers=head["admin1"], expect=201).json()["key"]
        check_problem(api.call("GET", "/auth/sessions", headers=bearer(key)), 403)
        api.call("DELETE", f"/auth/sessions/{number['operator1']}", headers=head["admin1"], expect=200)
        assert who(api, head["operator1"]["Authorization"][7:]) == 401
        server.sql("update users set epoch = epoch + 1 where name = 'viewer1'")            # worth nothing, so not there
        assert [s["id"] for s in api.get("/auth/sessions?all=true", headers=head["admin1"])] == [number["admin1"]]


class TestTwoNodes(Fresh):

    @pytest.fixture(scope="class")
    def other(self, server):
        node = Node(server, "node2")
        node.restart(closed(node))
        yield node
        bad = node.unexpected()
        node.close()
        assert not bad, bad

    def test_bm_nodes_510_what_one_gives_the_other_takes(self, server, api, other):
        there = Api(other)
        made = tokens(api, "viewer1")
        assert who(there, made["access_token"])["user"] == "viewer1"
        key = api.call("POST", "/api-keys", {"name": "k"}, headers=bearer(made["access_token"]), expect=201).json()["key"]
        cookie = {"Cookie": login(api, "viewer1", cookie=True).headers["Set-Cookie"].split(";")[0]}
        api.session.cookies.clear()

        def runs(at):
            return requests.get(at.base + "/runs", headers=cookie, timeout=5).status_code
        assert who(there, key)["user"] == "viewer1" and who(there, made["access_token"])["user"] == "viewer1" and runs(there) == 200
        begun = time.monotonic()
        api.call("POST", "/auth/logout", {"everywhere": True}, headers=bearer(made["access_token"]), expect=200)
        for credential in (bearer(made["access_token"]), cookie):           # it would stay open for good
            answer = requests.get(there.base + "/events", headers={"Accept": "text/event-stream", **credential}, stream=True, timeout=5)
            assert answer.status_code == 401, "the other node opens a stream for who has logged out"
        assert who(api, made["access_token"]) == 401 and runs(api) == 401
        there.env.wait(lambda: who(there, made["access_token"]) == 401 and runs(there) == 401, 8, "the other node believes it")
        assert time.monotonic() - begun < 6.5
        server.sql("delete from users where name = 'viewer1'")
        there.env.wait(lambda: who(there, key) == 401, 8, "the other node believes it")

    def test_bm_nodes_520_over_a_graceful_restart(self, server, api, other):
        token = tokens(api, "viewer1")["access_token"]
        assert who(api, token)["user"] == "viewer1"
        server.graceful()
        for _ in range(20):
            assert who(api, token)["user"] == "viewer1"
            time.sleep(0.05)


class TestTls:
    """Behind https the cookie belongs to this host alone."""

    @staticmethod
    def conf(env):
        return closed(env, extra=("BenchmarkPublicURL https://bench.example.com/", "BenchmarkAllowedHosts 127.0.0.1"))

    def test_bm_session_110_host_prefix(self, server):
        add(server, "viewer1")
        api = Api(server)
        text = login(api, "viewer1", cookie=True).headers["Set-Cookie"]
        assert re.fullmatch(r"__Host-benchmark=[\w-]{43}; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure", text), text
        value = text.split(";")[0].split("=")[1]
        assert requests.get(api.base + "/me", headers={"Cookie": f"a=b; __Host-benchmark={value}"}, timeout=5).json()["user"] == "viewer1"
        assert requests.get(api.base + "/me", headers={"Cookie": f"benchmark-session={value}"}, timeout=5).json()["anonymous"]
        assert parts(tokens(api, "viewer1")["access_token"])[1]["iss"] == "https://bench.example.com/"
