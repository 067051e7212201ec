# SPDX-License-Identifier: Apache-2.0
"""Who may do what, from where, and what we ourselves may reach."""
import base64
import gzip
import os
import re
import subprocess

import pytest
import requests

from bmapi import code_of
from bmenv import SOURCE, Conf, free_port

JSON = {"Content-Type": "application/json"}
READ = ("GET", "/automations")
WRITE = ("POST", "/automations")
ADMIN = ("POST", "/engine/start")
NO_CREDENTIAL = {"id": None, "credential": "none", "scopes": ["read", "run", "write", "admin", "push"], "projects": None}
OPEN = ("/health", "/health/ready", "/me", "/auth/login", "/auth/logout", "/auth/password", "/auth/refresh", "/.well-known/jwks.json")


def status_of(api, route, **headers):
    method, path = route
    body = {"name": "n"} if path == "/automations" and method == "POST" else {} if method == "POST" else None
    return api.call(method, path, body, headers={k.replace("_", "-"): v for k, v in headers.items()}).status_code


def user(name, password=None):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password or name}".encode()).decode()}


def operations(paths):
    """(path below /api/v1 with numbers for its parameters, method, operation) of an OpenAPI document's paths."""
    for path, item in paths.items():
        for method, operation in item.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield re.sub(r"\{[a-z]+\}", "999999999", path.replace("/api/v1", "", 1).replace("{key}", "load_balancing_00000000")), method, operation


class TestNobody:

    @staticmethod
    def conf(env):
        return Conf(env, anonymous="none")

    def test_bm_access_010_without_a_role_only_health_answers(self, server, api):
        server.restart(Conf(server))
        paths = api.get("/openapi.json")["paths"]
        server.restart(self.conf(server))
        for path in ("/health", "/health/ready"):
            assert api.session.get(server.url + path, timeout=5).status_code == 200
        assert api.get("/me") == {"user": None, "role": "none", "anonymous": True, **NO_CREDENTIAL}
        for path, method, _ in operations(paths):
            if path not in OPEN or (method, path) == ("patch", "/me"):
                answer = api.call(method.upper(), path, {} if method != "get" else None)
                assert answer.status_code == 401, (method, path, answer.status_code)
                assert code_of(answer) == "not_authenticated" and answer.headers["WWW-Authenticate"]


