# SPDX-License-Identifier: Apache-2.0
"""Users of our own: the command, the API, passwords; login, sessions, tokens and API keys."""
import base64
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import time
import unicodedata

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ed25519

from bmenv import Api, Conf, Node
from live_client import WebSocket
from test_25_access import htpasswd
from test_30_bad_input import check_problem
from test_70_store import AWAY

PASSWORD = "correct horse battery"
FAILED = "BM0902: "
HASH = "$argon2id$v=19$m=19456,t=2,p=1$Q4KUh5J/EARmCWSHqT5Ysg$XLR8SEx+kFtocnXbDjpBq08PHHXK6niG3j2DtY3O11g"          # of PASSWORD
ADMIN = os.path.join(os.path.dirname(os.environ["BM_MODULE"]), "..", "benchmark-admin")


def admin(env, *words, password=PASSWORD, check=True):
    """The command, with the password on its standard input."""
    environment = dict(os.environ)
    if env.sanitizer:
        environment["ASAN_OPTIONS"] = "detect_leaks=0"
    done = subprocess.run([ADMIN, "-d", env.dsn, *words], input=password + "\n", text=True, capture_output=True, env=environment,
                          check=False, timeout=30)
    assert not check or done.returncode == 0, done.stderr
    return done


def add(env, *names):
    """Users whose names begin with their role: viewer1, operator2; fresh budgets."""
    env.sql("delete from users")
    env.sql("delete from sessions")
    env.sql("delete from api_keys")
    env.sql("delete from login_budgets")
    for name in names:
        env.sql("insert into users (name, role, password_hash) values (%s, %s, %s)", name, re.match("[a-z]+", name).group(), HASH)


def bearer(token):
    return {"Authorization": "Bearer " + token}


def own(server):
    """What a browser says beside a request of a page of ours."""
    return {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}


def login(api, name, password=PASSWORD, **members):
    return api.call("POST", "/auth/login", {"email": name, "password": password, **members}, expect=200)


def tokens(api, name, **kwargs):
    return login(api, name, **kwargs).json()


def who(api, token=None, **kwargs):
    """What /me says; the status if it refuses."""
    answer = api.call("GET", "/me", headers=bearer(token) if token else None, **kwargs)
    return answer.json() if answer.status_code == 200 else answer.status_code


def look_again(api):
    """A change of access at this node: what it had found out about credentials counts no longer."""
    head = bearer(tokens(api, "admin1")["access_token"])
    api.call("PATCH", f"/users/{who(api, head['Authorization'][7:])['id']}", {"full_name": "A."}, headers=head, expect=200)


def closed(env, anonymous="none", extra=()):
    return Conf(env, anonymous=anonymous, extra=("BenchmarkSlowQuery 0", *extra))          # a busy machine is none of its business


class Fresh:
    """Each test with users of its own and without what the client remembers."""
    conf = staticmethod(closed)

    @pytest.fixture(autouse=True)
    def users(self, server):
        add(server, "admin1", "operator1", "viewer1")

    @pytest.fixture
    def api(self, server):
        return Api(server)


class TestCommand(Fresh):

    def test_bm_admin_010_makes_the_first_user(self, server, api):
        server.sql("delete from users")
        for name, role in (("admin1", "admin"), ("viewer1", "viewer")):
            admin(server, "add", name, role)
            assert who(api, tokens(api, name)["access_token"])["role"] == role
        assert "already" in admin(server, "add", "ADMIN1", "admin", check=False).stderr
        for words in (("add", "x"), ("add", "x", "king"), (), ("password",), ("drop", "x")):
            assert admin(server, *words, check=False).returncode == 2, words
        for name, password in (("short", "1234567"), ("long", "x" * 1025), ("none", ""), ("a:b", PASSWORD), ("", PASSWORD), ("a\nb", PASSWORD)):
            done = admin(server, "add", name, "viewer", password=password, check=False)
            assert done.returncode == 1 and (not password or password not in done.stderr), (name, done)
        assert server.sql("select count(*) from users")[0][0] == 2

    def test_bm_admin_020_a_forgotten_password(self, server, api):
        token = tokens(api, "viewer1")["access_token"]
        admin(server, "password", "viewer1", password="another one")
        api.call("POST", "/auth/login", {"email": "viewer1", "password": PASSWORD}, expect=401)
        assert who(api, tokens(api, "viewer1", password="another one")["access_token"])["user"] == "viewer1"
        look_again(api)
        assert who(api, token) == 401
        assert admin(server, "password", "nobody", check=False).returncode == 1


