# SPDX-License-Identifier: Apache-2.0
"""Who watches while the database is away, goes on at another node, or comes to an MPM that keeps a thread for each client."""
import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from bmenv import Api, Conf, Node
from live_client import WebSocket

AWAY = (r"BM0\d\d\d: ", r"\[dbd:(error|crit)\]")


def journey(socket, ids, resets=0):
    """What is told of runs until all of ids have ended: [id, …] in the order of their ends."""
    ended = []
    while set(ids) - set(ended):
        event = socket.event()
        assert event is not None, "the server has closed"
        if event["topic"] == "stream":
            assert event["event"] != "reset" or resets, event
        elif event["event"] == "finished":
            ended += [run["id"] for run in event["data"]["runs"]]
    return ended


class TestAway:

    @staticmethod
    def conf(env):
        env.pg("thaw")
        env.pg("start")
        env.reset_database()
        return Conf(env, extra=["BenchmarkLease 3s", "BenchmarkLiveBeat 3s"])

    @pytest.fixture(autouse=True)
    def back(self, env):
        yield
        env.pg("thaw")
        env.pg("start")

    @pytest.mark.parametrize("how", ["fast", "immediate"])
    def test_bm_live_010_clients_stay_and_miss_nothing(self, server, api, how):
        server.allow(*AWAY)
        scenario = api.make_scenario(target={"ttft_ms": 1500, "tokens": 2})
        with WebSocket(server) as socket:
            socket.subscribe("run")
            ids = api.bulk(scenario, 10)
            for run_id in ids:
                api.await_status(run_id, "running")
            server.pg("stop", how)
            begun = time.monotonic()
            while json.loads(socket.message()).get("data", {}).get("current") is not False:
                assert time.monotonic() - begun < 20, "the beats do not say it"
            time.sleep(max(0.0, 2.5 - (time.monotonic() - begun)))       # they end while it is away
            server.pg("start")
            server.wait(lambda: api.call("GET", "/runs").status_code == 200, 20, "requests do not recover")
            more = api.bulk(scenario, 3)
            ended = journey(socket, ids + more)
        assert sorted(ended) == sorted(ids + more), "each once"

    def test_bm_live_020_a_frozen_database_stops_no_pings(self, server, api):
        server.allow(*AWAY)
        with WebSocket(server) as socket:
            socket.subscribe("run")
            server.pg("freeze")
            begun = time.monotonic()
            for _ in range(5):
                asked = time.monotonic()
                socket.text("ping")
                while socket.message() != "pong":
                    pass
                assert time.monotonic() - asked < 2
                time.sleep(0.5)
            assert time.monotonic() - begun > 2
            server.pg("thaw")
            server.wait(lambda: api.call("GET", "/runs").status_code == 200, 20, "requests do not recover")
            run = api.trigger(api.make_scenario(target={"tokens": 1}))
            assert journey(socket, [run["id"]]) == [run["id"]]


class TestNodes:

    @staticmethod
    def conf(env):
        env.reset_database()
        return Conf(env)

    @pytest.fixture(scope="class")
    def other(self, server):
        node = Node(server, "node2")
        node.restart(Conf(node, engine=False))
        yield node
        bad = node.unexpected()
        node.close()
        assert not bad, bad

    def test_bm_live_030_what_one_node_does_the_other_tells(self, server, other, api):
        scenario = api.make_scenario(target={"tokens": 1})
        with WebSocket(other) as there, WebSocket(server) as here:
            there.subscribe({"topic": "run", "scenario_id": scenario["id"]})
            here.subscribe("run")
            ids = api.bulk(scenario, 5)
            assert sorted(journey(there, ids)) == sorted(journey(here, ids)) == sorted(ids)

    def test_bm_live_040_a_client_goes_on_at_the_other_node(self, server, other, api):
        """Back and forth, with what one node told last: nothing twice, nothing missed."""
        scenario = api.make_scenario(target={"tokens": 1})
        with WebSocket(server) as socket:
            token = socket.subscribe("run")
        told, ids = [], []
        for turn in range(6):
            ids += api.bulk(scenario, 7)
            with WebSocket((server, other)[turn % 2]) as socket:
                socket.subscribe("run", after=token)
                for _ in range(3):                       # then it is lost, in the middle of whatever comes
                    event = socket.event()
                    if event["topic"] == "run" and event["event"] == "finished":
                        told += [run["id"] for run in event["data"]["runs"]]
                    assert event["event"] != "reset"
                    token = event.get("id", token)
                    if set(ids) <= set(told):
                        break
        with WebSocket(other) as socket:
            socket.subscribe("run", after=token)
            told += journey(socket, set(ids) - set(told))
        assert sorted(told) == sorted(ids)


