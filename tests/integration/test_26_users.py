# SPDX-License-Identifier: Apache-2.0
"""Users of our own: the command, the API, passwords and logins, also of other providers; the matrix of routes, roles and scopes."""
import concurrent.futures
import os
import re
import subprocess
import time
import unicodedata

import pytest
import requests

from bmapi import code_of
from bmenv import Conf
from live_client import WebSocket
from login_client import PASSWORD, Fresh, add, admin, bearer, login, look_again, tokens, who
from test_25_access import htpasswd
from test_30_bad_input import check_problem
from test_70_store import AWAY


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

    def test_bm_users_080_are_found_by_name_and_address(self, server, api):
        server.sql("update users set email = 'vera@example.com', full_name = 'Vera O''Neill' where name = 'viewer1'")
        head = bearer(tokens(api, "admin1")["access_token"])
        for text, found in (("VIEWER", ["viewer1"]), ("o'neill", ["viewer1"]), ("@example", ["viewer1"]), ("%", []), ("1", ["admin1", "operator1", "viewer1"])):
            assert [u["name"] for u in api.get("/users", params={"q": text}, headers=head)] == found, text


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
        codes, begun = [401], time.monotonic()
        while codes[-1] == 401 and len(codes) < 34 + (time.monotonic() - begun) / 2:          # one address, many users; two seconds give one back
            codes.append(api.call("POST", "/auth/login", {"email": f"user {len(codes)}", "password": "guess"}).status_code)
        assert codes[-1] == 429 and len(codes) > 25, codes

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
        return answer.status_code, code_of(answer)

    def test_bm_matrix_010_scopes_of_api_keys(self, server, api):
        head = bearer(tokens(api, "admin1")["access_token"])
        keys = {scope: api.call("POST", "/api-keys", {"name": scope, "role": "admin", "scopes": [scope]}, headers=head, expect=201).json()["key"]
                for scope in ("read", "run", "write", "admin", "push")}
        seen, surprises = {}, []
        for method, path, role, scope in self.operations(api, head):
            for has, key in keys.items():
                status, code = self.ask(api, method, path, key)
                refused = (status, code) == (403, "scope_too_small")
                if refused != (has != scope and role != "none"):
                    surprises.append((method, path, scope, has, status, code))
                seen[scope] = seen.get(scope, 0) + 1
        assert not surprises, surprises
        assert set(seen) == {"read", "run", "write", "admin", "push"} and min(seen.values()) >= 20, seen

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
        session = api.get("/auth/sessions", headers=bearer(tokens(api, "operator1")["access_token"]))[0]["id"]
        theirs, nothing = (api.call("DELETE", f"/auth/sessions/{n}", headers=viewer) for n in (session, 999999))
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
