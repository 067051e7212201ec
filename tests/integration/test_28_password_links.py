# SPDX-License-Identifier: Apache-2.0
"""Links by which users set their passwords: for whom, how long, how often, and what they leave behind."""
import concurrent.futures
import hashlib
import os
import urllib.parse

from bmenv import Api, Node
from live_client import WebSocket
from login_client import PASSWORD, Fresh, admin, bearer, closed, login, tokens, who
from test_30_bad_input import check_problem

NEW = "four words of her own"


def head_of(api, name="admin1"):
    return bearer(tokens(api, name)["access_token"])


def user_id(server, name):
    return server.sql("select id from users where name = %s", name)[0][0]


def made(api, server, name, head=None, **body):
    return api.call("POST", f"/users/{user_id(server, name)}/password-link", body, headers=head or head_of(api), expect=201).json()


def use(api, token, password=NEW, **kwargs):
    return api.call("POST", "/auth/password", {"token": token, "password": password}, **kwargs)


def refused(answer):
    check_problem(answer, 403)
    assert answer.json()["code"] == "link_invalid"
    return answer.json()["detail"]


class TestLinks(Fresh):

    @staticmethod
    def conf(env):
        return closed(env, extra=("BenchmarkPublicURL https://bench.example.com/b",))

    def test_bm_link_010_sets_a_password_once_and_leaves_no_trace(self, server, api):
        head = head_of(api)
        one = api.call("POST", "/users", {"name": "new one", "role": "operator"}, headers=head, expect=201).json()
        assert one["has_password"] is False and one["password_link_until"] is None
        link = api.call("POST", f"/users/{one['id']}/password-link", headers=head, expect=201).json()
        assert set(link) == {"user", "token", "url", "expires_at"} and link["user"] == "new one" and len(link["token"]) == 43
        url = urllib.parse.urlsplit(link["url"])
        assert (url.scheme, url.netloc, url.path, url.query) == ("https", "bench.example.com", "/b/setup", "")
        assert urllib.parse.parse_qs(url.fragment) == {"user": ["new one"], "token": [link["token"]]}
        before = api.call("GET", f"/users/{one['id']}", headers=head, expect=200)
        assert before.json()["password_link_until"] == link["expires_at"]
        api.call("DELETE", f"/users/{one['id']}/password-link", headers=head, expect=200)
        known = {**head, "If-None-Match": before.headers["ETag"]}          # a page that has him is told that this changed
        assert api.call("GET", f"/users/{one['id']}", headers=known, expect=200).json()["password_link_until"] is None
        api.call("PATCH", f"/users/{one['id']}", {"full_name": "N."}, headers={**head, "If-Match": before.headers["ETag"]}, expect=200)
        api.call("PATCH", f"/users/{one['id']}", {"full_name": "O."}, headers={**head, "If-Match": before.headers["ETag"]}, expect=412)
        link = api.call("POST", f"/users/{one['id']}/password-link", headers=head, expect=201).json()
        refused(use(api, link["token"][::-1]))
        assert use(api, link["token"], expect=200).json() == {"user": "new one"}
        refused(use(api, link["token"], "something else again"))
        assert who(api, tokens(api, "new one", password=NEW)["access_token"])["role"] == "operator"
        after = api.get(f"/users/{one['id']}", headers=head)
        assert after["has_password"] is True and after["password_link_until"] is None
        entries = server.sql("select actor, action, object, members, outcome from audit_log where action ~ 'password' order by id")
        assert entries[-4:] == [
            ("admin1", "POST /users/{id}/password-link", f"/users/{one['id']}/password-link", [], "done"),
            (None, "POST /auth/password", "/auth/password", [], "denied"),
            ("new one", "POST /auth/password", "/auth/password", ["token", "password"], "done"),
            (None, "POST /auth/password", "/auth/password", [], "denied")]
        with open(server.home + "/access.log", encoding="utf-8") as f:
            logs = f.read() + server.log()
        stored = server.sql("select coalesce(string_agg(x::text, ''), '') from (select a::text from audit_log a union all select e::text from events e"
                            " union all select i::text from idempotency i union all select l::text from password_links l) t (x)")[0][0]
        assert link["token"] not in logs + stored and NEW not in logs + stored

    def test_bm_link_020_a_reset_ends_every_session_and_socket(self, server, api):
        cookie = {"Cookie": login(api, "viewer1", cookie=True).headers["Set-Cookie"].split(";")[0]}
        api.session.cookies.clear()
        assert api.get("/me", headers=cookie)["user"] == "viewer1"
        before = tokens(api, "viewer1")
        head = head_of(api)
        with WebSocket(server, "/api/v1/events/ws", **bearer(before["access_token"])) as socket:
            link = made(api, server, "viewer1", head)
            assert who(api, before["access_token"])["user"] == "viewer1"           # a link that nobody has used changes nothing
            assert login(api, "viewer1").status_code == 200
            use(api, link["token"], expect=200)
            assert socket.close_code() == 1008
        assert who(api, before["access_token"]) == 401
        assert api.get("/me", headers=cookie)["user"] is None
        check_problem(api.call("POST", "/auth/refresh", {"refresh_token": before["refresh_token"]}), 401)
        check_problem(api.call("POST", "/auth/login", {"email": "viewer1", "password": PASSWORD}), 401)
        assert who(api, tokens(api, "viewer1", password=NEW)["access_token"])["user"] == "viewer1"

    def test_bm_link_030_what_ends_one(self, server, api):
        head = head_of(api)
        their = user_id(server, "viewer1")

        def ended(link):
            detail = refused(use(api, link["token"]))
            assert login(api, "viewer1").status_code == 200
            return detail
        first, second = made(api, server, "viewer1", head), made(api, server, "viewer1", head)
        told = {ended(first)}
        api.call("DELETE", f"/users/{their}/password-link", headers=head, expect=200)
        told.add(ended(second))
        check_problem(api.call("DELETE", f"/users/{their}/password-link", headers=head), 404)
        third = made(api, server, "viewer1", head)
        server.sql("update password_links set expires_at = now() - interval '1 second'")
        assert api.get(f"/users/{their}", headers=head)["password_link_until"] is None
        told.add(ended(third))
        server.wait_for_job("retention", lambda: server.sql("select count(*) from password_links")[0][0] == 0, 20, "it stays")
        fourth = made(api, server, "viewer1", head)
        api.call("PATCH", f"/users/{their}", {"password": PASSWORD}, headers=head, expect=200)
        told.add(ended(fourth))
        fifth = made(api, server, "viewer1", head)
        api.call("PATCH", "/me", {"password": PASSWORD, "current_password": PASSWORD}, headers=head_of(api, "viewer1"), expect=200)
        told.add(ended(fifth))
        sixth = made(api, server, "viewer1", head)
        api.call("PATCH", f"/users/{their}", {"disabled": True}, headers=head, expect=200)
        told.add(refused(use(api, sixth["token"])))
        refusal = api.call("POST", f"/users/{their}/password-link", headers=head)
        check_problem(refusal, 409)
        assert refusal.json()["code"] == "user_disabled"
        api.call("DELETE", f"/users/{their}", headers=head, expect=200)
        told.add(refused(use(api, sixth["token"])))
        for text in ("x", "x" * 43, "A" * 100, sixth["token"] + "=", first["token"][:42]):
            told.add(refused(use(api, text)))
        assert len(told) == 1, told
        check_problem(api.call("POST", f"/users/{their}/password-link", headers=head), 404)

    def test_bm_link_040_bodies(self, server, api):
        head = head_of(api)
        their = user_id(server, "viewer1")
        for body, pointer in (({"hours": 0}, "/hours"), ({"hours": 169}, "/hours"), ({"hours": "1"}, "/hours"), ({"days": 1}, "/days")):
            answer = api.call("POST", f"/users/{their}/password-link", body, headers=head)
            check_problem(answer, 422)
            assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]
        link = made(api, server, "viewer1", head, hours=168)
        left = server.sql("select extract(epoch from expires_at - now()) / 3600 from password_links")[0][0]
        assert 167.9 < left <= 168
        for body, pointer in (({"token": link["token"]}, "/password"), ({"password": NEW}, "/token"), ({"token": link["token"], "password": "1234567"}, "/password"),
                              ({"token": link["token"], "password": "x" * 1025}, "/password"), ({"token": 7, "password": NEW}, "/token"),
                              ({"token": "", "password": NEW}, "/token"), ({"token": link["token"], "password": NEW, "user": "admin1"}, "/user")):
            answer = api.call("POST", "/auth/password", body)
            check_problem(answer, 422)
            assert pointer in [e["pointer"] for e in answer.json()["errors"]], answer.text
            assert link["token"] not in answer.text
        use(api, link["token"], "ab cd efg!" * 102 + "1234", expect=200)

    # Of two at once one sets it; and each other address than the link's own is counted.
    def test_bm_link_050_two_at_once_and_too_many(self, server, api):
        head = head_of(api)
        link = made(api, server, "viewer1", head)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda n: use(Api(server), link["token"], f"{NEW} {n}").status_code, range(4)))
        assert sorted(answers) == [200, 403, 403, 403]
        set_by = answers.index(200)
        assert who(api, tokens(api, "viewer1", password=f"{NEW} {set_by}")["access_token"])["user"] == "viewer1"
        seen = [use(api, "A" * 42 + str(n % 10)).status_code for n in range(60)]
        assert set(seen) == {403, 429} and seen[-1] == 429, seen
        answer = use(api, "A" * 43)
        check_problem(answer, 429)
        assert answer.json()["code"] == "too_many_logins" and int(answer.headers["Retry-After"]) > 0
        assert who(api, head["Authorization"][7:])["user"] == "admin1"             # who is in stays in

    # As any other site's form would.
    def test_bm_link_060_only_from_our_own_pages(self, server, api):
        link = made(api, server, "viewer1")
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Content-Type": "text/plain"}):
            answer = api.call("POST", "/auth/password", {"token": link["token"], "password": NEW}, headers=headers)
            assert answer.status_code in (403, 415), (headers, answer.status_code)
            assert answer.json().get("code") != "link_invalid"
        assert api.call("GET", f"/auth/password?token={link['token']}").status_code == 405
        use(api, link["token"], expect=200)


