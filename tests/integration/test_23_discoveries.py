# SPDX-License-Identifier: Apache-2.0
"""What a target is and which models it offers: asked by the engine, under the rules of every run."""
import time

import pytest

from bmenv import Conf
from odd_target import FullBacklog, OddTarget

CANARY = "sesame"


def ask(api, body=None, **connection):
    """A discovery from the request to its end."""
    body = body if body is not None else {"connection": connection}
    answer = api.call("POST", "/discoveries", body, expect=202)
    made = answer.json()
    assert made["status"] == "pending" and made["models"] is None
    assert answer.headers["Location"].endswith(f"/discoveries/{made['id']}")
    return await_end(api, made["id"])


def await_end(api, number, timeout=30):
    return api.env.wait(lambda: (d := api.get(f"/discoveries/{number}"))["status"] not in ("pending", "running") and d, timeout, "no end")


@pytest.fixture(autouse=True)
def forgotten(server):
    """More are asked here in a minute than anybody may."""
    yield
    server.sql("delete from runs where scenario_id = -1")


class TestWhatAnswers:

    @staticmethod
    def conf(env):
        env.write("secrets/key", CANARY + "\n", 0o600)
        return Conf(env, extra=[f"BenchmarkSecret key {env.home}/secrets/key"])

    # however the address is pasted, the base is found and the models behind it
    @pytest.mark.parametrize("given, base", [("", ""), ("/", ""), ("/v1", "/v1"), ("/v1/", "/v1"), ("/v1/chat/completions", "/v1"),
                                             ("/v1/models", "/v1"), ("/v1/embeddings/", "/v1")])
    def test_bm_discovery_010_the_reference_target(self, api, given, base):
        found = ask(api, url=api.env.target_url + given)
        assert found["status"] == "completed", found
        assert found["provider"] == "openai" and found["url"] == api.env.target_url + base
        assert found["asked"] == api.env.target_url + "/v1/models"
        assert found["models"] == ["reference-target"] and found["model_count"] == 1 and found["http_status"] == 200
        assert found["connect_ms"] is not None and 0 <= found["ttfb_ms"] <= found["total_ms"] and not found["tls_ms"], found
        assert found["error"] is None and found["engine"]

    # what was found is what an automation takes, and its runs succeed
    def test_bm_discovery_020_leads_to_a_run(self, api):
        found = ask(api, url=api.env.target_url + "/v1/chat/completions")
        automation = api.make_automation(provider=found["provider"], connection={"url": found["url"], "model": found["models"][0]})
        assert api.run(api.make_scenario(automation))["status"] == "completed"
        again = ask(api, {"automation_id": automation["id"]})
        assert again["models"] == found["models"] and again["provider"] == "openai"

    def test_bm_discovery_030_a_key(self, api, odd):
        refused = ask(api, url=odd.url("keyed"))
        assert (refused["status"], refused["error_code"], refused["http_status"]) == ("failed", "unauthorized", 401)
        assert refused["provider"] == "openai" and "Incorrect API key" in refused["error"]
        found = ask(api, url=odd.url("keyed"), secret="key")
        assert found["models"] == ["vault-1"]
        row = api.env.sql("select request::text || response::text || coalesce(error, '') from runs where id = %s", found["id"])[0][0]
        assert CANARY not in row and "***" in row
        missing = ask(api, url=odd.url("keyed"), secret="nobody")
        assert missing["error_code"] == "secret_missing" and "nobody" in missing["error"]

    def test_bm_discovery_040_anthropic_by_its_answer(self, api, odd):
        found = ask(api, url=odd.url("claude"), secret="key")
        assert (found["provider"], found["models"]) == ("anthropic", ["claude-a", "claude-b"]), found
        sent = dict(odd.requests("claude")[-1][3])
        assert sent["x-api-key"] == CANARY and sent["anthropic-version"]
        assert [s[2] for s in odd.requests("claude")] == ["/claude/v1/models", "/claude/v1/models?limit=1000"]

    def test_bm_discovery_050_tinyfish_and_http(self, api, odd):
        body = {"provider": "tinyfish", "connection": {"url": odd.url("fishery"), "secret": "key"}}
        found = ask(api, body)
        assert found["status"] == "completed" and found["provider"] == "tinyfish" and found["models"] is None
        assert odd.requests("fishery")[-1][1:3] == ("GET", "/fishery/v1/runs?limit=1")
        body["connection"].pop("secret")
        assert ask(api, body)["error_code"] == "unauthorized"
        found = ask(api, url=odd.url("site"))
        assert (found["status"], found["provider"], found["models"]) == ("completed", "http", None), found
        assert found["url"] == odd.url("site")
        found = ask(api, {"provider": "http", "connection": {"url": odd.url("hugejson")}})
        assert found["status"] == "completed", found            # more than anybody wants, but it is there

    def test_bm_discovery_060_many_models(self, api, odd):
        found = ask(api, url=odd.url("catalogue"))
        assert found["model_count"] == 1200 and len(found["models"]) == 1000
        assert found["models"][0] == "maker/model-0" and found["models"][-1] == "maker/model-999"