class TestRoles:

    @staticmethod
    def conf(env):
        users = "".join(subprocess.run(["htpasswd", "-nbB", "-C", "4", n, n], capture_output=True, text=True, check=True).stdout.strip() + "\n"
                        for n in ("vera", "otto", "anna", "noah", "Vera"))
        path = env.write("users", users)
        return Conf(env, anonymous="none", extra=[
            "BenchmarkRole viewer vera", "BenchmarkRole operator otto", "BenchmarkRole admin anna",
            "<Location /api>", "AuthType Basic", 'AuthName "bench"', f"AuthUserFile {path}", "Require valid-user", "</Location>"])

    def test_bm_role_010_each_role_does_what_it_may(self, api):
        for name, allowed in (("vera", (200, 403, 403)), ("otto", (200, 200, 403)), ("anna", (200, 200, 202)), ("noah", (403, 403, 403)),
                              ("Vera", (403, 403, 403))):
            got = tuple(status_of(api, route, **user(name)) for route in (READ, WRITE, ADMIN))
            assert got == allowed, name
        me = api.call("GET", "/me", headers=user("otto")).json()
        assert me == {"user": "otto", "role": "operator", "anonymous": False, **NO_CREDENTIAL}

    def test_bm_role_020_401_for_nobody_and_403_for_somebody(self, server, api):
        server.allow("AH01617: user vera: authentication failure", "AH01618: user nobody not found")
        answer = api.call("GET", "/automations")
        assert answer.status_code == 401 and "Basic" in answer.headers["WWW-Authenticate"]
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert status_of(api, READ, **user("vera", "wrong")) == 401
        assert status_of(api, READ, **user("nobody")) == 401
        answer = api.call("POST", "/automations", {"name": "n"}, headers=user("vera"))
        assert answer.status_code == 403 and answer.json()["code"] == "role_too_low" and "operator" in answer.json()["detail"]

    def test_bm_role_030_each_route_asks_for_the_role_of_its_table(self, server, api):
        document = api.call("GET", "/openapi.json", headers=user("anna")).json()
        order = ["none", "viewer", "operator", "admin"]
        seen = set()
        for path, method, operation in operations(document["paths"]):
            role = operation.get("x-role") or operation.get("x-minimum-role")
            assert role in order, (method, path, list(operation))
            seen.add(role)
            for name, rank in (("noah", 0), ("vera", 1), ("otto", 2), ("anna", 3)):
                if rank >= order.index(role) and (path, method) == ("/engine/stop", "post"):
                    continue
                answer = api.session.request(method, api.base + path, headers={**user(name), **JSON}, timeout=10,
                                             params={"wait": 1} if path == "/events" else None,      # a stream has no end
                                             data="{" if method != "get" else None)
                if rank < order.index(role):
                    assert answer.status_code == 403, (name, method, path, answer.status_code)
                else:
                    assert answer.status_code not in (401, 403, 500), (name, method, path, answer.status_code)
        assert seen >= {"viewer", "operator", "admin"}

    def test_bm_role_040_what_made_it_is_remembered(self, api):
        made = api.call("POST", "/automations", {"name": "n"}, headers=user("otto"), expect=200).json()
        assert made["created_by"] == "otto"

    def test_bm_role_050_cross_site_pages_cannot_use_cached_credentials(self, api):
        assert status_of(api, WRITE, Origin="https://evil.example", **user("otto")) == 403
        assert status_of(api, WRITE, Sec_Fetch_Site="cross-site", **user("otto")) == 403

    def test_bm_role_060_paths_do_not_get_around_roles(self, server, api):
        for path in ("/api/v1/engine/stop", "/api/v1/engine/stop/", "/API/V1/engine/stop", "/api/v1//engine/stop", "/api//v1/engine/stop",
                     "/api/./v1/engine/stop", "/x/../api/v1/engine/stop", "/api/v1/engine/%73top", "/api/engine/stop"):
            answer = requests.Request("POST", server.url, headers={**JSON, **user("vera")}, data="{}").prepare()
            answer.url = server.url + path
            assert api.session.send(answer, timeout=5).status_code in (403, 404, 405), path
        assert api.call("GET", "/engine", headers=user("vera")).json()["stopped"] is False


