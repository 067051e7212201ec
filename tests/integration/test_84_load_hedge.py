# SPDX-License-Identifier: Apache-2.0
"""Hedged requests: copies that are sent while there is no answer, of which the first that completes counts."""
import pytest
from test_43_loadtests_api import pointers
from test_44_loadtests import await_phase, begin, end, rows, run

STEADY = {"type": "constant", "rate": 50}


def scenario_of(api, url, **members):
    automation = api.make_automation(name="hedged", max_in_flight=1000, connection={"url": url, "model": "m"})
    return api.make_scenario(automation, **members)


def different(n, word):
    return {"inline": [{"prompt": f"{word} {i}"} for i in range(n)]}


class TestHedges:

    def test_bm_hedge_010_the_first_that_completes_counts(self, server, api, odd):
        # slow when asked for the first time, quick for the copy
        test = run(api, scenario_of(api, odd.url("learning")), STEADY, requests=40, dataset=different(40, "hedge"),
                   hedge={"copies": 1, "after_ms": 60})
        results = test["results"]
        assert (results["attempted"], results["completed"], results["errors"]) == (40, 40, {})
        won = results["hedge"]["won"]
        # a machine that stands still for 0.3 s gives the first one time to answer
        assert 32 <= won <= results["hedge"]["sent"] <= 40
        assert 60 <= results["metrics"]["ttft_ms"]["p50"] < 390, "from the plan of the request, not of the copy"
        assert results["metrics"]["ttft_service_ms"]["p50"] < results["metrics"]["ttft_ms"]["p50"] - 55
        done = rows(server, test["id"], "seq, attempt, superseded, status, held_us, planned_us")
        assert len(done) == 40 + results["hedge"]["sent"]
        pairs = [sorted(row for row in done if row[0] == seq) for seq in range(40)]
        by_copy = [pair for pair in pairs if len(pair) == 2 and not pair[1][2]]
        assert len(by_copy) == won
        for first, copy in by_copy:
            assert first[1:4] == (1, True, "cancelled") and copy[1:4] == (2, False, "completed")
            assert copy[4] == 60000 and copy[5] == first[5]

    def test_bm_hedge_020_who_answers_in_time_has_no_copies(self, server, api, odd):
        scenario = scenario_of(api, server.target_url, target={"ttft_ms": 5, "tokens": 1})
        test = run(api, scenario, STEADY, requests=40, hedge={"copies": 4, "after_ms": 2000})
        assert test["results"]["completed"] == 40 and test["results"]["hedge"] == {"sent": 0, "won": 0}, test["results"]["hedge"]
        assert rows(server, test["id"], "attempt, superseded") == [(1, False)] * 40

    def test_bm_hedge_030_all_must_fail_before_it_has(self, server, api, odd):
        test = run(api, scenario_of(api, odd.url("html500")), STEADY, requests=10, hedge={"copies": 1, "after_ms": 20},
                   retry={"max_attempts": 2, "on": ["server_error"], "base_ms": 5})
        results = test["results"]
        assert (results["attempted"], results["failed"], results["errors"]) == (10, 10, {"server_error": 10})
        assert results["hedge"] == {"sent": 20, "won": 0}
        assert results["policies"]["retries"] == {"attempts": 10, "recovered": 0}
        done = rows(server, test["id"], "seq, attempt, superseded")
        assert sorted(row[:2] for row in done) == [(seq, attempt) for seq in range(10) for attempt in (1, 2, 3, 4)]
        assert all(row[2] == (row[1] < 4) for row in done if row[1] in (1, 2)) and sum(not row[2] for row in done) == 10

    def test_bm_hedge_040_a_copy_makes_up_for_what_we_did(self, server, api):
        scenario = scenario_of(api, server.target_url, target={"ttft_ms": 5, "tokens": 1})
        test = run(api, scenario, STEADY, requests=60, faults={"dead_rate": 0.5}, hedge={"copies": 4, "after_ms": 10})
        results = test["results"]
        assert results["completed"] >= 55 and 15 <= results["faults"]["recovered"] <= 45
        dead = [row for row in rows(server, test["id"], "error_code") if row[0] == "injected_dead"]
        assert results["faults"]["dead"] == len(dead) >= 25

    def test_bm_hedge_050_cancelled_in_the_middle(self, server, api):
        scenario = scenario_of(api, server.target_url, target={"ttft_ms": 5000, "tokens": 1})
        test_id = begin(api, scenario, {"type": "closed", "concurrency": 5}, requests=100, hedge={"copies": 2, "after_ms": 300})
        await_phase(api, test_id, "window")
        api.post(f"/loadtests/{test_id}/stop", {"mode": "cancel"})
        test = end(api, test_id, 20)
        assert test["status"] == "cancelled" and test["results"]["cancelled"] == 5

    def test_bm_hedge_060_plans(self, api, odd):
        plan = {"scenario_id": scenario_of(api, odd.url("record"))["id"], "load_model": {"type": "constant", "rate": 200}, "requests": 1}
        for members, wanted in (({"hedge": {}}, ["/hedge/after_ms"]), ({"hedge": {"copies": 5, "after_ms": 1}}, ["/hedge/copies"]),
                                ({"hedge": {"after_ms": 1}, "max_cost": 1}, ["/hedge"])):
            assert pointers(api.problem("POST", "/loadtests", {**plan, **members})) == wanted, members
        # copies are load: 200 a second five times over needs consent, by itself it does not
        api.post("/loadtests/estimate", plan)
        assert pointers(api.problem("POST", "/loadtests/estimate", {**plan, "hedge": {"copies": 4, "after_ms": 1}})) == ["/load_model"]
        fish = api.make_automation(name="fish", provider="tinyfish", tinyfish_automation_id="t",
                                   connection={"url": odd.url("fish"), "goal": "g", "target_url": "https://example.com"})
        once = {"scenario_id": api.make_scenario(fish)["id"], "load_model": STEADY, "requests": 1, "hedge": {"after_ms": 1}}
        assert pointers(api.problem("POST", "/loadtests", once)) == ["/hedge"]
