#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What ten thousand who watch cost, and when an event has reached the last of them.

    live.py --module mod_benchmark.so --clients-program live_clients [--clients 10000] [--tls-clients 1000] [--cycles 200000]
            [--events 60] [--only NAME,...]

Starts a PostgreSQL (fsync on) and an httpd of its own, with one child and with two, and runs live_clients against it:
training, hive: one frame a second of a session of training, to viewers of ours and to clients of Hive's /ws/metrics, 1,000 each;
ws, sse: events of 300 bytes at 2/s to all, GETs beside them (one child; ws2, sse2: two children); tls: the same to fewer by TLS;
idle: nobody is told anything, pings every 15 s; churn: connects and goes. Prints the program's JSON lines with the number of
children and the load of the machine, and at the end each figure against its goal. Both sides share this machine's processors.
"""
import argparse
import json
import os
import pwd
import resource
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

from bmenv import Conf, Env, free_port     # noqa: E402  pylint: disable=wrong-import-position
from private_ca import PrivateCA           # noqa: E402  pylint: disable=wrong-import-position

PUSH = {"last_p99_ms": 250, "rss_kb_per_client": 45, "get_p99_ms": 20}
# name: (children, tls, arguments, goals: at most)
SECONDS = {"each_p99_ms": 200}
CASES = {
    "training": (1, False, ["--kind", "ws", "--topic", "training", "--rate", "1"], SECONDS),
    "hive": (1, False, ["--kind", "ws", "--hive", "--rate", "1"], SECONDS),
    "ws": (1, False, ["--kind", "ws"], PUSH),
    "ws2": (2, False, ["--kind", "ws"], PUSH),
    "sse": (1, False, ["--kind", "sse"], PUSH),
    "sse2": (2, False, ["--kind", "sse"], PUSH),
    "tls": (1, True, ["--kind", "ws"], {"last_p99_ms": 100}),
    "idle": (1, False, ["--mode", "idle", "--kind", "ws", "--seconds", "60"], {"server_cpu_percent": 10}),
    "churn": (1, False, ["--mode", "churn", "--kind", "ws"], {}),
}


class Bench:
    def __init__(self, args):
        self.args = args
        os.environ["BM_MODULE"] = args.module
        os.environ.setdefault("BM_TEST_HOME", "/tmp/bm-bench-live")
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        if hard < args.clients + 1000:
            raise SystemExit(f"{args.clients} clients need {args.clients + 1000} open files (ulimit -n: {hard})")
        self.env = Env()
        self.env.pg("stop")                        # what tests switch off for speed is on where people work
        self.env.pg("start", "fsync=on", "full_page_writes=on", "shared_buffers=256MB")
        self.tls_port = free_port()
        self.running = None

    def conf(self, children):
        env = self.env
        certificate, key = PrivateCA(f"{env.home}/tls-bench", "bench").issue("server", "IP:127.0.0.1,DNS:localhost")
        if os.getuid() == 0:
            os.chown(key, pwd.getpwnam("www-data").pw_uid, -1)
        return Conf(env, extra=[
            "LogLevel warn benchmark:warn", "ThreadsPerChild 25", f"StartServers {children}", f"ServerLimit {2 * children}",
            f"MaxRequestWorkers {25 * children}", "MinSpareThreads 1", f"MaxSpareThreads {25 * children}",
            "AsyncRequestWorkerFactor 1000", "BenchmarkMaxLiveClients 12500", "ListenBacklog 4096",
            "LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so",
            "LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so", f"SSLSessionCache shmcb:{env.home}/tls-cache(512000)",
            f"Listen 127.0.0.1:{self.tls_port} https", f"<VirtualHost 127.0.0.1:{self.tls_port}>", "ServerName localhost",
            "SSLEngine on", f"SSLCertificateFile {certificate}", f"SSLCertificateKeyFile {key}", "</VirtualHost>"])

    def start(self, children):
        """Anew for each case: memory is that of these clients."""
        self.env.restart(self.conf(children))
        time.sleep(2)
        assert len(self.env.web_pids()) == children, self.env.tail()

    def run(self, name):
        children, tls, arguments, goals = CASES[name]
        self.start(children)
        clients = self.args.tls_clients if tls or name in ("training", "hive") else min(500, self.args.clients) if name == "churn" else self.args.clients
        out = subprocess.run([self.args.clients_program, "--port", str(self.tls_port if tls else self.env.port), "--clients",
                              str(clients), "--dsn", self.env.dsn, "--events", str(self.args.events), "--cycles",
                              str(self.args.cycles), "--pids", ",".join(map(str, self.env.web_pids())), *arguments,
                              *(["--tls", "--get", ""] if tls else [])], check=False, capture_output=True, text=True)
        if out.returncode != 0:
            raise SystemExit(f"{name}: {out.stderr}{self.env.tail()}")
        figures = json.loads(out.stdout)
        print(json.dumps({"case": name, "children": children, **figures, "load": round(os.getloadavg()[0], 1)}), flush=True)
        return [(name, figure, figures[figure], goal) for figure, goal in goals.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", required=True)
    parser.add_argument("--clients-program", required=True)
    parser.add_argument("--clients", type=int, default=10000)
    parser.add_argument("--tls-clients", type=int, default=1000)
    parser.add_argument("--events", type=int, default=60)
    parser.add_argument("--cycles", type=int, default=200000)
    parser.add_argument("--only", default=",".join(CASES))
    args = parser.parse_args()
    bench = Bench(args)
    found = []
    try:
        for name in args.only.split(","):
            found += bench.run(name)
    finally:
        bench.env.close()
    for name, figure, value, goal in found:
        print(f"{name:6} {figure:20} {value:10.1f}  goal {goal:6}  {'met' if value <= goal else 'MISSED'}")


if __name__ == "__main__":
    main()