class TestUsers(Fresh):

    def test_bm_users_010_are_made_changed_and_deleted(self, server, api):
        head = bearer(tokens(api, "admin1")["access_token"])
        made = api.call("POST", "/users", {"name": "zoe", "email": "Zoe@example.com", "role": "operator", "password": PASSWORD},
                        headers=head, expect=201)
        zoe = made.json()
        assert zoe["has_password"] and "password" not in made.text.replace("has_password", "").replace("password_at", "").replace("password_link_until", "")
        assert made.headers["Location"].endswith(f"/users/{zoe['id']}")
        row = server.sql("select password_hash from users where name = 'zoe'")[0][0]
        assert row.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert who(api, tokens(api, "zoe@EXAMPLE.com")["access_token"])["user"] == "zoe"
        assert tokens(api, "zoe")["user"] == {"id": zoe["id"], "email": "Zoe@example.com", "name": "zoe"}
        changed = api.call("PATCH", f"/users/{zoe['id']}", {"role": "viewer", "full_name": "Zoe Z."}, headers=head, expect=200).json()
        assert (changed["role"], changed["full_name"], changed["email"]) == ("viewer", "Zoe Z.", "Zoe@example.com")
        assert api.call("PUT", f"/users/{zoe['id']}", changed, headers=head, expect=200).json()["role"] == "viewer"
        assert [u["name"] for u in api.get("/users", headers=head)] == ["admin1", "operator1", "viewer1", "zoe"]
        api.call("DELETE", f"/users/{zoe['id']}", headers=head, expect=200)
        api.call("GET", f"/users/{zoe['id']}", headers=head, expect=404)

    def test_bm_users_020_what_is_wrong_is_said(self, api):
        head = bearer(tokens(api, "admin1")["access_token"])
        for body in ({"name": "a:b"}, {"name": "*"}, {"name": " a"}, {"name": ""}, {"name": "a", "email": "nowhere"}, {"name": "a", "role": "king"},
                     {"name": "a", "password": "1234567"}, {"name": "a", "password": "x" * 1025}, {"name": "a", "id": 7},
                     {"name": "a", "epoch": 7}, {"name": "a", "password_hash": "x"}, {"name": "a", "created_by": "me"}, {}):
            api.call("POST", "/users", body, headers=head, expect=422)
        assert api.call("POST", "/users", {"name": "VIEWER1"}, headers=head, expect=409).json()["code"] == "user_exists"
        me = api.get("/me", headers=head)["id"]
        for body in ({"id": 8}, {"name": "other"}, {"has_password": False}, {"created_at": "2020-01-01T00:00:00Z"}):
            api.call("PATCH", f"/users/{me}", body, headers=head, expect=422)

    def test_bm_users_030_who_is_disabled_is_out(self, server, api):
        head = bearer(tokens(api, "admin1")["access_token"])
        token = tokens(api, "viewer1")["access_token"]
        key = api.call("POST", "/api-keys", {"name": "k"}, headers=bearer(token), expect=201).json()["key"]
        viewer = who(api, token)["id"]
        with WebSocket(server, authorization="Bearer " + token) as socket:
            socket.subscribe("run")
            api.call("PATCH", f"/users/{viewer}", {"disabled": True}, headers=head, expect=200)
            assert who(api, token) == 401 and who(api, key) == 401
            api.call("POST", "/auth/login", {"email": "viewer1", "password": PASSWORD}, expect=401)
            assert socket.close_code() == 1008
        api.call("PATCH", f"/users/{viewer}", {"disabled": False}, headers=head, expect=200)
        assert who(api, token) == 401 and who(api, key)["user"] == "viewer1"        # the session is over, the key is his

    def test_bm_users_040_forced_logout_and_roles(self, server, api):
        head = bearer(tokens(api, "admin1")["access_token"])
        token = tokens(api, "operator1")["access_token"]
        user = who(api, token)["id"]
        api.call("PATCH", f"/users/{user}", {"role": "none"}, headers=head, expect=200)
        check_problem(api.call("GET", "/runs", headers=bearer(token)), 403)
        api.call("PATCH", f"/users/{user}", {"role": "viewer"}, headers=head, expect=200)
        api.call("GET", "/runs", headers=bearer(token), expect=200)
        api.call("POST", f"/users/{user}/logout", headers=head, expect=200)
        assert who(api, token) == 401

    def test_bm_users_050_ones_own_password(self, server, api):
        mine, other = tokens(api, "viewer1")["access_token"], tokens(api, "viewer1")["access_token"]
        for body, status in (({"password": "a new one"}, 422), ({"password": "a new one", "current_password": "wrong"}, 422),
                             ({"password": "short", "current_password": PASSWORD}, 422), ({"role": "admin"}, 422), ({"disabled": False}, 422),
                             ({"email": "v@example.com"}, 422)):
            api.call("PATCH", "/me", body, headers=bearer(mine), expect=status)
        changed = api.call("PATCH", "/me", {"password": "a new one", "current_password": PASSWORD, "email": "v@example.com"},
                           headers=bearer(mine), expect=200).json()
        assert changed["email"] == "v@example.com" and changed["role"] == "viewer"
        assert who(api, mine)["user"] == "viewer1" and who(api, other) == 401
        tokens(api, "v@example.com", password="a new one")
        api.call("POST", "/auth/login", {"email": "viewer1", "password": PASSWORD}, expect=401)

    def test_bm_users_060_passwords_of_all_kinds(self, server, api):
        head = bearer(tokens(api, "admin1")["access_token"])
        long, accents = "qX7 zebra; " * 100, "\u00e9t\u00e9 \u00e0 No\u00ebl"
        for n, password in enumerate((long[:73], long[:72] + "y", long[:1024], "pässwörd ☃", "' or 1=1 --", "tab\tand\nline", accents)):
            api.call("POST", "/users", {"name": f"u{n}", "password": password}, headers=head, expect=201)
            tokens(api, f"u{n}", password=password)
            api.call("POST", "/auth/login", {"email": f"u{n}", "password": password[:-1] + "z"}, expect=401)
        api.call("POST", "/auth/login", {"email": "u6", "password": unicodedata.normalize("NFD", accents)}, expect=401)       # taken byte by byte
        api.call("POST", "/auth/login", {"email": "u0", "password": "x" * 1025}, expect=422)
        api.call("POST", "/auth/login", {"email": "u0", "password": "x" * 4096}, expect=422)
        for raw in (b'{"email":"u0","password":"a\\u0000b"}', b'{"email":"u0","password":"\xff\xfe"}'):
            answer = api.session.post(api.base + "/auth/login", data=raw, headers={"Content-Type": "application/json"}, timeout=5)
            check_problem(answer, 400)

    def test_bm_users_070_old_parameters_are_renewed(self, server, api):
        weak = "$argon2id$v=19$m=8192,t=1,p=1$"
        hashed = subprocess.run(["/usr/bin/python3", "-c", "import ctypes,sys; s=ctypes.CDLL('libsodium.so.23'); s.sodium_init();"
                                 "b=ctypes.create_string_buffer(128); p=sys.argv[1].encode();"
                                 "s.crypto_pwhash_str(b,p,ctypes.c_ulonglong(len(p)),ctypes.c_ulonglong(1),ctypes.c_size_t(8388608));"
                                 "print(b.value.decode())", PASSWORD], capture_output=True, text=True, check=True).stdout.strip()
        assert hashed.startswith(weak)
        server.sql("update users set password_hash = %s where name = 'viewer1'", hashed)
        token = tokens(api, "viewer1")["access_token"]
        assert server.sql("select password_hash from users where name = 'viewer1'")[0][0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert who(api, token)["user"] == "viewer1"
        tokens(api, "viewer1")


class TestLogin(Fresh):

    def test_bm_login_010_one_answer_for_all_that_is_wrong(self, server, api):
        server.sql("update users set disabled = true where name = 'operator1'")
        server.sql("insert into users (name) values ('bare')")
        answers = [api.call("POST", "/auth/login", {"email": name, "password": password})
                   for name, password in (("viewer1", "wrong"), ("nobody", PASSWORD), ("operator1", PASSWORD), ("bare", PASSWORD), ("a:b", PASSWORD),
                                          ("Viewer1", PASSWORD), ("*", PASSWORD), ("x" * 255, PASSWORD))]
        for answer in answers:
            problem = check_problem(answer, 401)
            assert (problem["code"], problem["detail"]) == ("login_failed", "Name or password is wrong."), answer.text
        assert PASSWORD not in server.log() and "viewer1" not in server.log()

    def test_bm_login_020_unknown_users_take_as_long(self, server, api):
        times = {"viewer1": [], "nobody": []}
        for _ in range(8):
            for name, taken in times.items():
                server.sql("delete from login_budgets")
                begun = time.perf_counter()
                api.call("POST", "/auth/login", {"email": name, "password": "wrong password"}, expect=401)
                taken.append(time.perf_counter() - begun)
        known, unknown = (min(taken) for taken in times.values())          # the least is the work itself, whatever the machine does
        assert 0.5 < known / unknown < 2, times                            # without a hash it would be a tenth

    def test_bm_login_030_floods_are_stopped_before_the_hash(self, server, api):
        token = tokens(api, "viewer1")["access_token"]
        codes = [api.call("POST", "/auth/login", {"email": "viewer1", "password": f"guess {n}"}).status_code for n in range(14)]
        assert codes[:9] == [401] * 9 and codes[-3:] == [429] * 3, codes
        answer = api.call("POST", "/auth/login", {"email": "viewer1", "password": "guess"})
        assert check_problem(answer, 429)["code"] == "too_many_logins" and int(answer.headers["Retry-After"]) > 0
        api.call("POST", "/auth/login", {"email": "viewer1", "password": PASSWORD}, expect=429)          # nothing is hashed or compared
        assert who(api, token)["user"] == "viewer1"                                   # who is in stays in
        server.sql("delete from login_budgets")
        codes = [api.call("POST", "/auth/login", {"email": f"user {n}", "password": "guess"}).status_code for n in range(34)]
        assert codes[0] == 401 and codes[-1] == 429                                   # one address, many users

    def test_bm_login_040_many_at_once(self, server, api):
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda n: requests.post(api.base + "/auth/login", json={"email": f"{('viewer1', 'admin1')[n % 2]}", "password": PASSWORD},
                                                            timeout=30).status_code, range(18)))
        assert set(answers) <= {200, 429, 503} and answers.count(200) >= 6, answers

    def test_bm_login_050_without_the_database(self, server, api):
        """What was seen within five seconds counts, then 503, never 401."""
        server.allow(*AWAY)
        token = tokens(api, "viewer1")["access_token"]
        assert who(api, token)["user"] == "viewer1"
        server.pg("stop", "fast")
        try:
            codes = set()
            begun = time.monotonic()
            while time.monotonic() - begun < 5.5:
                answer = api.call("GET", "/me", headers=bearer(token))
                codes.add(answer.status_code)
                assert answer.status_code in (200, 503), answer.text
                time.sleep(0.3)
            assert api.call("GET", "/me", headers=bearer(token)).status_code == 503
            assert codes == {200, 503} and int(api.call("GET", "/me", headers=bearer(token)).headers["Retry-After"]) > 0
            check_problem(api.call("POST", "/auth/login", {"email": "viewer1", "password": PASSWORD}), 503)
        finally:
            server.pg("start")
        server.wait(lambda: who(api, token) != 503, 15, "not back")
        assert who(api, token)["user"] == "viewer1"


    def test_bm_login_060_is_in_the_audit_log(self, server, api):
        right = login(api, "viewer1")
        wrong = api.call("POST", "/auth/login", {"email": "viewer1", "password": "a secret guess"}, expect=401)
        refreshed = api.call("POST", "/auth/refresh", {"refresh_token": right.json()["refresh_token"]}, expect=200)
        head = bearer(right.json()["access_token"])
        mine = api.call("PATCH", "/me", {"full_name": "V."}, headers=head, expect=200)
        out = api.call("POST", "/auth/logout", {}, headers=head, expect=200)
        rows = {row[0]: row for row in server.sql("select request_id, actor, action, outcome, members::text from audit_log")}
        assert rows[right.headers["X-Request-Id"]][1:4] == ("viewer1", "POST /auth/login", "done")
        for answer, action in ((refreshed, "POST /auth/refresh"), (mine, "PATCH /me"), (out, "POST /auth/logout")):
            assert rows[answer.headers["X-Request-Id"]][1:4] == ("viewer1", action, "done")
        server.wait(lambda: server.sql("select outcome from audit_log where request_id = %s", wrong.headers["X-Request-Id"]) == [("denied",)], 5, "no entry")
        assert "guess" not in str(server.sql("select * from audit_log")) and PASSWORD not in str(rows)


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