class TestWhatFails:

    def check(self, found, code, *words):
        codes = code if isinstance(code, tuple) else (code,)
        assert found["status"] in ("failed", "timed_out") and found["error_code"] in codes, found
        assert all(word in found["error"] for word in words), found["error"]
        assert found["models"] is None and found["finished_at"]

    def test_bm_discovery_110_nobody_there(self, server, api):
        self.check(ask(api, url="http://127.0.0.1:9/v1"), "connection_refused")
        self.check(ask(api, url="http://no-such-host.invalid/v1"), "dns_error")
        tls = OddTarget(tls=server.home)
        try:
            self.check(ask(api, url=tls.url("keyed")), "tls_error", "certificate")
            self.check(ask(api, url=tls.url("keyed").replace("https:", "http:")), ("connection_lost", "protocol_error"))
        finally:
            tls.close()
        hole = FullBacklog()
        try:
            self.check(ask(api, url=f"http://127.0.0.1:{hole.port}/v1", connect_timeout_seconds=0.3), "connect_timeout")
        finally:
            hole.close()

    def test_bm_discovery_120_answers_that_are_no_list(self, api, odd):
        self.check(ask(api, {"provider": "openai", "connection": {"url": odd.url("site")}}), "not_found", "404")
        self.check(ask(api, {"provider": "openai", "connection": {"url": odd.url("html200")}}), "malformed_answer", "a web page")
        self.check(ask(api, url=odd.url("nowhere")), "not_found", "no such behaviour")
        self.check(ask(api, url=odd.url("html500")), "server_error", "500")
        self.check(ask(api, url=odd.url("redirect")), "redirected", "302", "/record/v1/chat/completions")
        assert not [s for s in odd.requests("record") if s[1] == "GET"]         # nobody went there
        self.check(ask(api, url=odd.url("heavy")), "answer_too_large")
        self.check(ask(api, url=odd.url("hostile_error")), "request_refused")

    def test_bm_discovery_130_it_hangs(self, api, odd):
        begin = time.monotonic()
        self.check(ask(api, url=odd.url("hanging"), timeout_seconds=0.3), "total_timeout")
        assert time.monotonic() - begin < 10

    def test_bm_discovery_140_bad_questions(self, api):
        mock = api.make_automation(name="mock", provider="mock", connection={})
        for body, pointer in (({}, "/connection"), ({"automation_id": 1, "connection": {"url": "http://h"}}, "/connection"),
                              ({"automation_id": 999999}, "/automation_id"), ({"automation_id": mock["id"]}, "/automation_id"),
                              ({"automation_id": 1, "provider": "openai"}, "/provider"),
                              ({"provider": "mock", "connection": {}}, "/provider"), ({"connection": {}}, "/connection/url"),
                              ({"connection": {"url": "ftp://h"}}, "/connection/url"), ({"connection": {"url": "http://u:p@h"}}, "/connection/url"),
                              ({"connection": {"url": "http://h", "method": "POST"}}, "/connection/method"),
                              ({"connection": {"url": "http://h", "headers": {"Content-Length": "1"}}}, "/connection/headers/Content-Length"),
                              ({"connection": {"url": "http://h/{{a b"}}, "/connection/url")):
            problem = api.problem("POST", "/discoveries", body)
            assert pointer in [e["pointer"] for e in problem["errors"]], (body, problem)
        run = api.run(api.make_scenario(target={"tokens": 1}))
        api.problem("GET", f"/discoveries/{run['id']}", expect=404)


