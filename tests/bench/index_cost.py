#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What indexes that serve some readers cost every run that is recorded.

    index_cost.py --finish-rate finish_rate [--rows 20000] [--rounds 7] [--indexes runs_project,runs_project_ended]

A PostgreSQL of its own; finish_rate (tests/bench) records runs into it with the indexes and without them in turn, each time
into empty tables. Prints one JSON line per trial and the medians of the rounds' own ratios, with to without: rows a second, and CPU of
the backend for a row, which others on the machine change less.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, "..", "..")


def pg(command, directory):
    return subprocess.run(["sh", os.path.join(SOURCE, "tests/tools/pg_private.sh"), command, directory], check=True, capture_output=True,
                          text=True).stdout.strip().split("\n")[-1]


def psql(dsn, sql):
    return subprocess.run(["psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", "-d", dsn, "-c", f"set search_path = benchmark; {sql}"], check=True,
                          capture_output=True, text=True).stdout.strip().split("\n")[1:]


def trial(args, dsn):
    out = subprocess.run([args.finish_rate, "--dsn", dsn, "--sql", os.path.join(SOURCE, "sql"), "--rows", str(args.rows), "--trials", "1",
                          "--only", "runs"], check=True, capture_output=True, text=True).stdout
    return next(line for line in map(json.loads, out.splitlines()) if "trial" in line)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--finish-rate", required=True)
    parser.add_argument("--rows", type=int, default=20000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--indexes", default="runs_project,runs_project_ended")
    args = parser.parse_args()
    names, figures, ratios = args.indexes.split(","), ("rows_per_second", "backend_cpu_us_per_row"), {}
    with tempfile.TemporaryDirectory(prefix="bm-index-") as directory:
        os.chmod(directory, 0o755)
        dsn = pg("start", directory)
        try:
            trial(args, dsn)                        # makes the schema
            made = [psql(dsn, f"select replace(indexdef, ' ONLY ', ' ') from pg_indexes"
                              f" where schemaname = 'benchmark' and indexname = '{name}'")[0] for name in names]
            for number in range(1, args.rounds + 1):
                taken = {}
                for case in ("with", "without") if number % 2 else ("without", "with"):
                    psql(dsn, "truncate runs; " + "".join(f"drop index if exists {name}; " for name in names)
                         + "; ".join(made if case == "with" else []))
                    taken[case] = trial(args, dsn)
                    print(json.dumps({"bench": "index_cost", "case": case, "trial": number, **{f: taken[case][f] for f in figures},
                                      "load": round(os.getloadavg()[0], 1)}), flush=True)
                for figure in figures:
                    ratios.setdefault(figure, []).append(taken["with"][figure] / taken["without"][figure])
        finally:
            pg("destroy", directory)
    for figure, of_rounds in ratios.items():
        print(json.dumps({"bench": "index_cost", "ratio": figure, "median": round(statistics.median(of_rounds), 3),
                          "from": round(min(of_rounds), 3), "to": round(max(of_rounds), 3)}))


if __name__ == "__main__":
    main()
