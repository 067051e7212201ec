# SPDX-License-Identifier: Apache-2.0
"""What an administrator can get wrong, and what httpd says then."""
import os
import re
import resource
import signal
import subprocess
import time

import pytest

from bmenv import HTTPD, Api, Conf, SOURCE

WRONG = {                                   # directive: values that must be refused
    "BenchmarkMount": ["benchmark", "/a b", "/a//b", "/../x", '"/x?y"'],
    "BenchmarkSeedPaths": ["maybe", "1"],
    "BenchmarkMockMode": ["yes"],
    "BenchmarkMigrate": ["true"],
    "BenchmarkEngine": ["enabled"],
    "BenchmarkKernelStamps": ["x"],
    "BenchmarkUnnamedStatements": ["x"],
    "BenchmarkRole": ["root alice", "viewer", "none alice"],
    "BenchmarkAnonymousRole": ["root", "viewer remote", "viewer loopback twice"],
    "BenchmarkSchema": ["Upper", "a-b", "1a", '""', "a;drop"],
    "BenchmarkPoolLimit": ["0", "x", "1001", "-1", "1.5", "99999999999999999999"],
    "BenchmarkStatementTimeout": ["0", "5fortnights", "-1s", "2h"],
    "BenchmarkSlowQuery": ["-1", "x"],
    "BenchmarkMaxBody": ["1", "2G", "x", "1T"],
    "BenchmarkMaxStoredResponse": ["-1", "200M"],
    "BenchmarkLoops": ["0", "65"],
    "BenchmarkMaxInFlight": ["0", "x"],
    "BenchmarkNice": ["-21", "20", "x"],
    "BenchmarkRealtime": ["-1", "50", "x"],
    "BenchmarkLease": ["1s", "2h", "x"],
    "BenchmarkPoll": ["61s", "x"],
    "BenchmarkDrainTimeout": ["0", "x"],
    "BenchmarkRecorderBacklog": ["1K", "x"],
    "BenchmarkConnectTimeout": ["0", "x"],
    "BenchmarkFirstByteTimeout": ["0", "x"],
    "BenchmarkStallTimeout": ["0", "x"],
    "BenchmarkRunTimeout": ["0", "x"],
    "BenchmarkMaxAttempts": ["0", "101"],
    "BenchmarkKeepRuns": ["-1", "x"],
    "BenchmarkKeepEvents": ["0", "x"],
    "BenchmarkKeepTraces": ["-1", "x"],
    "BenchmarkMaxLiveClients": ["-2", "1000001", "x"],
    "BenchmarkLivePush": ["61s", "-1", "x"],
    "BenchmarkLiveBeat": ["301s", "x"],
    "BenchmarkSecret": ["name"],
    "BenchmarkTargetListen": ["nonsense", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", "300.1.1.1:5"],
    "BenchmarkTargetAllow": ["10.0.0.0/33", "nonsense", "::1/129"],
    "BenchmarkTargetProxy": ["nonsense"],
    "BenchmarkEngineLocation": ['""', '"eu 1"', "eu/1", "x" * 64, "eu1 us1"],
    "BenchmarkLoopCPUs": ["x", "1-", "-1"],
    "BenchmarkCORSOrigin": ["*", "example.com", "https://a.example/path", "null"],
    "BenchmarkPublicURL": ["nonsense", "ftp://x/"],
}


class TestConfigtest:

    @pytest.mark.parametrize("directive", sorted(WRONG))
    def test_bm_config_010_a_wrong_value_is_refused_by_name(self, env, directive):
        for value in WRONG[directive]:
            conf = Conf(env, extra=[f"{directive} {value}"])
            if directive in ("BenchmarkTargetListen", "BenchmarkMigrate", "BenchmarkTargetAllow"):
                text = conf.text()
                lines = [line for line in text.splitlines() if not line.startswith(directive) or line == f"{directive} {value}"]
                conf.text = lambda lines=lines: "\n".join(lines) + "\n"
            conf.install()
            done = env.httpd("-t", check=False)
            assert done.returncode != 0, f"{directive} {value} was accepted"
            assert directive in done.stderr, done.stderr
            assert "Segmentation" not in done.stderr

    def test_bm_config_020_every_directive_is_documented_and_in_the_example(self):
        with open(os.path.join(SOURCE, "mod_benchmark/glue/directives.c"), encoding="utf-8") as f:
            known = set(re.findall(r'"(Benchmark[A-Za-z]+)",', f.read()))
        assert len(known) > 40
        for path in ("docs/directives.md", "conf/benchmark.conf"):
            with open(os.path.join(SOURCE, path), encoding="utf-8") as f:
                text = f.read()
            missing = {name for name in known if name not in text}
            assert not missing, f"{path} lacks {missing}"
            assert not set(re.findall(r"^#? ?(Benchmark[A-Z][A-Za-z]+)", text, re.M)) - known

    def test_bm_config_030_global_directives_are_refused_in_virtual_hosts(self, env):
        for line in ("BenchmarkLease 5s", "BenchmarkSecret a /etc/hostname", "BenchmarkTargetAllow all", "BenchmarkEngine Off", "BenchmarkSchema x"):
            Conf(env, extra=["<VirtualHost 127.0.0.1:1>", line, "</VirtualHost>"]).install()
            done = env.httpd("-t", check=False)
            assert done.returncode != 0 and line.split()[0] in done.stderr, line

    def test_bm_config_040_without_mod_dbd_the_message_says_so(self, env):
        conf = Conf(env)
        text = conf.text
        conf.text = lambda: "\n".join(line for line in text().splitlines() if not line.startswith(("LoadModule dbd", "DBD"))) + "\n"
        conf.install()
        done = env.httpd("-k", "start", check=False)
        env.wait(lambda: "a2enmod dbd" in done.stderr + env.log(), 5, done.stderr + env.log())
        env.wait(lambda: not env.pids(), 10, "a server without mod_dbd goes on")
        os.unlink(env.log_path)

    def test_bm_config_050_loaded_but_not_mounted_does_nothing(self, env):
        env.base = ""
        env.restart(Conf(env, mount=None, seed_paths=False), ready=False)
        api = Api(env)
        env.wait(lambda: api.session.get(env.url + "/", timeout=5) is not None, 5, "no answer")
        assert api.session.get(env.url + "/health", timeout=5).status_code in (403, 404)
        assert env.engine_pids() == []
        env.stop()


class TestEnd:

    # What memory is shared and which cleanups run behind the module's unloading shows when the parent ends, and only in its status.
    def test_bm_config_090_the_parent_ends_with_status_0(self, env):
        env.base = ""
        env.stop()
        Conf(env, extra=["BenchmarkRateLimit anonymous 100/1min"]).install()
        parent = subprocess.Popen([*env.launcher, HTTPD, "-f", env.conf_path, "-DFOREGROUND"], env=env._environment(),      # pylint: disable=protected-access
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            env.await_ready()
            api = Api(env)
            assert api.run(api.make_scenario(target={"tokens": 2}))["status"] == "completed"
            old = env.web_pids()
            env.graceful()
            env.wait(lambda: env.web_pids() and not set(old) & set(env.web_pids()), 20, "no new children")
            env.await_ready()
        finally:
            parent.send_signal(signal.SIGTERM)
            assert parent.wait(30) == 0
        env.wait(lambda: not env.pids(), 15, "processes are left")


class TestReload:

    def test_bm_config_060_a_reload_with_a_broken_configuration_keeps_the_old_server(self, server, api):
        run = api.trigger(api.make_scenario(target={"ttft_ms": 800, "tokens": 2}))
        with open(server.conf_path, "a", encoding="utf-8") as f:
            f.write("BenchmarkLease forever\n")
        done = server.httpd("-k", "graceful", check=False)
        assert done.returncode != 0 and "BenchmarkLease" in done.stderr
        time.sleep(0.3)
        assert api.await_run(run["id"])["status"] == "completed"
        assert server.pid() and api.call("GET", "/about").status_code == 200

    def test_bm_config_065_what_holds_and_where_it_stands_is_told(self, env):
        env.base = ""
        hidden = f"{env.dsn} password=hunter2"
        env.restart(Conf(env, extra=["BenchmarkStallTimeout 17s", f'BenchmarkDSN "{hidden}"', "BenchmarkRole viewer vera", "BenchmarkRole viewer otto",
                                     "<IfModule mod_dbd.c>", "BenchmarkSlowQuery 1234", "</IfModule>", "<IfModule !mod_dbd.c>", "BenchmarkConnectTimeout 2s",
                                     "</IfModule>", "<VirtualHost *:1>", "BenchmarkSeedPaths On", "</VirtualHost>"]))
        api = Api(env)
        told = api.get("/configuration")
        by_name = {}
        for row in told:
            by_name.setdefault(row["directive"], []).append(row)
        lines = open(env.conf_path, encoding="utf-8").read().splitlines()
        (stall,) = by_name["BenchmarkStallTimeout"]
        assert stall["value"] == "17s" and stall["default"] and stall["file"] == env.conf_path and not stall["hidden"]
        assert lines[stall["line"] - 1] == "BenchmarkStallTimeout 17s" and stall["section"] is None
        (dsn,) = by_name["BenchmarkDSN"]
        assert dsn["hidden"] and dsn["value"] is None and dsn["line"] and "hunter2" not in str(told)
        assert [r["value"] for r in by_name["BenchmarkRole"] if "v" in r["value"]][-2:] == ["viewer vera", "viewer otto"]
        assert by_name["BenchmarkSlowQuery"][0]["value"] == "1234" and by_name["BenchmarkSlowQuery"][0]["section"] is None
        (connect,) = by_name["BenchmarkConnectTimeout"]
        assert connect["value"] is None and connect["file"] is None and connect["line"] is None and connect["default"]
        assert [(r["value"], r["section"]) for r in by_name["BenchmarkSeedPaths"] if r["section"]] == [("On", "<VirtualHost *:1>")]
        with open(os.path.join(SOURCE, "docs", "directives.md"), encoding="utf-8") as f:
            assert set(by_name) == set(re.findall(r"^## (Benchmark\w+)", f.read(), re.M))

    def test_bm_config_070_few_descriptors_and_small_stacks_are_enough(self, env):
        env.base = ""
        env.restart(Conf(env, extra=["ThreadStackSize 262144"]))
        api = Api(env)
        deep = '{"name":"a","default_inputs":' + '{"a":' * 62 + "1" + "}" * 63
        answer = api.session.post(api.base + "/automations", data=deep, headers={"Content-Type": "application/json"}, timeout=10)
        assert answer.status_code == 200, answer.text
        assert api.call("PUT", f"/automations/{answer.json()['id']}", answer.json()).status_code == 200
        assert api.run(api.make_scenario(target={"tokens": 3}))["status"] == "completed"
        env.stop()

    def test_bm_config_075_how_many_may_watch_follows_the_mpm_and_its_limits_are_told(self, env):
        def limit():
            text = Api(env).session.get(f"{env.url}/metrics", timeout=30).text
            return int(re.search(r"^benchmark_live_clients_limit (\d+)$", text, re.MULTILINE)[1])

        env.base = ""
        env.restart(Conf(env, extra=["AsyncRequestWorkerFactor 6", "ThreadsPerChild 10", "MaxRequestWorkers 20", "MaxSpareThreads 20"]))
        assert limit() == len(env.web_pids()) * 10 * 6 / 2 and "BM080" not in env.log()
        env.restart(Conf(env, extra=["BenchmarkMaxLiveClients 1000000", "ServerLimit 2"]))
        log = env.log()
        assert "BM0801" in log and "can hold 40 beside" in log and "raise AsyncRequestWorkerFactor" in log
        assert ("BM0802" in log and "ulimit -n" in log) == (resource.getrlimit(resource.RLIMIT_NOFILE)[0] <= 1000000)
        assert "BM0803" in log and "ServerLimit 2 is no more than MaxRequestWorkers needs" in log
        env.allow("BM0801", "BM0802", "BM0803")

    def test_bm_config_080_a_secret_that_cannot_be_read_is_told_and_nothing_else_fails(self, env):
        env.base = ""
        env.restart(Conf(env, extra=[f"BenchmarkSecret lost {env.home}/no-such-file"]))
        env.allow(r"BM0008: engine: .*lost")
        assert "lost" in env.log()
        api = Api(env)
        assert api.run(api.make_scenario(target={"tokens": 3}))["status"] == "completed"
        env.stop()
