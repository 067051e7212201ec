# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL goes away, stands still, has another schema; what is stored afterwards is what happened."""
import os
import re
import socket
import struct
import subprocess
import threading
import time

import psycopg2
import pytest

from bmenv import Api, Conf, SOURCE

AWAY = (r"\[dbd:(error|crit)\]", r"BM0030: engine: ", r"BM00\d\d: recorder", r"BM02\d\d: ", r"database")


def fresh(env, **options):
    env.stop()
    env.pg("start")
    env.reset_database()
    return Conf(env, **options)


def timed(api, method, path, body=None):
    begin = time.monotonic()
    answer = api.session.request(method, api.base + path, json=body, timeout=30)
    return answer, time.monotonic() - begin


def check_unavailable(answer, seconds):
    assert answer.status_code == 503, answer.text
    assert seconds < 5, f"{seconds:.1f} s"
    assert answer.headers["Content-Type"].startswith("application/problem+json") and int(answer.headers["Retry-After"]) > 0
    assert answer.json()["status"] == 503 and answer.json()["detail"]
    for inside in ("libpq", "socket", "SQL", "/tmp", "host="):
        assert inside not in answer.text, answer.text


class TestAway:

    @staticmethod
    def conf(env):
        return fresh(env, extra=["BenchmarkLease 3s"])

    @pytest.fixture(autouse=True)
    def thawed(self, env):
        yield
        env.pg("thaw")
        env.pg("start")

    # longer away than a lease: nobody may rescue what its owner is about to record
    def test_bm_store_010_runs_under_way_are_recorded_when_it_is_back(self, server, api):
        server.allow(*AWAY)
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 1000, "gap_ms": 5, "tokens": 5}), 10)
        for run_id in ids:
            api.await_status(run_id, "running")
        server.pg("stop", "fast")
        for method, path, body in (("GET", "/runs", None), ("GET", f"/runs/{ids[0]}", None), ("POST", "/automations", {"name": "n"}),
                                   ("GET", "/runs/kpis/dashboard", None), ("GET", "/about", None)):
            check_unavailable(*timed(api, method, path, body))
        assert api.session.get(server.url + "/health", timeout=5).status_code == 200
        ready = api.session.get(server.url + "/health/ready", timeout=5)
        assert ready.status_code == 503 and ready.json()["checks"]["database"] != "ok"
        assert api.session.get(server.url + "/", timeout=5).status_code == 200
        time.sleep(4)
        server.pg("start")
        begin = time.monotonic()
        server.wait(lambda: api.call("GET", "/runs").status_code == 200, 5, "requests do not recover")
        ended = api.await_all(ids, 15)
        assert {(status, attempt) for status, _, attempt in ended.values()} == {("completed", 1)}
        assert time.monotonic() - begin < 10
        assert api.run(api.make_scenario(target={"tokens": 1}))["status"] == "completed"
        server.check_invariants()
        # they ended while it was away, and that is when they finished
        lateness = server.sql("select max(extract(epoch from finished_at - started_at)) from runs where id = any(%s)", ids)[0][0]
        assert lateness < 2.5, f"finished_at is {lateness} s after the start"

    def test_bm_store_020_a_restart_of_postgresql_costs_no_request_afterwards(self, server, api):
        server.allow(*AWAY)
        for _ in range(8):
            api.get("/automations")
        server.pg("restart", "fast")
        api = Api(server)
        statuses = [api.call("GET", "/automations").status_code for _ in range(60)]
        assert statuses == [200] * 60, statuses
        assert api.run(api.make_scenario(target={"tokens": 1}))["status"] == "completed"

    def test_bm_store_030_a_killed_postmaster(self, server, api):
        server.allow(*AWAY)
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 500, "tokens": 3}), 20)
        api.await_status(ids[0], "running")
        server.pg("stop", "immediate")
        time.sleep(1)
        server.pg("start")
        api.await_completed(ids)
        server.check_invariants()


    def test_bm_store_035_no_connection_left_is_bounded_too(self, server, api):
        server.allow(*AWAY)
        run = api.trigger(api.make_scenario(target={"ttft_ms": 1500, "tokens": 2}))
        api.await_status(run["id"], "running")
        held = []
        try:
            while len(held) < 250:
                held.append(psycopg2.connect(server.dsn))
        except psycopg2.OperationalError:
            pass
        server.graceful()                            # new children and a new engine find no place
        time.sleep(0.5)
        for _ in range(5):
            answer, seconds = timed(Api(server), "GET", "/runs")
            assert answer.status_code == 200 or check_unavailable(answer, seconds) is None
        for connection in held:
            connection.close()
        server.wait(lambda: api.call("GET", "/runs").status_code == 200, 10, "requests do not recover")
        assert api.await_run(run["id"])["status"] == "completed"
        assert api.run(api.make_scenario(target={"tokens": 1}))["status"] == "completed"
        server.check_invariants()

    def test_bm_store_036_clients_that_leave_in_the_middle_cost_nothing(self, server, api):
        for _ in range(30):
            api.make_automation(description="d" * 9000)
        request = b"GET /api/v1/automations?limit=1000 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        for i in range(60):
            with socket.create_connection(("127.0.0.1", server.port)) as s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                s.sendall(request[:len(request) - i % 3])
                if i % 3 == 0 and i % 2:
                    s.recv(100)
        begin = time.monotonic()
        assert len(api.get("/automations?limit=1000")) >= 30
        assert time.monotonic() - begin < 2
        assert server.sql("select count(*) from pg_stat_activity where state = 'idle in transaction'")[0][0] == 0


