# SPDX-License-Identifier: Apache-2.0
"""Too few open files or processes, and a PostgreSQL without space: said clearly, and nothing is lost."""
import os
import signal
import subprocess
import time

import psycopg2
import pytest

from bmenv import SOURCE, Api, Conf
from odd_target import OddTarget


def limited(files):
    """A launcher: httpd starts with this limit of open files and, as root in most containers, may not raise it."""
    keep = ["setpriv", "--bounding-set", "-sys_resource"] if os.getuid() == 0 else []
    return ["prlimit", f"--nofile={files}:{files}", *keep]


class SmallCluster:
    """A PostgreSQL below `mount`, and a file that takes what is left of its file system."""

    def __init__(self, mount):
        self.mount, self.ballast = mount, mount + "/ballast"
        open(self.ballast, "wb").close()        # now, as a full file system has no place for a new one
        self.dsn = self.run("start", "wal_keep_size=0", "max_wal_size=32MB", "min_wal_size=32MB", "wal_recycle=off",
                            "shared_buffers=16MB").split("\n")[-1]

    def run(self, command, *args):
        return subprocess.run(["sh", SOURCE + "/tests/tools/pg_private.sh", command, self.mount + "/pg", *args], check=True,
                              capture_output=True, text=True).stdout.strip()

    def sql(self, statement):
        connection = psycopg2.connect(self.dsn)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def fill(self):
        with open(self.ballast, "r+b", buffering=0) as f:      # nothing is left to be written when it is closed
            try:
                while True:
                    f.write(bytes(65536))
            except OSError:
                pass

    def end_the_log(self):
        """Write into the write-ahead log until there is no place for its next segment and PostgreSQL ends itself."""
        for _ in range(200):
            try:
                self.sql("select pg_logical_emit_message(false, 'filler', repeat('x', 1000000))")
            except psycopg2.OperationalError:
                if "database system is shut down" in self.server_log():
                    return
                time.sleep(0.05)
        raise AssertionError("PostgreSQL did not run out of space for its log: " + self.server_log()[-2000:])

    def server_log(self):
        with open(self.mount + "/pg/data/server.log", encoding="utf-8", errors="replace") as f:
            return f.read()

    def free(self):
        os.truncate(self.ballast, 0)

    def ensure_running(self):
        """Without space for its log PostgreSQL ends itself; then somebody starts it again."""
        self.run("start")

    def close(self):
        self.run("stop", "immediate")
        subprocess.run(["umount", "-l", self.mount], check=True)


class TestOpenFiles:

    @staticmethod
    def conf(env):
        return Conf(env, launcher=limited(128), extra=["BenchmarkMaxInFlight 200"])

    @pytest.fixture(autouse=True)
    def announced(self, server):
        server.allow(r"BM0014: engine: the limit of 128 open files allows \d+ runs at once, not the 200 of BenchmarkMaxInFlight")

    def test_bm_scarce_010_the_engine_says_what_it_can_do(self, server, api):
        server.wait(lambda: "BM0014" in server.log(), 5, "the log does not say it: " + server.tail())
        for pid in server.engine_pids():
            with open(f"/proc/{pid}/limits", encoding="utf-8") as f:
                assert next(line for line in f if line.startswith("Max open files")).split()[3:5] == ["128", "128"]

    # 60 runs are wanted at once, by name and to a target that takes its time, each on a connection of its own
    def test_bm_scarce_020_runs_within_it_all_succeed(self, server, api):
        target = OddTarget()
        automation = api.make_automation(max_in_flight=200, connection={
            "url": target.url("slow", "localhost"), "model": "m", "fresh_connection": True})
        rows = api.await_all(api.bulk(api.make_scenario(automation), 150), 60)
        assert {(status, code) for status, code, _ in rows.values()} == {("completed", None)}
        assert 5 <= target.most["slow"] < 60, target.most
        target.close()
        server.check_invariants()

    def test_bm_scarce_030_requests_are_served(self, server, api):
        assert all(api.call("GET", "/runs?limit=5").status_code == 200 for _ in range(50))

    # one calibration is one run, however many streams it wants: what does not fit fails by its name and takes nothing along
    def test_bm_scarce_040_streams_beyond_it_say_why(self, server, api):
        server.allow(r"BM0202: .*Too many open files", r"BM0042: recorder: ", r"BM0030: ", r"BM0601: ")
        answer = api.post("/calibrations", {"streams": 300, "concurrency": 150}, expect=202)
        run = api.await_run(answer["id"], 60)
        assert run["status"] == "failed" and "limit of open files" in run["error"], run["error"]
        server.wait(lambda: api.run(api.make_scenario(target={"tokens": 1}))["status"] == "completed", 20, "the engine does not recover")
        server.check_invariants()

    def test_bm_scarce_045_a_closed_load_beyond_it_is_refused(self, server, api):
        scenario = api.make_scenario(target={"tokens": 1})
        body = {"scenario_id": scenario["id"], "load_model": {"type": "closed", "concurrency": 400}, "requests": 400}
        test_id = api.post("/loadtests", body, expect=202)["id"]
        server.wait(lambda: api.get(f"/loadtests/{test_id}")["status"] == "failed", 20, "was not refused")
        assert "limit of open files" in api.get(f"/loadtests/{test_id}")["error"]

    def test_bm_scarce_050_the_capacity_shown_is_the_one_that_holds(self, server, api):
        ours = [engine for engine in api.get("/engine")["engines"] if engine["pid"] in server.engine_pids()]
        assert [1 <= engine["capacity"] < 60 for engine in ours] == [True], ours


