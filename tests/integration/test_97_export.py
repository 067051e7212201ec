# SPDX-License-Identifier: Apache-2.0
"""Exports: what they hold, that a spreadsheet may open them, and that a part is never taken for the whole."""
import csv
import io
import json
import socket
import subprocess
import time

import pytest
import requests
from bmenv import Conf, MODULES

HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "a,b", 'say "hi"', "two\nlines", "two\r\nlines", "a;=b",
           " blank ", "", "gr\u00fc\u00dfe \u4f60\u597d \U0001f600", "<script>alert(1)</script>", "x\u2028y", "'", "'=1", "-5", "007"]
FORMULA = "=+-@\t\r"


def neutral(text):
    return "'" + text if text and text[0] in FORMULA else text


@pytest.fixture(scope="class", autouse=True)
def uncounted(server):
    """Runs that are put in by hand stand in no KPI: the engine's own check may find that, and makes the hour again."""
    server.allow("BM0556")


def make_runs(env, count, note=None, response=None):
    """Recorded runs of which nothing was measured; their ids, ascending."""
    first = env.sql("select setval('run_id_seq', nextval('run_id_seq') + %s) - %s", count, count)[0][0]
    env.sql("""insert into runs (id, scenario_id, automation_id, fence, status, attempt, created_at, finished_at, provider, model, note,
        total_us, inputs, response, labels) select %s + n, 1, 1, 1, 'completed', 1, now(), now(), 'openai', 'm', %s, n * 1001,
        '{}', to_json(%s::text), array['made'] from generate_series(1, %s) n""", first, note, response, count)
    return [first + n for n in range(1, count + 1)]


def read_csv(text):
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert all(len(row) == len(rows[0]) for row in rows)
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def export_csv(api, query=""):
    answer = api.call("GET", "/runs/export?format=csv" + query, expect=200)
    return read_csv(answer.content.decode("utf-8"))


def export_lines(api, query=""):
    lines = [json.loads(line) for line in api.call("GET", "/runs/export?format=jsonl" + query, expect=200).text.split("\n")[:-1]]
    assert lines[-1] == {"end": {"rows": len(lines) - 1}}
    return lines[:-1]


def flat(run):
    """A run of the list as its cells: objects with known members become columns."""
    cells = {}
    for name, value in run.items():
        if name in ("tokens", "phases", "client_lag_us", "inter_token_stats"):
            cells.update({f"{name}.{k}": v for k, v in (value or {}).items()})
        else:
            cells[name] = value
    return cells


