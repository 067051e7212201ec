# SPDX-License-Identifier: Apache-2.0
"""An unmodified client of the TinyFish benchmarking contract: plain requests, no credentials, no care for slashes."""
import re
import time

import pytest
import requests

from bmenv import Conf

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class SeedClient:
    """As the seed's dashboard calls its backend: some paths with a trailing slash, some without, no headers of its own."""

    def __init__(self, base):
        self.base = base

    def _json(self, answer):
        if not answer.ok:
            raise RuntimeError(answer.json()["detail"])
        return answer.json()

    def health(self):
        return self._json(requests.get(self.base + "/health", timeout=10))

    def list(self, what, **params):
        return self._json(requests.get(f"{self.base}/api/v1/{what}/", params=params, timeout=10))

    def create(self, what, body):
        return self._json(requests.post(f"{self.base}/api/v1/{what}/", json=body, timeout=10))

    def get(self, what, number):
        return self._json(requests.get(f"{self.base}/api/v1/{what}/{number}", timeout=10))

    def update(self, what, number, body):
        return self._json(requests.put(f"{self.base}/api/v1/{what}/{number}", json=body, timeout=10))

    def delete(self, what, number):
        return self._json(requests.delete(f"{self.base}/api/v1/{what}/{number}", timeout=10))

    def trigger(self, scenario_id, override=None):
        body = {"scenario_id": scenario_id}
        if override is not None:
            body["inputs_override"] = override
        return self._json(requests.post(self.base + "/api/v1/runs/trigger", json=body, timeout=10))

    def kpis(self):
        return self._json(requests.get(self.base + "/api/v1/runs/kpis/dashboard", timeout=10))

    def wait(self, run_id, seconds=15):
        until = time.time() + seconds
        while time.time() < until:
            run = self.get("runs", run_id)
            if run["status"] not in ("pending", "running"):
                return run
            time.sleep(0.2)
        raise RuntimeError("the run did not end")


def check_types(value, **types):
    for name, kinds in types.items():
        assert name in value, f"{name} is missing"
        kinds = kinds if isinstance(kinds, tuple) else (kinds,)
        given = value[name]
        fine = any(given is None if kind is None else kind.fullmatch(given) if isinstance(kind, re.Pattern) and isinstance(given, str)
                   else isinstance(kind, type) and isinstance(given, kind) and not (kind in (int, float) and isinstance(given, bool))
                   for kind in kinds)
        assert fine, f"{name}: {given!r} is none of {kinds}"


def check_run(run):
    check_types(run, id=int, scenario_id=int, started_at=(TIME, None), finished_at=(TIME, None), status=str,
                total_duration_ms=(int, float, None), ttft_ms=(int, float, None), inter_token_stats=(dict, None), error=(str, None),
                tinyfish_run_id=(str, None), response_json=(dict, None), created_at=TIME)
    assert run["status"] in ("pending", "running", "completed", "failed", "cancelled", "timed_out")
    if run["inter_token_stats"]:
        check_types(run["inter_token_stats"], mean_ms=(int, float), p50_ms=(int, float), p95_ms=(int, float), p99_ms=(int, float))


@pytest.fixture
def client(server):
    return SeedClient(server.url)


