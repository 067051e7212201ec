# SPDX-License-Identifier: Apache-2.0
"""The board of KPI cells in shared memory: the same figures as from the database, whatever happens meanwhile. Two httpds on one
database are asked the same: one has a board, the other has none."""
import os
import signal
import time

import pytest

from bmenv import Api, Conf, Node
from test_60_life import Triggers, allow_death, fresh

KPIS = "/runs/kpis/dashboard?view=summary"
WINDOWS = ["", "&from=now-1h", "&from=now-24h", "&from=now-7d", "&from=now-30d", "&from=now-400d",
           "&from=2026-01-01T00:00:00Z&to=now", "&from=now-30d&to=now-1h"]
# of cells, of their sums by model, of sums of all; the first three with parts of cells only
QUESTIONS = ["/kpis?metric=ttft_ms,queue_ms&from=now-400d&group_by=hour,status",
             "/kpis?metric=e2e_ms&from=now-30d&group_by=model,day", "/kpis?metric=itl_ms&from=now-7d&group_by=provider",
             "/kpis?metric=tpot_ms,total_ms,ntpot_ms&group_by=scenario&from=now-30d", "/kpis/series?metric=ttft_ms&from=now-30d",
             "/kpis?metric=ttft_ms&from=now-24h&model=m&group_by=hour",
             "/kpis?metric=e2e_ms&from=now-24h&provider=openai&group_by=hour"]
SHORT = {"ttft_ms": 3, "gap_ms": 1, "tokens": 2}


