# SPDX-License-Identifier: Apache-2.0
"""How many requests an address or a user has, what answers say of it, and passwords that are guessed."""
import base64
import re
import subprocess
import time

import requests

from bmenv import Conf


def basic(name, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def limited(env, *lines, anonymous="admin loopback", exempt="192.0.2.1"):
    """Budgets outlive restarts of httpd no longer than its processes: each server begins with full ones."""
    conf = Conf(env, anonymous=anonymous, extra=["LoadModule remoteip_module /usr/lib/apache2/modules/mod_remoteip.so",
                                                 "RemoteIPHeader X-Real-Client", "RemoteIPInternalProxy 127.0.0.1", *lines])
    text = conf.text
    conf.text = lambda: text().replace("BenchmarkRateLimitExempt 127.0.0.0/8 ::1", f"BenchmarkRateLimitExempt {exempt}")
    return conf


def item(header):
    """{name: {parameter: value}} of a list of strings with integer parameters (RFC 9651)."""
    assert re.fullmatch(r'"[a-z-]+"(;[a-z]=\d+)+(, "[a-z-]+"(;[a-z]=\d+)+)*', header), header
    return {name: {k: int(v) for k, v in re.findall(r";([a-z])=(\d+)", rest)}
            for name, rest in re.findall(r'"([a-z-]+)"((?:;[a-z]=\d+)+)', header)}


class TestLimits:

    @staticmethod
    def conf(env):
        users = "".join(subprocess.run(["htpasswd", "-nbB", "-C", "4", n, n], capture_output=True, text=True, check=True).stdout.strip() + "\n"
                        for n in ("vera", "otto"))
        return limited(env, "BenchmarkRateLimit anonymous 5/60min", "BenchmarkRateLimit user 8/60min", "BenchmarkRateLimit user-write 2/60min",
                       "BenchmarkRateLimit login 3/60min", "BenchmarkRole operator vera otto",
                       "<Location />", "AuthType Basic", 'AuthName "bench"', f"AuthUserFile {env.write('users', users)}",
                       "<If \"-n req('Authorization')\">", "Require valid-user", "</If>", "</Location>", anonymous="viewer")

    @staticmethod
    def ask(api, client, path="/me", method="GET", **headers):
        return api.session.request(method, api.base + path, timeout=10, json={"name": "n"} if method == "POST" else None,
                                   headers={"X-Real-Client": client, **headers})

    def test_bm_rate_010_an_address_has_its_burst_and_not_one_more(self, api):
        for left in (4, 3, 2, 1, 0):
            answer = self.ask(api, "198.51.100.1")
            assert answer.status_code == 200
            assert item(answer.headers["RateLimit-Policy"]) == {"anonymous": {"q": 5, "w": 3600}}
            said = item(answer.headers["RateLimit"])["anonymous"]
            assert said["r"] == left and (4 - left) * 720 < said["t"] <= (5 - left) * 720
        answer = self.ask(api, "198.51.100.1")
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (429, "rate_limited") and "BenchmarkRateLimit anonymous" in problem["detail"]
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert 700 < int(answer.headers["Retry-After"]) <= 720 and item(answer.headers["RateLimit"])["anonymous"]["r"] == 0
        assert self.ask(api, "198.51.100.1", "/nothing").status_code == 429             # whatever is asked
        assert self.ask(api, "198.51.100.1", "/automations", "POST").status_code == 429
        assert self.ask(api, "198.51.100.2").status_code == 200                         # another address
        assert self.ask(api, "198.51.100.1", "/health").status_code == 200

    def test_bm_rate_020_addresses_of_one_network_are_one(self, api):
        got = [self.ask(api, f"2001:db8:1:2:{i:x}::{i:x}").status_code for i in range(1, 8)]
        assert got == [200] * 5 + [429] * 2
        assert self.ask(api, "2001:db8:1:3::1").status_code == 200
        got = [self.ask(api, f"::ffff:203.0.113.{i}").status_code for i in range(1, 8)]  # but not of mapped ones
        assert got == [200] * 7

    # Only an address that mod_remoteip vouches for counts, and nobody gets out of it by a header of his own.
    def test_bm_rate_030_headers_do_not_make_another_client(self, api):
        got = [self.ask(api, "198.51.100.9", **{"X-Forwarded-For": f"203.0.113.{i}", "Forwarded": f"for=203.0.113.{i}",
                                                "X-Remote-User": f"u{i}"}).status_code for i in range(7)]
        assert got == [200] * 5 + [429] * 2

    def test_bm_rate_040_users_have_budgets_of_their_own_wherever_they_are(self, api):
        vera, otto = basic("vera", "vera"), basic("otto", "otto")
        got = [self.ask(api, f"198.51.100.{20 + i}", **vera).status_code for i in range(9)]
        assert got == [200] * 8 + [429]
        answers = [self.ask(api, "198.51.100.40", "/automations", "POST", **otto) for _ in range(3)]
        assert [a.status_code for a in answers] == [200, 200, 429] and "user-write" in answers[2].json()["detail"]
        assert set(item(answers[0].headers["RateLimit"])) == {"user", "user-write"}
        described = api.get("/openapi.json", headers={"X-Real-Client": "198.51.100.41", **otto})
        responses = described["paths"]["/automations"]["post"]["responses"]          # the reference knows what was said
        assert {"RateLimit", "RateLimit-Policy"} <= set(responses["200"]["headers"]) & set(answers[0].headers)
        assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(responses["default"]["headers"]) & set(answers[2].headers)
        assert set(responses["default"]["headers"]) <= set(described["components"]["headers"])
        assert self.ask(api, "198.51.100.40", **otto).status_code == 200                # reading goes on

    def test_bm_rate_050_guessing_is_slow_and_hits_nobody_else(self, server, api):
        server.allow("AH01617: user vera: authentication failure", "AH01618: user nobody not found")
        got = [self.ask(api, "198.51.100.60", **basic("vera" if i % 2 else "nobody", f"guess{i}")).status_code for i in range(5)]
        assert got == [401] * 3 + [429] * 2
        log = server.log()
        answer = self.ask(api, "198.51.100.60", **basic("vera", "another"))
        assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0 and answer.json()["status"] == 429
        assert server.log().count("AH01617") == log.count("AH01617"), "the password was looked at"
        assert self.ask(api, "198.51.100.61", **basic("otto", "otto")).status_code == 200
        assert self.ask(api, "198.51.100.60").status_code == 200                        # who shows no password

    # POST /auth/login has budgets of its own, in the database: one name from many places, one place with many names.
    def test_bm_rate_055_logins_from_everywhere(self, server, api):
        def login(client, name):
            return api.session.post(api.base + "/auth/login", json={"email": name, "password": "guess"}, headers={"X-Real-Client": client}, timeout=10)
        server.sql("delete from login_budgets")
        answers = [login(f"198.51.100.{100 + i}", "ghost") for i in range(13)]
        assert [a.status_code for a in answers[:10]] == [401] * 10 and answers[-1].status_code == 429
        assert answers[-1].json()["code"] == "too_many_logins" and int(answers[-1].headers["Retry-After"]) > 0
        assert login("198.51.100.100", "somebody else").status_code == 401
        assert login("2001:db8:9::1", "ghost").status_code == 429

    def test_bm_rate_060_a_graceful_restart_gives_nothing_back(self, server, api):
        while self.ask(api, "198.51.100.70").status_code == 200:
            pass
        old = set(server.web_pids())
        server.graceful()
        server.wait(lambda: server.web_pids() and not old & set(server.web_pids()), 20, "no new children")
        api.session.close()
        assert self.ask(api, "198.51.100.70").status_code == 429


class TestDefaults:

    @staticmethod
    def conf(env):
        return limited(env)

    def test_bm_rate_070_what_holds_without_a_word(self, server, api):
        answer = api.call("GET", "/me")
        assert item(answer.headers["RateLimit-Policy"]) == {"anonymous": {"q": 100, "w": 60}}
        begin, more = time.monotonic(), 0
        while api.session.get(api.base + "/me", timeout=5).status_code == 200:
            more += 1
        assert 99 <= more <= 100 + (time.monotonic() - begin) * 100 / 60, more

    def test_bm_rate_080_exempt_and_silent(self, server, api):
        server.restart(limited(server, "BenchmarkRateLimit anonymous 1/1h", exempt="10.0.0.0/8 127.0.0.0/8"))
        answers = [requests.get(api.base + "/me", timeout=5) for _ in range(5)]
        assert [a.status_code for a in answers] == [200] * 5 and not any("RateLimit" in a.headers for a in answers)
        server.restart(limited(server, "BenchmarkRateLimit anonymous 1/1h", "BenchmarkRateLimitHeaders Off"))
        answers = [requests.get(api.base + "/me", timeout=5) for _ in range(2)]
        assert [a.status_code for a in answers] == [200, 429] and not any("RateLimit" in a.headers for a in answers)
        assert "Retry-After" in answers[1].headers
        server.restart(limited(server, "BenchmarkRateLimit anonymous off"))
        assert [requests.get(api.base + "/me", timeout=5).status_code for _ in range(110)] == [200] * 110

    def test_bm_rate_090_words_that_are_none(self, server):
        for line in ("anonymous 0/1min", "anonymous 10", "anonymous 10/0s", "anonymous x/1min", "nobody 10/1min", "user 10/2d", "user -1/1s"):
            conf = limited(server, f"BenchmarkRateLimit {line}").install()
            tested = server.httpd("-t", check=False)
            assert tested.returncode != 0 and "BenchmarkRateLimit" in tested.stderr, (line, conf)
        self.conf(server).install()


class TestLoginBudgets:
    """Attempts are counted by who is meant and from where, however both are written; requests are not limited here."""

    @staticmethod
    def conf(env):
        return limited(env, exempt="all")

    def test_bm_rate_056_however_a_user_is_called_he_has_one_budget(self, server, api):
        def login(client, name, password="guess"):
            return api.session.post(api.base + "/auth/login", json={"email": name, "password": password}, headers={"X-Real-Client": client}, timeout=10).status_code
        api.call("POST", "/users", {"name": "Nora", "email": "nora@example.com", "role": "viewer", "password": "a password of nora"}, expect=201)
        server.sql("delete from login_budgets")
        names = ["Nora", "nora@example.com", "NORA@example.com", "Nora@Example.COM", "noRa@exaMple.com"]
        assert [login(f"198.51.101.{i}", names[i % 5]) for i in range(10)] == [401] * 10
        assert [login(f"198.51.101.{20 + i}", name) for i, name in enumerate(names)] == [429] * 5
        assert login("198.51.101.40", "nora@example.com", "a password of nora") == 429             # he, too, until it is over
        server.sql("delete from login_budgets")
        assert [login("198.51.101.41", "NORA@example.com") for _ in range(5)] == [401] * 5
        assert login("198.51.101.42", "Nora", "a password of nora") == 200                          # what was right is given back
        assert [login(f"198.51.101.{50 + i}", "nora@example.com") for i in range(11)] == [401] * 10 + [429]
        server.sql("delete from login_budgets")
        assert [login(f"198.51.102.{i}", "GHOST" if i % 2 else "ghost") for i in range(11)] == [401] * 10 + [429]

    def test_bm_rate_057_a_64_has_one_budget(self, server, api):
        def login(client, name):
            return api.session.post(api.base + "/auth/login", json={"email": name, "password": "guess"}, headers={"X-Real-Client": client}, timeout=10).status_code
        server.sql("delete from login_budgets")
        assert [login(f"2001:db8:77:1::{i:x}", f"somebody {i}") for i in range(31)] == [401] * 30 + [429]
        assert login("2001:db8:77:2::1", "somebody else") == 401
