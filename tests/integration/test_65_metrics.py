# SPDX-License-Identifier: Apache-2.0
"""/metrics: both text formats, what they say while things happen, who may read them, and what is left while the database is away."""
import os
import re
import shutil
import subprocess
import threading
import time

import pytest
import requests

from bmenv import Conf

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
NUMBER = re.compile(r"[+-]?(\d+(\.\d+)?([eE][+-]?\d+)?|Inf)\Z")
SUFFIXES = {"counter": ("_total", "_created"), "gauge": ("",), "info": ("_info",),
            "histogram": ("_bucket", "_sum", "_count", "_created")}


def labels_of(text):
    """{name: value} of what stands between braces; every byte of it must be a label or a comma."""
    found, at = {}, 0
    while at < len(text):
        match = LABEL.match(text, at)
        assert match, f"no label at {text[at:]!r}"
        assert match.group(1) not in found, f"label twice: {text!r}"
        found[match.group(1)] = re.sub(r'\\(.)', lambda m: {"n": "\n"}.get(m.group(1), m.group(1)), match.group(2))
        at = match.end()
        if at < len(text):
            assert text[at] == ",", text
            at += 1
    return found


def check_histogram(name, samples):
    """Of every set of labels: bounds ascend, counts do not fall, the last is +Inf and the count."""
    by_set = {}
    for sample, labels, value in samples:
        key = tuple(sorted((k, v) for k, v in labels.items() if k != "le"))
        by_set.setdefault(key, {}).setdefault(sample, []).append((labels.get("le"), float(value)))
    for key, parts in by_set.items():
        bounds = [float(le.replace("+Inf", "inf")) for le, _ in parts[name + "_bucket"]]
        counts = [count for _, count in parts[name + "_bucket"]]
        assert bounds == sorted(set(bounds)) and bounds[-1] == float("inf"), (name, key)
        assert counts == sorted(counts), (name, key)
        assert parts[name + "_count"] == [(None, counts[-1])], (name, key)
        assert len(parts[name + "_sum"]) == 1 and parts[name + "_sum"][0][1] >= 0, (name, key)


def parse(text, openmetrics=False):
    """The text as {sample name: {labels: value}}; fails on whatever either format does not allow."""
    assert text.endswith("\n")
    lines = text.split("\n")[:-1]
    if openmetrics:
        assert lines.pop() == "# EOF"
    families, family, found = {}, None, {}
    for line in lines:
        assert line and line == line.strip(), repr(line)
        if line.startswith("#"):
            _, what, name, rest = line.split(" ", 3)
            assert NAME.match(name) and rest, line
            if what == "HELP":
                assert name not in families, f"family twice: {name}"
                family = families[name] = {"name": name, "samples": []}
            assert what in ("HELP", "TYPE", "UNIT") and family["name"] == name and what not in family, line
            assert not family["samples"], line
            family[what] = rest
            continue
        head, value = line.rsplit(" ", 1)
        name, _, inner = head.partition("{")
        assert NAME.match(name) and NUMBER.match(value), line
        assert not inner or inner.endswith("}"), line
        labels = labels_of(inner[:-1])
        suffixes = SUFFIXES[family["TYPE"]] if openmetrics or family["TYPE"] == "histogram" else ("",)
        assert name in [family["name"] + s for s in suffixes], (family, line)
        family["samples"].append((name, labels, value))
        key = frozenset(labels.items())
        assert key not in found.setdefault(name, {}), f"sample twice: {line}"
        found[name][key] = float(value)
    for family in families.values():
        if family["TYPE"] == "histogram":
            check_histogram(family["name"], [s for s in family["samples"] if not s[0].endswith("_created")])
        if openmetrics and family["name"].endswith("_seconds"):
            assert family["UNIT"] == "seconds"
        if openmetrics and family["TYPE"] == "counter":
            assert not family["name"].endswith("_total")
    return found


def scrape(env, path="/metrics", **kwargs):
    answer = requests.get(env.url + path, timeout=20, **kwargs)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return parse(answer.content.decode())


def value(found, sample, /, **labels):
    return found[sample][frozenset(labels.items())]


def run(api, made):
    return api.await_run(api.trigger(made)["id"])


def scrape_when(env, holds, timeout=10):
    """A scrape for which `holds` is true: runs are counted right after they are stored, requests after their last byte."""
    def good():
        found = scrape(env)
        return found if holds(found) else None
    return env.wait(good, timeout, "no such scrape")


