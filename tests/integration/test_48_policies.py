# SPDX-License-Identifier: Apache-2.0
"""What holds requests back, tries them again and ends the spending: limits of targets, retries, prices."""
import time

import pytest
from bmenv import free_port
from odd_target import OddTarget
from test_44_loadtests import rows, run


def scenario_of(api, url, target=None, **connection):
    automation = api.make_automation(name="limited", max_in_flight=1000, connection={"url": url, "model": "m-1", **connection})
    return api.make_scenario(automation, target=target, inputs={"max_tokens": 10})


class TestLimits:

    def test_bm_policy_010_a_rate_limit_spaces_what_is_sent(self, server, api):
        scenario = scenario_of(api, server.target_url, {"ttft_ms": 1, "gap_ms": 1, "tokens": 3},
                               rate_limit={"requests_per_second": 40, "burst": 4})
        test = run(api, scenario, {"type": "constant", "rate": 100}, duration_seconds=1)
        sent = sorted(row[0] for row in rows(server, test["id"], "sent_us"))
        assert len(sent) == 100 == test["results"]["completed"]
        # a hundred at 40 a second but for the first four; no stretch of a second has more than the bucket gives
        assert sent[-1] - sent[0] == pytest.approx(96 / 40 * 1e6, rel=0.1)
        assert max(sum(1 for s in sent if a <= s < a + 1000000) for a in sent) <= 45
        limits = test["results"]["policies"]["rate_limit"]
        assert limits["waits"] > 80 and limits["wait_ms"]["max"] == pytest.approx(1400, rel=0.25)
        held = [row for row in rows(server, test["id"], "planned_us, sent_us, held_us, queue_us") if row[2]]
        assert all(abs(sent - planned - held) < 100000 for planned, sent, held, _ in held)
        # the wait is part of the latency that counts, and none of the client's error
        assert test["results"]["metrics"]["ttft_ms"]["max"] > 1300 > 500 > test["results"]["metrics"]["ttft_service_ms"]["max"]
        assert test["results"]["send_lag"]["max"] < 500

    def test_bm_policy_020_a_plan_may_ignore_it(self, server, api):
        scenario = scenario_of(api, server.target_url, {"ttft_ms": 1, "tokens": 1}, rate_limit={"requests_per_second": 1})
        test = run(api, scenario, {"type": "constant", "rate": 50}, duration_seconds=1, target_limits="ignore")
        assert test["results"]["completed"] == 50 and test["results"]["policies"]["rate_limit"]["waits"] == 0

    def test_bm_policy_030_runs_wait_too_and_can_be_cancelled_meanwhile(self, server, api):
        scenario = scenario_of(api, server.target_url, {"ttft_ms": 1, "tokens": 1}, rate_limit={"requests_per_second": 2})
        begin = time.monotonic()
        ids = api.bulk(scenario, 4)
        slow = api.bulk(scenario, 1)[0]
        api.post(f"/runs/{slow}/cancel")
        ended = api.await_all(ids + [slow])
        assert ended[slow][0] == "cancelled"
        assert [ended[i][0] for i in ids] == ["completed"] * 4 and time.monotonic() - begin >= 1.4
        held = [api.get(f"/runs/{i}")["held_ms"] for i in ids]
        assert held[0] is None and held[1] == pytest.approx(500, abs=400) and held[3] == pytest.approx(1500, abs=400), held

    def test_bm_policy_040_a_target_that_asks_for_a_pause_gets_it(self, server, api, odd):
        scenario = scenario_of(api, odd.url("pausing"))
        test = run(api, scenario, {"type": "constant", "rate": 20}, duration_seconds=3)
        done = rows(server, test["id"], "sent_us, end_us, status, error_code, http_status")
        refused = [row for row in done if row[4] == 429]
        assert len(refused) == 1 and refused[0][3] == "rate_limited", refused
        # what was with a loop already is not called back; nothing else was sent for a second
        after = [row[0] for row in done if refused[0][1] + 250000 < row[0] < refused[0][1] + 990000]
        assert not after, after
        assert test["results"]["completed"] == 59, (test["results"], api.failures(test))
        assert test["results"]["policies"]["rate_limit"]["waits"] > 5

    def test_bm_policy_050_what_a_target_says_is_left_is_all_that_is_sent(self, server, api, odd):
        scenario = scenario_of(api, odd.url("counting"))
        test = run(api, scenario, {"type": "constant", "rate": 60}, duration_seconds=1)
        sent = sorted(row[0] for row in rows(server, test["id"], "sent_us"))
        # the target rounds down what is left, and counts the time on the way
        assert test["results"]["completed"] >= 54, (test["results"], api.failures(test))
        assert sent[-1] - sent[0] > 1800000, "20 a second were to be had"

    def test_bm_policy_060_a_dead_target_is_left_alone(self, server, api):
        scenario = scenario_of(api, f"http://127.0.0.1:{free_port()}", circuit_breaker={"failures": 5, "open_seconds": 1})
        test = run(api, scenario, {"type": "constant", "rate": 100}, duration_seconds=2)
        errors, circuit = test["results"]["errors"], test["results"]["policies"]["circuit"]
        assert test["results"]["attempted"] == 200 == test["results"]["failed"]
        assert errors["circuit_open"] == circuit["refused"] > 100 and circuit["opened"] >= 2
        assert errors["connection_refused"] + errors["circuit_open"] == 200
        ended = api.await_all(api.bulk(scenario, 10))        # one may be the try; of several, some come within a second of it
        assert {status for status, _, _ in ended.values()} == {"failed"}
        assert {"circuit_open"} <= {code for _, code, _ in ended.values()} <= {"circuit_open", "connection_refused"}
        broken = next(run for run, (_, code, _) in ended.items() if code == "circuit_open")
        assert "in a row" in api.get(f"/runs/{broken}")["error"]