def parts(token):
    return [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in token.split(".")[:2]]


def b64(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data, separators=(",", ":")).encode()).decode().rstrip("=")


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
        ended = server.sql("select actor, action, outcome, status from audit_log where object = %s", f"/sessions/{number}")
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
        mine = api.get("/sessions")
        assert [(s["user"], s["kind"], s["current"]) for s in mine] == [("viewer1", "cookie", True), ("viewer1", "tokens", False)]
        assert mine[0]["agent"] == "<b>a browser</b>" and mine[0]["address"] and mine[0]["created_at"] <= mine[0]["seen_at"] < mine[0]["ends_at"]
        assert [s["current"] for s in api.get("/sessions", headers=bearer(token))] == [False, True]
        api.call("DELETE", f"/sessions/{mine[1]['id']}", headers=own(server), expect=200)
        assert who(Api(server), token) == 401 and [s["id"] for s in api.get("/sessions")] == [mine[0]["id"]]
        check_problem(api.call("DELETE", f"/sessions/{mine[1]['id']}", headers=own(server)), 404)
        server.sql("update sessions set idle_until = now() - interval '1 second'")
        assert api.get("/sessions", headers=bearer(tokens(Api(server), "viewer1")["access_token"]))[0]["current"]

    def test_bm_sessions_020_of_others_are_for_administrators(self, server, api):
        head = {name: bearer(tokens(api, name)["access_token"]) for name in ("viewer1", "operator1", "admin1")}
        number = {name: api.get("/sessions", headers=h)[0]["id"] for name, h in head.items()}
        users = {name: who(api, h["Authorization"][7:])["id"] for name, h in head.items()}
        assert [s["id"] for s in api.get("/sessions?all=true", headers=head["viewer1"])] == [number["viewer1"]]
        assert api.get(f"/sessions?user_id={users['operator1']}", headers=head["viewer1"]) == []
        check_problem(api.call("DELETE", f"/sessions/{number['operator1']}", headers=head["viewer1"]), 404)
        assert {s["id"] for s in api.get("/sessions?all=true", headers=head["admin1"])} == set(number.values())
        assert [s["id"] for s in api.get(f"/sessions?user_id={users['viewer1']}", headers=head["admin1"])] == [number["viewer1"]]
        listed = api.call("GET", "/sessions?all=true&total=true&limit=2", headers=head["admin1"], expect=200)
        assert listed.headers["X-Total-Count"] == "3" and 'rel="next"' in listed.headers["Link"]
        key = api.call("POST", "/api-keys", {"name": "k", "role": "admin"}, headers=head["admin1"], expect=201).json()["key"]
        check_problem(api.call("GET", "/sessions", headers=bearer(key)), 403)
        api.call("DELETE", f"/sessions/{number['operator1']}", headers=head["admin1"], expect=200)
        assert who(api, head["operator1"]["Authorization"][7:]) == 401
        server.sql("update users set epoch = epoch + 1 where name = 'viewer1'")            # worth nothing, so not there
        assert [s["id"] for s in api.get("/sessions?all=true", headers=head["admin1"])] == [number["admin1"]]

    def test_bm_users_080_are_found_by_name_and_address(self, server, api):
        server.sql("update users set email = 'vera@example.com', full_name = 'Vera O''Neill' where name = 'viewer1'")
        head = bearer(tokens(api, "admin1")["access_token"])
        for text, found in (("VIEWER", ["viewer1"]), ("o'neill", ["viewer1"]), ("@example", ["viewer1"]), ("%", []), ("1", ["admin1", "operator1", "viewer1"])):
            assert [u["name"] for u in api.get("/users", params={"q": text}, headers=head)] == found, text


