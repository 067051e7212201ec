# SPDX-License-Identifier: Apache-2.0
"""Classes of requests that share a budget of requests under way: who goes when, what each held, and who starved."""
import pytest
from test_43_loadtests_api import pointers
from test_44_loadtests import begin, await_phase, end, run

HOLD_MS = 100       # of each request in the target
BUDGET = 4          # so places for 40 requests a second


@pytest.fixture(scope="class")
def scenario(api):
    automation = api.make_automation(name="shared", max_in_flight=1000)
    return api.make_scenario(automation, target={"ttft_ms": HOLD_MS, "gap_ms": 0, "tokens": 1})


def classes(policy, *shares, budget=BUDGET, **members):
    names = ["high", "low"] if len(shares) == 2 else ["high", "middle", "low"]
    return {"budget": budget, "policy": policy,
            "list": [{"name": n, "share": s, "priority": len(shares) - 1 - i, **members.get(n, {})} for i, (n, s) in enumerate(zip(names, shares))]}


def share_out(api, scenario, policy, rate, *shares, seconds=6, **members):
    test = run(api, scenario, {"type": "constant", "rate": rate}, duration_seconds=seconds, classes=classes(policy, *shares), **members)
    assert test["status"] == "completed", test
    shown = test["results"]["classes"]
    assert (shown["policy"], shown["budget"]) == (policy, BUDGET)
    assert sum(c["requests"] for c in shown["list"]) == test["results"]["attempted"] == rate * seconds
    assert shown["used"] == pytest.approx(sum(c["budget_share"] for c in shown["list"]), abs=0.01)
    return test, shown, {c["name"]: c for c in shown["list"]}


def most_under_way(api, test):
    """By the rows: from when each was sent until it ended."""
    rows = api.get(f"/loadtests/{test['id']}/requests?limit=10000")
    edges = sorted([(r["sent_ms"], 1) for r in rows] + [(r["end_ms"], -1) for r in rows])
    most = now = 0
    for _, by in edges:
        now += by
        most = max(most, now)
    return most


