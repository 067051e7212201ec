# SPDX-License-Identifier: Apache-2.0
"""The store behind TLS: everything that connects to PostgreSQL checks its certificate, and says so when it does not pass."""
import functools
import os
import pwd
import subprocess

import psycopg2
import pytest

from bmenv import SOURCE, Api, Conf, free_port
from private_ca import PrivateCA

CANARY = "canary-7d1e-password"


@functools.lru_cache
def authority(env, name="pgca"):
    return PrivateCA(f"{env.home}/tls-{name}", name)


class TlsPostgres:
    """A cluster that takes nothing but TLS from the network, from a role with a password."""

    def __init__(self, env):
        self.directory = env.home + "/pg-tls"
        self.port = free_port()
        certificate, key = authority(env).issue("postgres", "IP:127.0.0.1,DNS:db.test")
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(key, owner.pw_uid, owner.pw_gid)
        self.socket_dsn = self.run("start", f"port={self.port}", "listen_addresses=127.0.0.1", "ssl=on", f"ssl_cert_file={certificate}",
                                   f"ssl_key_file={key}", "password_encryption=scram-sha-256").split("\n")[-1].replace("5432", str(self.port))
        self.sql("create role app login password '" + CANARY + "'")
        self.sql("create database bm_tls owner app")
        data = self.sql("show data_directory")[0][0]
        with open(data + "/pg_hba.conf", "w", encoding="ascii") as f:
            f.write("local all bench trust\nhostssl all app 127.0.0.1/32 scram-sha-256\n")
        self.sql("select pg_reload_conf()")

    def run(self, command, *args):
        return subprocess.run(["sh", SOURCE + "/tests/tools/pg_private.sh", command, self.directory, *args], check=True,
                              capture_output=True, text=True).stdout.strip()

    def sql(self, statement, dbname="postgres"):
        connection = psycopg2.connect(self.socket_dsn, dbname=dbname)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def dsn(self, env, host="127.0.0.1", ca=None):
        return (f"host={host} hostaddr=127.0.0.1 port={self.port} user=app password={CANARY} dbname=bm_tls sslmode=verify-full "
                f"sslrootcert={(ca or authority(env)).certificate} connect_timeout=2")


@pytest.fixture(scope="module", name="tls")
def make_tls(env):
    cluster = TlsPostgres(env)
    env.environment["HOME"] = "/nonexistent"       # libpq would look for a client certificate in that of who starts httpd
    yield cluster
    env.stop()
    del env.environment["HOME"]
    cluster.run("destroy")


def conf_of(env, dsn):
    conf = Conf(env)
    text = conf.text
    conf.text = lambda: text().replace(f'DBDParams "{env.dsn} connect_timeout=2"', f'DBDParams "{dsn}"')
    assert CANARY in conf.text()
    return conf


class TestVerified:

    @pytest.fixture(scope="class", name="server")
    def over_tls(self, env, tls):
        env.restart(conf_of(env, tls.dsn(env)))
        yield env
        env.stop()

    def test_bm_storetls_010_requests_engine_and_migration_use_it(self, server, tls):
        api = Api(server)
        run = api.run(api.make_scenario(target={"tokens": 3, "ttft_ms": 5}))
        assert run["status"] == "completed"
        api.call("PATCH", f"/scenarios/{run['scenario_id']}", {"name": "other"}, expect=200)
        used = tls.sql("""select a.application_name, s.ssl, s.version from pg_stat_activity a join pg_stat_ssl s using (pid)
                          where a.usename = 'app'""")
        names = {name for name, _, _ in used}
        assert {"mod_benchmark web", "mod_benchmark director", "mod_benchmark recorder"} <= names, names
        assert all(ssl and version in ("TLSv1.2", "TLSv1.3") for _, ssl, version in used), used
        # the server takes nothing else from this role, so what made the tables came the same way
        assert tls.sql("select tableowner from pg_tables where tablename = 'run_queue'", "bm_tls") == [("app",)]
        with pytest.raises(psycopg2.OperationalError, match="no encryption"):
            psycopg2.connect(tls.dsn(server).replace("verify-full", "disable"))

    def test_bm_storetls_020_about_shows_it(self, server):
        database = Api(server).get("/about")["database"]
        assert database["tls"] is True and database["tls_version"].startswith("TLSv1.") and database["tls_cipher"]

    def test_bm_storetls_030_a_restart_of_the_server_is_survived(self, server, tls):
        server.allow(r"BM00(30|42): ", r"BM02\d\d: ", r"\[dbd:error\]")
        api = Api(server)
        tls.run("stop", "fast")
        assert api.call("GET", "/runs").status_code == 503
        tls.run("start", f"port={tls.port}", "listen_addresses=127.0.0.1", "ssl=on",
                f"ssl_cert_file={authority(server).path('postgres.crt')}", f"ssl_key_file={authority(server).path('postgres.key')}")
        server.wait(lambda: api.call("GET", "/runs").status_code == 200, 10, "requests do not recover")
        assert api.run(api.make_scenario(target={"tokens": 1}))["status"] == "completed"
        assert api.get("/about")["database"]["tls"] is True

    def test_bm_storetls_040_the_password_stays_inside(self, server):
        for path in ("/about", "/engine", "/runs"):
            assert CANARY not in Api(server).call("GET", path).text
        assert CANARY not in server.log()
        for pid in server.pids():
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                assert CANARY.encode() not in f.read()