class TestLoopback:

    @staticmethod
    def conf(env):
        return Conf(env, anonymous="operator loopback", extra=["BenchmarkCORSOrigin https://good.example", "BenchmarkAllowedHosts bench.example"])

    def test_bm_loopback_010_the_role_is_for_this_machine(self, api):
        assert api.get("/me", headers={"Host": "bench.example"})["role"] == "operator"
        assert api.get("/me")["role"] == "none"         # BenchmarkAllowedHosts does not name 127.0.0.1

    def test_bm_loopback_020_the_name_asked_for_must_be_ours(self, server, api):
        own = {"Host": "bench.example"}
        assert api.call("GET", "/me", headers=own).json()["role"] == "operator"
        assert api.call("POST", "/automations", {"name": "n"}, headers=own).status_code == 200
        for host in ("rebound.example", "bench.example.evil", "127.0.0.1.evil.example"):
            assert api.call("GET", "/me", headers={"Host": host}).json()["role"] == "none"
            assert api.call("POST", "/automations", {"name": "n"}, headers={"Host": host}).status_code in (401, 403)

    def test_bm_csrf_010_pages_of_other_sites_cannot_write(self, api):
        own = {"Host": "bench.example"}
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://bench.example.evil"},
                        {"Origin": "http://bench.example:81"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            answer = api.call("POST", "/automations", {"name": "n"}, headers={**own, **headers})
            assert answer.status_code == 403, headers
            assert answer.json()["code"] == "cross_site_request"
        for headers in ({"Origin": "http://bench.example"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"},
                        {"Origin": "https://good.example", "Sec-Fetch-Site": "cross-site"}):
            assert api.call("POST", "/automations", {"name": "n"}, headers={**own, **headers}).status_code == 200, headers

    def test_bm_csrf_020_what_a_form_can_send_is_refused(self, api):
        own = {"Host": "bench.example"}
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            for path in ("/automations", "/engine/stop", "/runs/1/cancel"):
                answer = api.session.post(api.base + path, data='{"name":"n"}', headers={**own, "Content-Type": content_type}, timeout=5)
                assert answer.status_code in (401, 415) if path == "/engine/stop" else answer.status_code == 415, (path, content_type)
        # an empty POST from a page carries Origin and no JSON content type
        assert api.session.post(api.base + "/runs/1/cancel", headers={**own, "Origin": "http://bench.example"}, timeout=5).status_code == 415

    def test_bm_cors_010_only_listed_origins_are_answered(self, api):
        own = {"Host": "bench.example"}
        answer = api.call("GET", "/automations", headers={**own, "Origin": "https://good.example"}, expect=200)
        assert answer.headers["Access-Control-Allow-Origin"] == "https://good.example"
        assert "Origin" in answer.headers["Vary"]
        for origin in ("https://good.example.evil", "https://good.example:444", "http://good.example", "null", "https://GOOD.example",
                       "https://good.example/"):
            answer = api.call("GET", "/automations", headers={**own, "Origin": origin})
            assert "Access-Control-Allow-Origin" not in answer.headers, origin

    def test_bm_cors_020_preflight(self, api):
        ask = {"Host": "bench.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        answer = api.call("OPTIONS", "/automations", headers={**ask, "Origin": "https://good.example"})
        assert answer.status_code in (200, 204)
        assert answer.headers["Access-Control-Allow-Origin"] == "https://good.example"
        assert "POST" in answer.headers["Access-Control-Allow-Methods"] and "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
        answer = api.call("OPTIONS", "/automations", headers={**ask, "Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers and "Access-Control-Allow-Methods" not in answer.headers

    def test_bm_spoof_010_headers_that_claim_something_are_ignored(self, api):
        own = {"Host": "bench.example"}
        for headers in ({"X-Forwarded-For": "10.0.0.1"}, {"X-Remote-User": "anna"}, {"REMOTE_USER": "anna"}, {"X-Forwarded-User": "anna"},
                        {"Forwarded": "for=1.2.3.4;host=x"}, {"X-Forwarded-Host": "evil"}):
            me = api.call("GET", "/me", headers={**own, **headers}).json()
            assert me == {"user": None, "role": "operator", "anonymous": True, **NO_CREDENTIAL}, headers
        assert status_of(api, ADMIN, X_Remote_User="anna", Host="bench.example") == 401


class TestPlainHttp:
    """What is not on this machine comes with mod_remoteip; the other port says that a proxy has ended TLS in front of it."""

    @classmethod
    def conf(cls, env):
        cls.port = free_port()
        return Conf(env, anonymous="admin", extra=[
            "LoadModule remoteip_module /usr/lib/apache2/modules/mod_remoteip.so", "RemoteIPHeader X-Real-Client",
            "RemoteIPInternalProxy 127.0.0.1", "BenchmarkRequireTLS On", "BenchmarkAllowedHosts bench.example 127.0.0.1",
            f"Listen 127.0.0.1:{cls.port}", f"<VirtualHost 127.0.0.1:{cls.port}>", "ServerName https://bench.example", "BenchmarkMount /",
            "BenchmarkRequireTLS On", "</VirtualHost>"])

    def test_bm_tls_010_is_for_this_machine(self, server, api):
        def ask(method, path, port=None, **headers):
            return api.session.request(method, (f"http://127.0.0.1:{port}" if port else server.url) + path, timeout=5, allow_redirects=False,
                                       headers={"X-Real-Client": "198.51.100.7", **headers}, json={"name": "n"} if method == "POST" else None)
        for method, path in (("GET", "/api/v1/me"), ("POST", "/api/v1/automations"), ("GET", "/metrics"), ("POST", "/runs"), ("OPTIONS", "/api/v1/me")):
            answer = ask(method, path)
            assert answer.status_code == 403 and code_of(answer) == "tls_required", (method, path)
            assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert ask("GET", "/api/v1/me", **{"X-Forwarded-Proto": "https", "Forwarded": "proto=https"}).status_code == 403
        assert ask("GET", "/health").status_code == 200
        moved = ask("GET", "/runs/7?x=%22", Host="bench.example")
        assert moved.status_code == 301 and moved.headers["Location"] == "https://bench.example/runs/7?x=%22"
        assert "Strict-Transport-Security" not in moved.headers
        assert ask("GET", "/runs", Host="evil.example").status_code == 403
        for path in ("/api/v1/me", "/runs"):
            assert api.session.get(server.url + path, timeout=5).status_code == 200            # from this machine
            answer = ask("GET", path, self.port)
            assert answer.status_code == 200 and "max-age=31536000" in answer.headers["Strict-Transport-Security"]


class TestShipped:
    """conf/benchmark-minimal.conf as it is, but for where things are on this machine."""
    base = "/benchmark"

    @staticmethod
    def conf(env):
        path = env.write("users", subprocess.run(["htpasswd", "-nbB", "-C", "4", "alice", "alice"], capture_output=True, text=True, check=True).stdout)
        with open(os.path.join(SOURCE, "conf/benchmark-minimal.conf"), encoding="utf-8") as f:
            lines = [line for line in f.read().replace("/etc/apache2/benchmark.users", path).splitlines() if not line.startswith("DB")]
        conf = Conf(env, mount=None, seed_paths=False, anonymous="none", extra=[
            *lines, "LoadModule remoteip_module /usr/lib/apache2/modules/mod_remoteip.so", "RemoteIPHeader X-Real-Client",
            "RemoteIPInternalProxy 127.0.0.1"])
        text = conf.text
        conf.text = lambda: text().replace("BenchmarkAnonymousRole none\n", "").replace("BenchmarkTargetAllow 127.0.0.0/8 ::1\n", "")
        env.stop()
        env.start = lambda ready=True: type(env).start(env, ready=False)        # even /health wants a user here
        return conf

    def test_bm_shipped_010_is_safe_without_edits(self, server, api):
        del server.start
        server.wait(lambda: requests.get(api.base + "/health/ready", headers=user("alice"), timeout=5).status_code == 200, 30, "not ready")
        known = requests.get(api.base + "/openapi.json", headers=user("alice"), timeout=5).json()["paths"]
        asked = 0
        for path, method, _ in operations(known):
            answer = requests.request(method, api.base + path, json={} if method != "get" else None, timeout=5)
            assert answer.status_code == 401, (method, path, answer.status_code)
            away = requests.request(method, api.base + path, headers={"X-Real-Client": "198.51.100.7", **user("alice")},
                                    json={} if method != "get" else None, timeout=5)
            assert away.status_code == 403 or path.startswith("/health"), (method, path, away.status_code)
            asked += 1
        assert asked > 50
        for path in ("/api/v1/me", "/health", "/metrics", "/login"):
            assert requests.get(server.url + path, timeout=5).status_code == 404        # nothing but below the mount


class TestPages:

    def test_bm_page_010_security_headers_and_policy(self, server, api):
        page = api.session.get(server.url + "/", timeout=5)
        assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy
        assert "require-trusted-types-for 'script'" in policy and "trusted-types 'none'" in policy
        assert not re.search(r"blob:|data:|\*|https?:", policy)
        for path in ("/", "/runs/5", "/nothing.js", "/api/v1/about", "/api/v1/nothing", "/health"):
            headers = api.session.get(server.url + path, timeout=5).headers
            assert headers["X-Content-Type-Options"] == "nosniff" and "Content-Security-Policy" in headers, path
            assert "PHP" not in headers.get("Server", "") and headers["Referrer-Policy"] == "no-referrer"
            assert "Strict-Transport-Security" not in headers
        assert not re.search(r"<script(?![^>]*src=)[^>]*>[^<]", page.text), "an inline script"
        assert "__bm_base__" not in page.text

    def test_bm_page_020_deep_links_are_the_page(self, server, api):
        for path in ("/", "/runs", "/runs/17", "/scenarios/3?tab=x", "/engine", "/settings", "/of/no/page"):
            page = api.session.get(server.url + path, timeout=5)
            assert page.status_code == 200 and '<div id="app">' in page.text and 'content="/"' in page.text, path
        assert api.session.get(server.url + "/assets/none.js", timeout=5).status_code == 404
        answer = api.session.post(server.url + "/runs", json={}, timeout=5)
        assert answer.status_code == 405

    def test_bm_page_030_assets_are_immutable_and_precompressed(self, server, api):
        page = api.session.get(server.url + "/", timeout=5)
        assets = re.findall(r'(?:src|href)="(/assets/[^"]+\.(?:js|css))"', page.text)
        assert assets, page.text
        for asset in assets:
            plain = api.session.get(server.url + asset, headers={"Accept-Encoding": "identity"}, timeout=5)
            assert "immutable" in plain.headers["Cache-Control"] and "Content-Encoding" not in plain.headers
            assert "Accept-Encoding" in plain.headers["Vary"]
            packed = api.session.get(server.url + asset, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=5)
            raw = packed.raw.read()
            assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(raw) == plain.content
            assert len(raw) < len(plain.content)
            br = api.session.get(server.url + asset, headers={"Accept-Encoding": "br"}, stream=True, timeout=5)
            assert br.headers.get("Content-Encoding") in ("br", None)
            assert api.session.get(server.url + asset, headers={"Accept-Encoding": "gzip;q=0"}, timeout=5).headers.get("Content-Encoding") is None
            tag = plain.headers["ETag"]
            again = api.session.get(server.url + asset, headers={"If-None-Match": tag, "Accept-Encoding": "identity"}, timeout=5)
            assert again.status_code == 304
        tag = page.headers["ETag"]
        assert page.headers["Cache-Control"] == "no-cache"
        assert api.session.get(server.url + "/", headers={"If-None-Match": tag}, timeout=5).status_code == 304


class TestBesideOthers:
    """Below /benchmark in a server with an /api and a /login of its own, mod_deflate switched on for JSON."""
    base = "/benchmark"

    @staticmethod
    def conf(env):
        env.write("www/api/index.html", "own api")
        env.write("www/login/index.html", "own login")
        env.write("www/health", "own health")
        port = TestBesideOthers.port
        return Conf(env, mount="/benchmark", seed_paths=False, extra=[
            f"DocumentRoot {env.home}/www", f"<Directory {env.home}/www>", "Require all granted", "DirectoryIndex index.html", "</Directory>",
            "LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so",
            "AddOutputFilterByType DEFLATE application/json application/problem+json text/html",
            f"Listen 127.0.0.1:{port}", f"<VirtualHost 127.0.0.1:{port}>", "ServerName seeds", f"DocumentRoot {env.home}/www",
            "BenchmarkMount /bm", "BenchmarkSeedPaths On", "BenchmarkAnonymousRole viewer", "</VirtualHost>",
            *TestBesideOthers.host(env, TestBesideOthers.bare), *TestBesideOthers.host(env, TestBesideOthers.heir, "BenchmarkAnonymousRole viewer"),
            *TestBesideOthers.host(env, TestBesideOthers.free, "BenchmarkMount Off")])

    @staticmethod
    def host(env, port, *lines):
        return f"Listen 127.0.0.1:{port}", f"<VirtualHost 127.0.0.1:{port}>", f"DocumentRoot {env.home}/www", *lines, "</VirtualHost>"

    port, bare, heir, free = (free_port() for _ in range(4))

    def test_bm_beside_010_the_server_keeps_its_own_paths(self, server, api):
        get = lambda path, **kw: api.session.get(server.url + path, timeout=5, **kw)          # noqa: E731
        assert get("/api/").text == "own api" and get("/login/").text == "own login" and get("/health").text == "own health"
        assert get("/api/v1/about").status_code == 404 and "problem" not in get("/api/v1/about").headers["Content-Type"]
        assert get("/benchmark/api/v1/about").json()["name"] == "mod_benchmark"
        assert get("/benchmark/health").json()["status"] == "healthy"
        assert get("/benchmarkx/api/v1/about").status_code == 404
        moved = get("/benchmark", allow_redirects=False)
        assert moved.status_code in (301, 302, 307, 308) and moved.headers["Location"].endswith("/benchmark/")

    def test_bm_beside_015_a_virtual_host_has_the_mount_of_the_main_server_unless_it_says_otherwise(self, server, api):
        def about(port, mount):
            return api.session.get(f"http://127.0.0.1:{port}{mount}/api/v1/about", timeout=5)
        for port in (self.bare, self.heir):
            assert about(port, "/benchmark").json()["name"] == "mod_benchmark"
        assert about(self.port, "/bm").json()["name"] == "mod_benchmark" and about(self.port, "/benchmark").status_code == 404
        gone = about(self.free, "/benchmark")
        assert gone.status_code == 404 and "problem" not in gone.headers["Content-Type"] and "Content-Security-Policy" not in gone.headers

    def test_bm_beside_020_links_stay_below_the_mount(self, server, api):
        made = api.call("POST", "/automations", {"name": "m"}, expect=200)
        assert made.headers["Location"].startswith("/benchmark/api/v1/automations/") or "/benchmark/api/v1/automations/" in made.headers["Location"]
        api.make_automation(), api.make_automation()
        link = api.call("GET", "/automations?limit=1").headers["Link"]
        assert "/benchmark/api/v1/automations" in link
        page = api.session.get(server.url + "/benchmark/runs/1", timeout=5).text
        assert "/benchmark/assets/" in page
        for asset in re.findall(r'(?:src|href)="([^"]+\.(?:js|css|svg))"', page):
            assert api.session.get(server.url + asset, timeout=5).status_code == 200, asset

    def test_bm_beside_030_a_virtual_host_mounts_with_its_own_roles(self, server, api):
        other = f"http://127.0.0.1:{self.port}"
        for path in ("/bm/api/v1/about", "/api/v1/about", "/api/about", "/health", "/bm/health"):
            assert requests.get(other + path, timeout=5).status_code == 200, path
        assert requests.post(other + "/api/v1/automations", json={"name": "n"}, timeout=5).status_code == 401
        assert requests.get(other + "/benchmark/api/v1/about", timeout=5).status_code == 404

    def test_bm_beside_040_deflate_keeps_entity_tags_working(self, api):
        for _ in range(10):
            api.make_automation(description="d" * 500)
        answer = api.call("GET", "/automations", headers={"Accept-Encoding": "gzip"}, expect=200)
        assert answer.headers["Content-Encoding"] == "gzip" and answer.json()
        again = api.call("GET", "/automations", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        plain = api.call("GET", "/automations", headers={"Accept-Encoding": "identity"}, expect=200)
        assert "Content-Encoding" not in plain.headers and plain.json() == answer.json()


class TestOutbound:
    """Nothing of BenchmarkTargetAllow: only public addresses."""

    @staticmethod
    def conf(env):
        conf = Conf(env)
        text = conf.text
        conf.text = lambda: text().replace("BenchmarkTargetAllow 127.0.0.0/8 ::1\n", "")
        return conf

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0", "0.0.0.0", "[::1]",
                                      "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::]", "169.254.169.254",
                                      "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "224.0.0.1", "255.255.255.255", "[fe80::1]",
                                      "[fc00::1]", "[ff02::1]", "127.0.0.1.", "LOCALHOST", "①②⑦.⓪.⓪.①"])
    def test_bm_outbound_010_no_spelling_of_an_inner_address_is_reached(self, server, api, odd, host):
        before = len(odd.seen)
        body = {"name": "n", "provider": "http", "connection": {"url": f"http://{host}:{odd.port}/plain", "connect_timeout_seconds": 2}}
        made = api.call("POST", "/automations", body)
        if made.status_code == 200:
            run = api.run(api.make_scenario(made.json()))
            assert run["status"] == "failed" and run["error_code"] in ("target_not_allowed", "dns_error", "bad_request"), run
            if host in ("127.0.0.1", "localhost", "2130706433", "169.254.169.254", "[::1]", "10.0.0.1"):
                assert run["error_code"] == "target_not_allowed" and "BenchmarkTargetAllow" in run["error"]
        else:
            assert made.status_code == 422
        assert len(odd.seen) == before

    def test_bm_outbound_020_the_environment_s_proxy_is_not_used(self, server, api, odd):
        server.environment.update(http_proxy=f"http://127.0.0.1:{odd.port}/record", ALL_PROXY=f"http://127.0.0.1:{odd.port}/record")
        server.restart(self.conf(server))
        server.environment.clear()
        before = len(odd.seen)
        automation = api.make_automation(provider="http", connection={"url": "http://127.0.0.1:1/", "connect_timeout_seconds": 1})
        assert api.run(api.make_scenario(automation))["status"] == "failed"
        assert len(odd.seen) == before

    def test_bm_outbound_030_the_reference_target_serves_calibrations_all_the_same(self, api):
        made = api.post("/calibrations", {"streams": 2, "concurrency": 2, "tokens": 4, "gap_ms": 2}, expect=202)
        done = api.env.wait(lambda: (c := api.get(f"/calibrations/{made['id']}"))["status"] not in ("pending", "running") and c, 15, "no end")
        assert done["status"] == "completed", done