class TestMatrix(Fresh):
    """Every route with every role and every scope, by the words of the reference, which come from the table of routes."""

    # what would end what the others need
    SKIPPED = (("POST", "/engine/stop"), ("POST", "/auth/logout"), ("POST", "/auth/signing-keys"))

    def operations(self, api, head):
        for path, item in api.get("/openapi.json", headers=head)["paths"].items():
            asked = "/events?wait=1" if path == "/events" else re.sub(r"{\w+}", "999999", path.replace("{key}", "load_balancing_00000000"))
            for method, operation in item.items():
                if (method.upper(), path) not in self.SKIPPED:
                    yield method.upper(), asked, operation["x-role"], operation["x-scope"]

    def ask(self, api, method, path, key):
        answer = requests.request(method, api.base + path, json={} if method != "GET" else None, headers=bearer(key) if key else None, timeout=30)
        code = answer.json().get("code") if answer.headers.get("Content-Type", "").startswith("application/problem") else None
        return answer.status_code, code

    def test_bm_matrix_010_scopes_of_api_keys(self, server, api):
        head = bearer(tokens(api, "admin1")["access_token"])
        keys = {scope: api.call("POST", "/api-keys", {"name": scope, "role": "admin", "scopes": [scope]}, headers=head, expect=201).json()["key"]
                for scope in ("read", "run", "write", "admin")}
        seen, surprises = {}, []
        for method, path, role, scope in self.operations(api, head):
            for has, key in keys.items():
                status, code = self.ask(api, method, path, key)
                refused = (status, code) == (403, "scope_too_small")
                if refused != (has != scope and role != "none"):
                    surprises.append((method, path, scope, has, status, code))
                seen[scope] = seen.get(scope, 0) + 1
        assert not surprises, surprises
        assert set(seen) == {"read", "run", "write", "admin"} and min(seen.values()) > 20, seen

    def test_bm_matrix_020_roles_of_users(self, server, api):
        add(server, "admin1", "operator1", "viewer1", "none1")
        rank = {"none": 0, "viewer": 1, "operator": 2, "admin": 3}
        people = {0: tokens(api, "none1"), 1: tokens(api, "viewer1"), 2: tokens(api, "operator1"), 3: tokens(api, "admin1")}
        surprises = []
        for method, path, role, _ in self.operations(api, bearer(people[3]["access_token"])):
            for has, made in ((-1, None), *people.items()):
                status, code = self.ask(api, method, path, made["access_token"] if made else None)
                expected = None if max(has, 0) >= rank[role] else (401, "not_authenticated") if has < 0 else (403, "role_too_low")
                if (status in (401, 403)) if expected is None else ((status, code) != expected):
                    surprises.append((method, path, role, has, status, code))
        assert not surprises, surprises

    def test_bm_matrix_030_what_is_anothers_is_not_there(self, server, api):
        """Objects that have an owner: who is not he, and does not administer, finds nothing, whatever he does with it."""
        mine = api.call("POST", "/api-keys", {"name": "k"}, headers=bearer(tokens(api, "operator1")["access_token"]), expect=201).json()["api_key"]["id"]
        viewer, admins = bearer(tokens(api, "viewer1")["access_token"]), bearer(tokens(api, "admin1")["access_token"])
        session = api.get("/sessions", headers=bearer(tokens(api, "operator1")["access_token"]))[0]["id"]
        theirs, nothing = (api.call("DELETE", f"/sessions/{n}", headers=viewer) for n in (session, 999999))
        check_problem(theirs, 404)
        assert theirs.json()["detail"].replace(str(session), "") == nothing.json()["detail"].replace("999999", "")
        for method in ("GET", "DELETE"):
            theirs, nothing = (api.call(method, f"/api-keys/{n}", headers=viewer) for n in (mine, 999999))
            check_problem(theirs, 404)
            assert theirs.json()["detail"].replace(str(mine), "") == nothing.json()["detail"].replace("999999", "")
        assert api.get("/api-keys", headers=viewer) == [] and api.get("/api-keys?all=true", headers=viewer) == []
        assert [k["id"] for k in api.get("/api-keys?all=true", headers=admins)] == [mine]
        api.call("DELETE", f"/api-keys/{mine}", headers=admins, expect=200)