class TestRetries:

    def test_bm_retry_010_the_last_attempt_counts_from_the_first_plan(self, server, api, odd):
        scenario = scenario_of(api, odd.url("second"))
        test = run(api, scenario, {"type": "constant", "rate": 10}, duration_seconds=2,
                   retry={"max_attempts": 3, "on": ["overloaded"], "base_ms": 100},
                   dataset={"inline": [{"prompt": f"question {i}"} for i in range(20)]})
        results = test["results"]
        assert (results["attempted"], results["completed"], results["failed"]) == (20, 20, 0)
        assert results["policies"]["retries"] == {"attempts": 20, "recovered": 20}
        done = rows(server, test["id"], "seq, attempt, superseded, status, error_code, planned_us, sent_us, held_us, first_content_us")
        assert len(done) == 40
        for seq in range(20):
            first, second = sorted(row for row in done if row[0] == seq)
            assert first[1:5] == (1, True, "failed", "unavailable") and second[1:4] == (2, False, "completed")
            assert first[5] == second[5] and second[7] > 0
        shown = api.get(f"/loadtests/{test['id']}/requests")
        assert [(r["seq"], r["attempt"]) for r in shown[:4]] == [(0, 1), (0, 2), (1, 1), (1, 2)]
        seen = []
        while True:
            page = api.get(f"/loadtests/{test['id']}/requests?limit=3" + (f"&after={seen[-1][0]}" if seen else ""))
            seen += [(r["seq"], r["attempt"]) for r in page]
            if not page:
                break
        assert seen == [(seq, attempt) for seq in range(20) for attempt in (1, 2)]
        scheduled = sorted((row[8] - row[5]) / 1000 for row in done if not row[2])
        assert results["metrics"]["ttft_ms"]["max"] == pytest.approx(scheduled[-1], abs=0.01)

    def test_bm_retry_020_only_what_is_named_and_no_longer_than_allowed(self, server, api, odd):
        scenario = scenario_of(api, odd.url("html500"))
        none = run(api, scenario, {"type": "constant", "rate": 10}, requests=5, retry={"max_attempts": 3, "on": ["overloaded"]})
        assert none["results"]["failed"] == 5 and none["results"]["policies"]["retries"]["attempts"] == 0
        all_of_them = run(api, scenario, {"type": "constant", "rate": 10}, requests=5,
                          retry={"max_attempts": 3, "on": ["server_error"], "base_ms": 10})
        assert all_of_them["results"]["failed"] == 5
        assert all_of_them["results"]["policies"]["retries"] == {"attempts": 10, "recovered": 0}

    def test_bm_retry_030_what_may_bill_twice_is_not_repeated(self, server, api, odd):
        automation = api.make_automation(name="fish", provider="tinyfish", tinyfish_automation_id="t",
                                         connection={"url": odd.url("html500"), "mode": "blocking", "goal": "g",
                                                     "target_url": "https://example.com"})
        scenario = api.make_scenario(automation)
        before = len(odd.requests("html500"))
        test = run(api, scenario, {"type": "constant", "rate": 10}, requests=3,
                   retry={"max_attempts": 5, "on": ["server_error"], "base_ms": 10})
        assert test["results"]["policies"]["retries"]["attempts"] == 0
        assert len(odd.requests("html500")) - before == 3

    def test_bm_retry_040_of_runs_by_class(self, server, api, odd):
        automation = api.make_automation(name="second", connection={"url": odd.url("second"), "model": "m-1"})
        scenario = api.make_scenario(automation, inputs={"prompt": "a run's question"}, run_settings={"retry": {"max_attempts": 2, "on": ["overloaded"], "base_ms": 50}})
        done = api.run(scenario)
        assert (done["status"], done["attempt"]) == ("completed", 2)


