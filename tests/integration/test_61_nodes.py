# SPDX-License-Identifier: Apache-2.0
"""Two httpds on one database."""
import os
import signal
import time

import pytest

from bmenv import Api, Conf, Node

SHORT = {"ttft_ms": 5, "gap_ms": 1, "tokens": 2}
DEATH = (r"AH0005[12]: child pid \d+ exit signal", r"BM0004: engine process", r"BM0035: run \d+: its engine is gone")


class TestTwoNodes:

    @staticmethod
    def conf(env):
        env.stop()
        env.reset_database()
        return Conf(env, extra=["BenchmarkLease 3s", "BenchmarkMaxInFlight 25"])

    @pytest.fixture(scope="class")
    def other(self, server):
        node = Node(server, "node2")
        if os.path.exists(node.home + "/httpd.pid"):
            os.unlink(node.home + "/httpd.pid")          # of a node that was killed
        node.restart(Conf(node, extra=["BenchmarkLease 3s", "BenchmarkMaxInFlight 25"]))
        yield node
        node.allow(*DEATH)
        bad = node.unexpected()
        node.close()
        assert not bad, bad

    def test_bm_nodes_010_both_work_and_both_see_everything(self, server, other, api):
        api2 = Api(other)
        scenario = api.make_scenario(api.make_automation(max_in_flight=60), target={"ttft_ms": 300, "tokens": 2})
        ids = api.bulk(scenario, 60)
        ended = api2.await_all(ids)
        assert {(status, attempt) for status, _, attempt in ended.values()} == {("completed", 1)}
        engines = {row[0] for row in server.sql("select distinct engine from runs where id = any(%s)", ids)}
        assert len(engines) == 2, engines
        assert len([e for e in api2.get("/engine")["engines"] if e["state"] == "running"]) == 2
        assert api.get("/runs/kpis/dashboard") == api2.get("/runs/kpis/dashboard")
        assert api.get("/about")["engines_alive"] == 2
        server.check_invariants()

    def test_bm_nodes_020_an_automation_s_cap_holds_over_both(self, server, other, api, odd):
        automation = api.make_automation(connection={"url": odd.url("slow"), "model": "m"}, max_in_flight=2)
        ids = api.bulk(api.make_scenario(automation), 12)
        before = odd.most.get("slow", 0)
        odd.most["slow"] = 0
        ended = api.await_completed(ids)
        assert odd.most["slow"] == 2
        odd.most["slow"] = max(before, 2)

    def test_bm_nodes_030_a_run_of_the_other_node_is_cancelled_within_two_seconds(self, server, other, api):
        api2 = Api(other)
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 30000, "tokens": 1}), 10)
        server.wait(lambda: api.get("/engine")["queue"]["running"] == 10, 10, "not running")
        begin = time.monotonic()
        assert api2.post("/runs/cancel", {"run_ids": ids})["cancelled"] == 10
        ended = api.await_all(ids, 5)
        assert time.monotonic() - begin < 2
        assert {status for status, _, _ in ended.values()} == {"cancelled"}

    def test_bm_nodes_040_the_emergency_stop_reaches_all_nodes(self, server, other, api):
        ids = api.bulk(api.make_scenario(api.make_automation(max_in_flight=50), target={"ttft_ms": 30000, "tokens": 1}), 20)
        server.wait(lambda: api.get("/engine")["queue"]["running"] == 20, 10, "not running")
        begin = time.monotonic()
        Api(other).post("/engine/stop", expect=202)
        ended = api.await_all(ids, 5)
        assert time.monotonic() - begin < 2
        assert {code for _, code, _ in ended.values()} == {"engine_stopped"}
        api.post("/engine/start", expect=202)
        assert api.run(api.make_scenario(target=SHORT))["status"] == "completed"

    def test_bm_nodes_050_the_survivor_rescues_the_runs_of_a_dead_node(self, server, other, api):
        server.allow(*DEATH)
        ids = api.bulk(api.make_scenario(api.make_automation(max_in_flight=100), target={"ttft_ms": 1500, "tokens": 2}), 40)
        server.wait(lambda: api.get("/engine")["queue"]["running"] == 40, 10, "not running")
        begin = time.monotonic()
        for pid in [other.pid(), *other.pids()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        ended = api.await_completed(ids, 30)
        assert time.monotonic() - begin < 3 + 1 + 1.5 + 3
        assert {attempt for _, _, attempt in ended.values()} == {1, 2}
        server.check_invariants()
        states = [e["state"] for e in api.get("/engine")["engines"]]
        assert states.count("running") >= 1
