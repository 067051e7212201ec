# SPDX-License-Identifier: Apache-2.0
"""Random kills under runs, the short form of tests/chaos/kills.py; and zombies: engines that stood still past their leases."""
import os
import signal
import sys
import time

import psycopg2
import pytest

from bmenv import Api, Conf, Node

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "chaos"))

import kills  # noqa: E402  pylint: disable=wrong-import-position

pytestmark = pytest.mark.slow


def fresh(env, conf):
    env.stop()
    env.pg("start")
    env.reset_database()
    return conf


@pytest.mark.slow
class TestKills:

    @staticmethod
    def conf(env):
        return fresh(env, kills.configuration(env))

    def test_bm_chaos_010_random_kills_lose_and_double_nothing(self, server, odd):
        server.allow(*kills.LOG)
        with odd.lock:
            odd.seen.clear()
        result = kills.Chaos(server, odd, kills=8, runs=200, seed=7, gap=2.5).go()
        assert sum(result["kills"].values()) == 8 and len(result["kills"]) == len(kills.SHARES), result
        assert result["terminal"] == 200 and result["problems"] == [], result
        assert result["repeated"] > 0 and result["by_outcome"]["http completed"] > 20, result

    # A row that was given back is claimed again before its first task is heard to be gone; its lease must be kept all the same.
    def test_bm_chaos_020_what_was_rescued_keeps_its_lease(self, server, api):
        server.allow(*kills.LOG)
        scenario = api.make_scenario(api.make_automation(max_in_flight=300), target={"ttft_ms": 5000, "gap_ms": 1, "tokens": 2})
        ids = api.bulk(scenario, 200)
        server.wait(lambda: api.get("/engine")["queue"]["running"] == 200, 10, "not running")
        os.kill(server.engine_pids()[0], signal.SIGKILL)
        short, until = api.make_scenario(target={"ttft_ms": 1, "tokens": 1}), time.monotonic() + 6
        server.await_ready()
        while time.monotonic() < until:
            api.trigger(short)                      # lets the director look at the queue all the time
        assert set(api.await_all(ids, 40).values()) == {("completed", None, 2)}
        server.check_invariants()


LEASE = ["BenchmarkLease 3s", "BenchmarkLoops 1"]
DEATH = (r"BM0035: run \d+: its engine is gone", r"BM020[012]: ", r"BM0042: recorder", r"BM0402: load test", r"BM0030: engine: ",
         r"BM0205: slow statement")
TRACES = {
    "runs": "select id, fence, attempt, status, error_code, engine, finished_at from runs order by id",
    "kpis": "select source, sum(n) from (select source, n from kpi_cell where level = 0 union all"
            " select source, n from kpi_delta) x group by 1 order by 1",
    "events": "select x ->> 'id', count(*) from events, jsonb_array_elements(payload -> 'runs') x where kind = 'run.finished'"
              " group by 1 order by 1",
    "queue": "select id from run_queue where state = 'pending'",
    "requests": "select loadtest_id, fence, count(*), max(seq) from requests group by 1, 2 order by 1, 2",
    "series": "select loadtest_id, fence, count(*) from loadtest_series group by 1, 2 order by 1, 2",
    "loadtests": "select id, fence, progress::text, control from loadtests order by id",
}


def traces(env):
    """Everything that an engine writes about runs and load tests."""
    return {name: env.sql(query) for name, query in TRACES.items()}


