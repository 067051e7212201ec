# SPDX-License-Identifier: Apache-2.0
"""What the machine can hold: memory, descriptors and disk space of load tests."""
import os

import pytest
from bmenv import Conf
from test_44_loadtests import begin, end, run

PLAN = {"load_model": {"type": "constant", "rate": 10}, "duration_seconds": 1, "certificate": False}


def refused(api, scenario, **members):
    problem = api.problem("POST", "/loadtests", {"scenario_id": scenario["id"], **PLAN, **members})
    assert len(problem["errors"]) == 1
    return problem["errors"][0]["pointer"], problem["errors"][0]["detail"]


class TestMemory:
    conf = staticmethod(lambda env: Conf(env, extra=["BenchmarkEngineMemory 64M", "BenchmarkOpenFiles 400"]))

    def test_bm_limits_010_what_could_never_fit_is_refused_before(self, server, api):
        scenario = api.make_scenario(target={"ttft_ms": 1, "tokens": 1})
        pointer, detail = refused(api, scenario, max_in_flight=5000)
        assert pointer == "/max_in_flight" and "64 MiB" in detail and "BenchmarkEngineMemory" in detail, detail
        # long prompts make each request heavier
        pointer, detail = refused(api, scenario, max_in_flight=500, dataset={"inline": [{"prompt": "word " * 20000}]})
        assert pointer == "/max_in_flight", detail
        assert run(api, scenario, PLAN["load_model"], duration_seconds=1, max_in_flight=500)["status"] == "completed"

    def test_bm_limits_020_descriptors(self, server, api):
        for pid in server.engine_pids():
            with open(f"/proc/{pid}/limits", encoding="ascii") as limits:
                assert [line.split()[3] for line in limits if line.startswith("Max open files")] == ["400"]
        scenario = api.make_scenario(target={"ttft_ms": 1, "tokens": 1})
        test = end(api, begin(api, scenario, {"type": "closed", "concurrency": 390}, requests=400, max_in_flight=400))
        assert test["status"] == "failed" and "open files" in test["error"], test["error"]


class TestMemoryThatRunsOut:
    conf = staticmethod(lambda env: Conf(env, extra=["BenchmarkEngineMemory 1M"]))

    def test_bm_limits_030_an_engine_above_its_limit_takes_nothing(self, server, api):
        scenario = api.make_scenario(target={"ttft_ms": 1, "tokens": 1})
        ids = api.bulk(scenario, 3)
        with pytest.raises(AssertionError):
            api.await_all(ids, timeout=2)
        assert {api.get(f"/runs/{i}")["status"] for i in ids} == {"pending"}
        assert refused(api, scenario)[0] == "/max_in_flight"


class TestDisk:

    @staticmethod
    def conf(env):
        disk = os.statvfs(env.home)
        spare = disk.f_bavail * disk.f_frsize // 2 ** 20 - 4000
        return Conf(env, extra=[f"BenchmarkDiskPath {env.home}", f"BenchmarkDiskReserve {spare}M"])

    def test_bm_limits_040_what_would_fill_the_disk_is_refused_with_an_estimate(self, server, api):
        scenario = api.make_scenario(target={"ttft_ms": 1, "tokens": 1}, inputs={"max_tokens": 200})
        pointer, detail = refused(api, scenario, load_model={"type": "constant", "rate": 400}, duration_seconds=20000)
        assert pointer == "/load_model" and "BenchmarkDiskReserve" in detail, detail
        assert run(api, scenario, PLAN["load_model"], duration_seconds=1)["status"] == "completed"


class TestFullDisk:
    conf = staticmethod(lambda env: Conf(env, extra=["BenchmarkDiskPath /proc", "BenchmarkDiskReserve 1M"]))

    def test_bm_limits_050_no_room_at_all(self, server, api):
        assert refused(api, api.make_scenario())[0] == "/load_model"
