#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Rates of the REST API beside those of its parts, in one run: httpd's own static files and PostgreSQL's own pgbench.

    rest_rates.py --module mod_benchmark.so --fill fill [--rounds 5] [--seconds 3] [--runs 100000] [--only CASE,...]

Needs wrk and pgbench. Starts a PostgreSQL and an httpd of its own, puts runs into the store and asks every case once per
round, in turn, so that what else this machine does meets all of them alike. Prints one JSON line per trial and, at the end,
one per ratio: the median of the rounds' own ratios.

Cases: static (2 kB file), get (one run, random id), list (50 runs), pgbench_list (the same rows as row_to_json),
trigger, pgbench_insert (one row into the queue, everything given).
"""
import argparse
import glob
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

from bmenv import Conf, Env  # noqa: E402  pylint: disable=wrong-import-position
from bmapi import Api        # noqa: E402  pylint: disable=wrong-import-position
from static_site import StaticSite  # noqa: E402  pylint: disable=wrong-import-position

LIST_LENGTH = 50
RATIOS = (("get", "static"), ("list", "pgbench_list"), ("trigger", "pgbench_insert"))


class Bench:
    def __init__(self, args):
        self.args = args
        os.environ["BM_MODULE"] = args.module
        os.environ.setdefault("BM_TEST_HOME", "/tmp/bm-bench-rest")
        self.env = Env()
        self.env.pg("stop")                        # what tests switch off for speed is on where people work
        self.env.pg("start", "fsync=on", "full_page_writes=on", "shared_buffers=256MB")
        self.pgbench = sorted(glob.glob("/usr/lib/postgresql/*/bin/pgbench"))[-1]

    def start(self):
        env = self.env
        self.site = StaticSite(env)
        conf = Conf(env, extra=["LogLevel warn benchmark:warn", f"DBDMin {self.args.pool}", f"DBDKeep {self.args.pool}",
                                f"DBDMax {self.args.pool}", f"ThreadsPerChild 64", f"MaxRequestWorkers {64 * self.args.children}", f"ServerLimit {self.args.children}", f"StartServers {self.args.children}",
                                f"MaxSpareThreads {64 * self.args.children}", f"MinSpareThreads {self.args.children}",
                                *self.site.lines])
        self.site.write("2k", os.urandom(1000).hex() + "x" * 48)
        env.restart(conf)
        self.site.check("2k")
        api = Api(env)
        scenario = api.make_scenario(api.make_automation(provider="mock", name="bench"))
        subprocess.run([self.args.fill, "--dsn", env.dsn, "--runs", str(self.args.runs)], check=True, stdout=subprocess.DEVNULL)
        env.sql("vacuum analyze")
        api.post("/engine/stop", expect=202)
        self.cases = self.make_cases(scenario["id"])

    def make_cases(self, scenario):
        env = self.env
        ids = ",".join(str(row[0]) for row in env.sql("select id from runs order by random() limit 2000"))
        get = env.write("get.lua", f"""
            local ids = {{ {ids} }}
            request = function() return wrk.format("GET", "/api/v1/runs/" .. ids[math.random(#ids)]) end""")
        # the same work for the client: a request of its own each time
        static = env.write("static.lua", f"""
            local ids = {{ {ids} }}
            request = function() return wrk.format("GET", "/2k?" .. ids[math.random(#ids)]) end""")
        trigger = env.write("trigger.lua", f"""
            wrk.method = "POST"
            wrk.body = '{{"scenario_id": {scenario}}}'
            wrk.headers["Content-Type"] = "application/json" """)
        rows = env.write("list.sql", f"select row_to_json(r) from benchmark.run r order by id desc limit {LIST_LENGTH};\n")
        spec, target = self.one_spec(scenario)
        insert = env.write("insert.sql", "insert into benchmark.run_queue (target_id, scenario_id, project_id, slot, kind, "
                           "scenario_version, priority, max_attempts, run_at, spec, labels, created_by) values "
                           f"({target}, {scenario}, 1, {target % 16}, 0, 1, 0, 3, now(), '{spec}', '{{}}', 'bench');\n")
        return {
            "static": lambda: self.wrk("/", static, self.site.url),
            "get": lambda: self.wrk("/", get),
            "list": lambda: self.wrk(f"/api/v1/runs?limit={LIST_LENGTH}"),
            "pgbench_list": lambda: self.pg(rows),
            "trigger": lambda: self.wrk("/api/v1/runs/trigger", trigger),
            "pgbench_insert": lambda: self.pg(insert),
        }

    def one_spec(self, scenario):
        Api(self.env).post("/runs/trigger", {"scenario_id": scenario})
        return self.env.sql("select spec::text, target_id from run_queue order by id desc limit 1")[0]

    def wrk(self, path, script=None, url=None):
        command = ["wrk", "-t1", f"-c{self.args.clients}", f"-d{self.args.seconds}s"]
        if script:
            command += ["-s", script]
        out = subprocess.run([*command, (url or self.env.url) + path], check=True, capture_output=True, text=True).stdout
        if "Non-2xx" in out or "Socket errors" in out:
            raise SystemExit(out)
        return float(out.split("Requests/sec:")[1].split()[0])

    def pg(self, script):
        words = dict(word.split("=", 1) for word in self.env.dsn.split())
        out = subprocess.run([self.pgbench, "-n", "-M", "prepared", "-c", str(self.args.pool), "-j", "1", "-T",
                              str(self.args.seconds), "-f", script, "-h", words["host"], "-U", words["user"],
                              words["dbname"]], check=True, capture_output=True, text=True).stdout
        return float(out.split("tps = ")[1].split()[0])

    def run(self):
        chosen = self.args.only.split(",") if self.args.only else list(self.cases)
        rates = {name: [] for name in chosen}
        for trial in range(1, self.args.rounds + 1):
            for name in chosen:
                if name in ("trigger", "pgbench_insert"):
                    self.env.sql("truncate run_queue")
                rates[name].append(self.cases[name]())
                print(json.dumps({"bench": "rest_rates", "case": name, "trial": trial, "per_second": round(rates[name][-1], 1),
                                  "load": round(os.getloadavg()[0], 1)}), flush=True)
        for ours, peer in RATIOS:
            if rates.get(ours) and rates.get(peer):
                ratio = statistics.median(a / b for a, b in zip(rates[ours], rates[peer]))
                print(json.dumps({"bench": "rest_rates", "ratio": f"{ours}/{peer}", "median": round(ratio, 3),
                                  "per_second": round(statistics.median(rates[ours]), 1),
                                  "peer_per_second": round(statistics.median(rates[peer]), 1)}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", required=True)
    parser.add_argument("--fill", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=100000)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--pool", type=int, default=8, help="connections, of httpd's pool and of pgbench")
    parser.add_argument("--children", type=int, default=2, help="processes of httpd")
    parser.add_argument("--only", default="")
    bench = Bench(parser.parse_args())
    try:
        bench.start()
        bench.run()
    finally:
        bench.env.close()


if __name__ == "__main__":
    main()