class TestClasses:

    def test_bm_classes_010_with_room_for_all_nobody_waits(self, server, api, scenario):
        test, shown, by = share_out(api, scenario, "fair", 20, 0.5, 0.5)
        assert test["results"]["completed"] == 120 and shown["starved"] == []
        assert all(c["wait_ms"]["p50"] < 5 and c["success"] == 100 and c["not_sent"] == 0 for c in by.values()), shown
        # 20 a second for a tenth of a second each are two of four places
        assert shown["used"] == pytest.approx(0.5, abs=0.1)

    def test_bm_classes_020_priority_lets_the_low_starve_and_keeps_to_the_budget(self, server, api, scenario):
        test, shown, by = share_out(api, scenario, "priority", 80, 0.5, 0.5)
        assert most_under_way(api, test) <= BUDGET
        assert by["high"]["wait_ms"]["p99"] < by["low"]["wait_ms"]["p50"], shown
        assert shown["starved"] == ["low"] and by["low"]["starved"] > 10 and by["high"]["starved"] == 0, shown
        assert by["high"]["budget_share"] > 2 * by["low"]["budget_share"] and shown["used"] > 0.9, shown
        assert by["low"]["p95_ms"] > 1000, "the wait is in the latency"
        # waiting is held back, not sent late: the client is not to blame
        assert test["results"]["send_lag"]["p50"] < 5, test["results"]["send_lag"]
        rows = api.get(f"/loadtests/{test['id']}/requests?limit=10000")
        assert max(r["held_ms"] or 0 for r in rows) == pytest.approx(max(c["wait_ms"]["max"] for c in by.values()), rel=0.05)

    @pytest.mark.parametrize("policy", ["fair", "dynamic"])
    def test_bm_classes_030_nobody_starves_where_all_have_their_turn(self, server, api, scenario, policy):
        test, shown, by = share_out(api, scenario, policy, 80, 0.2, 0.8)
        assert most_under_way(api, test) <= BUDGET
        assert shown["starved"] == [] and all(c["starved"] == 0 for c in by.values()), shown
        if policy == "fair":        # 16 a second find room in half of the budget, which is 20; the others have the rest
            assert by["high"]["wait_ms"]["p50"] < by["low"]["wait_ms"]["p50"] / 4, shown
            assert by["low"]["budget_share"] > by["high"]["budget_share"]

    def test_bm_classes_040_a_class_asks_what_it_asks(self, server, api, odd):
        scenario = api.make_scenario(api.make_automation(name="recorded", connection={"url": odd.url("record"), "model": "m"}))
        before = len(odd.requests("record"))
        test = run(api, scenario, {"type": "constant", "rate": 40}, requests=40, dataset={"inline": [{"max_tokens": 7, "prompt": "entry"}]},
                   classes=classes("fair", 0.5, 0.5, high={"inputs": {"max_tokens": 3}}))
        asked = [s[4] for s in odd.requests("record")[before:]]
        threes, sevens = (sum(f'"max_tokens":{n}'.encode() in body.replace(b" ", b"") for body in asked) for n in (3, 7))
        by = {c["name"]: c["requests"] for c in test["results"]["classes"]["list"]}
        assert (threes, sevens) == (by["high"], by["low"]) and min(threes, sevens) > 0
        assert all(b"entry" in body for body in asked)

    def test_bm_classes_050_who_has_no_place_at_the_end_was_not_sent(self, server, api, scenario):
        test, shown, by = share_out(api, scenario, "priority", 80, 0.5, 0.5, seconds=3, drain_seconds=0)
        left = sum(c["not_sent"] for c in by.values())
        assert left > 20 and test["results"]["errors"]["not_sent"] == left, test["results"]["errors"]
        assert test["results"]["rates"]["planned"] == pytest.approx(80, abs=0.5)

    def test_bm_classes_060_stopped_and_paused(self, server, api, scenario):
        test_id = begin(api, scenario, {"type": "constant", "rate": 80}, duration_seconds=20, classes=classes("fair", 0.5, 0.5))
        await_phase(api, test_id, "window")
        api.post(f"/loadtests/{test_id}/pause", {}, expect=None)
        await_phase(api, test_id, "paused")

        def idle():
            return api.get(f"/loadtests/{test_id}")["progress"]["in_flight"] == 0
        api.env.wait(idle, 10, "what was under way does not end")
        sent = api.get(f"/loadtests/{test_id}")["progress"]["sent"]
        api.post(f"/loadtests/{test_id}/resume", {}, expect=None)
        api.env.wait(lambda: api.get(f"/loadtests/{test_id}")["progress"]["sent"] > sent, 10, "it does not go on")
        api.post(f"/loadtests/{test_id}/stop", {"mode": "drain"}, expect=None)
        test = end(api, test_id)
        assert test["status"] == "completed" and test["results"]["truncated"] and "not_sent" not in test["results"]["errors"]
        test_id = begin(api, scenario, {"type": "constant", "rate": 80}, duration_seconds=20, classes=classes("fair", 0.5, 0.5))
        await_phase(api, test_id, "window")
        api.post(f"/loadtests/{test_id}/stop", {"mode": "cancel"}, expect=None)
        assert end(api, test_id)["status"] == "cancelled"

    def test_bm_classes_070_plans(self, api, scenario):
        plan = {"scenario_id": scenario["id"], "load_model": {"type": "constant", "rate": 1}, "requests": 1}
        two = classes("fair", 0.5, 0.5)

        def named(*names):
            return {**two, "list": [{"name": n, "share": 1 / len(names)} for n in names]}
        for given, more, wanted in (
                ({}, {}, ["/classes/budget", "/classes/list"]), ({**two, "list": []}, {}, ["/classes/list"]),
                ({**two, "policy": "luck"}, {}, ["/classes/policy"]), (classes("fair", 0.5, 0.2), {}, ["/classes/list"]),
                (named("a", "b", "a"), {}, ["/classes/list/2/name"]), (two, {"max_in_flight": 3}, ["/classes/budget"]),
                (two, {"hedge": {"after_ms": 5}}, ["/hedge"]), (two, {"load_model": {"type": "closed", "concurrency": 2}}, ["/classes"]),
                (two, {"load_model": {"type": "semi_open", "rate": 2, "turns": 2}}, ["/classes"]),
                (classes("fair", 0.5, 0.5, high={"inputs": {"prompt": "{{nothing}}"}}), {}, ["/classes/list/0/inputs"])):
            for path in ("/loadtests", "/loadtests/estimate"):
                found = pointers(api.problem("POST", path, {**plan, "classes": given, **more}))
                assert [p for p in found if any(p.startswith(w) for w in wanted)] and len(found) == len(wanted), (given, found)
        made = api.post("/loadtests", {**plan, "classes": named("a", "b")}, expect=202)
        assert made["plan"]["classes"]["list"][1] == {"name": "b", "share": 0.5, "priority": 0, "inputs": {}}
        api.post(f"/runs/{made['id']}/cancel")
        estimate = api.post("/loadtests/estimate", {**plan, "classes": classes("fair", 0.5, 0.5, low={}, high={"inputs": {"max_tokens": 9}})})
        assert estimate["output_tokens"] is None, "the other class does not say how long its answers may be"