@pytest.mark.slow
class TestZombies:
    """The engine that has claimed is stopped, and only then a second node begins: which of them does what is no accident."""

    @staticmethod
    def conf(env):
        return fresh(env, Conf(env, extra=LEASE))

    @pytest.fixture
    def rescuer(self, server):
        node = Node(server, "node2")
        started = []
        if os.path.exists(node.home + "/httpd.pid"):
            os.unlink(node.home + "/httpd.pid")          # of a node that was killed

        def start():
            node.restart(Conf(node, extra=LEASE))
            node.allow(*DEATH)
            started.append(node)
            return node
        yield start
        bad = node.unexpected() if started else []
        node.close()
        assert not bad, bad

    @pytest.fixture
    def frozen(self, server):
        """Stop the engine; it goes on after the test, whatever happens."""
        server.allow(*DEATH)
        pids = []

        def freeze():
            pids.extend(server.engine_pids())
            assert len(pids) == 1
            server.freeze(pids[0])
            return pids[0]
        yield freeze
        for pid in pids:
            os.kill(pid, signal.SIGCONT)

    def engines(self, server, ids):
        return {row[0] for row in server.sql("select distinct engine from runs where id = any(%s)", ids)}

    # Its answers have come while it stood still: on waking it has results of its own for all of them, and records them at once.
    def test_bm_zombie_010_the_results_of_a_frozen_engine_are_refused(self, server, api, odd, rescuer, frozen):
        scenario = api.make_scenario(api.make_automation(max_in_flight=40), target={"ttft_ms": 1500, "gap_ms": 5, "tokens": 5})
        agent = api.make_scenario(api.make_automation(provider="tinyfish", connection={
            "url": odd.url("pond").removesuffix("/v1"), "goal": "1.5 zombie{{n}}", "target_url": "https://example.com"}),
            inputs={"n": 0})
        ids = api.bulk(scenario, 20)
        fish = [api.trigger(agent, inputs_override={"n": n})["id"] for n in range(3)]
        server.wait(lambda: api.get("/engine")["queue"]["running"] == 23, 10, "not running")
        server.wait(lambda: len(self.pond(odd)) == 3, 10, "the agent was not called")
        zombie = frozen()
        owner = server.sql("select distinct owner from run_queue")
        assert len(owner) == 1
        second = rescuer()
        ended = api.await_all(ids + fish, 30)
        assert {ended[i] for i in ids} == {("completed", None, 2)}
        assert {ended[i] for i in fish} == {("failed", "interrupted", 1)}
        before = traces(server)
        mark = len(server.log())
        os.kill(zombie, signal.SIGCONT)
        server.wait(lambda: all(f"BM0040: run {i}: not recorded" in server.log()[mark:] for i in ids + fish), 15,
                    "the zombie did not come with its results: " + server.tail(40))
        server.wait(lambda: owner[0][0] in {e["id"] for e in api.get("/engine")["engines"] if e["in_flight"] == 0}, 10,
                    "it holds on")
        assert traces(server) == before
        assert owner[0][0] not in self.engines(server, ids) and len(self.engines(server, ids)) == 1
        assert len(self.pond(odd)) == 3
        server.check_invariants()
        second.close()
        assert api.run(scenario)["engine"] == owner[0][0]          # and it is as good as any other again

    def pond(self, odd):
        return [r for r in odd.requests("pond") if b"zombie" in r[4]]

    # The same while the rescuer still performs them: the rows are there, and nothing but the fence says whose they are.
    def test_bm_zombie_015_the_fence_keeps_rows_that_are_under_way_elsewhere(self, server, api, odd, rescuer, frozen):
        scenario = api.make_scenario(api.make_automation(provider="http", max_in_flight=40, connection={
            "url": odd.url("repeated"), "method": "POST", "body": {"key": "{{key}}"}}), inputs={"key": "none"})
        ids = [api.trigger(scenario, inputs_override={"key": f"k{n}"})["id"] for n in range(10)]
        server.wait(lambda: len(odd.requests("repeated")) == 10, 10, "not called")
        owner = server.sql("select distinct owner from run_queue where state = 'running'")[0][0]
        zombie = frozen()
        rescuer()
        server.wait(lambda: len(odd.requests("repeated")) == 20, 20, "they were not called again: " + server.tail())
        before, mark = traces(server), len(server.log())
        os.kill(zombie, signal.SIGCONT)
        server.wait(lambda: all(f"BM0040: run {i}: not recorded" in server.log()[mark:] for i in ids), 4,
                    "the zombie did not come with its results: " + server.tail(40))
        assert traces(server) == before
        assert server.sql("select count(*) from run_queue where state = 'running' and owner <> %s", owner)[0][0] == 10
        assert set(api.await_all(ids, 20).values()) == {("completed", None, 2)}
        assert owner not in self.engines(server, ids)
        server.check_invariants()

    # It has not even ended them: the same runs are under way twice, and the one without the lease lets go.
    def test_bm_zombie_020_runs_that_go_on_twice_are_recorded_once(self, server, api, rescuer, frozen):
        scenario = api.make_scenario(api.make_automation(max_in_flight=40), target={"ttft_ms": 7000, "gap_ms": 5, "tokens": 5})
        ids = api.bulk(scenario, 15)
        server.wait(lambda: api.get("/engine")["queue"]["running"] == 15, 10, "not running")
        zombie = frozen()
        owner = server.sql("select distinct owner from run_queue where state = 'running'")[0][0]
        rescuer()
        server.wait(lambda: server.sql("select count(*) from run_queue where attempt = 2 and state = 'running' and owner <> %s",
                                       owner)[0][0] == 15, 20, "they were not rescued: " + server.tail())
        mark = len(server.log())
        os.kill(zombie, signal.SIGCONT)
        ended = api.await_all(ids, 30)
        assert set(ended.values()) == {("completed", None, 2)}
        assert owner not in self.engines(server, ids)
        assert all(f"run {i}: " in server.log()[mark:] for i in ids), "the zombie did not notice"
        server.check_invariants()

    # Its half of a transaction holds the locks of its rows, and a rescue passes by what is locked: the server ends it as soon as
    # a lease.
    def test_bm_zombie_040_one_that_froze_within_its_transaction_holds_nobody_up(self, server, api, rescuer, frozen):
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 800, "gap_ms": 1, "tokens": 3}), 10)
        server.wait(lambda: api.get("/engine")["queue"]["running"] == 10, 10, "not running")
        blocker = psycopg2.connect(server.dsn, options="-c search_path=benchmark")
        blocker.cursor().execute("lock table runs in share mode")

        def recorder(what):
            return server.sql("select count(*) from pg_stat_activity where application_name = 'mod_benchmark recorder'"
                              f" and {what}")[0][0]
        server.wait(lambda: recorder("wait_event_type = 'Lock'"), 4, "the recorder does not write")
        zombie = frozen()
        blocker.close()
        server.wait(lambda: recorder("state = 'idle in transaction'"), 5, "no transaction is open")
        rescuer()
        ended = api.await_all(ids, 20)
        assert set(ended.values()) == {("completed", None, 2)}
        before = traces(server)
        mark = len(server.log())
        os.kill(zombie, signal.SIGCONT)
        server.wait(lambda: all(f"BM0040: run {i}: not recorded" in server.log()[mark:] for i in ids), 15,
                    "it did not try: " + server.tail())
        assert traces(server) == before
        server.check_invariants()

    # A load test is never run again: the rescuer marks it, and what the zombie has measured since then stays out.
    def test_bm_zombie_030_a_frozen_load_test_is_interrupted_and_writes_no_more(self, server, api, rescuer, frozen):
        scenario = api.make_scenario(api.make_automation(), target={"ttft_ms": 30, "gap_ms": 5, "tokens": 5})
        test_id = api.post("/loadtests", {"scenario_id": scenario["id"], "load_model": {"type": "constant", "rate": 200},
                                          "duration_seconds": 60, "certificate": False}, expect=202)["id"]
        server.wait(lambda: server.sql("select count(*) from requests where loadtest_id = %s", test_id)[0][0] > 300, 20,
                    "no requests")
        zombie = frozen()
        fence = server.sql("select fence from run_queue where id = %s", test_id)[0][0]
        rescuer()
        server.wait(lambda: api.get(f"/loadtests/{test_id}")["status"] == "interrupted", 20, "it was not marked")
        test, before = api.get(f"/loadtests/{test_id}"), traces(server)
        assert test["error_code"] == "interrupted" and server.sql("select fence from runs where id = %s", test_id)[0][0] > fence
        os.kill(zombie, signal.SIGCONT)
        server.wait(lambda: [e["in_flight"] for e in api.get("/engine")["engines"] if e["state"] == "running"] == [0, 0], 15,
                    "it goes on")
        time.sleep(1)
        assert traces(server) == before
        assert api.get(f"/loadtests/{test_id}") == test
        kept = server.sql("select count(*), count(distinct seq) from requests where loadtest_id = %s", test_id)[0]
        assert kept[0] == kept[1] > 300
        counted = next(n for source, n in before["kpis"] if source == 1)
        assert counted == kept[0], "its partial samples are those that the KPIs count"
        assert Api(server).run(scenario)["status"] == "completed"
