# SPDX-License-Identifier: Apache-2.0
"""Whatever a client sends, the answer is a problem that says what is wrong, and nothing is stored."""
import json
import random
import re
import time

import pytest

from bmenv import Api, Conf

JSON = {"Content-Type": "application/json"}


def check_problem(answer, status):
    """RFC 9457, and nothing about our inside."""
    assert answer.status_code == status, (answer.status_code, answer.text[:500])
    assert answer.headers["Content-Type"].split(";")[0] == "application/problem+json", answer.headers
    problem = answer.json()
    assert set(problem) <= {"type", "title", "status", "detail", "code", "request_id", "errors"}, problem
    assert problem["type"] == "about:blank" and problem["status"] == status
    assert isinstance(problem["title"], str) and problem["title"]
    assert isinstance(problem["detail"], str) and problem["detail"].endswith((".", "…")), problem
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    for violation in problem.get("errors", []):
        assert set(violation) == {"pointer", "detail"} and violation["detail"], violation
        assert violation["pointer"] == "" or violation["pointer"][0] in "/?", violation
    for inside in ("select ", "insert ", "/work", ".c:", "libpq", "jansson", "SQLSTATE", "Apache/"):
        assert inside not in answer.text, f"{inside!r} in {answer.text}"
    return problem


@pytest.fixture
def send(api):
    def send(text, expect, path="/automations", content_type="application/json", method="POST", **headers):
        names = {k.replace("_", "-"): v for k, v in headers.items()}
        if content_type is not None:
            names["Content-Type"] = content_type
        data = text.encode() if isinstance(text, str) else text
        answer = api.session.request(method, api.base + path, data=data, headers=names, timeout=15)
        return check_problem(answer, expect) if expect >= 400 else answer
    return send