def near(a, b):
    """Equal but for the order in which sums were rounded: three decimals are shown."""
    if isinstance(a, dict):
        return set(a) == set(b) and all(near(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(near(x, y) for x, y in zip(a, b))
    if isinstance(a, float) or isinstance(b, float):
        return a == pytest.approx(b, abs=0.0021)
    return a == b


def differences(a, b, at=""):
    """Where two answers are not near, with both values."""
    if isinstance(a, dict) and isinstance(b, dict):
        return [d for k in sorted(set(a) | set(b)) for d in differences(a.get(k), b.get(k), f"{at}/{k}")]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [d for i, (x, y) in enumerate(zip(a, b)) for d in differences(x, y, f"{at}/{i}")]
    return [] if near(a, b) else [f"{at}: {a} {b}"]


@pytest.fixture(scope="class")
def plain(server):
    """Without a board."""
    node = Node(server, "plain")
    node.restart(Conf(node, extra=["BenchmarkKpiMemory 0", "BenchmarkEngine Off"]))
    yield Api(node)
    bad = node.unexpected()
    node.close()
    assert not bad, bad


def more_hours(server, every, times):
    """What was recorded once again in earlier hours, as deltas without rows, which the daily comparison with rows would find."""
    server.sql("insert into jobs (name, next_run_at) values ('kpi-check', now() + interval '1 day')"
               " on conflict (name) do update set next_run_at = excluded.next_run_at")
    server.sql("insert into kpi_delta (scenario_id, model_id, source, location_id, hour, n, min_id, max_id, body)"
               " select scenario_id, model_id, source, location_id, hour - i * %s, n, min_id, max_id, body from kpi_delta,"
               " generate_series(1, %s) i where label_id = 0", every, times)


def source_of(api, query=""):
    return api.call("GET", KPIS + query, expect=200).headers["X-Benchmark-KPIs"]


def await_board(server, api):
    server.wait(lambda: source_of(api) == "board", 15, "the board is not read")


def await_views(server, api):
    """Until every window is kept put together."""
    for query in WINDOWS:
        source_of(api, query)
    time.sleep(1)
    await_board(server, api)
    assert api.get("/engine")["kpi_board"]["views"] >= len(WINDOWS)


def check_same(api, plain, filters=("",)):
    """Every window from both, at rest. @return where the first's came from."""
    sources = set()
    for query in WINDOWS:
        for only in filters:
            one, other = (a.call("GET", KPIS + query + only, expect=200) for a in (api, plain))
            assert other.headers["X-Benchmark-KPIs"] == "store"
            assert not differences(one.json(), other.json()), (query, only, one.headers["X-Benchmark-KPIs"])
            sources.add(one.headers["X-Benchmark-KPIs"])
    for question in QUESTIONS:
        one, other = api.call("GET", question, expect=200), plain.call("GET", question, expect=200)
        assert other.headers["X-Benchmark-KPIs"] == "store"
        assert not differences(one.json(), other.json()), (question, one.headers["X-Benchmark-KPIs"])
    return sources


class TestBoard:

    @staticmethod
    def conf(env):
        return fresh(env, extra=["BenchmarkLease 3s"])

    def test_bm_board_010_windows_and_filters_have_the_same_figures(self, server, api, plain):
        one, two = api.make_scenario(target=SHORT), api.make_scenario(target={"ttft_ms": 30, "gap_ms": 3, "tokens": 5})
        broken = api.make_scenario(api.make_automation(connection={"url": "http://127.0.0.1:9/v1", "model": "m"}))
        api.await_all(api.bulk(one, 40) + api.bulk(two, 30) + api.bulk(broken, 10))
        more_hours(server, 5, 150)
        await_board(server, api)
        filters = ["", f"&scenario_id={one['id']}", f"&automation_id={two['automation_id']}", "&location=nowhere",
                   f"&scenario_id={one['id']}&automation_id={two['automation_id']}"]
        assert check_same(api, plain, filters) == {"board"}
        await_views(server, api)
        assert check_same(api, plain, filters) == {"board"}

    def test_bm_board_020_a_run_counts_as_soon_as_it_is_recorded(self, server, api, plain):
        scenario = api.make_scenario(target=SHORT)
        await_views(server, api)
        for n in range(1, 16):
            api.run(scenario)
            for query in ("", f"&scenario_id={scenario['id']}", "&from=now-24h"):
                answer = api.call("GET", KPIS + query, expect=200)
                counted = next(s for s in answer.json()["scenarios"] if s["scenario_id"] == scenario["id"])
                assert counted["runs"] == n and answer.headers["X-Benchmark-KPIs"] == "board"

    @pytest.mark.slow
    def test_bm_board_030_while_runs_finish_it_lies_between_the_store_before_and_after(self, server, api, plain):
        await_views(server, api)
        triggers = Triggers(server, api.make_scenario(api.make_automation(max_in_flight=50), target=SHORT))
        triggers.start()
        sources = []
        until = time.monotonic() + 6
        while time.monotonic() < until:
            for query in WINDOWS[:6]:
                before = plain.get(KPIS + query)["attempts"]
                answer = api.call("GET", KPIS + query, expect=200)
                after = plain.get(KPIS + query)["attempts"]
                kpis = answer.json()
                assert before <= kpis["attempts"] <= after
                assert kpis["attempts"] == sum(s["runs"] for s in kpis["scenarios"]) == sum(b["n"] for b in kpis["series"]["buckets"])
                sources.append(answer.headers["X-Benchmark-KPIs"])
        ids = triggers.finish()
        assert not triggers.problems
        api.await_all(ids)
        assert sources.count("board") > 0.9 * len(sources), sources
        assert check_same(api, plain) == {"board"}

    def test_bm_board_040_a_graceful_restart_begins_a_new_one(self, server, api, plain):
        server.graceful()
        check_same(api, plain)
        await_board(server, api)
        assert check_same(api, plain) == {"board"}

    def test_bm_board_050_an_engine_that_is_killed_leaves_nothing_wrong(self, server, api, plain):
        allow_death(server)
        for _ in range(3):
            triggers = Triggers(server, api.make_scenario(target=SHORT))
            triggers.start()
            time.sleep(0.7)
            os.kill(server.engine_pids()[0], signal.SIGKILL)
            for query in WINDOWS[:5]:
                before = plain.get(KPIS + query)["attempts"]
                kpis = api.get(KPIS + query)
                assert before <= kpis["attempts"] <= plain.get(KPIS + query)["attempts"]
            api.await_all(triggers.finish(), 90)
            api.await_idle()
            check_same(api, plain)
        await_board(server, api)
        assert check_same(api, plain) == {"board"}

    def test_bm_board_060_deleted_scenarios_and_runs_leave_it(self, server, api, plain):
        gone, stays = api.make_scenario(target=SHORT), api.make_scenario(target=SHORT)
        ids = api.bulk(gone, 20) + api.bulk(stays, 20)
        api.await_all(ids)
        await_views(server, api)
        api.call("DELETE", f"/scenarios/{gone['id']}?cascade=true")
        if api.call("GET", f"/scenarios/{gone['id']}").status_code != 404:
            api.call("DELETE", f"/scenarios/{gone['id']}?force=true", expect=200)
        assert gone["id"] not in [s["scenario_id"] for s in api.get(KPIS)["scenarios"]]
        check_same(api, plain)
        await_board(server, api)
        assert check_same(api, plain) == {"board"}
        api.call("DELETE", f"/runs/{ids[-1]}", expect=200)
        only = KPIS + f"&scenario_id={stays['id']}"
        server.wait_for_job("kpi-rebuild", lambda: api.get(only)["attempts"] == 19, 30, "the figures still count a deleted run")
        check_same(api, plain)
        await_board(server, api)
        assert check_same(api, plain) == {"board"}
        server.sql("delete from kpi_delta")
        server.sql("delete from kpi_cell")
        server.sql("update kpi_state set rewritten = rewritten + 1")
        assert api.get(KPIS)["attempts"] == 0

    def test_bm_board_070_engine_says_how_it_stands(self, server, api, plain):
        api.run(api.make_scenario(target=SHORT))
        await_board(server, api)
        server.wait(lambda: api.get("/engine")["kpi_board"]["cells"] >= 2, 5, "no cells")
        board = api.get("/engine")["kpi_board"]
        assert board["readable"] is True and 0 <= board["age_ms"] < 5000 and board["fills"] >= 1
        assert 0 < board["bytes_used"] < board["bytes"] < 64 * 1024 * 1024
        assert board["hours_since"] is None and board["days_since"] is None and board["answers_from_board"] > 0
        assert plain.get("/engine")["kpi_board"] is None

    def test_bm_board_080_a_board_whose_database_is_away_is_not_read_when_it_is_stale(self, server, api):
        server.allow(r"BM0\d\d\d")
        await_board(server, api)
        server.freeze(server.engine_pids()[0])
        try:
            server.wait(lambda: source_of(api) == "store", 10, "a stale board is read")
        finally:
            os.kill(server.engine_pids()[0], signal.SIGCONT)
        await_board(server, api)


    # a crash gives numbers of transactions again that were not on disk: what was seen under them says nothing any more
    def test_bm_board_090_a_database_that_has_crashed_fills_it_anew(self, server, api, plain):
        server.allow(r"BM0\d\d\d", r"\[dbd:(error|crit)\]")
        await_board(server, api)
        fills = api.get("/engine")["kpi_board"]["fills"]
        server.pg("stop", "immediate")
        server.pg("start")
        server.wait(lambda: api.call("GET", "/runs").status_code == 200, 20, "requests do not recover")
        api.run(api.make_scenario(target=SHORT))
        server.wait(lambda: (api.get("/engine")["kpi_board"] or {}).get("fills", 0) > fills, 20, "the board goes on from where it was")
        await_board(server, api)
        assert check_same(api, plain) == {"board"}


class TestSmallBoard:

    @staticmethod
    def conf(env):
        return fresh(env, extra=["BenchmarkKpiMemory 2M"])

    @pytest.mark.slow
    def test_bm_board_100_what_does_not_fit_is_read_from_the_store(self, server, api, plain):
        scenarios = [api.make_scenario(target=SHORT) for _ in range(4)]
        api.await_all([i for s in scenarios for i in api.bulk(s, 5)])
        more_hours(server, 1, 2000)
        server.wait(lambda: api.get("/engine")["kpi_board"]["hours_since"] is not None, 30, "nothing was evicted")
        server.wait(lambda: source_of(api, "&from=now-24h") == "board", 30, "the board is not read")
        sources = check_same(api, plain, ["", f"&scenario_id={scenarios[0]['id']}"])
        assert sources == {"board", "store"}
        # a window without filters is kept put together all the same
        server.wait(lambda: source_of(api, "&from=now-30d") == "board", 10, "a window beyond the board's hours is not kept")
        api.await_all(api.bulk(scenarios[1], 20))
        assert source_of(api, "&from=now-30d") == "board"
        assert source_of(api, "&from=now-24h") == "board"
        check_same(api, plain, ["", f"&scenario_id={scenarios[1]['id']}"])
        server.empty("runs", "kpi_delta", "kpi_cell")                # later tests hold cells against rows
        server.sql("update kpi_state set rewritten = rewritten + 1")
        assert api.get(KPIS)["attempts"] == 0