class OtherMpm(Conf):

    def __init__(self, env, mpm, **options):
        super().__init__(env, **options)
        self.mpm = mpm

    def text(self):
        text = super().text().replace("mpm_event", self.mpm)
        if self.mpm == "mpm_prefork":
            threads = ("ThreadsPerChild", "MinSpareThreads", "MaxSpareThreads", "GracefulShutdown")
            text = "\n".join(line for line in text.splitlines() if not line.startswith(threads))
            text = text.replace("ServerLimit 4\n", "ServerLimit 20\n").replace("StartServers 1", "StartServers 8")
            text = text.replace("MaxRequestWorkers 80", "MaxRequestWorkers 20")
        return text


class TestThreads:
    """MPMs that cannot keep a connection without a thread."""

    @pytest.fixture(scope="class", params=["mpm_worker", "mpm_prefork"], autouse=True)
    def mpm(self, env, request):
        env.reset_database()
        env.restart(OtherMpm(env, request.param))
        yield request.param
        env.restart(Conf(env))

    def test_bm_live_050_watching_and_waiting_work(self, env, mpm):
        api = Api(env)
        scenario = api.make_scenario(target={"tokens": 1}, slos=[{"metric": "ttft_ms", "quantile": 0.5, "max": 900}])
        with WebSocket(env) as socket, requests.get(env.url + "/api/v1/events?topic=run", stream=True, timeout=30) as stream:
            socket.subscribe("run")
            lines = stream.iter_lines(chunk_size=1)
            while b"event: stream.hello" not in next(lines):
                pass
            run = api.trigger(scenario)
            assert journey(socket, [run["id"]]) == [run["id"]]
            while b"event: run.finished" not in next(lines):
                pass
            path = f"/gates/{scenario['id']}/runs?too_few_samples=pass"
            answer = api.call("POST", path, {"count": 2}, headers={"Prefer": "wait=30"})
            assert answer.status_code == 200, answer.text
            token = api.get("/events?wait=5")["next"]
            with ThreadPoolExecutor(1) as pool:
                poll = pool.submit(Api(env).get, f"/events?topic=scenario&after={token}&wait=30")
                api.make_scenario(name="seen")
                assert poll.result()["events"][0]["event"] == "changed"

    def test_bm_live_060_a_stop_sends_them_away(self, env, mpm):
        with WebSocket(env) as socket:
            socket.subscribe("run")
            env.stop()
            while socket.message() is not None:
                pass
        env.start()


class TestHttp2:

    @staticmethod
    def conf(env):
        return Conf(env, extra=["LoadModule http2_module /usr/lib/apache2/modules/mod_http2.so", "Protocols h2c http/1.1"])

    @pytest.mark.parametrize("path", ["/api/v1/events", "/api/v1/events?wait=5", "/api/v1/events/ws", "/ws/metrics"])
    def test_bm_live_070_a_stream_of_others_cannot_be_kept(self, server, path):
        """It is told so at once, with what to do instead."""
        answer = subprocess.run(["curl", "-sS", "--http2-prior-knowledge", "-m", "20", "-w", "\n%{http_version} %{http_code}",
                                 server.url + path], capture_output=True, text=True, check=True).stdout
        problem, said = answer.rsplit("\n", 1)
        assert said == "2 501", answer
        problem = json.loads(problem)
        assert problem["code"] == "needs_own_connection" and "HTTP/1.1" in problem["detail"]

    def test_bm_live_080_a_gate_answers_at_once(self, server, api):
        scenario = api.make_scenario(target={"ttft_ms": 1000, "tokens": 1},
                                     slos=[{"metric": "ttft_ms", "quantile": 0.5, "max": 9000}])
        answer = subprocess.run(["curl", "-sS", "--http2-prior-knowledge", "-m", "20", "-w", "\n%{http_version} %{http_code}", "-d",
                                 '{"count": 1}', "-H", "Content-Type: application/json", "-H", "Prefer: wait=20",
                                 f"{server.url}/api/v1/gates/{scenario['id']}/runs"], capture_output=True, text=True, check=True)
        assert answer.stdout.rsplit("\n", 1)[1] == "2 202", answer.stdout
        api.await_idle()