class TestDiskFull:
    """PostgreSQL's data directory on a file system of its own that is filled up and freed again."""

    SIZE_MB = 120

    @pytest.fixture(scope="class", name="small")
    def make_small(self, env):
        """A cluster on a tmpfs; its directory is (mount point)/pg."""
        mount = env.home + "/small"
        os.makedirs(mount, exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.SIZE_MB}m,mode=755", "benchmark-test", mount], check=False,
                              capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip("no file system can be mounted here: " + done.stderr.strip())
        cluster = SmallCluster(mount)
        yield cluster
        env.stop()
        cluster.close()

    @pytest.fixture(scope="class", name="server")
    def on_small(self, env, small):
        conf = Conf(env, extra=["BenchmarkLease 5s"])
        text = conf.text
        conf.text = lambda: text().replace(f'DBDParams "{env.dsn} ', f'DBDParams "{small.dsn} ')
        env.restart(conf)
        yield env
        env.stop()

    # tables: PostgreSQL refuses what needs space; log: it cannot write its log either, and ends itself
    @pytest.mark.parametrize("what", ["tables", "log"])
    def test_bm_scarce_060_runs_that_end_without_space_are_recorded_later(self, server, small, what):
        before = small.sql("select count(*) from benchmark.runs")[0][0]
        said = len(server.log())
        server.allow(r"BM00(30|42): ", r"BM02\d\d: ", r"BM0101: ", r"BM0240: ", r"BM0035: ", r"\[dbd:(error|crit)\]")
        api = Api(server)
        scenario = api.make_scenario(api.make_automation(max_in_flight=200), target={"ttft_ms": 2500, "tokens": 200, "gap_ms": 1})
        engines = server.engine_pids()
        ids = api.bulk(scenario, 60)
        server.wait(lambda: small.sql("select count(*) from benchmark.run where status = 'running'")[0][0] == 60, 10, "not all run")
        small.fill()
        if what == "log":
            small.end_the_log()
        begin = time.monotonic()
        server.wait(lambda: "BM0042" in server.log()[said:], 20, "nothing was refused: " + server.tail())
        answers = [api.call("POST", "/automations", {"name": "n", "description": "d" * 9000}) for _ in range(20)]
        assert {a.status_code for a in answers} <= {200, 503}, [a.text for a in answers if a.status_code not in (200, 503)][:2]
        assert all(int(a.headers["Retry-After"]) > 0 for a in answers if a.status_code == 503)
        time.sleep(max(0, 6 - (time.monotonic() - begin)))
        assert server.engine_pids() == engines
        assert server.log()[said:].count("BM0030") <= 5 and server.log()[said:].count("BM0031") <= 3, "it says the same again and again"
        small.free()
        small.ensure_running()
        server.wait(lambda: small.sql("select count(*) from benchmark.runs")[0][0] == before + 60, 40, "not all were recorded: " + server.tail())
        rows = [row for row in small.sql("select id, status, error_code, attempt from benchmark.runs") if row[0] in ids]
        assert {row[1:] for row in rows} == {("completed", None, 1)} and sorted(row[0] for row in rows) == sorted(ids)
        assert small.sql("select count(*) from benchmark.run_queue")[0][0] == 0
        assert api.get("/runs/kpis/dashboard")["total_runs"] == before + 60
        server.wait(lambda: "BM0041" in server.log()[said:], 5, "it does not say that the database is back")
        assert api.run(api.make_scenario(target={"tokens": 1}))["status"] == "completed"
        assert server.engine_pids() == engines


# Between httpd and libc: fork() fails as it does at a limit of processes, which does not hold for root, while a file is there.
FORK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

pid_t fork(void)
{
    pid_t (*real)(void) = (pid_t (*)(void))dlsym(RTLD_NEXT, "fork");

    if (access(getenv("NO_FORK"), F_OK) != 0)
        return real();
    errno = EAGAIN;
    return -1;
}
"""


@pytest.mark.slow
class TestProcesses:

    @staticmethod
    def conf(env):
        source, library = env.home + "/fork.c", env.home + "/fork.so"
        with open(source, "w", encoding="ascii") as f:
            f.write(FORK)
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        env.environment.update(LD_PRELOAD=library, NO_FORK=env.home + "/no-fork")
        return Conf(env)

    @pytest.fixture(autouse=True)
    def without_it(self, env):
        yield
        env.environment.clear()

    def test_bm_scarce_070_an_engine_that_could_not_be_forked_comes_later(self, server, api):
        server.allow("BM0004", "BM0002")
        no_fork = server.environment["NO_FORK"]
        with open(no_fork, "w", encoding="ascii"):
            os.kill(server.engine_pids()[0], signal.SIGKILL)
        server.wait(lambda: "BM0002" in server.log(), 20, "fork did not fail")
        assert not server.engine_pids()
        os.unlink(no_fork)
        server.wait(server.engine_pids, 30, "no engine again")
        assert api.run(api.make_scenario(target={"tokens": 2}))["status"] == "completed"
