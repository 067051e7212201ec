# SPDX-License-Identifier: Apache-2.0
"""Requests through pgbouncer in transaction mode, the engine past it."""
import os
import pwd
import shutil
import subprocess
import threading
import time

import psycopg2
import pytest

from bmenv import Api, Conf, free_port

PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")


class Pooler:
    """pgbouncer with two server connections for everybody, so that transactions of one client meet many backends."""

    def __init__(self, env):
        self.env, self.port = env, free_port()
        self.directory = env.home + "/pooler"
        os.makedirs(self.directory, exist_ok=True)
        where = dict(word.split("=", 1) for word in env.cluster_dsn.split())
        env.write("pooler/users", '"bench" ""\n')
        env.write("pooler/pgbouncer.ini", f"""[databases]
* = host={where['host']} port={where['port']}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = trust
auth_file = {self.directory}/users
admin_users = bench
pool_mode = transaction
default_pool_size = 2
server_round_robin = 1
logfile = {self.directory}/log
pidfile = {self.directory}/pid
""")
        self.dsn = f"host=127.0.0.1 port={self.port} user=bench dbname={env.database}"
        self.process = None
        self.start()

    def start(self):
        command = [PGBOUNCER, "-q", self.directory + "/pgbouncer.ini"]
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.directory, owner.pw_uid, owner.pw_gid)
            command = ["setpriv", "--reuid", "postgres", "--regid", str(owner.pw_gid), "--init-groups", *command]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)        # pylint: disable=consider-using-with
        self.env.wait(self.answers, 10, "pgbouncer does not answer")

    def answers(self):
        try:
            psycopg2.connect(f"host=127.0.0.1 port={self.port} user=bench dbname=pgbouncer").close()
            return True
        except psycopg2.OperationalError as problem:
            return "unsupported" in str(problem)

    def log(self):
        with open(self.directory + "/log", encoding="utf-8", errors="replace") as f:
            return f.read()

    def close(self):
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(scope="module", name="pooler")
def make_pooler(env):
    assert PGBOUNCER, "pgbouncer is not installed: apt-get install pgbouncer"
    env.stop()
    env.reset_database()
    pooler = Pooler(env)
    yield pooler
    env.stop()
    pooler.close()


def conf_of(env, pooler, *extra):
    conf = Conf(env, extra=extra)
    text = conf.text
    conf.text = lambda: text().replace(f'DBDParams "{env.dsn} connect_timeout=2"', f'DBDParams "{pooler.dsn} connect_timeout=2"')
    assert pooler.dsn in conf.text()
    return conf


def check_events(env, api):
    """Who watches by polls hears of each of ten runs once."""
    scenario = api.make_scenario(target={"tokens": 2, "ttft_ms": 5})
    at, heard = [api.get("/events", params={"wait": 1, "topic": "run"})["next"]], []
    ids = api.bulk(scenario, 10)

    def all_heard():
        answer = api.get("/events", params={"wait": 5, "topic": "run", "after": at[0]})
        assert "reset" not in answer, answer
        at[0] = answer["next"]
        heard.extend(run["id"] for event in answer["events"] if event["event"] == "finished" for run in event["data"]["runs"])
        return len(heard) >= len(ids)
    env.wait(all_heard, 60, "not all runs were told")
    assert sorted(heard) == ids


