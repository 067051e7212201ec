# SPDX-License-Identifier: Apache-2.0
"""What is written to the events table when something starts, ends or changes, and who is told."""
import contextlib
import datetime
import select
import threading

import psycopg2
import pytest

from bmenv import Api, Conf

SHORT = {"ttft_ms": 5, "gap_ms": 1, "tokens": 2}
MEMBERS = ("id", "scenario_id", "automation_id", "kind", "status", "finished_at", "total_duration_ms", "ttft_ms", "error_code", "model")


class Journal:
    """What was committed since it was made, in the order of ids."""

    def __init__(self, env):
        self.env = env
        self.begin = env.sql("select coalesce(max(id), 0) from events")[0][0]

    def all(self, kind=None):
        rows = self.env.sql("select kind, project_id, payload from events where id > %s order by id", self.begin)
        return [row for row in rows if kind in (None, row[0])]

    def changes(self, topic):
        return [payload for _, _, payload in self.all(topic + ".changed")]

    def runs(self, event):
        return [run for _, _, payload in self.all("run." + event) for run in payload["runs"]]


@contextlib.contextmanager
def notifications(env):
    """When each came, as time of this machine; the list grows until the end."""
    connection = psycopg2.connect(env.dsn)
    connection.autocommit = True
    connection.cursor().execute("listen bm_events")
    came, ended = [], threading.Event()

    def hear():
        while not ended.is_set():
            if select.select([connection], [], [], 0.1)[0]:
                connection.poll()
                came.extend(datetime.datetime.now(datetime.timezone.utc) for _ in connection.notifies)
                connection.notifies.clear()

    thread = threading.Thread(target=hear)
    thread.start()
    yield came
    ended.set()
    thread.join()
    connection.close()