class TestOtherProviders:
    """People of a password file log in through httpd's own provider; roles by BenchmarkRole. Basic with our own users."""

    @staticmethod
    def conf(env):
        users = htpasswd(env, "vera", "otto", "nemo")
        return Conf(env, mount="/benchmark", anonymous="none", extra=("BenchmarkLoginProvider file benchmark", "BenchmarkRole viewer vera", "BenchmarkRole operator otto",
                                                  f"""<Location /api>
    AuthUserFile {users}
    AuthType Benchmark
    AuthName "our \\"own\\""
    Require benchmark-role viewer
    AuthzSendForbiddenOnFailure On
</Location>
<Location /api/v1/runs>
    AuthType Basic
    AuthName bench
    AuthBasicProvider benchmark
    Require valid-user
</Location>
<Location /site>
    AuthType Benchmark
    AuthName site
    Require benchmark-role operator
    AuthzSendForbiddenOnFailure On
</Location>
<Location /site/index.html/kept>
    AuthMerging And
    Require all granted
</Location>
<Location /site/index.html/replaced>
    Require all granted
</Location>""", f'Alias /site {os.path.dirname(env.write("site/index.html", "the site"))}'))

    @pytest.fixture(scope="class")
    def server(self, env):
        env.base = "/benchmark"
        env.restart(self.conf(env), ready=False)
        env.base = ""
        env.await_ready()
        add(env, "admin1", "operator1", "viewer1")
        yield env
        env.stop()

    def test_bm_provider_010_of_a_file(self, server, api):
        assert who(api, tokens(api, "vera", password="vera")["access_token"])["role"] == "viewer"
        made = tokens(api, "otto", password="otto")
        assert made["user"] == {"id": None, "email": None, "name": "otto"} and who(api, made["access_token"])["role"] == "operator"
        server.allow("AH01617")
        api.call("POST", "/auth/login", {"email": "vera", "password": "wrong"}, expect=401)
        assert who(api, tokens(api, "viewer1")["access_token"])["role"] == "viewer"          # the next provider
        api.call("POST", "/auth/login", {"email": "nobody", "password": "wrong"}, expect=401)
        second = api.post("/auth/refresh", {"refresh_token": made["refresh_token"]})
        assert who(api, second["access_token"])["user"] == "otto"
        key = api.call("POST", "/api-keys", {"name": "k"}, headers=bearer(made["access_token"]), expect=201).json()["key"]
        assert who(api, key)["role"] == "viewer"
        api.call("POST", "/auth/logout", {"everywhere": True}, headers=bearer(made["access_token"]), expect=200)
        assert who(api, second["access_token"]) == 401

    def test_bm_provider_020_require_benchmark_role(self, server, api):
        answer = api.call("GET", "/automations")
        check_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="our \\"own\\""'
        nemo = bearer(tokens(api, "nemo", password="nemo")["access_token"])
        answer = api.call("GET", "/automations", headers=nemo)
        check_problem(answer, 403)
        assert "WWW-Authenticate" not in answer.headers
        api.call("GET", "/automations", headers=bearer(tokens(api, "vera", password="vera")["access_token"]), expect=200)
        assert requests.get(server.url + "/health", timeout=5).status_code == 200
        server.allow("AH01631: user viewer1: authorization failure", "AH01630: client denied by server configuration")
        for name, status in (("viewer1", 403), ("operator1", 200), ("admin1", 200)):          # and elsewhere on the site
            head = bearer(tokens(api, name)["access_token"])
            assert requests.get(server.url + "/site/index.html", headers=head, timeout=5).status_code == status, name
        assert requests.get(server.url + "/site/index.html", timeout=5).status_code == 401
        deeper, viewer = server.url + "/site/index.html/", bearer(tokens(api, "viewer1")["access_token"])
        for head in ({}, viewer):                                # a nested Require replaces the outer one, unless it says otherwise
            assert requests.get(deeper + "kept", headers=head, timeout=5).status_code in (401, 403)
            assert requests.get(deeper + "replaced", headers=head, timeout=5).status_code == 404
        assert requests.get(server.url + "/site/index.html", headers=bearer("x"), timeout=5).status_code == 401

    def test_bm_provider_030_basic_with_our_users(self, server, api):
        server.sql("delete from login_budgets")
        server.allow("AH01617", "AH01618")
        for _ in range(15):                                                           # more than there are attempts: it is hashed once
            api.call("GET", "/runs", auth=("viewer1", PASSWORD), expect=200)
        answer = api.call("GET", "/runs")
        check_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
        for auth in (("viewer1", "wrong"), ("nobody", PASSWORD), ("viewer1", "x" * 1025), ("viewer1", "")):
            check_problem(api.call("GET", "/runs", auth=auth), 401)
        check_problem(api.call("POST", "/runs/trigger", {"scenario_id": 1}, auth=("viewer1", PASSWORD)), 403)
        assert api.call("POST", "/runs/trigger", {"scenario_id": 999999}, auth=("operator1", PASSWORD)).status_code == 404
        server.sql("update users set role = 'none' where name = 'viewer1'")
        look_again(api)
        check_problem(api.call("GET", "/runs", auth=("viewer1", PASSWORD)), 403)
        admin(server, "password", "viewer1", password="changed it")
        look_again(api)
        check_problem(api.call("GET", "/runs", auth=("viewer1", PASSWORD)), 401)


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