def runs(found, scenario_id, status="completed"):
    labels = frozenset({"scenario_id": str(scenario_id), "status": status}.items())
    return found.get("benchmark_runs_total", {}).get(labels, 0)


class TestMetrics:
    def test_the_text_format_is_what_promtool_accepts(self, server, api):
        api.get("/runs")
        text = requests.get(server.url + "/metrics", timeout=20).text
        parse(text)
        promtool = os.environ.get("BM_PROMTOOL") or shutil.which("promtool")
        if promtool:
            checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, timeout=60)
            assert checked.returncode == 0 and checked.stderr == "", checked.stdout + checked.stderr

    def test_openmetrics_on_request(self, server, api):
        answer = requests.get(server.url + "/metrics", timeout=20, headers={
            "Accept": "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                      "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"})
        assert answer.headers["Content-Type"] == OPENMETRICS + "; charset=utf-8"
        assert answer.headers["Vary"] == "Accept"
        found = parse(answer.content.decode(), openmetrics=True)
        created = value(found, "benchmark_engine_starts_created")
        assert abs(created - value(found, "benchmark_start_time_seconds")) < 0.01
        assert found["benchmark_build_info"]
        assert value(found, "benchmark_kpi_drifted_cells_total") == api.get("/engine")["kpi_check"]["drifted_total"]
        assert "benchmark_kpi_drifted_cells_created" not in found

    @pytest.mark.parametrize("accept", ["text/plain", "*/*", "application/json", "application/openmetrics-text; version=9.9.9",
                                        "application/openmetrics-text; q=0.1, text/plain", ";;;,,q=,text", "a" * 3000])
    def test_everything_else_gets_text(self, server, accept):
        scrape(server, headers={"Accept": accept})

    def test_the_same_below_the_api(self, server):
        scrape(server, "/api/v1/metrics")
        scrape(server, "/api/metrics")
        assert requests.get(server.url + "/metrics/else", timeout=5).status_code in (200, 404)    # a page of the dashboard's, if any
        assert requests.post(server.url + "/metrics", json={}, timeout=5).status_code == 405

    def test_requests_are_counted_by_template(self, server, api):
        before = scrape(server)
        for i in range(5):
            requests.get(f"{server.url}/api/v1/runs/{990000 + i}", timeout=5)
        requests.get(server.url + "/api/v1/nowhere/at/all", timeout=5)
        requests.head(server.url + "/api/v1/runs", timeout=5)
        requests.request("BREW", server.url + "/api/v1/runs", timeout=5)
        requests.get(server.url + "/", timeout=5)
        wanted = {("/runs/{id}", "GET", "404"): 5, ("none", "GET", "404"): 1, ("/runs", "HEAD", "200"): 1,
                  ("none", "other", "405"): 1, ("page", "GET", "200"): 1}
        name = "benchmark_http_request_duration_seconds_count"

        def counted(found):
            keys = {key: frozenset(zip(("route", "method", "status"), key)) for key in wanted}
            return {key: found[name].get(labels, 0) - before.get(name, {}).get(labels, 0) for key, labels in keys.items()}

        after = scrape_when(server, lambda found: counted(found) == wanted)
        assert not [labels for labels in after[name] if "99000" in str(labels)]

    def test_statements_are_timed_by_name(self, server, api):
        api.get("/runs?limit=5")
        found = scrape(server)["benchmark_db_query_duration_seconds_count"]
        names = {dict(labels)["statement"] for labels in found}
        assert len(names) > 5 and all(re.fullmatch(r"[a-z0-9_]+", name) for name in names)
        assert "metrics_queue" in names

    def test_a_run_shows_up_in_counters_and_histograms(self, server, api):
        one = api.make_scenario(name='with "quotes", \\ and\ttabs')
        before = scrape(server)
        ended = [run(api, one) for _ in range(3)]
        assert {r["status"] for r in ended} == {"completed"}
        after = scrape_when(server, lambda found: runs(found, one["id"]) >= 3)
        sid = str(one["id"])
        assert runs(after, sid) == 3
        assert value(after, "benchmark_runs_total", scenario_id=sid, status="failed") == 0
        assert value(after, "benchmark_run_ttft_seconds_count", scenario_id=sid) == 3
        total = value(after, "benchmark_run_duration_seconds_sum", scenario_id=sid)
        assert total == pytest.approx(sum(r["total_duration_ms"] for r in ended) / 1000, rel=1e-3)
        ttft = value(after, "benchmark_run_ttft_seconds_sum", scenario_id=sid)
        assert ttft == pytest.approx(sum(r["ttft_ms"] for r in ended) / 1000, rel=1e-3)
        assert value(after, "benchmark_tokens_total", scenario_id=sid, type="completion") \
            == sum(r["tokens"]["completion"] for r in ended)
        assert value(after, "benchmark_scenario_info", scenario_id=sid, name='with "quotes", \\ and\ttabs') == 1
        assert value(after, "benchmark_engine_recorded_runs_total") >= value(before, "benchmark_engine_recorded_runs_total") + 3
        assert value(after, "benchmark_engine_lag_seconds_count") >= value(before, "benchmark_engine_lag_seconds_count") + 3

    def test_counters_do_not_fall_when_runs_are_deleted(self, server, api):
        one = api.make_scenario()
        ended = run(api, one)
        api.call("DELETE", f"/runs/{ended['id']}", expect=200)
        assert scrape_when(server, lambda found: runs(found, one["id"]) == 1)
        # whoever counts runs against KPIs in this database after us shall find both again alike
        server.wait_for_job("kpi-rebuild", lambda: server.sql("select count(*) from kpi_dirty")[0][0] == 0, 40, "its hour was not rebuilt")

    def test_live_clients(self, server, api):
        before = scrape(server)
        with requests.get(server.url + "/api/v1/events?topic=engine", stream=True, timeout=10) as answer:
            assert answer.headers["Content-Type"] == "text/event-stream"
            found = scrape_when(server, lambda found: value(found, "benchmark_live_clients", kind="sse") == 1)
            assert found, "the client is not counted"
            assert value(found, "benchmark_live_clients_limit") >= value(found, "benchmark_web_children")
        found = scrape_when(server, lambda found: value(found, "benchmark_live_clients", kind="sse") == 0)
        assert found, "the client is still counted"
        name = "benchmark_live_ended_total"
        assert value(found, name, reason="client") == value(before, name, reason="client") + 1

    def test_engine_and_queue(self, server, api):
        found = scrape(server)
        assert value(found, "benchmark_engine_up") == 1
        assert value(found, "benchmark_engine_beat_age_seconds") < 5
        assert value(found, "benchmark_database_up") == 1
        assert value(found, "benchmark_engines", state="running") >= 1
        assert value(found, "benchmark_db_pool_connections_limit") == 4 * value(found, "benchmark_web_children")
        board = api.get("/engine")["kpi_board"]
        assert value(found, "benchmark_kpi_board_size_bytes") == board["bytes"]
        api.post("/engine/stop", expect=202)
        one = api.make_scenario()
        waiting = api.trigger(one)
        found = scrape(server)
        assert value(found, "benchmark_claims_stopped") == 1
        assert value(found, "benchmark_queue_runs", state="pending") >= 1
        assert value(found, "benchmark_queue_oldest_pending_seconds") >= 0
        api.post("/engine/start", expect=202)
        api.await_run(waiting["id"])

    def test_counts_are_exact_under_many_requests_at_once(self, server):
        def get():
            with requests.Session() as session:
                for _ in range(100):
                    session.get(server.url + "/api/v1/me", timeout=20)

        def count():
            found = scrape(server).get("benchmark_http_request_duration_seconds_count", {})
            return found.get(frozenset({"route": "/me", "method": "GET", "status": "200"}.items()), 0)

        before = count()
        threads = [threading.Thread(target=get) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server.wait(lambda: count() == before + 800, 10, "a request was lost or counted twice")


class TestFewScenarios:
    @staticmethod
    def conf(env):
        return Conf(env, extra=["BenchmarkMetricsScenarios 1"])

    def test_what_comes_after_the_cap_is_other(self, server, api):
        first, second, third = (api.make_scenario() for _ in range(3))
        for one in (first, second, third, second):
            run(api, one)
        found = scrape_when(server, lambda found: runs(found, "other") >= 3)["benchmark_runs_total"]
        completed = {dict(k)["scenario_id"]: n for k, n in found.items() if dict(k)["status"] == "completed"}
        assert completed == {str(first["id"]): 1, "other": 3}


class TestWithoutAnEngine:
    def test_the_web_side_has_metrics_too(self, env):
        env.restart(Conf(env, engine=False, mount="/bench", seed_paths=False), ready=False)
        env.wait(lambda: env.pid(), 10, "no httpd")
        found = scrape(env, "/bench/metrics")
        assert "benchmark_engine_up" not in found
        assert value(found, "benchmark_database_up") == 1
        assert requests.get(env.url + "/metrics", timeout=5).status_code == 404
        env.stop()


class TestServerStatus:
    @staticmethod
    def conf(env):
        return Conf(env, mount="/bench", seed_paths=False,
                    extra=["<Location /server-status>", "SetHandler server-status", "Require local", "</Location>"])

    base = "/bench"

    @staticmethod
    def auto(env):
        text = requests.get(env.url + "/server-status?auto", timeout=5).text
        assert re.search(r"^BenchmarkLiveClients: 0$", text, re.M) and re.search(r"^BenchmarkLiveLimit: [1-9]", text, re.M)
        return dict(line.split(": ", 1) for line in text.splitlines() if line.startswith("Benchmark"))

    def test_the_page_has_our_part(self, server, api):
        api.get("/runs")
        text = requests.get(server.url + "/server-status", timeout=5).text
        assert text.count("<h2>mod_benchmark ") == 1
        assert "Engine: up, last turn 0." in text and "Runs in flight: 0 of 256" in text
        assert re.search(r"Database connections: \d+ of 4 in use", text)

    def test_auto_has_queue_and_rates(self, server, api):
        for _ in range(3):
            run(api, api.make_scenario())
        found = server.wait(lambda: "BenchmarkQueuePending" in self.auto(server) and float(self.auto(server).get(
            "BenchmarkRunsPerSec", 0)) > 0 and self.auto(server), 15, "no rates")
        assert found["BenchmarkEngine"] == "up" and float(found["BenchmarkEngineBeatAge"]) < 5
        assert int(found["BenchmarkRecorded"]) >= 3 and found["BenchmarkCapacity"] == "256"
        assert found["BenchmarkQueuePending"] == "0" and float(found["BenchmarkQueueAge"]) < 10
        assert float(found["BenchmarkReqPerSec"]) > float(found["BenchmarkRunsPerSec"]) > 0

    def test_it_does_not_wait_for_the_database(self, env, server):
        env.allow(r"BM0\d+", r"DBD")
        server.pg("freeze")
        try:
            began = time.time()
            assert self.auto(server)["BenchmarkEngine"]
            assert time.time() - began < 4
        finally:
            server.pg("thaw")


class TestAccess:
    @staticmethod
    def conf(env):
        return Conf(env, anonymous="none", extra=["BenchmarkMetricsAllow 127.0.0.1"])

    def test_a_scraper_needs_no_role_and_gets_nothing_else(self, server):
        scrape(server)
        assert requests.get(server.url + "/api/v1/runs", timeout=5).status_code == 401


class TestNoAccess:
    @staticmethod
    def conf(env):
        return Conf(env, anonymous="none", extra=["BenchmarkMetricsAllow 10.0.0.0/8 2001:db8::/32"])

    def test_others_are_refused(self, server):
        assert requests.get(server.url + "/metrics", timeout=5).status_code == 401


class TestDatabaseAway:
    def test_what_is_in_memory_is_served(self, env, server, api):
        api.get("/runs")
        before = scrape(server)
        env.allow(r"BM0\d+")
        env.allow(r"DBD")
        server.pg("stop", "immediate")
        try:
            began = time.time()
            found = scrape(server)
            assert time.time() - began < 8
            assert value(found, "benchmark_database_up") == 0
            assert "benchmark_queue_runs" not in found
            name = "benchmark_db_query_duration_seconds_count"
            assert sum(found[name].values()) >= sum(before[name].values())
            assert value(found, "benchmark_db_pool_failures_total") > value(before, "benchmark_db_pool_failures_total")
        finally:
            server.pg("start")
        scrape_when(server, lambda found: value(found, "benchmark_database_up") == 1, 30)


class TestRestart:
    def test_a_graceful_restart_begins_at_zero_and_says_so(self, env, server, api):
        for _ in range(20):
            api.get("/me")
        before = scrape(server)
        env.allow(r"BM0\d+")
        env.graceful()
        name = "benchmark_start_time_seconds"
        found = scrape_when(server, lambda found: value(found, name) > value(before, name), 20)
        assert value(found, "benchmark_web_children") >= 1


def test_a_bad_address_is_refused_at_configuration(env):
    for word in ("10.1", "nonsense", "127.0.0.1/99", "1.2.3.4/"):
        Conf(env, extra=[f"BenchmarkMetricsAllow {word}"]).install()
        checked = env.httpd("-t", check=False)
        assert checked.returncode != 0 and "BenchmarkMetricsAllow" in checked.stderr, (word, checked.stderr)