class TestRules:

    def test_bm_discovery_210_in_no_list_and_no_figure(self, server, api):
        api.run(api.make_scenario(target={"tokens": 2}))
        before = api.get("/runs/kpis/dashboard"), len(api.get("/runs?limit=1000")), api.get("/automations"), api.get("/scenarios")
        found = ask(api, url=server.target_url)
        assert (api.get("/runs/kpis/dashboard"), len(api.get("/runs?limit=1000")), api.get("/automations"), api.get("/scenarios")) == before
        assert api.get(f"/runs/{found['id']}")["kind"] == "discovery"
        assert [r["id"] for r in api.get("/runs?kind=discovery")] == [found["id"]]
        assert server.sql("select count(*) from kpi_delta where scenario_id = -1")[0][0] == 0
        kinds = server.sql("select distinct payload -> 'runs' -> 0 ->> 'kind' from events where payload -> 'runs' -> 0 ->> 'id' = %s", str(found["id"]))
        assert kinds == [("discovery",)]

    def test_bm_discovery_220_the_same_question_twice(self, api):
        headers = {"Idempotency-Key": "d-220"}
        body = {"connection": {"url": api.env.target_url}}
        first, second = (api.call("POST", "/discoveries", body, expect=202, headers=headers).json() for _ in range(2))
        assert first["id"] == second["id"]
        assert await_end(api, first["id"])["status"] == "completed"

    def test_bm_discovery_230_not_faster_than_that(self, server, api):
        made = ask(api, url=server.target_url)
        server.sql("insert into runs (id, scenario_id, automation_id, kind, fence, status, attempt, created_at, finished_at, provider)"
                   " select nextval('run_id_seq'), -1, -1, 6, 0, 'completed', 1, now(), now(), 'openai' from generate_series(1, 30)")
        answer = api.call("POST", "/discoveries", {"connection": {"url": server.target_url}}, expect=429)
        assert answer.json()["code"] == "too_many_discoveries" and int(answer.headers["Retry-After"]) > 0
        server.sql("update runs set created_at = created_at - interval '2 minutes' where scenario_id = -1")
        assert ask(api, url=server.target_url)["id"] > made["id"]

    def test_bm_discovery_240_cancelled_while_it_is_asked(self, api, odd):
        made = api.post("/discoveries", {"connection": {"url": odd.url("hanging")}}, expect=202)
        api.env.wait(lambda: api.get(f"/discoveries/{made['id']}")["status"] == "running", 10, "does not run")
        api.post(f"/runs/{made['id']}/cancel")
        assert await_end(api, made["id"])["status"] == "cancelled"

    # its engine died with it in hand: another asks again, once; and who waited too long is asked for nobody
    def test_bm_discovery_250_outlives_its_engine(self, server, api, odd):
        server.allow(r"BM0035")
        api.get("/health")
        asked = len(odd.requests("router"))
        insert = ("insert into queued_run (automation_id, scenario_id, project_id, slot, kind, scenario_version, priority, max_attempts, run_at, spec,"
                  " labels, created_by, location) values (-1, -1, 1, 15, 6, 1, 1000, 2, now() - interval %s, %s, '{}', null, '') returning id")
        spec = '{"provider":"openai","mock":false,"connection":{"url":"%s"},"discovery":{"named":true}}' % odd.url("router")
        orphan = server.sql(insert, "1 second", spec)[0][0]
        server.sql("update run_queue set state = 'running', owner = 'gone', started_at = now(), attempt = 1, fence = nextval('fence_seq'),"
                   " lease_until = now() - interval '1 second' where id = %s and state = 'pending'", orphan)
        late = server.sql(insert, "2 minutes", spec)[0][0]
        assert await_end(api, late)["error_code"] == "expired"
        found = await_end(api, orphan)
        assert (found["status"], found["models"]) == ("completed", ["tiny"]), found
        assert len(odd.requests("router")) == asked + 1

    def test_bm_discovery_260_forgotten_after_an_hour(self, server, api):
        found = ask(api, url=server.target_url)
        kept = ask(api, url=server.target_url)
        server.sql("update runs set finished_at = finished_at - interval '61 minutes' where id = %s", found["id"])
        server.wait_for_job("retention", lambda: not server.sql("select 1 from runs where id = %s", found["id"]), 20, "is kept")
        assert api.get(f"/discoveries/{kept['id']}")["id"] == kept["id"]
        api.problem("GET", f"/discoveries/{found['id']}", expect=404)


class TestWhoMay:

    @staticmethod
    def conf(env):
        return Conf(env, anonymous="viewer")

    # who only looks asks nobody
    def test_bm_discovery_310_viewers(self, api):
        api.problem("POST", "/discoveries", {"connection": {"url": api.env.target_url}}, expect=401)


class TestGuard:

    @staticmethod
    def conf(env):
        conf = Conf(env)
        text = conf.text
        conf.text = lambda: text().replace("BenchmarkTargetAllow 127.0.0.0/8 ::1\n", "")
        return conf

    # the guard that runs have: what is not public is not asked, and the sentence names the directive
    def test_bm_discovery_410_not_allowed(self, server, api, odd):
        others = len(odd.requests("router"))
        found = ask(api, url=odd.url("router"))
        assert (found["status"], found["error_code"]) == ("failed", "target_not_allowed"), found
        assert "BenchmarkTargetAllow" in found["error"] and len(odd.requests("router")) == others
        assert ask(api, {"provider": "http", "connection": {"url": odd.url("site")}})["error_code"] == "target_not_allowed"
