# SPDX-License-Identifier: Apache-2.0
"""Who may do what, what other sites may not, and what httpd's side of an answer looks like."""
import base64
import concurrent.futures
import hashlib
import os
import html
import re

import pytest
import requests

from bmapi import code_of
from bmenv import Api, Conf
from test_30_bad_input import check_problem

JSON = {"Content-Type": "application/json"}
RANK = {"none": 0, "viewer": 1, "operator": 2, "admin": 3}


def htpasswd(env, *users):
    """A password file; the password of each user is his name."""
    lines = [f"{u}:{{SHA}}{base64.b64encode(hashlib.sha1(u.encode()).digest()).decode()}" for u in users]
    return env.write("htpasswd", "\n".join(lines) + "\n")


def with_users(env, anonymous="none"):
    conf = Conf(env, anonymous=anonymous)
    users = htpasswd(env, "vera", "otto", "anna", "nemo")
    return conf.add("BenchmarkRole viewer vera").add("BenchmarkRole operator otto").add("BenchmarkRole admin anna").add(
        f"""<Location /api>
    AuthType Basic
    AuthName bench
    AuthBasicProvider file
    AuthUserFile {users}
    AuthzSendForbiddenOnFailure On
    <If "%{{HTTP:Authorization}} != ''">
        Require valid-user
    </If>
</Location>""")


def routes(api):
    document = api.get("/openapi.json", auth=("vera", "vera"))
    for path, item in document["paths"].items():
        for method, operation in item.items():
            asked = "/events?wait=1" if path == "/events" else re.sub(r"{\w+}", "999999", path.replace("{key}", "load_balancing_00000000"))      # a stream has no end
            yield method.upper(), asked, operation["x-role"]


class TestRoles:
    conf = staticmethod(with_users)

    @pytest.fixture(scope="class")
    def server(self, env):
        env.base = ""
        env.restart(with_users(env), ready=True)
        yield env
        env.stop()

    # every route with every role, by the reference's own word
    def test_bm_access_010_each_route_asks_for_its_role(self, api):
        seen = 0
        for method, path, role in routes(api):
            for user, rank in ((None, 0), ("nemo", 0), ("vera", 1), ("otto", 2), ("anna", 3)):
                if user == "anna" and path in ("/engine/stop",):
                    continue
                answer = api.call(method, path, body={} if method in ("POST", "PUT", "PATCH") else None,
                                  auth=(user, user) if user else None)
                if rank >= RANK[role]:
                    assert answer.status_code not in (401, 403), (method, path, user, answer.text)
                else:
                    if path.endswith("/v1/traces"):                  # a Status, as OTLP has it
                        assert (answer.status_code, code_of(answer)) == ((403, "role_too_low") if user else (401, "not_authenticated"))
                    else:
                        check_problem(answer, 403 if user else 401)
                    assert answer.headers.get("WWW-Authenticate", "").startswith("Basic ") == (user is None)
                seen += 1
        assert seen > 150

    def test_bm_access_020_only_health_and_me_are_open(self, api):
        assert sorted(path for method, path, role in routes(api) if role == "none") == [
            "/.well-known/jwks.json", "/auth/login", "/auth/logout", "/auth/password", "/auth/refresh", "/health", "/health/ready", "/me"]
        rest = {"id": None, "credential": "none", "projects": None, "scopes": ["read", "run", "write", "admin", "push"]}
        assert api.get("/me") == {"user": None, "role": "none", "anonymous": True, **rest}
        assert api.get("/me", auth=("otto", "otto")) == {"user": "otto", "role": "operator", "anonymous": False, **rest}

    def test_bm_access_030_a_claimed_user_is_nobody(self, api):
        for header in ("X-Remote-User", "REMOTE_USER", "Remote-User", "X-Forwarded-User", "Authorization-User"):
            assert api.get("/me", headers={header: "anna"})["role"] == "none"
        check_problem(api.call("GET", "/runs", headers={"X-Forwarded-For": "127.0.0.1"}), 401)
        check_problem(api.call("POST", "/runs/1", headers={"X-HTTP-Method-Override": "GET"}), 405)

    def test_bm_access_040_names_are_compared_exactly(self, server, api):
        assert api.get("/me", auth=("nemo", "nemo"))["role"] == "none"
        check_problem(api.call("GET", "/runs", auth=("anna", "wrong")), 401)
        server.allow("AH01617")


