# SPDX-License-Identifier: Apache-2.0
"""Faults that a plan asks for: what we do to requests on our side of the connection, and how it is told from what the target does."""
import pytest
from test_43_loadtests_api import pointers
from test_44_loadtests import rows, run

FAST = {"ttft_ms": 5, "tokens": 1}
SLOW = {"ttft_ms": 400, "tokens": 1}
STEADY = {"type": "constant", "rate": 100}


@pytest.fixture(scope="class")
def automation(api):
    return api.make_automation(name="faulty", max_in_flight=1000)


@pytest.fixture(scope="class")
def fast(api, automation):
    return api.make_scenario(automation, target=FAST)


@pytest.fixture(scope="class")
def slow(api, automation):
    return api.make_scenario(automation, target=SLOW)


class TestFaults:

    def test_bm_faults_010_delays_are_in_the_latency_from_the_plan_alone(self, server, api, fast):
        plain = run(api, fast, STEADY, requests=50)["results"]
        test = run(api, fast, STEADY, requests=50, faults={"delay_ms": 100})
        late = test["results"]
        assert "faults" not in plain and late["completed"] == 50
        shift = {name: late["metrics"][name]["p50"] - plain["metrics"][name]["p50"] for name in ("ttft_ms", "ttft_service_ms")}
        assert 85 < shift["ttft_ms"] < 150 and abs(shift["ttft_service_ms"]) < 40, shift
        faults = late["faults"]
        assert (faults["delayed"], faults["lost"], faults["aborted"], faults["dead"]) == (50, 0, 0, 0)
        assert faults["delay_ms"]["p50"] == pytest.approx(100, rel=0.01) and faults["delay_ms"]["max"] == pytest.approx(100)
        assert {row[0] for row in rows(server, test["id"], "held_us")} == {100000}
        assert not any("were sent" in reason for reason in test["validity"]["reasons"]), test["validity"]

    def test_bm_faults_020_aborts_are_ours_and_the_same_each_time(self, server, api, slow):
        def aborted():
            test = run(api, slow, {"type": "constant", "rate": 400}, requests=200, seed=11, faults={"abort_rate": 0.5, "abort_after_ms": 30})
            done = rows(server, test["id"], "seq, status, error_code, sent_us, end_us")
            hit = [row for row in done if row[2] == "injected_abort"]
            assert len(done) == 200 and {(row[1], row[2]) for row in done} == {("completed", None), ("failed", "injected_abort")}
            assert test["results"]["faults"]["aborted"] == len(hit) == test["results"]["errors"]["injected_abort"]
            # none before its time, and none so late that the answer could have come
            assert all(30000 <= end - sent + 1000 for _, _, _, sent, end in hit)
            return {row[0] for row in hit}
        first, second = aborted(), aborted()
        assert 70 <= len(first) <= 130 and first == second

    def test_bm_faults_030_dead_endpoints_refuse_and_attempts_recover(self, server, api, fast):
        test = run(api, fast, STEADY, requests=100, faults={"dead_rate": 0.5},
                   retry={"max_attempts": 10, "base_ms": 1})
        results, faults = test["results"], test["results"]["faults"]
        done = rows(server, test["id"], "seq, attempt, status, error_code, sent_us, superseded")
        dead = [row for row in done if row[3] == "injected_dead"]
        assert results["policies"]["retries"]["attempts"] >= len(dead) - 3 and faults["dead"] == len(dead) >= 60
        assert all(sent is None for _, _, _, _, sent, _ in dead), "nothing goes out to where nobody listens"
        assert results["completed"] >= 99                   # ten dead attempts in a row: one of 1024
        hit = {row[0] for row in dead}
        assert faults["recovered"] == sum(1 for row in done if row[2] == "completed" and row[0] in hit)
        assert {row[3] for row in done} <= {None, "injected_dead"}

    def test_bm_faults_040_a_tighter_time_out_is_told_from_the_plans(self, server, api, slow):
        test = run(api, slow, STEADY, requests=60, timeout_ms=20000, faults={"timeout_rate": 0.5, "timeout_ms": 40})
        errors = test["results"]["errors"]
        assert 15 <= errors["injected_timeout"] <= 45 and set(errors) == {"injected_timeout"}
        assert test["results"]["faults"]["timed_out"] == errors["injected_timeout"]
        assert {row[0] for row in rows(server, test["id"], "status")} == {"completed", "timed_out"}
        theirs = run(api, slow, STEADY, requests=20, timeout_ms=40)
        assert theirs["results"]["errors"] == {"total_timeout": 20}

    def test_bm_faults_050_lost_segments_come_200_ms_later(self, server, api, fast):
        test = run(api, fast, STEADY, requests=60, faults={"loss_rate": 0.2})
        faults = test["results"]["faults"]
        held = [row[0] or 0 for row in rows(server, test["id"], "held_us")]
        assert set(held) <= {0, 200000, 600000, 1400000, 3000000, 6200000, 12600000}
        assert 4 <= faults["lost"] == faults["delayed"] == sum(1 for h in held if h) <= 24
        assert test["results"]["completed"] == 60

    def test_bm_faults_060_what_we_did_opens_no_circuit(self, server, api):
        automation = api.make_automation(name="guarded", max_in_flight=1000,
                                         connection={"url": server.target_url, "model": "m", "circuit_breaker": {"failures": 2}})
        test = run(api, api.make_scenario(automation, target=FAST), STEADY, requests=50, faults={"dead_rate": 1})
        assert test["results"]["errors"] == {"injected_dead": 50}
        assert test["results"]["policies"]["circuit"] == {"opened": 0, "refused": 0}

    def test_bm_faults_070_bad_plans_are_named(self, api, fast):
        plan = {"scenario_id": fast["id"], "load_model": STEADY, "requests": 1}
        for faults, wanted in (({"abort_rate": 1.5}, ["/faults/abort_rate"]), ({"late": 1}, ["/faults/late"]),
                               ({"abort_rate": 0.7, "dead_rate": 0.4}, ["/faults/abort_rate"]),
                               ({"timeout_rate": 0.1}, ["/faults/timeout_ms"]), ([], ["/faults"]),
                               ({"delay_ms": -1, "loss_rate": "x"}, ["/faults/delay_ms", "/faults/loss_rate"])):
            assert pointers(api.problem("POST", "/loadtests", {**plan, "faults": faults})) == wanted, faults
        assert pointers(api.problem("POST", "/loadtests", {**plan, "timeout_ms": 0})) == ["/timeout_ms"]