class TestCost:

    @pytest.fixture(scope="class")
    def price(self, api):
        return api.post("/prices", {"provider": "openai", "model": "m-*", "input_per_million": 1000, "output_per_million": 2000},
                        expect=201)

    def test_bm_price_010_prices_are_a_resource(self, api, price):
        assert price["currency"] == "USD" and price["valid_from"] is None
        other = api.post("/prices", {"provider": "openai", "model": "m-1", "input_per_million": 1, "output_per_million": 2,
                                     "valid_from": "2020-01-01T00:00:00Z", "valid_to": "2021-01-01T00:00:00Z"}, expect=201)
        assert [p["id"] for p in api.get("/prices?provider=openai")] == [price["id"], other["id"]]
        changed = api.call("PATCH", f"/prices/{other['id']}", {"output_per_million": 3}, expect=200).json()
        assert changed["output_per_million"] == 3 and changed["input_per_million"] == 1
        for body, member in (({"valid_to": "2019-01-01T00:00:00Z"}, "/valid_to"), ({"model": "a*b"}, "/model"),
                             ({"currency": "usd"}, "/currency"), ({"input_per_million": -1}, "/input_per_million"),
                             ({"currency": "EUR"}, "/currency")):
            problem = api.problem("PATCH", f"/prices/{other['id']}", body)
            assert [e["pointer"] for e in problem["errors"]] == [member], problem
        api.call("DELETE", f"/prices/{other['id']}", expect=200)
        api.problem("GET", f"/prices/{other['id']}", expect=404)

    def test_bm_price_020_a_cap_ends_the_spending(self, server, api, price):
        scenario = scenario_of(api, server.target_url, {"ttft_ms": 5, "gap_ms": 1, "tokens": 10})
        test = run(api, scenario, {"type": "constant", "rate": 50}, duration_seconds=20, max_cost=1.0)
        cost = test["results"]["cost"]
        assert test["status"] == "completed" and "spend cap" in test["results"]["truncated"], test["results"]["truncated"]
        assert 0.5 < cost["total"] <= 1.0 and cost["max_cost"] == 1.0
        spent = server.sql("select sum(tokens_prompt), sum(tokens_completion), sum(cost_nano) from requests"
                           " where loadtest_id = %s", test["id"])[0]
        assert cost["total"] == pytest.approx(float(spent[0]) * 0.001 + float(spent[1]) * 0.002) == pytest.approx(float(spent[2]) / 1e9)
        assert cost["per_request"] == pytest.approx(cost["window"] / test["results"]["attempted"])
        assert cost["price"]["id"] == price["id"]

    def test_bm_price_030_no_cap_without_a_price(self, api, server):
        automation = api.make_automation(connection={"url": server.target_url, "model": "unheard-of"})
        scenario = api.make_scenario(automation)
        body = {"scenario_id": scenario["id"], "load_model": {"type": "constant", "rate": 1}, "duration_seconds": 1}
        problem = api.problem("POST", "/loadtests", {**body, "max_cost": 1})
        assert [e["pointer"] for e in problem["errors"]] == ["/max_cost"] and "unheard-of" in problem["errors"][0]["detail"]
        assert api.post("/loadtests/estimate", body)["money"] is None

    def test_bm_price_040_an_estimate_before(self, api, server, price):
        scenario = scenario_of(api, server.target_url)
        found = api.post("/loadtests/estimate", {"scenario_id": scenario["id"], "load_model": {"type": "constant", "rate": 10},
                                                 "duration_seconds": 10})
        assert found["requests"] == 100 and found["output_tokens"] == 1000
        assert 2 < found["money"] < 10

    def test_bm_price_050_runs_have_their_cost_and_so_have_kpis(self, server, api, price):
        scenario = scenario_of(api, server.target_url, {"ttft_ms": 1, "tokens": 7})
        server.wait(lambda: api.run(scenario)["cost"] is not None, 15, "the engine does not learn the price")
        done = api.run(scenario)
        tokens = done["tokens"]
        assert done["cost"] == pytest.approx(tokens["prompt"] * 0.001 + tokens["completion"] * 0.002)

    def test_bm_policy_070_plans_are_checked(self, api, server):
        scenario = scenario_of(api, server.target_url)
        body = {"scenario_id": scenario["id"], "load_model": {"type": "constant", "rate": 1}, "duration_seconds": 1}
        for members, pointers in (({"retry": {"on": ["connection"]}}, ["/retry/max_attempts"]),
                                  ({"retry": {"max_attempts": 2, "on": ["weather"]}}, ["/retry/on/0"]),
                                  ({"retry": {"max_attempts": 99}}, ["/retry/max_attempts"]),
                                  ({"target_limits": "maybe"}, ["/target_limits"]), ({"max_cost": 0}, ["/max_cost"])):
            problem = api.problem("POST", "/loadtests", {**body, **members})
            assert [e["pointer"] for e in problem["errors"]] == pointers, problem
        for connection, pointer in (({"rate_limit": {}}, "/connection/rate_limit/requests_per_second"),
                                    ({"circuit_breaker": {"failures": 0}}, "/connection/circuit_breaker/failures")):
            problem = api.problem("POST", "/automations", {"name": "x", "provider": "openai",
                                                           "connection": {"url": server.target_url, **connection}})
            assert [e["pointer"] for e in problem["errors"]] == [pointer], problem


class TestModels:

    def test_bm_policy_080_a_model_that_must_be_named_is_looked_up_once(self, server, api):
        odd = OddTarget()
        automation = api.make_automation(connection={"url": odd.url("router")}, max_in_flight=50)
        scenario = api.make_scenario(automation)
        test = run(api, scenario, {"type": "closed", "concurrency": 1}, requests=10)
        assert test["results"]["completed"] == 10
        assert len(odd.requests("router")) == 10 + 2
        odd.close()
