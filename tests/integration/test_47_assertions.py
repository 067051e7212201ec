# SPDX-License-Identifier: Apache-2.0
"""Assertions of a scenario, on runs and on load tests."""
import pytest
from bmenv import Api, Conf
from odd_target import OddTarget


@pytest.fixture(scope="module")
def server(env):
    env.restart(Conf(env))
    yield env
    env.stop()


@pytest.fixture(scope="module")
def api(server):
    return Api(server)


def scenario_with(api, assertions, automation=None, target=None):
    return api.make_scenario(automation, target=target or {"tokens": 5, "ttft_ms": 5, "gap_ms": 1},
                             run_settings={"assertions": assertions})


class TestRuns:

    def test_bm_assert_010_all_hold(self, api):
        run = api.run(scenario_with(api, [{"status": 200}, {"regex": "[a-z]"}, {"max_latency_ms": 5000}, {"min_tokens": 1},
                                          {"finish_reason": ["stop", "length"]}]))
        assert (run["status"], run["error_code"]) == ("completed", None) and run["ttft_ms"] > 0

    @pytest.mark.parametrize("assertion, words", [
        ({"contains": "no such words"}, "no such words"), ({"status": 201}, "200"), ({"max_latency_ms": 0.001}, "ms"),
        ({"min_tokens": 1000}, "1000"), ({"json_pointer": "/a", "exists": True}, "JSON")])
    def test_bm_assert_020_what_does_not_hold_is_named(self, api, assertion, words):
        run = api.run(scenario_with(api, [{"regex": "."}, assertion]))
        assert (run["status"], run["error_code"]) == ("failed", "assertion_failed")
        assert run["error"].startswith("Assertion 2 (") and words in run["error"]
        assert run["ttft_ms"] is None and run["e2e_ms"] is None and run["total_duration_ms"] > 0

    def test_bm_assert_030_each_is_named(self, api):
        run = api.run(scenario_with(api, [{"contains": "one thing"}, {"status": 200}, {"contains": "another"}]))
        assert "Assertion 1" in run["error"] and "Assertion 3" in run["error"] and "Assertion 2" not in run["error"]

    def test_bm_assert_040_json_of_an_endpoint(self, api):
        target = OddTarget()
        try:
            automation = api.make_automation(provider="http", connection={"url": target.url("city")})
            good = api.run(scenario_with(api, [{"json_pointer": "/city", "equals": "Paris"}, {"json_schema": {
                "type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "minimum": 3}}}}], automation))
            bad = api.run(scenario_with(api, [{"json_pointer": "/city", "equals": "Rome"}], automation))
        finally:
            target.close()
        assert good["status"] == "completed"
        assert bad["error_code"] == "assertion_failed" and "Rome" in bad["error"]

    def test_bm_assert_050_a_list_that_cannot_be(self, api):
        automation = api.make_automation()
        problem = api.problem("POST", "/scenarios", {"name": "s", "automation_id": automation["id"], "run_settings": {
            "max_attempts": 0, "assertions": [{"contains": "x"}, {"sounds_like": "y"}, {"regex": "("}]}})
        pointers = [e["pointer"] for e in problem["errors"]]
        assert "/run_settings/max_attempts" in pointers
        assert any(p.startswith("/run_settings/assertions/1") for p in pointers)
        assert any(p.startswith("/run_settings/assertions/2") for p in pointers)


class TestLoad:

    def test_bm_assert_110_only_good_answers_have_a_latency(self, api):
        overlays = [{"x_target": {"tokens": 3 if i % 2 else 6, "ttft_ms": 5, "gap_ms": 1}} for i in range(20)]
        scenario = scenario_with(api, [{"min_tokens": 5}])
        test_id = api.post("/loadtests", {"scenario_id": scenario["id"], "certificate": False, "dataset": {"inline": overlays},
                                          "load_model": {"type": "constant", "rate": 40}, "duration_seconds": 1}, expect=202)["id"]
        api.env.wait(lambda: api.get(f"/loadtests/{test_id}")["status"] == "completed", 20, "did not end")
        results = api.get(f"/loadtests/{test_id}")["results"]
        assert (results["attempted"], results["completed"], results["failed"]) == (40, 20, 20)
        assert results["errors"] == {"assertion_failed": 20} and results["metrics"]["ttft_ms"]["n"] == 20