class TestRefused:

    @pytest.mark.parametrize("what, words", [("authority", "certificate verify failed"), ("name", "does not match host name"),
                                             ("missing", "does not exist")])
    def test_bm_storetls_050_a_certificate_that_does_not_pass(self, env, tls, what, words):
        dsn = {"authority": tls.dsn(env, ca=authority(env, "stranger")), "name": tls.dsn(env, host="elsewhere.test"),
               "missing": tls.dsn(env).replace("pgca.crt", "nowhere.crt")}[what]
        env.restart(conf_of(env, dsn), ready=False)
        env.allow(r"BM0030: engine: ", r"BM02\d\d: ", r"\[dbd:(error|crit)\]", r"database")
        api = Api(env)
        answer = api.call("GET", "/runs")
        assert answer.status_code == 503 and answer.json()["code"] == "database_unavailable", answer.text
        assert int(answer.headers["Retry-After"]) > 0
        for inside in ("certificate", "127.0.0.1", "app", CANARY):
            assert inside not in answer.text.replace("application", ""), answer.text
        assert api.session.get(env.url + "/health/ready", timeout=5).status_code == 503
        for name, pids in (("[dbd:error]", env.web_pids()), ("[dbd:error]", env.engine_pids()), ("BM0030", env.engine_pids())):
            said = words if name != "BM0030" else "The database cannot be reached"
            env.wait(lambda name=name, pids=pids, said=said: any(
                name in line and said in line and f"[pid {pid}:" in line for line in env.log().splitlines() for pid in pids), 5,
                f"{name} of {pids} does not say '{said}': " + env.tail())
        assert CANARY not in env.log()
        assert env.engine_pids() and env.web_pids()
        env.stop()

    # with a connection of its own the engine tells itself what is wrong; requests are not touched by it
    def test_bm_storetls_060_the_engines_own_connection(self, env, tls):
        conf = conf_of(env, tls.dsn(env))
        conf.add(f'BenchmarkDSN "{tls.dsn(env, ca=authority(env, "stranger"))}"')
        env.restart(conf, ready=False)
        env.allow(r"BM0030: engine: The database cannot be reached", r"BM0202: ", r"BM0240: ")
        env.wait(lambda: any("BM0202" in line and "mod_benchmark director" in line and "certificate verify failed" in line
                             for line in env.log().splitlines()), 5, "the engine does not say why: " + env.tail())
        assert Api(env).call("GET", "/about").status_code == 200
        assert CANARY not in env.log()
        env.stop()

    # httpd started from root's shell, as in many containers: what the documentation advises
    @pytest.mark.skipif(os.getuid() != 0, reason="HOME is closed to httpd's user only where httpd starts as root")
    def test_bm_storetls_070_a_home_that_httpd_may_not_enter(self, env, tls):
        home = env.home + "/closed-home"
        os.makedirs(home + "/.postgresql", mode=0o700, exist_ok=True)
        os.chmod(home, 0o700)
        env.environment["HOME"] = home
        env.restart(conf_of(env, tls.dsn(env) + " sslcert=/none"))
        assert Api(env).get("/about")["database"]["tls"] is True
        env.environment["HOME"] = "/nonexistent"
        env.stop()