class TestCommon(Fresh):
    """Passwords that everybody tries, wherever one is set."""

    @staticmethod
    def conf(env):
        words = ["a phrase that was stolen", "another one of these"]
        with open(env.home + "/deny.sha1", "w", encoding="ascii") as f:
            f.write("\n".join(sorted(hashlib.sha1(word.encode()).hexdigest().upper() + ":7" for word in words)) + "\n")
        return closed(env, extra=(f"BenchmarkPasswordDenyFile {env.home}/deny.sha1",))

    def ways(self, server, api):
        """Every way to set a password, as a function of it."""
        head = head_of(api)
        their = user_id(server, "viewer1")
        return {
            "create": lambda word: api.call("POST", "/users", {"name": "another", "full_name": "Nora Nightingale", "password": word}, headers=head),
            "change": lambda word: api.call("PATCH", f"/users/{their}", {"full_name": "Nora Nightingale", "password": word}, headers=head),
            "own": lambda word: api.call("PATCH", "/me", {"full_name": "Nora Nightingale", "password": word, "current_password": PASSWORD},
                                         headers=head_of(api, "operator1")),
            "link": lambda word: use(api, made(api, server, "viewer1", head)["token"], word)}

    def test_bm_common_010_are_refused_by_every_way(self, server, api):
        for way, take in self.ways(server, api).items():
            for word, said in (("password1", "common"), ("P@ssw0rd2026", "common"), ("qwertyuiop", "keys"), ("nightingale7", "name")):
                if way == "link" and said == "name":
                    word = "Viewer1.2026"
                answer = take(word)
                check_problem(answer, 422)
                assert [e["pointer"] for e in answer.json()["errors"]] == ["/password"] and said in answer.text and word not in answer.text, (way, answer.text)
        assert server.sql("select count(*) from users where password_hash <> (select password_hash from users where name = 'admin1')") == [(0,)]
        assert server.sql("select count(*) from users where name = 'another' or full_name is not null") == [(0,)]

    def test_bm_common_020_those_of_a_file_and_none_while_it_cannot_be_read(self, server, api):
        for way, take in self.ways(server, api).items():
            answer = take("a phrase that was stolen")
            check_problem(answer, 422)
            assert "known" in answer.json()["errors"][0]["detail"], way
        path = server.home + "/deny.sha1"
        os.rename(path, path + ".away")
        try:
            server.allow(r"BM0905: BenchmarkPasswordDenyFile \S+ cannot be searched")
            for way, take in self.ways(server, api).items():
                answer = take("a phrase of one's own")
                check_problem(answer, 503)
                assert answer.json()["code"] == "password_list_unusable" and path not in answer.text, way
            assert login(api, "viewer1").status_code == 200                        # what is there already is good
        finally:
            os.rename(path + ".away", path)
        for way, take in self.ways(server, api).items():
            assert take(f"a phrase of one's own for {way}").status_code in (200, 201), way

    def test_bm_common_030_the_command_says_so_too(self, server):
        for word, said in (("password1", "common"), ("somebody1", "name"), ("asdfghjkl", "keys")):
            done = admin(server, "add", "somebody", "viewer", password=word, check=False)
            assert done.returncode == 1 and said in done.stderr and word not in done.stderr, done
        admin(server, "add", "somebody", "viewer", password=NEW)


class TestLinkNodes(Fresh):

    def test_bm_link_510_a_link_of_one_node_is_good_at_another_and_ends_sessions_there(self, server, api):
        node = Node(server, "node2")
        try:
            node.restart(closed(node))
            there = Api(node)
            token = tokens(api, "viewer1")["access_token"]
            assert who(there, token)["user"] == "viewer1"
            link = made(api, server, "viewer1")
            use(there, link["token"], expect=200)
            assert who(there, token) == 401
            server.wait(lambda: who(api, token) == 401, 6, "the session goes on at the other node")
            assert not node.unexpected()
        finally:
            node.close()