class TestAnonymousLoopback:

    def test_bm_access_110_a_rebound_name_is_not_this_machine(self, api):
        assert api.get("/me")["role"] == "admin"
        assert api.get("/me", headers={"Host": "evil.example"})["role"] == "none"
        check_problem(api.call("GET", "/runs", headers={"Host": "evil.example"}), 401)
        check_problem(api.call("POST", "/runs/trigger", {"scenario_id": 1}, headers={"Host": "evil.example"}), 401)
        assert api.get("/me", headers={"Host": "localhost:1234"})["role"] == "admin"
        assert api.get("/me", headers={"Host": "[::1]:80"})["role"] == "admin"


class TestCrossSite:

    @staticmethod
    def conf(env):
        return Conf(env, anonymous="operator", extra=("BenchmarkAllowedHosts 127.0.0.1 bench.example",
                                                      "BenchmarkCORSOrigin https://good.example http://127.0.0.1:3000"))

    def test_bm_csrf_010_other_sites_change_nothing(self, server, api):
        own = f"http://127.0.0.1:{server.port}"
        body = {"name": "n"}
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": own.replace("http:", "ftp:") + ".evil.example"},
                        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": own, "Sec-Fetch-Site": "cross-site"},
                        {"Host": "evil.example"}, {"Origin": "http://evil.example", "Host": "evil.example"},
                        {"Origin": "http://127.0.0.1:1"}):
            problem = check_problem(api.call("POST", "/automations", body, headers=headers), 403)
            assert problem["code"] in ("cross_site_request", "host_not_allowed"), headers
        for headers in ({}, {"Origin": own}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"},
                        {"Host": "bench.example", "Origin": "http://bench.example"}):
            api.call("POST", "/automations", body, headers=headers, expect=200)

    def test_bm_csrf_020_what_a_form_can_send_is_refused(self, api):
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"):
            for data in (b'{"name":"n"}', b""):
                answer = api.session.post(api.base + "/automations", data=data, headers={"Content-Type": content_type}, timeout=5)
                check_problem(answer, 415)
        made = api.post("/automations", {"name": "n"})
        scenario = api.post("/scenarios", {"name": "s", "automation_id": made["id"]})
        run = api.post("/runs", {"scenario_id": scenario["id"], "run_at": "2099-01-01T00:00:00Z"}, expect=202)["run_ids"][0]
        bare = {"Content-Type": None}
        check_problem(api.session.post(api.base + f"/runs/{run}/cancel", headers={**bare, "Cookie": "a=b"}, timeout=5), 415)
        assert api.session.post(api.base + f"/runs/{run}/cancel", headers=bare, timeout=5).status_code == 200

    def test_bm_cors_010_exact_origins_only(self, api):
        for origin in ("https://good.example.evil", "http://good.example", "https://good.example:8443", "https://GOOD.example", "null",
                       "https://evil.example", "https://good.example/", ""):
            answer = api.call("GET", "/me", headers={"Origin": origin})
            assert "Access-Control-Allow-Origin" not in answer.headers, origin
            assert "Origin" in answer.headers["Vary"]
        answer = api.call("GET", "/nothing", headers={"Origin": "https://good.example"}, expect=404)
        assert answer.headers["Access-Control-Allow-Origin"] == "https://good.example"
        assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
        api.call("POST", "/automations", {"name": "n"}, expect=200,
                 headers={"Origin": "https://good.example", "Sec-Fetch-Site": "cross-site"})

    def test_bm_cors_020_preflight(self, api):
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        answer = api.call("OPTIONS", "/automations", headers={"Origin": "https://good.example", **asked}, expect=204)
        assert "POST" in answer.headers["Access-Control-Allow-Methods"]
        assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
        answer = api.call("OPTIONS", "/automations", headers={"Origin": "https://evil.example", **asked}, expect=204)
        assert not [h for h in answer.headers if h.lower().startswith("access-control-")]


class TestPreflightBeforeUsers:

    @staticmethod
    def conf(env):
        users = htpasswd(env, "anna")
        return Conf(env, anonymous="none", extra=("BenchmarkCORSOrigin https://good.example", "BenchmarkRole admin anna", f"""<Location /api>
    AuthType Basic
    AuthName bench
    AuthBasicProvider file
    AuthUserFile {users}
    Require valid-user
</Location>"""))

    @pytest.fixture(scope="class")
    def server(self, env):
        env.base = ""
        env.restart(self.conf(env), ready=False)
        env.wait(lambda: requests.get(env.url + "/health/ready", timeout=5).status_code == 200, 20, "not ready")
        yield env
        env.stop()

    def test_bm_cors_030_a_preflight_needs_no_user(self, api):
        headers = {"Origin": "https://good.example", "Access-Control-Request-Method": "GET"}
        assert api.call("OPTIONS", "/runs", headers=headers, expect=204).headers["Access-Control-Allow-Origin"] == "https://good.example"
        check_problem(api.call("GET", "/runs"), 401)          # httpd's own 401, as a problem
        check_problem(api.call("OPTIONS", "/runs"), 401)
        assert isinstance(api.call("GET", "/runs", auth=("anna", "anna"), expect=200).json(), list)