class TestJson:

    def test_bm_json_010_malformed_bodies_are_400(self, send):
        for text in ("", "{", "nul", "{'name':1}", '{"name":"a",}', '{"name":"a"} x', "[1,]", '{"a":1 "b":2}', "\ufeff{}", '{"a":01}',
                     '{"a":+1}', '{"a":.5}', '{"a":1.}', '{"a":NaN}', '{"a":Infinity}', '{"a":"\\x41"}', '{"a":"\n"}', '{"a":"\\u12"}',
                     '{"a":"\\ud800"}', '{"a":tru}', "\x00", '{"a":1}\x00', "[", '"', '{"a"', '{"a":', "//c\n{}", '{"a":1e}'):
            problem = send(text, 400)
            assert problem["code"] == "malformed_json", text
        for text in (b'{"name":"\xff"}', b'{"name":"\xc0\xaf"}', b'{"name":"\xed\xa0\x80"}', b"\xff\xfe{\x00}\x00"):
            send(text, 400)

    def test_bm_json_020_duplicate_members_are_400(self, send):
        problem = send('{"name":"a","name":"b"}', 400)
        assert problem["code"] == "malformed_json"
        send('{"name":"a","default_inputs":{"x":1,"x":2}}', 400)

    def test_bm_json_030_a_nul_in_a_string_is_refused(self, send):
        assert send('{"name":"a\\u0000b"}', 400)
        assert send('{"name":"a","default_inputs":{"k\\u0000":1}}', 400)

    def test_bm_json_040_depth_is_bounded(self, send):
        for depth in (65, 2049, 150000):
            begin = time.monotonic()
            send('{"name":"a","default_inputs":' + '{"a":' * depth + "1" + "}" * (depth + 1), 400)
            assert time.monotonic() - begin < 4
        send("[" * 100000, 400)

    def test_bm_json_050_size_is_bounded(self, api, send):
        limit = api.get("/about")["limits"]["max_body_bytes"]
        start, end = '{"name":"', '"}'
        send(start + "x" * (limit - len(start) - len(end)) + end, 422)         # of that size, but the name is too long
        problem = send(start + "x" * (limit - len(start) - len(end) + 1) + end, 413)
        assert str(limit) in problem["detail"]

    def test_bm_json_060_a_chunked_body_without_length_is_bounded_too(self, api):
        limit = api.get("/about")["limits"]["max_body_bytes"]

        def endless():
            for _ in range(limit // 65536 + 2):
                yield b" " * 65536
        answer = api.session.post(api.base + "/automations", data=endless(), headers=JSON, timeout=15)
        check_problem(answer, 413)

    def test_bm_json_070_many_and_long_members_are_answered_at_once(self, send):
        for text in ('{"name":"a",' + ",".join(f'"k{i}":1' for i in range(80000)) + "}", '{"name":"a","default_inputs":{' + ",".join(f'"k{i}":1' for i in range(80000)) + "}, \"bad\":1}",
                     '{"' + "k" * 900000 + '":1}', '{"max_in_flight":' + "9" * 900000 + "}"):
            begin = time.monotonic()
            answer = send(text, 0)
            assert answer.status_code in (400, 422)
            assert len(answer.content) < 20000
            assert time.monotonic() - begin < 5

    def test_bm_json_080_integers_survive_a_round_trip(self, api, send):
        for number in (2**53 + 1, 2**63 - 1, -2**63, 0):
            made = send(json.dumps({"name": "n", "default_inputs": {"n": number}}), 200).json()
            assert api.get(f"/automations/{made['id']}")["default_inputs"]["n"] == number
        send('{"name":"n","default_inputs":{"n":9223372036854775808}}', 400)
        send('{"name":"n","default_inputs":{"n":1e400}}', 400)
        made = send('{"name":"n","default_inputs":{"a":-0,"b":1e-400,"c":1.5}}', 200).json()
        assert made["default_inputs"]["c"] == 1.5 and made["default_inputs"]["a"] == 0


class TestMembers:

    def test_bm_bad_010_every_violation_is_in_one_answer(self, api):
        problem = api.problem("POST", "/automations", {
            "name": 5, "provider": "fax", "default_inputs": [], "connection": "x", "max_in_flight": 0, "labels": ["a", 1, "a"],
            "id": 3, "surprise": True, "tinyfish_automation_id": {}})
        pointers = {e["pointer"] for e in problem["errors"]}
        assert {"/name", "/provider", "/default_inputs", "/connection", "/max_in_flight", "/id", "/surprise",
                "/tinyfish_automation_id"} <= pointers
        assert any(p.startswith("/labels/") for p in pointers)

    def test_bm_bad_020_not_an_object(self, send):
        for text in ("[]", "3", '"x"', "null", "true"):
            problem = send(text, 422)
            assert problem["errors"][0]["pointer"] == ""

    def test_bm_bad_030_pointers_are_escaped(self, api):
        problem = api.problem("POST", "/automations", {"name": "n", "a/b~c": 1})
        assert [e["pointer"] for e in problem["errors"]] == ["/a~1b~0c"]

    def test_bm_bad_040_a_connection_is_checked_by_its_provider(self, api):
        def refused(provider, connection):
            problem = api.problem("POST", "/automations", {"name": "n", "provider": provider, "connection": connection})
            return {e["pointer"] for e in problem["errors"]}
        assert refused("openai", {}) == {"/connection/url"}
        assert refused("openai", {"url": "http://h/", "modle": "m"}) == {"/connection/modle"}
        for url in ("ftp://h/", "file:///etc/passwd", "gopher://h/", "h/v1", "http://", "http://user:pw@h/", "http://h/\r\nX: y",
                    "http://h/\x7f", "javascript:alert(1)"):
            assert "/connection/url" in refused("openai", {"url": url}), url
        for headers in ({"X-A": "a\r\nB: c"}, {"X A": "v"}, {"X-A": "a\x00"}, {"X-A": "a\x7f"}, {"": "v"}, {"Host\r\n": "x"}):
            answer = api.call("POST", "/automations", {"name": "n", "provider": "openai",
                                                       "connection": {"url": "http://h/v1", "headers": headers}})
            assert answer.status_code in (400, 422), headers
        assert refused("http", {"url": "http://h/", "method": "GE T"}) == {"/connection/method"}
        assert refused("http", {"url": "http://h/", "stream": "maybe", "expect_status": ["abc"]}) >= {"/connection/stream"}
        assert refused("openai", {"url": "http://h/", "timeout_seconds": -1, "secret": 5}) == {
            "/connection/timeout_seconds", "/connection/secret"}

    def test_bm_bad_050_a_scenario_of_nothing(self, api):
        problem = api.problem("POST", "/scenarios", {"name": "s", "automation_id": 999999})
        assert [e["pointer"] for e in problem["errors"]] == ["/automation_id"]
        for path in ("/scenarios/999999", "/automations/999999", "/runs/999999", "/calibrations/999999", "/runs/999999/timeline"):
            api.problem("GET", path, expect=404)
        for path in ("/runs/999999/cancel", "/runs/999999/requeue"):
            api.problem("POST", path, {}, expect=404)
        problem = api.problem("POST", "/runs/trigger", {"scenario_id": 999999}, expect=404)
        assert "999999" in problem["detail"]
        problem = api.problem("POST", "/runs/trigger", {"scenario_id": "1"})
        assert [e["pointer"] for e in problem["errors"]] == ["/scenario_id"]

    def test_bm_bad_060_a_placeholder_without_value_is_told_before_anything_is_sent(self, server, api):
        scenario = api.make_scenario(inputs={"prompt": "Hello {{who}} from {{where.town}}", "where": {"country": "x"}})
        problem = api.problem("POST", "/runs/trigger", {"scenario_id": scenario["id"]})
        assert problem["code"] == "placeholder_without_value"
        assert len(problem["errors"]) == 2 and "who" in json.dumps(problem["errors"])
        assert server.sql("select count(*) from run where scenario_id = %s", scenario["id"])[0][0] == 0
        run = api.trigger(scenario, inputs_override={"who": 'x"}],"model":"evil', "where": {"town": "there"}})
        run = api.await_run(run["id"])
        assert run["status"] == "completed"
        sent = run["request"]["body"]
        sent = json.loads(sent) if isinstance(sent, str) else sent
        assert sent["model"] == "m" and sent["messages"][0]["content"] == 'Hello x"}],"model":"evil from there'
        for name in ("{{secret.nothing}}", "{{env.PATH}}", "{{ }}", "{{a b}}"):
            body = {"name": "s", "automation_id": scenario["automation_id"], "inputs_template": {"prompt": name}}
            answer = api.call("POST", "/scenarios", body)
            if answer.status_code == 200:
                api.problem("POST", "/runs/trigger", {"scenario_id": answer.json()["id"]})
            else:
                assert answer.status_code == 422, name


class TestHttp:

    def test_bm_http_bad_010_only_json_in_utf8_is_taken(self, send):
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
                             "application/json; charset=utf-16", "application/jsonx", "text/json", None):
            send('{"name":"n"}', 415, content_type=content_type)
        send('{"name":"n"}', 415, Content_Encoding="gzip")
        assert send('{"name":"n"}', 200, content_type="Application/JSON; charset=UTF-8").json()["name"] == "n"

    def test_bm_http_bad_020_unknown_paths_are_problems(self, server, api):
        for path in ("/nothing", "/runs/abc", "/runs/1/2/3", "/runs/-1", "/runs/99999999999999999999", "/automations/1.0",
                     "/automations/%20", "/runs/0x10", "/AUTOMATIONS", "/automations;x", "/openapi.json/x"):
            check_problem(api.call("GET", path), 404)
        check_problem(api.session.get(server.url + "/api/v2/runs", timeout=5), 404)
        check_problem(api.session.get(server.url + "/api", timeout=5), 404)

    def test_bm_http_bad_030_what_httpd_refuses_is_a_problem_too(self, server, api):
        server.allow("AH10244: invalid URI path")
        def status_and_body(request):
            head, _, body = api.raw(request).partition(b"\r\n\r\n")
            assert b"application/problem+json" in head, head + body
            problem = json.loads(body)
            assert problem["detail"] and str(problem["status"]).encode() in head.split(b"\r\n")[0], problem
            return problem["status"]
        begin, end = b"GET /api/v1/", b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        assert status_and_body(begin + b"runs%00" + end) in (400, 404)
        assert status_and_body(begin + b"runs%zz" + end) == 400
        assert status_and_body(begin + b"..%2f..%2fetc/passwd" + end) in (400, 404)
        assert status_and_body(begin + b"%c0%ae%c0%ae/" + end) in (400, 404)
        assert status_and_body(b"GET /api/v1/runs HTTP/1.1\r\nConnection: close\r\n\r\n") == 400

    def test_bm_http_bad_040_overlong_and_odd_requests_are_refused(self, api):
        for request, wanted in (
                (b"GET /api/v1/" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", (b"414",)),
                (b"GET /api/v1/runs HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 9000 + b"\r\n\r\n", (b"400", b"431")),
                (b"POST /api/v1/automations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                 b"Content-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n\r\n{}   ", (b"400",)),
                (b"POST /api/v1/automations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                 b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n", (b"400",)),
                (b"POST /api/v1/automations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                 b"Content-Length: -1\r\nConnection: close\r\n\r\n", (b"400", b"413"))):
            line = api.raw(request).split(b"\r\n")[0]
            assert line.split(b" ")[1] in wanted, (request[:60], line)
        for path in (b"/api/v1/../../etc/passwd", b"/..%2f..%2fetc/passwd", b"/assets/..%2f..%2f..%2fetc%2fpasswd", b"/%2e%2e/etc/passwd"):
            assert b"root:" not in api.raw(b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")

    def test_bm_http_bad_050_log_lines_cannot_be_forged(self, server, api):
        api.session.get(server.url + "/api/v1/runs", timeout=5,
                        headers={"X-Request-Id": "a" * 500, "User-Agent": "x" * 4000})
        answer = api.call("GET", "/nothing", headers={"X-Request-Id": "fine-1"})
        assert answer.json()["request_id"] == "fine-1"
        answer = api.call("GET", "/nothing", headers={"X-Request-Id": 'evil"<script>'})
        assert "evil" not in answer.json()["request_id"]
        made = api.make_automation(name="x\r\n[core:error] forged")
        api.problem("DELETE", f"/automations/{made['id'] + 1000}", expect=404)
        assert "\n[core:error] forged" not in server.log()

    def test_bm_http_bad_055_query_parameters_are_checked(self, api):
        for query in ("q=%ff", "q=%00", "label=%c0%af", "status=a%00b", "scenario_id=1%202", "scenario_id=9223372036854775808",
                      "limit=1e3", "limit=+5", "limit=0x10", "after=-1", "from=2026-13-01T00:00:00Z", "from=now-1000000000y",
                      "limit=5&limit=6", "view=", "total=maybe", "kind=run,nothing", "q=" + "x" * 201, "%zz=1", "scenario_id"):
            answer = api.call("GET", "/runs?" + query)
            assert answer.status_code in (400, 422), (query, answer.status_code)
            check_problem(answer, answer.status_code)
        for text in ("'", "%", "_", "\\", "' or 1=1 --", "a;b", '"', "%25' --"):
            assert api.call("GET", "/runs", params={"q": text, "label": text}, expect=200).json() == []

    def test_bm_http_bad_060_bad_conditional_headers(self, api):
        automation = api.make_automation()
        path = f"/automations/{automation['id']}"
        api.problem("PATCH", path, {"name": "x"}, expect=400, headers={"If-Match": "unquoted"})
        assert api.call("GET", path, headers={"If-None-Match": "unquoted"}).status_code == 200
        assert api.call("GET", path, headers={"Range": "bytes=0-3"}).status_code in (200, 206)


class TestDocument:

    def test_bm_document_010_every_path_of_the_reference_answers(self, api):
        document = api.get("/openapi.json")
        assert document["openapi"].startswith("3.1")
        assert len(document["paths"]) > 15
        for path, item in document["paths"].items():
            allow = api.call("OPTIONS", path.replace("/api/v1", "", 1).replace("{id}", "1").replace("{n}", "1")
                             .replace("{version}", "1").replace("{key}", "load_balancing_00000000"))
            assert allow.status_code == 204, path
            told = {m for m in allow.headers["Allow"].lower().split(", ")} - {"head", "options"}
            assert told == {m for m in item if m in ("get", "post", "put", "patch", "delete")}, path

    def test_bm_document_020_answers_fit_the_reference(self, api):
        document = api.get("/openapi.json")
        scenario = api.make_scenario(target={"tokens": 2})
        run = api.run(scenario)
        schemas = document["components"]["schemas"]
        for name, value in (("Run", run), ("Scenario", scenario), ("Automation", api.make_automation())):
            assert set(value) == set(schemas[name]["properties"]), name

    def test_bm_document_030_no_route_writes_by_get(self, server, api):
        """A form or an image of another site can send GET: with a database that nothing can be written to, each answers as ever."""
        paths = {path: item["get"] for path, item in api.get("/openapi.json")["paths"].items() if "get" in item}
        assert len(paths) > 40 and not [path for path, get in paths.items() if "requestBody" in get]
        scenario, name = api.make_scenario(), server.sql("select current_database()")[0][0]
        server.stop()
        server.sql(f'alter database "{name}" set default_transaction_read_only = on')
        try:
            server.restart(Conf(server, engine=False), ready=False)
            server.wait(lambda: api.call("GET", "/runs").status_code == 200, 20, "no answer")
            for path in paths:
                asked = "/events?wait=1" if path == "/events" else re.sub(r"{\w+}", str(scenario["id"]), path.replace("{key}", "load_balancing_00000000"))
                assert api.call("GET", asked).status_code < 500 or path == "/health/ready", path          # an engine is missing
            assert api.call("POST", "/automations", {"name": "n"}).status_code >= 500          # as read-only as that
        finally:
            server.sql(f'begin read write; alter database "{name}" reset default_transaction_read_only; commit')
            server.allow("BM0200: statement .* SQLSTATE 25006")
            server.restart(Conf(server))


def test_bm_bad_input_900_the_fuzzed_bytes_never_break_the_server(server_for_fuzz):
    random.seed(7)
    api = server_for_fuzz
    template = json.dumps({"name": "n", "provider": "openai", "connection": {"url": "http://h/v1"}, "labels": ["a"]}).encode()
    for _ in range(400):
        body = bytearray(template)
        for _ in range(random.randint(1, 6)):
            body[random.randrange(len(body))] = random.randrange(256)
        answer = api.session.post(api.base + "/automations", data=bytes(body), headers=JSON, timeout=5)
        assert answer.status_code in (200, 400, 422), bytes(body)


@pytest.fixture
def server_for_fuzz(env):
    env.base = ""
    env.restart(Conf(env))
    yield Api(env)
    env.stop()