class TestEvents:

    @staticmethod
    def conf(env):
        env.stop()
        env.reset_database()
        return Conf(env)

    @pytest.fixture
    def journal(self, server):
        return Journal(server)

    def test_bm_events_010_objects_made_changed_and_deleted(self, api, server, journal):
        with notifications(server) as came:
            automation = api.make_automation()
            scenario = api.make_scenario(automation)
            api.call("PATCH", f"/scenarios/{scenario['id']}", {"name": "other"}, expect=200)
            api.call("PATCH", f"/automations/{automation['id']}", {"name": "other"}, expect=200)
            api.call("PATCH", f"/scenarios/{scenario['id']}", {"automation_id": 999999}, expect=422)
            api.call("PATCH", f"/scenarios/{scenario['id']}", {"name": "x"}, expect=412, headers={"If-Match": '"s1.999"'})
            api.call("DELETE", f"/automations/{automation['id']}", expect=409)
            api.call("DELETE", f"/scenarios/{scenario['id']}", expect=200)
            api.call("DELETE", f"/automations/{automation['id']}", expect=200)
            dataset = api.post("/datasets", {"name": "d", "format": "jsonl", "content": '{"prompt":"a"}\n'})
            api.call("PATCH", f"/datasets/{dataset['id']}", {"name": "e"}, expect=200)
            api.call("DELETE", f"/datasets/{dataset['id']}", expect=200)
            price = api.post("/prices", {"provider": "openai", "model": "m", "input_per_million": 1, "output_per_million": 2}, expect=201)
            api.call("PATCH", f"/prices/{price['id']}", {"output_per_million": 3}, expect=200)
            api.call("DELETE", f"/prices/{price['id']}", expect=200)
            view = api.post("/views", {"name": "v", "page": "runs"}, expect=201)
            api.call("PATCH", f"/views/{view['id']}", {"query": "status=failed"}, expect=200)
            api.call("DELETE", f"/views/{view['id']}", expect=200)
            server.wait(lambda: len(came) >= 15, 20, "not told")
        assert journal.changes("scenario") == [{"id": scenario["id"], "automation_id": automation["id"], "change": change}
                                               for change in ("created", "updated", "deleted")]
        assert journal.changes("automation") == [{"id": automation["id"], "change": change}
                                                 for change in ("created", "updated", "deleted")]
        assert journal.changes("dataset") == [{"id": dataset["id"], "change": change} for change in ("created", "updated", "deleted")]
        assert journal.changes("price") == [{"id": price["id"], "change": change} for change in ("created", "updated", "deleted")]
        assert {project for _, project, _ in journal.all("price.changed")} == {0}
        assert journal.changes("view") == [{"id": view["id"], "change": change} for change in ("created", "updated", "deleted")]

    def test_bm_events_015_all_that_goes_with_an_automation(self, api, journal):
        automation = api.make_automation()
        scenarios = [api.make_scenario(automation, target=SHORT) for _ in range(2)]
        for scenario in scenarios:
            api.run(scenario)
        api.call("DELETE", f"/automations/{automation['id']}?cascade=true", expect=200)

        def deleted(topic):
            return [change for change in journal.changes(topic) if change["change"] == "deleted"]
        of_scenarios = [{"change": "deleted", "scenario_id": s["id"], "automation_id": automation["id"]} for s in scenarios]
        visible = [s["id"] for s in scenarios]
        assert [c for c in deleted("run") if c["scenario_id"] in visible] == of_scenarios
        assert [c["id"] for c in deleted("scenario") if c["id"] in visible] == visible
        assert deleted("automation") == [{"id": automation["id"], "change": "deleted"}]

    # what an event says of a run is what GET says of it
    def test_bm_events_020_runs_start_and_end_as_the_api_shows_them(self, api, journal):
        scenario = api.make_scenario(target=SHORT)
        done = api.run(scenario)
        failed = api.run(api.make_scenario(target={"status": 500}))
        started = {run["id"]: run for run in journal.runs("started")}
        finished = {run["id"]: run for run in journal.runs("finished")}
        for run in (done, failed):
            assert {name: finished[run["id"]][name] for name in MEMBERS} == {name: run[name] for name in MEMBERS}
            first = started[run["id"]]
            assert (first["status"], first["kind"], first["scenario_id"], first["automation_id"]) == \
                ("running", "run", run["scenario_id"], run["automation_id"])
            assert run["attempt"] > 1 or first["started_at"] == run["started_at"]
        assert done["status"] == "completed" and failed["status"] == "failed"

    def test_bm_events_030_runs_change(self, api, server, journal):
        slow = api.trigger(api.make_scenario(target={"ttft_ms": 30000, "tokens": 1}))
        api.await_status(slow["id"], "running")
        api.post(f"/runs/{slow['id']}/cancel")
        api.await_run(slow["id"])
        api.call("PATCH", f"/runs/{slow['id']}", {"labels": ["a", "b"]}, expect=200)
        api.call("DELETE", f"/runs/{slow['id']}", expect=200)
        events = [payload for _, _, payload in journal.all("run.changed")]
        assert [event["change"] for event in events] == ["updated", "updated", "deleted"]
        runs = [event["runs"][0] for event in events]
        assert [run["id"] for run in runs] == [slow["id"]] * 3
        assert runs[0]["status"] == "running" and runs[0]["cancel_requested"] is True
        assert runs[1]["labels"] == ["a", "b"] and runs[1]["status"] == "cancelled"
        later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        ids = api.bulk(api.make_scenario(target=SHORT), 250, run_at=later.isoformat())
        api.post("/runs/cancel", {"run_ids": ids})
        cancelled = [run for run in journal.runs("changed") if run.get("status") == "cancelled" and run["id"] in ids]
        assert sorted(run["id"] for run in cancelled) == ids
        assert max(len(payload["runs"]) for _, _, payload in journal.all("run.changed")) == 200
        api.await_all(ids)

    def test_bm_events_040_a_load_test_from_begin_to_end(self, api, journal):
        scenario = api.make_scenario(target=SHORT)
        test = api.post("/loadtests", {"name": "t", "scenario_id": scenario["id"], "duration_seconds": 3,
                                       "load_model": {"type": "constant", "rate": 5}, "certificate": False}, expect=202)
        api.post(f"/loadtests/{test['id']}/pause")
        api.post(f"/loadtests/{test['id']}/resume")
        api.await_run(test["id"], 60)
        mine = [(kind, payload) for kind, _, payload in journal.all() if kind.startswith("loadtest.")]
        assert all(payload["id"] == test["id"] and payload["scenario_id"] == scenario["id"] for _, payload in mine)
        kinds = [kind for kind, _ in mine]
        assert kinds[0] == "loadtest.changed" and mine[0][1]["change"] == "created"
        assert kinds.count("loadtest.started") == 1 and kinds[-1] == "loadtest.ended"
        assert "loadtest.progress" in kinds and mine[kinds.index("loadtest.progress")][1]["progress"]["phase"]
        assert mine[-1][1]["status"] == api.get(f"/runs/{test['id']}")["status"] == "completed"
        api.call("DELETE", f"/scenarios/{scenario['id']}?cascade=true", expect=200)
        assert journal.changes("loadtest")[-1] == {"id": test["id"], "scenario_id": scenario["id"],
                                                   "automation_id": scenario["automation_id"], "change": "deleted"}

    # a batch of runs costs some hints, not one each, and the last comes behind the last commit
    def test_bm_events_050_the_engine_notifies_behind_its_commits(self, api, server, journal):
        scenario = api.make_scenario(api.make_automation(max_in_flight=20), target=SHORT)
        begin = datetime.datetime.now(datetime.timezone.utc)
        with notifications(server) as came:
            ids = api.bulk(scenario, 400)
            api.await_completed(ids)
            api.await_idle()
            last = server.sql("select max(at) from events where kind = 'run.finished'")[0][0]
            server.wait(lambda: came and came[-1] >= last, 20, "nothing was told behind the last commit")
            told, seconds = len(came), (came[-1] - begin).total_seconds()
            assert told <= seconds / 0.1 + 2, f"{told} in {seconds:.1f} s"
        assert sorted(run["id"] for run in journal.runs("finished")) == ids
        size = server.sql("select max(octet_length(payload::text) / jsonb_array_length(payload -> 'runs')) from events"
                          " where kind = 'run.finished'")[0][0]
        assert size < 300, f"{size} bytes a run"

    def test_bm_events_060_engines_come_and_go(self, api, server, journal):
        api.make_automation()
        server.graceful()
        server.wait(lambda: {payload["state"] for _, _, payload in journal.all("engine.changed")} >= {"running", "stopped"}, 30,
                    "no engine came or went")
        assert {project for _, project, _ in journal.all("engine.changed")} == {0}
        assert Api(server).run(Api(server).make_scenario(target=SHORT))["status"] == "completed"