class TestSeedOnMock:

    @staticmethod
    def conf(env):
        env.stop()
        env.reset_database()
        return Conf(env, anonymous="operator loopback", extra=["BenchmarkMockMode On", "BenchmarkProject tinyfish"])

    def test_bm_seed_010_health(self, client):
        health = client.health()
        check_types(health, status=str, mock_mode=bool, project=str)
        assert health["status"] == "healthy" and health["mock_mode"] is True and health["project"] == "tinyfish"

    def test_bm_seed_020_an_empty_dashboard(self, client):
        kpis = client.kpis()
        assert kpis["total_runs"] == 0 and kpis["recent_runs"] == []
        assert kpis["ttft_stats"] is None and kpis["avg_inter_token_latency"] is None

    def test_bm_seed_030_from_an_automation_to_kpis(self, client):
        automation = client.create("automations", {"name": "Price list", "tinyfish_automation_id": "auto-1", "description": "d",
                                                   "default_inputs": {"url": "https://example.com", "depth": 1}})
        check_types(automation, id=int, name=str, tinyfish_automation_id=str, description=str, default_inputs=dict, created_at=TIME,
                    updated_at=TIME)
        assert automation["provider"] == "tinyfish"
        scenario = client.create("scenarios", {"name": "Daily", "automation_id": automation["id"], "description": "s",
                                               "inputs_template": {"depth": 2}, "run_settings": {"interval_seconds": 300, "concurrency": 1}})
        check_types(scenario, id=int, name=str, automation_id=int, description=str, inputs_template=dict, run_settings=dict, created_at=TIME,
                    updated_at=TIME)
        assert scenario["run_settings"] == {"interval_seconds": 300, "concurrency": 1}
        run = client.trigger(scenario["id"], {"extra": True})
        check_run(run)
        assert run["status"] == "pending" and run["started_at"] is None and run["finished_at"] is None
        run = client.wait(run["id"])
        check_run(run)
        assert run["status"] == "completed" and 400 < run["total_duration_ms"] < 2500
        assert run["response_json"]["output"]["tokens_generated"] > 0
        assert run["inputs"] == {"url": "https://example.com", "depth": 2, "extra": True}
        kpis = client.kpis()
        check_types(kpis, total_runs=int, success_rate=(int, float), total_time_stats=dict, ttft_stats=(dict, None),
                    avg_inter_token_latency=(int, float, None), recent_runs=list)
        assert kpis["total_runs"] == 1 and kpis["success_rate"] == 100
        check_types(kpis["total_time_stats"], p50=(int, float), p95=(int, float), p99=(int, float))
        assert kpis["total_time_stats"]["p50"] == pytest.approx(run["total_duration_ms"], rel=0.006)
        check_run(kpis["recent_runs"][0])

    def test_bm_seed_040_lists_and_filters(self, client):
        automation = client.create("automations", {"name": "a", "tinyfish_automation_id": "x", "description": "", "default_inputs": {}})
        scenario = client.create("scenarios", {"name": "s", "automation_id": automation["id"]})
        assert automation["id"] in [a["id"] for a in client.list("automations", skip=0, limit=100)]
        assert [s["id"] for s in client.list("scenarios", automation_id=automation["id"], skip=0, limit=10)] == [scenario["id"]]
        ids = [client.trigger(scenario["id"])["id"] for _ in range(12)]
        listed = client.list("runs", scenario_id=scenario["id"], limit=100)
        assert [r["id"] for r in listed] == sorted(ids, reverse=True)
        for run_id in ids:
            client.wait(run_id)
        for run in client.list("runs", scenario_id=scenario["id"], status="completed", skip=2, limit=3):
            check_run(run)
        assert len(client.list("runs", scenario_id=scenario["id"], status="completed", skip=2, limit=3)) == 3
        assert client.list("runs", scenario_id=scenario["id"], status="failed") == []
        assert len(client.kpis()["recent_runs"]) == 10

    def test_bm_seed_050_put_with_a_subset_and_with_everything(self, client):
        automation = client.create("automations", {"name": "a", "tinyfish_automation_id": "x", "description": "", "default_inputs": {}})
        changed = client.update("automations", automation["id"], {"description": "new"})
        assert changed["description"] == "new" and changed["name"] == "a"
        changed["name"] = "b"
        assert client.update("automations", automation["id"], changed)["name"] == "b"

    def test_bm_seed_060_unknown_things_are_404_with_a_sentence(self, client):
        with pytest.raises(RuntimeError, match="(?i)scenario"):
            client.trigger(123456)
        assert requests.post(client.base + "/api/v1/runs/trigger", json={"scenario_id": 123456}, timeout=5).status_code == 404
        assert requests.get(client.base + "/api/v1/runs/123456", timeout=5).status_code == 404


class TestSeedDelete:
    """Deleting needs the role admin; quickstart gives it to this machine."""

    @staticmethod
    def conf(env):
        return Conf(env, anonymous="admin loopback", extra=["BenchmarkMockMode On"])

    def test_bm_seed_070_delete_answers_a_message(self, client):
        automation = client.create("automations", {"name": "a", "tinyfish_automation_id": "x", "description": "", "default_inputs": {}})
        scenario = client.create("scenarios", {"name": "s", "automation_id": automation["id"]})
        check_types(client.delete("scenarios", scenario["id"]), message=str)
        check_types(client.delete("automations", automation["id"]), message=str)


class TestSeedMeasured:

    def test_bm_seed_080_with_a_real_target_the_same_client_sees_steps(self, server, client):
        automation = client.create("automations", {"name": "real", "tinyfish_automation_id": "x", "description": "", "default_inputs": {},
                                                   "provider": "tinyfish", "connection": {"url": server.target_url}})
        scenario = client.create("scenarios", {"name": "s", "automation_id": automation["id"], "inputs_template": {
            "goal": "g", "url": "https://example.com", "x_target": {"ttft_ms": 50, "gap_ms": 10, "tokens": 6}}})
        run = client.wait(client.trigger(scenario["id"])["id"])
        check_run(run)
        assert run["status"] == "completed" and run["ttft_ms"] >= 49 and run["tinyfish_run_id"]
        assert run["inter_token_stats"]["mean_ms"] == pytest.approx(10, abs=5)
        kpis = client.kpis()
        check_types(kpis["ttft_stats"], p50=(int, float), p95=(int, float), p99=(int, float))
        assert kpis["avg_inter_token_latency"] > 0