class TestMounted:
    """Below a path, beside a virtual host's own /api and /login."""
    base = "/benchmark"

    @staticmethod
    def conf(env):
        root = os.path.dirname(env.write("site/api/runs", "the site's own\n"))
        env.write("site/login", "the site's login\n")
        site = os.path.dirname(root)
        return Conf(env, mount="/benchmark", seed_paths=False, extra=(
            f'DocumentRoot "{site}"', f'<Directory "{site}">\n    Require all granted\n</Directory>',
            "AddOutputFilterByType DEFLATE application/json application/problem+json text/html"))

    def test_bm_mount_010_the_site_keeps_its_paths(self, server, api):
        assert requests.get(server.url + "/api/runs", timeout=5).text == "the site's own\n"
        assert requests.get(server.url + "/login", timeout=5).text == "the site's login\n"
        assert requests.get(server.url + "/benchmarks", timeout=5).headers["Content-Type"].startswith("text/html")
        assert isinstance(api.get("/runs"), list)
        assert requests.get(server.url + "/benchmark/health", timeout=5).json()["status"] == "healthy"
        assert api.get("/about")["base_url"] == server.url + "/benchmark"
        assert api.call("POST", "/automations", {"name": "n"}).headers["Location"].startswith("/benchmark/api/v1/automations/")

    def test_bm_mount_020_the_page_knows_where_it_is(self, server):
        answer = requests.get(server.url + "/benchmark", allow_redirects=False, timeout=5)
        assert answer.status_code == 308 and answer.headers["Location"].endswith("/benchmark/")
        for path in ("/benchmark/", "/benchmark/runs/7", "/benchmark/index.html"):
            page = requests.get(server.url + path, timeout=5)
            assert page.status_code == 200 and page.headers["Content-Type"] == "text/html; charset=utf-8"
            assert "/__bm_base__/" not in page.text and 'content="/benchmark/"' in page.text
            assert page.headers["Cache-Control"] == "no-cache"
            again = requests.get(server.url + path, headers={"If-None-Match": page.headers["ETag"]}, timeout=5)
            assert again.status_code == 304 and not again.content
            assert "bm-pages" not in page.text
        check_problem(requests.get(server.url + "/benchmark/assets/none.js", timeout=5), 404)
        check_problem(requests.get(server.url + "/benchmark/.git/config", timeout=5), 404)
        check_problem(requests.post(server.url + "/benchmark/", timeout=5), 405)

    def test_bm_mount_025_the_page_names_its_own_scripts(self, server):
        def scripts(path):
            page = requests.get(server.url + "/benchmark" + path, timeout=5).text
            for name in re.findall(r'(?:src|href)="(/benchmark/assets/[^"]+)"', page):
                assert requests.get(server.url + name, timeout=5).status_code == 200, name
            return {name.split("-")[0] for name in re.findall(r'rel="modulepreload" crossorigin href="/benchmark/assets/([^"]+)"', page)}
        def text(path, **headers):
            return requests.get(server.url + "/benchmark" + path, headers=headers, timeout=5).text
        assert "<title>Runs · Benchmark</title>" in text("/runs") and "<h1>Load test</h1>" in text("/loadtests/3")
        assert "<title>Not found · Benchmark</title>" in text("/no/such/page") and "__bm" not in text("/") + text("/no/such/page")
        assert '<html lang="en" data-alone>' in text("/login") and "<h1>Sign in</h1>" in text("/login")
        for cookie, theme in (("bm_theme=dark", ' data-theme="dark"'), ("a=b; bm_theme=light", ' data-theme="light"'), ("bm_theme=\"><script>", ""), ("bm_theme=", "")):
            assert f'<html lang="en"{theme}>' in text("/", Cookie=cookie), cookie
        assert '<link rel="modulepreload" id="main-script"' in text("/no/such/page") and 'as="fetch"' not in text("/no/such/page") + text("/runs?status=failed")
        first = html.unescape(re.search(r'<link rel="preload" as="fetch" crossorigin href="(/benchmark/api/v1/runs[^"]+)"', text("/runs")).group(1))
        assert requests.get(server.url + first, timeout=5).status_code == 200
        frame = scripts("/no/such/page")
        assert "overview" in scripts("/") and scripts("/") == scripts("/index.html") == scripts("/?from=all")
        assert "runs" in scripts("/runs") and scripts("/runs") == scripts("/runs/") and "overview" not in scripts("/runs")
        assert "run" in scripts("/runs/7") and "run" in scripts("/runs/0012345678901234567890") and scripts("/runs/7x") == frame
        assert "new_loadtest" in scripts("/loadtests/new") and "loadtest" in scripts("/loadtests/1/")

    def test_bm_mount_030_assets_are_compressed_once_and_kept_for_ever(self, server):
        page = requests.get(server.url + "/benchmark/", timeout=5).text
        asset = re.search(r'id="main-script"[^>]* href="(/benchmark/assets/[^"]+\.js)"', page).group(1)
        plain = requests.get(server.url + asset, headers={"Accept-Encoding": "identity"}, timeout=5)
        assert plain.status_code == 200 and plain.headers["Content-Type"].startswith("text/javascript")
        assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        tags = {plain.headers["ETag"]}
        for coding in ("br", "gzip"):
            packed = requests.get(server.url + asset, headers={"Accept-Encoding": coding}, stream=True, timeout=5)
            assert packed.headers["Content-Encoding"] == coding and "Accept-Encoding" in packed.headers["Vary"]
            assert packed.headers["Content-Type"].startswith("text/javascript")
            assert len(packed.raw.read()) < len(plain.content) / 2
            tags.add(packed.headers["ETag"])
        assert len(tags) == 3
        refused = requests.get(server.url + asset, headers={"Accept-Encoding": "br;q=0, gzip;q=0"}, timeout=5)
        assert "Content-Encoding" not in refused.headers
        part = requests.get(server.url + asset, headers={"Range": "bytes=0-9", "Accept-Encoding": "identity"}, timeout=5)
        assert part.status_code == 206 and part.content == plain.content[:10]

    def test_bm_mount_040_compression_leaves_entity_tags_alone(self, api):
        made = api.post("/automations", {"name": "n", "description": "x" * 2000})
        for path in (f"/automations/{made['id']}", "/automations", "/openapi.json"):
            packed = api.call("GET", path, headers={"Accept-Encoding": "gzip"}, expect=200)
            assert packed.headers["Content-Encoding"] == "gzip"
            plain = api.call("GET", path, headers={"Accept-Encoding": "identity"}, expect=200)
            assert plain.json() == packed.json()
            for tag in (packed.headers["ETag"], plain.headers["ETag"]):
                for coding in ("gzip", "identity"):
                    answer = api.call("GET", path, headers={"Accept-Encoding": coding, "If-None-Match": tag})
                    assert answer.status_code == 304 and not answer.content, (path, tag, coding)
        tag = api.call("GET", f"/automations/{made['id']}", headers={"Accept-Encoding": "gzip"}).headers["ETag"]
        api.call("PATCH", f"/automations/{made['id']}", {"name": "m"}, headers={"If-Match": tag}, expect=200)
        api.problem("PATCH", f"/automations/{made['id']}", {"name": "o"}, headers={"If-Match": tag}, expect=412)


