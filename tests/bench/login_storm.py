#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a storm of logins costs those who are logged in, and what the time of a refused login tells.

    login_storm.py --module mod_benchmark.so [--rounds 5] [--seconds 3] [--pairs 100] [--crossed]

Starts a PostgreSQL and an httpd of its own. Storm: each round asks GET /me with an access token and GET /automations with a session
cookie for some seconds in peace, and as long while clients of another process guess passwords for ever new names from ever new
addresses, each of which is hashed (these clients give way, as a storm comes from elsewhere); one JSON line per trial, and at the end
the median of the rounds' ratios of the 99th percentiles. The goal is 2 or less. With --crossed also the other way round: what is the
credential's share, and what is the database's? Names: a wrong password for a name that is known and one that is not, in turn, with fresh budgets; the ratio of the
medians. The goal is 0.9 to 1.1. Both need a machine that does nothing else.
"""
import argparse
import http.client
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

PASSWORD = "a password of anna"


def ask(connection, method, path, headers, body=None):
    """Status and milliseconds."""
    begun = time.perf_counter()
    connection.request(method, "/api/v1" + path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status, (time.perf_counter() - begun) * 1000


def guess(port, n, pause, stop, counts):
    """One client of the storm."""
    connection, count = http.client.HTTPConnection("127.0.0.1", port, timeout=30), 0
    while not stop.is_set():
        count += 1
        address = f"10.{n}.{count >> 8 & 255}.{count & 255}"
        status, _ = ask(connection, "POST", "/auth/login", {"Content-Type": "application/json", "X-Real-Client": address},
                        json.dumps({"email": f"user{n}-{count}", "password": "guess"}))
        counts[{401: 0, 429: 1}.get(status, 2)] += 1
        time.sleep(pause)


def storm(port, clients, pause, stop, counts):
    os.nice(10)          # a storm's clients are other machines: what they compute is not to be paid by who is measured
    threads = [threading.Thread(target=guess, args=(port, n, pause, stop, counts)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Bench:
    def __init__(self, args):
        os.environ["BM_MODULE"] = args.module
        os.environ.setdefault("BM_TEST_HOME", "/tmp/bm-bench-storm")
        from bmenv import Env                     # pylint: disable=import-outside-toplevel
        self.args, self.env, self.ratios = args, Env(), {}

    def start(self):
        from bmenv import Api, Conf               # pylint: disable=import-outside-toplevel
        self.env.restart(Conf(self.env, anonymous="none", extra=[
            "LogLevel warn benchmark:warn", "LoadModule remoteip_module /usr/lib/apache2/modules/mod_remoteip.so",
            "RemoteIPHeader X-Real-Client", "RemoteIPInternalProxy 127.0.0.1"]))
        admin = os.path.join(os.path.dirname(self.args.module), "..", "benchmark-admin")
        subprocess.run([admin, "-d", self.env.dsn, "add", "anna", "operator"], input=PASSWORD + "\n", text=True, check=True,
                       stdout=subprocess.DEVNULL)
        api, login = Api(self.env), {"email": "anna", "password": PASSWORD}
        token = {"Authorization": "Bearer " + api.post("/auth/login", login)["access_token"]}
        cookie = {"Cookie": api.call("POST", "/auth/login", {**login, "cookie": True}, expect=200).headers["Set-Cookie"].split(";")[0]}
        self.asked = {"token": ("/me", token), "cookie": ("/automations", cookie)}
        if self.args.crossed:
            self.asked.update({"token, database": ("/automations", token), "cookie, no database": ("/me", cookie)})

    def quantiles(self, credential):
        """Median and 99th percentile."""
        path, headers = self.asked[credential]
        connection, times = http.client.HTTPConnection("127.0.0.1", self.env.port, timeout=30), []
        until = time.monotonic() + self.args.seconds
        while time.monotonic() < until:
            status, took = ask(connection, "GET", path, headers)
            if status != 200:
                raise SystemExit(f"{credential}: {status}")
            times.append(took)
        return statistics.median(times), statistics.quantiles(times, n=100)[98]

    def storms(self):
        for trial in range(1, self.args.rounds + 1):
            for credential in self.asked:
                self.env.sql("delete from login_budgets")
                median, peace = self.quantiles(credential)
                stop, counts = multiprocessing.Event(), multiprocessing.Array("q", 3)
                beside = multiprocessing.Process(target=storm, args=(self.env.port, self.args.clients, self.args.pause, stop, counts))
                beside.start()
                median_in, war = self.quantiles(credential)
                stop.set()
                beside.join()
                self.ratios.setdefault(credential, []).append(war / peace)
                print(json.dumps({"bench": "login_storm", "case": credential, "trial": trial, "p99_ms": round(peace, 2),
                                  "p99_ms_in_storm": round(war, 2), "p50_ms": round(median, 2), "p50_ms_in_storm": round(median_in, 2), "logins": dict(zip(("401", "429", "other"), counts)),
                                  "load": round(os.getloadavg()[0], 1)}), flush=True)
        for credential, ratios in self.ratios.items():
            print(json.dumps({"bench": "login_storm", "ratio": credential, "median": round(statistics.median(ratios), 2)}))

    def names(self):
        connection, times = http.client.HTTPConnection("127.0.0.1", self.env.port, timeout=30), {"anna": [], "nobody": []}
        for _ in range(self.args.pairs):
            for name, taken in times.items():
                self.env.sql("delete from login_budgets")
                status, took = ask(connection, "POST", "/auth/login", {"Content-Type": "application/json"},
                                   json.dumps({"email": name, "password": "wrong"}))
                if status != 401:
                    raise SystemExit(f"{name}: {status}")
                taken.append(took)
        known, unknown = (statistics.median(taken) for taken in times.values())
        print(json.dumps({"bench": "login_storm", "ratio": "known/unknown", "median": round(known / unknown, 3), "known_ms": round(known, 1),
                          "unknown_ms": round(unknown, 1), "pairs": self.args.pairs}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--pause", type=float, default=0.02)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--crossed", action="store_true")
    bench = Bench(parser.parse_args())
    try:
        bench.start()
        bench.storms()
        bench.names()
    finally:
        bench.env.close()


if __name__ == "__main__":
    main()
