# SPDX-License-Identifier: Apache-2.0
"""Several endpoints of one automation: who is asked, by which strategy, and what each of them did."""
import json

import pytest
from test_43_loadtests_api import pointers
from test_44_loadtests import run

STEADY = {"type": "constant", "rate": 100}
SESSIONS = {"type": "semi_open", "rate": 50, "turns": 3}


@pytest.fixture(scope="class")
def scenario(api, odd):
    automation = api.make_automation(name="several", max_in_flight=1000, connection={"url": odd.url("nobody"), "model": "m"})
    return api.make_scenario(automation, target={"ttft_ms": 5, "tokens": 1})


def spread(api, scenario, urls, strategy, model=STEADY, **members):
    test = run(api, scenario, model, endpoints={"urls": urls, "strategy": strategy}, **{"requests": 120, **members})
    shown = test["results"]["endpoints"]
    assert [e["url"] for e in shown["list"]] == urls
    assert sum(e["share"] for e in shown["list"]) == pytest.approx(1, abs=0.002)
    return test, shown, [e["attempts"] for e in shown["list"]]


def bodies(odd, behaviour):
    return [json.loads(s[4])["messages"][-1]["content"] for s in odd.requests(behaviour)]


class TestEndpoints:

    def test_bm_endpoints_010_in_turn(self, server, api, odd, scenario):
        urls = [odd.url("slow"), odd.url("html500"), server.target_url]
        before = {name: len(odd.requests(name)) for name in ("slow", "html500")}
        test, shown, attempts = spread(api, scenario, urls, "round_robin")
        assert attempts == [40, 40, 40] and shown["imbalance"] == 1
        assert {name: len(odd.requests(name)) - n for name, n in before.items()} == {"slow": 40, "html500": 40}
        assert not odd.requests("nobody"), "the connection's own url is not asked"
        slow, broken, quick = shown["list"]
        assert (slow["success"], broken["success"], quick["success"]) == (100, 0, 100)
        assert broken["p95_ms"] is None and slow["p95_ms"] > 290 and quick["p95_ms"] < slow["p95_ms"]
        assert test["results"]["completed"] == 80 and test["results"]["errors"] == {"server_error": 40}

    def test_bm_endpoints_020_the_least_busy_has_more(self, server, api, odd, scenario):
        urls = [odd.url("slow"), server.target_url]
        _, shown, attempts = spread(api, scenario, urls, "least_connections")
        # one that keeps each for 0.3 s is asked as often as the others leave it no busier: far less than half
        assert 1 <= attempts[0] <= 40 and shown["imbalance"] == pytest.approx(attempts[1] / 60, abs=0.001)

    def test_bm_endpoints_030_a_session_and_an_entry_stay_where_they_are(self, server, api, odd, scenario):
        urls = [odd.url("record"), odd.url("caching")]
        before = [len(odd.requests(name)) for name in ("record", "caching")]
        _, _, attempts = spread(api, scenario, urls, "hash", dataset={"inline": [{"prompt": f"place {i}"} for i in range(12)]})
        asked = [set(bodies(odd, name)[n:]) for name, n in zip(("record", "caching"), before)]
        assert not asked[0] & asked[1] and len(asked[0] | asked[1]) == 12 and min(attempts) > 0
        test, _, attempts = spread(api, scenario, urls, "hash", SESSIONS)
        assert all(n % 3 == 0 for n in attempts) and sum(attempts) == test["results"]["attempted"]

    def test_bm_endpoints_040_another_attempt_asks_another(self, server, api, odd, scenario):
        urls = [odd.url("html500"), server.target_url]
        test, shown, attempts = spread(api, scenario, urls, "round_robin", requests=20,
                                       retry={"max_attempts": 10, "on": ["server_error"], "base_ms": 1})
        assert test["results"]["completed"] == 20 and sum(attempts) == 20 + test["results"]["policies"]["retries"]["attempts"]
        assert shown["list"][0]["success"] == 0

    def test_bm_endpoints_050_plans(self, api, odd, scenario):
        plan = {"scenario_id": scenario["id"], "load_model": STEADY, "requests": 1}
        for endpoints, wanted in (({}, ["/endpoints/urls"]), ({"urls": []}, ["/endpoints/urls"]), ({"urls": [5]}, ["/endpoints/urls/0"]),
                                  ({"urls": ["http://a.example", "ftp://a.example"]}, ["/endpoints/urls/1"]),
                                  ({"urls": ["http://u:p@a.example", "http://a.example:0"]}, ["/endpoints/urls/0", "/endpoints/urls/1"]),
                                  ({"urls": ["http://{{host}}/"]}, ["/endpoints/urls/0"]),
                                  ({"urls": ["http://a.example"], "strategy": "best"}, ["/endpoints/strategy"])):
            for path in ("/loadtests", "/loadtests/estimate"):
                assert pointers(api.problem("POST", path, {**plan, "endpoints": endpoints})) == wanted, endpoints
        made = api.post("/loadtests", {**plan, "endpoints": {"urls": ["http://a.example"]}}, expect=202)
        assert made["plan"]["endpoints"] == {"urls": ["http://a.example"], "strategy": "round_robin"}
        api.post(f"/runs/{made['id']}/cancel")

    def test_bm_endpoints_060_the_guard_judges_them_too(self, server, api, scenario):
        test = run(api, scenario, STEADY, requests=4, endpoints={"urls": ["http://10.255.255.1:1/", server.target_url]})
        assert test["results"]["errors"] == {"target_not_allowed": 2} and test["results"]["completed"] == 2