class TestZipf:
    """Prompts that come again, some more often than others, and what a target's cache makes of it."""

    @staticmethod
    def ask(api, odd, behaviour, **dataset):
        automation = api.make_automation(name=behaviour, max_in_flight=1000, connection={"url": odd.url(behaviour), "model": "m"})
        return run(api, api.make_scenario(automation), {"type": "constant", "rate": 250}, requests=150,
                   dataset={"inline": [{"prompt": f"question {i}"} for i in range(30)], "order": "zipf", **dataset})

    @staticmethod
    def asked(odd, behaviour):
        """How often each entry was asked since the last look."""
        seen = odd.requests(behaviour)
        counts = [sum(1 for s in seen if f"question {i}\"".encode() in s[4]) for i in range(30)]
        with odd.lock:
            odd.known.pop(behaviour, None)
            odd.seen[:] = [s for s in odd.seen if s[0] != behaviour]
        return counts

    def test_bm_zipf_010_the_first_are_asked_most_and_the_target_says_what_it_knew(self, server, api, odd):
        results = self.ask(api, odd, "caching", zipf=1.2)["results"]
        counts = self.asked(odd, "caching")
        assert sum(counts) == 150 == results["completed"]
        # of 30 by 1/k^1.2 the first has 36 %, the first five 67 %, the last fifteen 13 %
        assert 36 <= counts[0] <= 72 and sum(counts[:5]) >= 80 and sum(counts[15:]) <= 40, counts
        assert sum(counts[:5]) > sum(counts[5:15]) > sum(counts[15:])
        repeated = sum(c - 1 for c in counts if c) / 150
        assert results["cache"]["repeated_share"] == pytest.approx(repeated, abs=0.0006)
        assert results["cache"]["from"] == "usage"
        assert results["cache"]["hit_rate"] == pytest.approx(0.8 * repeated, abs=0.001)
        self.ask(api, odd, "caching", zipf=1.2)
        assert self.asked(odd, "caching") == counts, "the same plan asks the same"

    def test_bm_zipf_020_a_cache_that_nobody_speaks_of_shows_in_the_times(self, server, api, odd):
        for last in (False, False, True):          # single figures of a busy machine: another run if one does not fit
            results = self.ask(api, odd, "learning", zipf=0.5)["results"]
            counts = self.asked(odd, "learning")
            # who asks while the first answer is on its way is not slow: it had been asked before
            expected = pytest.approx(sum(c - 1 for c in counts if c) / 150, abs=0.1)
            if results["cache"]["from"] == "ttft_mixture" and results["cache"]["hit_rate"] == expected:
                break
            assert not last, results["cache"]
        assert results["completed"] == 150

    def test_bm_zipf_030_without_one_there_is_nothing_to_tell(self, server, api, fast):
        results = run(api, fast, STEADY, requests=40, dataset={"inline": [{"prompt": "a"}, {"prompt": "b"}]})["results"]
        # a busy machine can part the times of any target into two groups; that the target said so is never claimed
        assert results["cache"]["repeated_share"] == 0.95 and results["cache"]["from"] in (None, "ttft_mixture"), results["cache"]
        assert "cache" not in run(api, fast, STEADY, requests=5)["results"]

    def test_bm_zipf_040_plans(self, api, fast):
        plan = {"scenario_id": fast["id"], "load_model": STEADY, "requests": 1}
        prompts = {"count": 100001, "input_tokens": {"dist": "fixed", "value": 5}}
        for dataset, wanted in (({"inline": [{}], "zipf": 1.1}, ["/dataset/zipf"]),
                                ({"inline": [{}], "order": "zipf", "zipf": -1}, ["/dataset/zipf"]),
                                ({"generate": prompts, "order": "zipf"}, ["/dataset/generate/count"])):
            assert pointers(api.problem("POST", "/loadtests", {**plan, "dataset": dataset})) == wanted, dataset
        made = api.post("/loadtests", {**plan, "dataset": {"inline": [{}], "order": "zipf"}}, expect=202)
        assert made["plan"]["dataset"] == {"inline": [{}], "order": "zipf", "zipf": 1.0}