def as_cell(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return neutral(value) if isinstance(value, str) else value


class Reader:
    """A client that reads as much as it is told, with as little buffered on the way as the kernel lets it."""

    def __init__(self, env, path, version="1.1"):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(30)
        self.socket.connect(("127.0.0.1", env.port))
        self.socket.sendall(f"GET /api/v1{path} HTTP/{version}\r\nHost: 127.0.0.1\r\n\r\n".encode())
        self.got = b""

    def read(self, least):
        while len(self.got) < least:
            block = self.socket.recv(65536)
            if not block:
                break
            self.got += block
        return self.got

    def read_all(self):
        while block := self.socket.recv(1 << 20):
            self.got = (self.got + block)[-1000:]
        return self.got

    def close(self):
        self.socket.close()


class TestContent:

    def test_bm_export_010_cells_are_what_the_list_says(self, server, api):
        api.run(api.make_scenario(target={"tokens": 5}))
        api.run(api.make_scenario(target={"status": 500}))
        listed = api.get("/runs?view=summary&limit=1000")
        exported = export_csv(api)
        assert len(listed) == len(exported) >= 2
        for run, row in zip(listed, exported):
            for name, value in flat(run).items():
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    assert float(row[name]) == value, name
                elif isinstance(value, list):
                    assert json.loads(row[name]) == value, name
                else:
                    assert row[name] == as_cell(value), name
            assert not set(row) & {"inputs", "request", "response_json"}
        measured = next(row for row in exported if row["status"] == "completed")
        assert float(measured["inter_token_stats.p50_ms"]) > 0 and float(measured["phases.connect_ms"]) >= 0
        assert measured["inter_token_stats.provenance"] in ("usage", "chunk")

    def test_bm_export_020_hostile_texts_are_data(self, server, api):
        for text in HOSTILE:
            make_runs(server, 1, note=text)
        exported = export_csv(api, "&order=asc&label=made")
        assert [row["note"] for row in exported] == [neutral(text) for text in HOSTILE]
        assert all(row["total_duration_ms"] == "1.001" for row in exported)         # numbers are not touched
        raw = api.call("GET", "/runs/export?format=csv&label=made&order=asc").content
        assert raw.count(b"\r\n") >= len(HOSTILE) + 1 and not raw.startswith(b"\xef\xbb\xbf")
        assert [run["note"] for run in export_lines(api, "&label=made&order=asc")] == HOSTILE

    def test_bm_export_030_lines_are_what_the_list_says(self, server, api):
        assert export_lines(api) == api.get("/runs?view=summary&limit=1000")
        make_runs(server, 3, response="=the answer")
        whole = export_lines(api, "&view=full")
        assert whole == api.get("/runs?view=full&limit=1000") and whole[0]["response_json"] == "=the answer"
        assert json.loads(export_csv(api, "&view=full")[0]["response_json"]) == "=the answer"

    def test_bm_export_040_every_run_once_over_many_pages(self, server, api):
        ids = make_runs(server, 4321, note="many")
        for query in ("", "&view=full"):
            assert [int(row["id"]) for row in export_csv(api, "&q=many" + query)] == ids[::-1]
        assert [run["id"] for run in export_lines(api, "&q=many&order=asc")] == ids

    def test_bm_export_050_filters_and_formats(self, server, api):
        first = make_runs(server, 1, note="\u00e4 needle")[0]
        assert [row["id"] for row in export_csv(api, "&q=needle")] == [str(first)]
        assert export_csv(api, "&q=needle&status=failed") == [] and export_csv(api, "&q=needle&to=2020-01-01") == []
        assert export_lines(api, "&q=needle&status=failed") == []
        path = "/runs/export?q=needle"
        for accept, kind in (("application/jsonl", "application/jsonl; charset=utf-8"), ("*/*", "text/csv"), (None, "text/csv"),
                             ("text/csv;q=0.1, application/x-ndjson", "application/jsonl"), ("application/pdf", "text/csv")):
            answer = api.call("GET", path, expect=200, headers={"Accept": accept})
            assert answer.headers["Content-Type"].startswith(kind), accept
            assert answer.headers["Content-Disposition"].startswith('attachment; filename="runs.')
        assert api.call("HEAD", path, expect=200).content == b""
        for bad in ("format=xml", "limit=5", "order=up", "scenario_id=x", "sort=ttft_ms"):
            api.problem("GET", "/runs/export?" + bad, expect=422)
        api.problem("POST", "/runs/export", expect=405)

    def test_bm_export_060_requests_of_a_load_test(self, server, api):
        scenario = api.make_scenario(target={"tokens": 3})
        test = api.post("/loadtests", {"scenario_id": scenario["id"], "load_model": {"type": "constant", "rate": 100},
                                       "duration_seconds": 2, "certificate": False}, expect=202)["id"]
        server.wait(lambda: api.get(f"/loadtests/{test}")["status"] not in ("pending", "running"), 30, "it did not end")
        listed = api.get(f"/loadtests/{test}/requests")
        path = f"/loadtests/{test}/requests/export"
        lines = [json.loads(line) for line in api.call("GET", path + "?format=jsonl").text.splitlines()]
        assert len(listed) == 200 and lines == listed + [{"end": {"rows": 200}}]
        rows = read_csv(api.call("GET", path).text)
        assert [int(row["seq"]) for row in rows] == [request["seq"] for request in listed]
        assert [float(row["end_ms"]) for row in rows] == [request["end_ms"] for request in listed]
        api.problem("GET", "/loadtests/999999/requests/export", expect=404)

    def test_bm_export_070_the_reference_says_what_comes(self, api):
        for path in ("/runs/export", "/loadtests/{id}/requests/export"):
            content = api.get("/openapi.json")["paths"][path]["get"]["responses"]["200"]["content"]
            assert set(content) == {"text/csv", "application/jsonl"}, path


class TestTransfer:
    """Exports of 60 MB to clients that read slowly, or stop."""

    RUNS = 60000
    PATH = "/runs/export?format=jsonl&order=asc"

    @pytest.fixture(scope="class", autouse=True)
    def many(self, server):
        make_runs(server, self.RUNS)
        server.sql("analyze runs")              # as autovacuum does after so many

    def test_bm_export_110_a_slow_reader_holds_no_connection(self, server, api):
        readers = [Reader(server, self.PATH) for _ in range(2)]
        try:
            for reader in readers:
                assert reader.read(1000).startswith(b"HTTP/1.1 200")
            held = "select count(*) from pg_stat_activity where application_name = 'mod_benchmark web' and state <> 'idle'"
            # until what fits on the way is full; then nothing is at work or in a transaction for a second
            server.wait(lambda: all(server.sql(held)[0][0] == 0 and time.sleep(0.1) is None for _ in range(10)), 20,
                        "a connection is held")
            assert server.sql("select count(*) from pg_locks l join pg_stat_activity a using (pid) where application_name ="
                              " 'mod_benchmark web'") == [(0,)]
            # no more at once than BenchmarkExportLimit
            answer = api.call("GET", "/runs/export?format=csv", expect=503)
            assert answer.json()["code"] == "too_many_exports" and int(answer.headers["Retry-After"]) > 0
            api.get("/runs?limit=1")                                # the others go on
        finally:
            for reader in readers:
                reader.close()
        # both have gone, so their places are free
        server.wait(lambda: api.call("GET", "/runs/export?format=csv&q=nothing").status_code == 200, 10, "a place was not given back")

    def test_bm_export_120_the_database_goes_away_midway(self, server, api):
        server.allow("BM0103", "BM0030", "BM02", "AH00", "FATAL", "terminating connection")
        chunked, old = Reader(server, self.PATH), Reader(server, self.PATH, "1.0")
        chunked.read(1000)
        old.read(1000)
        server.pg("stop", "immediate")
        try:
            text = chunked.read_all()
            assert not text.endswith(b"0\r\n\r\n") and b'"end"' not in text
            try:
                assert b'"end"' in old.read_all(), "cut off without a reset"
            except ConnectionResetError:
                pass
            with pytest.raises((requests.exceptions.ConnectionError, AssertionError)):
                api.call("GET", "/runs/export", expect=200)
            api.problem("GET", "/runs/export", expect=503)          # before the first byte it is a problem
        finally:
            server.pg("start")
            chunked.close()
            old.close()
        server.wait(lambda: api.call("GET", "/runs/export?q=nothing").status_code == 200, 20, "it did not come back")

    def test_bm_export_130_memory_does_not_grow_with_the_answer(self, server, api):
        def anonymous():
            total = 0
            for pid in server.web_pids():
                with open(f"/proc/{pid}/status", encoding="ascii") as f:
                    total += next(int(line.split()[1]) for line in f if line.startswith("RssAnon"))
            return total
        api.call("GET", "/runs/export?format=csv&q=nothing")
        before, most, size = anonymous(), 0, 0
        with api.session.get(api.base + "/runs/export?format=jsonl", stream=True, timeout=60) as answer:
            for number, block in enumerate(answer.iter_content(1 << 20)):
                size += len(block)
                if number % 5 == 0:
                    most = max(most, anonymous())
        assert size > 50e6
        if not server.sanitizer:
            assert most - before < 8 << 10, f"{most - before} kB"

    def test_bm_export_140_a_client_that_left_is_noticed(self, server, api):
        """The work ends with it: of 60 MB little more was made than what fitted on the way."""
        path = self.PATH + "&label=made"
        reader = Reader(server, path)
        reader.read(1000)
        reader.close()

        def logged():
            with open(server.home + "/access.log", encoding="utf-8") as f:
                return [line.split('"')[2].split()[1] for line in f if path in line]
        sizes = server.wait(logged, 10, "the request did not end")
        assert len(sizes) == 1 and int(sizes[0]) < 30e6, sizes


class TestHttp2:

    @staticmethod
    def conf(env):
        return Conf(env, extra=[f"LoadModule http2_module {MODULES}/mod_http2.so", "Protocols h2c http/1.1"])

    def test_bm_export_210_a_stream_that_is_cut_off_is_reset(self, server):
        server.allow("BM0103", "BM0030", "BM02", "AH00", "FATAL", "terminating connection")
        make_runs(server, 100000)
        server.sql("analyze runs")
        curl = ["curl", "-sS", "--http2-prior-knowledge", "-o", "/dev/null", "-w", "%{http_version} %{http_code}",
                server.url + "/api/v1/runs/export?format=jsonl"]
        done = subprocess.run(curl, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stdout) == (0, "2 200"), done.stderr
        with subprocess.Popen([*curl, "--limit-rate", "20M"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
            time.sleep(0.3)
            server.pg("stop", "immediate")
            try:
                _, said = reader.communicate(timeout=60)
            finally:
                server.pg("start")
        assert reader.returncode in (18, 92), (reader.returncode, said)       # partial file, stream reset