class TestAnswers:

    def test_bm_answer_010_security_headers_are_on_everything(self, server, api):
        for answer, kind in ((requests.get(server.url + "/", timeout=5), "page"), (api.call("GET", "/runs"), "api"),
                             (api.call("GET", "/nothing"), "api"), (requests.get(server.url + "/none.js", timeout=5), "page"),
                             (api.session.post(api.base + "/runs", data="x" * 2000000, headers=JSON, timeout=5), "api")):
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert answer.headers["X-Request-Id"]
            assert kind == "page" or answer.headers["Cache-Control"] == "no-store"

    def test_bm_answer_020_methods_nobody_knows(self, api):
        for method in ("TRACE", "PROPFIND", "BREW", "CONNECTED"):
            answer = check_problem(api.call(method, "/runs"), 405)
            assert answer["code"] == "method_not_allowed"
            assert "GET" in api.call(method, "/runs").headers["Allow"]
        assert b" 405 " in api.raw(b"get /api/v1/runs HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").split(b"\r\n")[0]

    def test_bm_answer_030_head_is_get_without_the_body(self, api):
        got, head = api.call("GET", "/automations"), api.call("HEAD", "/automations")
        assert head.status_code == 200 and not head.content
        assert head.headers["Content-Length"] == got.headers["Content-Length"] and head.headers["ETag"] == got.headers["ETag"]
        assert api.call("HEAD", "/runs/999999").status_code == 404

    def test_bm_answer_040_many_at_once(self, server, api):
        made = api.post("/automations", {"name": "n"})

        def one(i):
            return requests.get(f"{api.base}/automations/{made['id']}", timeout=10).status_code
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            assert set(pool.map(one, range(600))) == {200}