class TestTransactionMode:

    @pytest.fixture(scope="class", name="server")
    def pooled(self, env, pooler):
        env.restart(conf_of(env, pooler, "BenchmarkUnnamedStatements On", f'BenchmarkDirectDSN "{env.dsn}"'))
        yield env
        env.stop()

    # warnings in the error log fail each of these: "prepared statement does not exist" would be one
    def test_bm_pooler_010_from_creation_to_the_figures(self, server, api, pooler):
        scenario = api.make_scenario(target={"tokens": 4, "ttft_ms": 5})
        ids = api.bulk(scenario, 20) + [api.trigger(scenario)["id"]]
        api.await_completed(ids)
        kpis = api.get("/runs/kpis/dashboard")
        assert kpis["total_runs"] == 21 and kpis["success_rate"] == 100 and kpis["ttft_stats"]["n"] == 21
        assert len(api.get(f"/runs?scenario_id={scenario['id']}&limit=50")) == 21
        assert api.get(f"/runs/{ids[0]}/timeline")["chunks"]
        server.check_invariants()

    def test_bm_pooler_020_cancel(self, server, api):
        slow = api.trigger(api.make_scenario(target={"ttft_ms": 8000, "tokens": 2}))
        api.await_status(slow["id"], "running")
        begin = time.monotonic()
        api.call("POST", f"/runs/{slow['id']}/cancel")
        assert api.await_run(slow["id"])["status"] == "cancelled" and time.monotonic() - begin < 5

    def test_bm_pooler_025_projects(self, server, api):
        """Held and not held, by turns over the same two connections."""
        project = api.post("/projects", {"name": "pooled"}, expect=201)["id"]
        own = api.make_automation(project_id=project)
        api.post("/users", {"name": "pooled", "password": "a password", "projects": [project]}, expect=201)
        held = Api(server)
        held.session.headers["Authorization"] = "Bearer " + api.post("/auth/login", {"email": "pooled", "password": "a password"})["access_token"]
        for turn in range(20):
            assert [a["id"] for a in held.get("/automations")] == [own["id"]]
            assert len(api.get("/automations")) > 1
            assert held.call("GET", f"/scenarios/{turn + 1}").status_code == 404
        held.call("PATCH", f"/automations/{own['id']}", {"description": "d"}, expect=200)
        held.problem("POST", "/automations", {"name": "n", "provider": "openai", "connection": own["connection"], "project_id": 1})

    def test_bm_pooler_030_changes_conflicts_and_refusals(self, server, api):
        automation = api.make_automation(name="before")
        assert api.call("PATCH", f"/automations/{automation['id']}", {"name": "after"}, expect=200).json()["name"] == "after"
        assert api.get(f"/automations/{automation['id']}")["name"] == "after"
        scenario = api.make_scenario(automation)
        answer = api.call("DELETE", f"/automations/{automation['id']}")
        assert answer.status_code == 409, answer.text
        api.call("GET", "/scenarios/999999999", expect=404)
        api.call("DELETE", f"/scenarios/{scenario['id']}", expect=200)
        api.call("DELETE", f"/automations/{automation['id']}", expect=200)

    # more clients than server connections, all statements mixed
    def test_bm_pooler_040_many_at_once(self, server, api):
        scenario, wrong = api.make_scenario(target={"tokens": 1, "ttft_ms": 1}), []

        def client(number):
            mine = Api(server)
            for turn in range(12):
                path = ("/runs?limit=5", "/automations", "/scenarios", "/runs/kpis/dashboard", "/engine", "/about")[(number + turn) % 6]
                answers = [mine.call("GET", path), mine.call("POST", "/runs/trigger", {"scenario_id": scenario["id"]})]
                wrong.extend((a.status_code, a.text[:200]) for a in answers if a.status_code != 200)
        threads = [threading.Thread(target=client, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong, wrong[:3]
        api.await_idle()
        server.check_invariants()

    def test_bm_pooler_050_who_connects_where(self, server, api, pooler):
        api.get("/about")
        direct = {name for (name,) in server.sql("select application_name from pg_stat_activity where datname = current_database()")}
        assert {"mod_benchmark director", "mod_benchmark recorder"} <= direct
        console = psycopg2.connect(f"host=127.0.0.1 port={pooler.port} user=bench dbname=pgbouncer")
        console.autocommit = True
        with console.cursor() as cursor:
            cursor.execute("show clients")
            columns = [column[0] for column in cursor.description]
            databases = [row[columns.index("database")] for row in cursor.fetchall()]
        console.close()
        assert 1 <= databases.count(server.database) <= 8, databases
        for word in ("does not exist", "unsupported startup parameter", "closing because: server"):
            assert word not in pooler.log()

    def test_bm_pooler_055_events(self, server, api):
        check_events(server, api)

    # settings that a request needs must not stay behind on a connection that other programs use, too
    def test_bm_pooler_060_nothing_is_left_on_shared_connections(self, server, api, pooler):
        for _ in range(6):
            api.get("/automations")
        other = psycopg2.connect(pooler.dsn)
        other.autocommit = True
        with other.cursor() as cursor:
            for _ in range(4):
                cursor.execute("select current_setting('search_path'), current_setting('statement_timeout'), current_setting('enable_seqscan'), "
                               "(select count(*) from pg_prepared_statements)")
                assert cursor.fetchone() == ('"$user", public', "0", "on", 0)
        other.close()

    def test_bm_pooler_070_a_restarted_pooler(self, server, api, pooler):
        server.allow(r"BM02\d\d: ", r"\[dbd:(error|crit)\]")
        run = api.trigger(api.make_scenario(target={"ttft_ms": 1500, "tokens": 2}))
        api.await_status(run["id"], "running")
        pooler.close()
        answer = api.call("GET", "/runs")
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
        pooler.start()
        server.wait(lambda: api.call("GET", "/runs").status_code == 200, 10, "requests do not recover")
        assert api.await_run(run["id"])["status"] == "completed"


class TestEverythingThroughIt:
    """Without a way past the pooler: possible where the schema is there already."""

    def test_bm_pooler_080_the_engine_too(self, env, pooler):
        conf = conf_of(env, pooler, "BenchmarkUnnamedStatements On")
        text = conf.text
        conf.text = lambda: text().replace("BenchmarkMigrate On", "BenchmarkMigrate Off")
        env.restart(conf)
        api = Api(env)
        scenario = api.make_scenario(target={"tokens": 2, "ttft_ms": 5})
        api.await_completed(api.bulk(scenario, 30))
        slow = api.trigger(api.make_scenario(target={"ttft_ms": 8000, "tokens": 2}))
        api.await_status(slow["id"], "running")
        api.call("POST", f"/runs/{slow['id']}/cancel")
        assert api.await_run(slow["id"])["status"] == "cancelled"
        env.wait(lambda: api.get(f"/runs/kpis/dashboard?scenario_id={scenario['id']}")["total_runs"] == 30, 10, "not all are counted")
        env.check_invariants()
        check_events(env, api)
        env.stop()