class TestFrozen:

    @staticmethod
    def conf(env):
        return fresh(env, extra=["BenchmarkStatementTimeout 2s", "BenchmarkLease 4s"])

    def test_bm_store_040_a_database_that_stands_still_is_bounded(self, server, api):
        server.allow(*AWAY)
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 1000, "tokens": 3}), 5)
        for run_id in ids:
            api.await_status(run_id, "running")
        server.pg("freeze")
        try:
            results = []

            def ask():
                results.append(timed(Api(server), "GET", "/runs"))
            threads = [threading.Thread(target=ask) for _ in range(12)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            assert api.session.get(server.url + "/health", timeout=5).status_code == 200
            assert api.session.get(server.url + "/", timeout=5).status_code == 200
        finally:
            server.pg("thaw")
        for answer, seconds in results:
            check_unavailable(answer, seconds)
        server.wait(lambda: api.call("GET", "/runs").status_code == 200, 10, "requests do not recover")
        assert {(status, attempt) for status, _, attempt in api.await_all(ids, 20).values()} == {("completed", 1)}
        server.check_invariants()


class TestSchema:

    def start(self, env, conf):
        env.restart(conf, ready=False)
        env.allow(r"BM0030: engine: The schema", r"BM0100: the database schema")
        api = Api(env)
        env.wait(lambda: api.session.get(env.url + "/health", timeout=5).status_code == 200, 10, "no answer")
        return api

    def off(self, env):
        conf = Conf(env)
        text = conf.text
        conf.text = lambda: text().replace("BenchmarkMigrate On", "BenchmarkMigrate Off")
        return conf

    def migrate(self, env):
        done = subprocess.run(["sh", os.path.join(SOURCE, "sql/migrate.sh"), env.dsn], capture_output=True, text=True, check=True)
        return done.stdout

    def test_bm_schema_010_missing_then_made_by_hand(self, env):
        fresh(env)
        api = self.start(env, self.off(env))
        answer, seconds = timed(api, "GET", "/runs")
        check_unavailable(answer, seconds)
        assert answer.json()["code"] == "schema_missing"
        ready = api.session.get(env.url + "/health/ready", timeout=5)
        assert ready.status_code == 503 and "schema" in str(ready.json()["checks"]["schema"])
        env.wait(lambda: "migrate.sh" in env.log() or "BenchmarkMigrate" in env.log(), 5, "the log does not say what to do")
        assert "applied 001" in self.migrate(env)
        assert self.migrate(env) == ""
        env.wait(lambda: api.call("GET", "/runs").status_code == 200, 15, "does not recover: " + env.tail())
        env.await_ready()
        assert api.run(api.make_scenario(target={"tokens": 1}))["status"] == "completed"

    def test_bm_schema_020_newer_than_the_module(self, env):
        env.stop()
        env.sql("insert into schema_migration (version, name, checksum) select max(version) + 1, 'future', 'x' from schema_migration")
        for conf in (self.off(env), Conf(env)):
            api = self.start(env, conf)
            answer, seconds = timed(api, "GET", "/runs")
            check_unavailable(answer, seconds)
            assert answer.json()["code"] == "schema_newer"
            env.allow(r"BM0030: engine: The (database's )?schema", r"BM0207: the schema is newer")
            env.wait(lambda: "BM0030: engine: The" in env.log() and "BM0100" in env.log(), 5, "the log does not say why")
            env.stop()
        assert env.sql("select count(*) from schema_migration where name = 'future'")[0][0] == 1
        env.sql("delete from schema_migration where name = 'future'")

    def test_bm_schema_030_older_than_the_module(self, env):
        env.stop()
        last = env.sql("delete from schema_migration where version = (select max(version) from schema_migration) returning *")[0]
        api = self.start(env, self.off(env))
        env.allow(r"older")
        answer, seconds = timed(api, "GET", "/runs")
        check_unavailable(answer, seconds)
        assert answer.json()["code"] in ("schema_older", "schema_missing")
        env.sql("insert into schema_migration (version, name, checksum, applied_at) values (%s, %s, %s, %s)", *last)
        env.wait(lambda: api.call("GET", "/runs").status_code == 200, 15, "does not recover")
        env.stop()

    def test_bm_schema_040_two_nodes_migrate_at_once(self, env):
        fresh(env)
        with subprocess.Popen(["sh", os.path.join(SOURCE, "sql/migrate.sh"), env.dsn], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as by_hand:
            env.restart(Conf(env))
            assert by_hand.wait(20) == 0
        assert env.sql("select count(*), count(distinct version) from schema_migration")[0] == (len(self.files()), len(self.files()))
        env.stop()

    @staticmethod
    def files():
        return [f for f in os.listdir(os.path.join(SOURCE, "sql")) if f[:3].isdigit() and f.endswith(".sql")]

    def test_bm_schema_050_another_name_of_the_schema(self, env):
        fresh(env)
        env.restart(Conf(env, extra=["BenchmarkSchema other_place"]))
        api = Api(env)
        assert api.run(api.make_scenario(target={"tokens": 1}))["status"] == "completed"
        assert env.sql("select count(*) from other_place.runs")[0][0] == 1
        assert env.sql("select count(*) from pg_namespace where nspname = 'benchmark'")[0][0] == 0
        env.stop()


class TestOwner:
    """The module's role does not own the schema; it has what docs/security.md grants it, and nothing else."""

    @staticmethod
    def dsn(env, role):
        return env.dsn.replace("user=bench", f"user={role}")

    @staticmethod
    def grants():
        with open(os.path.join(SOURCE, "docs/security.md"), encoding="utf-8") as f:
            text = f.read()
        begin = text.index("    grant usage on schema benchmark")
        lines = re.findall(r"^    ((?:grant|revoke) .*) (?:to|from) bench;$", text[begin:text.index("**The chain.**")], re.M)
        lines += re.findall(r"^    (grant execute on function benchmark.audit_forget) to bench;$", text, re.M)
        assert len(lines) == 7, lines
        return [line + (" from" if line.startswith("revoke") else " to") + " bm_module" for line in lines]

    def conf(self, env, migrate):
        conf = Conf(env, anonymous="admin loopback", extra=["BenchmarkKeepRuns 30", "BenchmarkKeepEvents 30", "BenchmarkKeepAudit 30"])
        text = conf.text
        conf.text = lambda: text().replace(env.dsn, self.dsn(env, "bm_module")).replace("BenchmarkMigrate On", migrate)
        return conf

    def partitions(self, env, table):
        return {name for name, in env.sql("select relname from pg_inherits join pg_class c on c.oid = inhrelid"
                                          " where inhparent = to_regclass(%s)", f"benchmark.{table}")}

    def test_bm_owner_010_a_role_that_owns_nothing_does_all_there_is_to_do(self, env):
        fresh(env)
        for role in ("bm_owner", "bm_module"):
            env.sql(f"create role {role} login")
        try:
            env.sql(f"grant create on database {env.database} to bm_owner")
            subprocess.run(["sh", os.path.join(SOURCE, "sql/migrate.sh"), self.dsn(env, "bm_owner")], capture_output=True, check=True)
            for grant in self.grants():
                env.sql(grant, dsn=self.dsn(env, "bm_owner"))
            env.restart(self.conf(env, "BenchmarkMigrate Off"))
            self.check(env)
            env.restart(self.conf(env, f'BenchmarkMigrate On\nBenchmarkMigrateDSN "{self.dsn(env, "bm_owner")}"'))
            assert Api(env).run(Api(env).make_scenario(target={"tokens": 1}))["status"] == "completed"
            assert not env.unexpected()
        finally:
            env.stop()
            env.reset_database()
            env.sql("drop role bm_owner, bm_module")

    def check(self, env):
        api = Api(env)
        run = api.run(api.make_scenario(target={"tokens": 1}))
        assert run["status"] == "completed"
        api.post("/users", {"name": "vera", "role": "viewer", "projects": [1], "password": "correct horse"}, expect=201)
        vera = Api(env)
        vera.session.headers["Authorization"] = "Bearer " + api.post("/auth/login", {"email": "vera", "password": "correct horse"})["access_token"]
        assert [r["id"] for r in vera.get("/runs")] == [run["id"]] and vera.get("/me")["projects"] == [1]
        for sequence in ("run", "event", "request"):
            env.sql(f"select setval('{sequence}_id_seq', 15000000)")
        for table in ("runs", "events", "requests"):
            env.wait_for_job("partitions", lambda t=table: f"{t}_p10000000" in self.partitions(env, t), 20, f"{table}: none is made")
        assert api.run(api.make_scenario(target={"tokens": 1}))["id"] > 10000000
        env.sql("update runs set finished_at = now() - interval '40 days' where id < 10000000")
        env.sql("update events set at = now() - interval '40 days' where id < 10000000")
        env.sql("update audit_log set at = now() - interval '40 days'")
        env.wait_for_job("audit-sealing", lambda: env.sql("select count(*) from audit_seal")[0][0] > 0, 20, "nothing is sealed")
        api.post("/projects", {"name": "another"}, expect=201)
        env.wait_for_job("audit-sealing", lambda: env.sql("select count(*) from audit_seal")[0][0] > 1, 20, "nothing is sealed")
        for table in ("runs", "events"):
            env.wait_for_job("retention", lambda t=table: f"{t}_p0" not in self.partitions(env, t), 20, f"{table}: the old one stays")
        env.wait_for_job("audit-retention", lambda: env.sql("select count(*) from audit_checkpoint")[0][0] == 1, 20, "entries stay")
        assert api.get("/audit/verify")["intact"] is True
        assert env.sql("select max(failures) from jobs") == [(0,)]
        self.check_rights(env)
        assert not env.unexpected()

    def check_rights(self, env):
        for statement in ("drop table runs_p10000000", "alter table runs detach partition runs_p10000000", "create table t (a integer)",
                          "select partition_remove('runs', 'runs_p10000000')", "select partition_remove('runs', 'users')",
                          "select partition_remove('pg_class', 'pg_class')", "select partition_make('users', 20000000, 10000000)",
                          "select partition_make('runs; drop table users', 20000000, 10000000)", "delete from audit_log",
                          "update benchmark_projects.audit_log set actor = 'x'", "delete from audit_checkpoint"):
            with pytest.raises((psycopg2.errors.InsufficientPrivilege, psycopg2.errors.RaiseException)):
                env.sql(statement, dsn=self.dsn(env, "bm_module"))


class TestFigures:

    @staticmethod
    def conf(env):
        return fresh(env, extra=["BenchmarkSlowQuery 200"])

    def close(self, value, samples, q):
        """Within 0.5 % of the samples around rank q."""
        samples = sorted(float(s) for s in samples)
        at = q * (len(samples) - 1)
        low, high = samples[int(at)], samples[min(int(at) + 1, len(samples) - 1)]
        assert low * 0.995 <= value <= high * 1.005, (q, value, low, high)

    def test_bm_kpi_010_are_those_of_exact_sql(self, server, api):
        scenario = api.make_scenario(api.make_automation(max_in_flight=200), target={
            "ttft_ms": 60, "ttft_dist": "exponential", "gap_ms": 3, "gap_dist": "gamma", "gap_shape": 2, "tokens": 12})
        ids = []
        for seed in range(0, 400, 100):
            ids += [api.trigger(scenario, inputs_override={"seed": seed + i})["id"] for i in range(100)]
        broken = api.make_scenario(api.make_automation(connection={"url": "http://127.0.0.1:9/v1", "model": "m"}))
        ids += api.bulk(broken, 20)
        api.await_all(ids)
        kpis = api.get("/runs/kpis/dashboard")
        total, good = server.sql("select count(*), count(*) filter (where status = 'completed') from runs where kind = 0")[0]
        assert (kpis["total_runs"], total, good) == (420, 420, 400)
        assert kpis["success_rate"] == pytest.approx(100 * good / total, abs=0.01)
        rows = server.sql("select total_us, ttft_us from runs where kind = 0 and status = 'completed'")
        for name, column in (("total_time_stats", 0), ("ttft_stats", 1)):
            for member, q in (("p50", 0.50), ("p95", 0.95), ("p99", 0.99)):
                self.close(kpis[name][member], [r[column] / 1000 for r in rows], q)
            assert kpis[name]["n"] == 400
        gaps = server.sql("select avg((inter_token_stats ->> 'mean_ms')::float) from runs where status = 'completed'")[0][0]
        assert kpis["avg_inter_token_latency"] == pytest.approx(float(gaps), rel=0.01)
        assert [r["id"] for r in kpis["recent_runs"]] == sorted(ids, reverse=True)[:10]
        only = api.get(f"/runs/kpis/dashboard?scenario_id={broken['id']}")
        assert only["total_runs"] == 20 and only["success_rate"] == 0
        server.check_invariants()

    def test_bm_kpi_020_deleted_runs_leave_the_figures(self, server, api):
        scenario = api.make_scenario(target={"tokens": 5, "ttft_ms": 40, "gap_ms": 5})
        kept, run = api.run(scenario), api.run(scenario, inputs_override={"x_target": {"tokens": 5, "ttft_ms": 400}})
        only = f"/runs/kpis/dashboard?scenario_id={run['scenario_id']}"
        assert api.get(only)["total_runs"] == 2
        api.call("DELETE", f"/runs/{run['id']}", expect=200)
        server.wait_for_job("kpi-rebuild", lambda: api.get(only)["total_runs"] == 1, 20, "the figures still count a deleted run")
        kpis = api.get(only)
        assert kpis["total_time_stats"]["p99"] == pytest.approx(kept["total_duration_ms"], abs=0.01)
        assert kpis["ttft_stats"]["n"] == 1 and kpis["avg_inter_token_latency"] > 0
        api.call("DELETE", f"/runs/{kept['id']}", expect=200)
        server.wait_for_job("kpi-rebuild", lambda: api.get(only)["total_runs"] == 0, 20, "the figures still count a deleted run")
        server.check_invariants()

    def test_bm_event_010_every_recorded_run_has_an_event(self, server, api):
        ids = api.bulk(api.make_scenario(target={"tokens": 1, "ttft_ms": 1}), 5)
        api.await_all(ids)
        told = [run["id"] for (payload,) in server.sql("select payload from events where kind = 'run.finished'") for run in payload["runs"]]
        assert set(ids) <= set(told)
        assert len([i for i in told if i in ids]) == 5

    def test_bm_slow_010_slow_statements_are_logged_without_their_parameters(self, server, api):
        automation = api.make_automation()
        blocker = psycopg2.connect(server.dsn, options="-c search_path=benchmark")
        blocker.cursor().execute("select * from automations where id = %s for update", (automation["id"],))
        timer = threading.Timer(0.6, blocker.rollback)
        timer.start()
        server.allow("automation_")
        answer = api.call("PATCH", f"/automations/{automation['id']}", {"name": "parameter-canary-77"}, expect=200)
        timer.join()
        blocker.close()
        assert answer.json()["name"] == "parameter-canary-77"
        line = next(line for line in server.log().splitlines() if answer.headers["X-Request-Id"] in line and " ms" in line)
        assert "automation_" in line and "parameter-canary-77" not in server.log()

    def test_bm_about_010_tells_what_it_stands_on(self, server, api):
        about = api.get("/about")
        assert about["name"] == "mod_benchmark" and about["schema"]["version"] == about["schema"]["expected"]
        assert about["database"]["tls"] is False and about["database"]["version"]
        assert set(about["providers"]) >= {"openai", "anthropic", "tinyfish", "http", "mock"}
        assert about["limits"]["max_page"] == 1000
