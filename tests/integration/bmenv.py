# SPDX-License-Identifier: Apache-2.0
"""A private httpd and PostgreSQL for the integration tests.

Env starts one PostgreSQL cluster per session and one httpd that each test class configures anew (Conf). Every error
or warning line in httpd's error log that no test announced with env.allow(...) fails the test that caused it.

Environment: BM_MODULE (the built mod_benchmark.so), BM_TEST_HOME (scratch directory), BM_SANITIZER (address or thread:
preload its runtime and look for its reports).
"""
import contextlib
import glob
import os
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import time

import psycopg2
import requests

from bmapi import Api  # noqa: F401  (tests import it from here)

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.abspath(os.path.join(HERE, "..", ".."))
HTTPD = "/usr/sbin/apache2"
MODULES = "/usr/lib/apache2/modules"
SANITIZER_MARKS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:", "WARNING: ThreadSanitizer")
# httpd itself, when it stops while a connection goes over to keep-alive: its listener has closed the set already.
OF_HTTPD = (re.compile(r"\(9\)Bad file descriptor: AH03093"),)


def free_port():
    """Below the ports that the kernel gives to connections: one of those may be taken again before a server listens on it."""
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Conf:
    """httpd.conf of one test class: the base that everybody needs, and what the class adds."""

    def __init__(self, env, mount="/", engine=True, anonymous="admin loopback", seed_paths=True, extra=(), launcher=()):
        self.env = env
        self.launcher = list(launcher)          # a command that starts httpd in surroundings of the test's own
        self.lines = []
        if mount is not None:
            self.add(f"BenchmarkMount {mount}")
        self.add(f"BenchmarkSeedPaths {'On' if seed_paths else 'Off'}")
        self.add(f"BenchmarkEngine {'On' if engine else 'Off'}")
        self.add(f"BenchmarkAnonymousRole {anonymous}")
        for line in extra:
            self.add(line)

    def add(self, line):
        self.lines.append(line)
        return self

    def text(self):
        env = self.env
        identity = f"User {env.web_user}\nGroup {env.web_group}" if os.getuid() == 0 else ""
        modules = "\n".join(
            f"LoadModule {name}_module {MODULES}/mod_{name}.so"
            for name in ("mpm_event", "authn_core", "authn_file", "auth_basic", "authz_core", "authz_user", "authz_host",
                         "mime", "filter", "deflate", "headers", "reqtimeout", "unique_id", "dbd", "status", "alias", "rewrite", "env")
        )
        return f"""ServerRoot {env.home}
ServerName 127.0.0.1
Listen 127.0.0.1:{env.port}
PidFile {env.home}/httpd.pid
DefaultRuntimeDir {env.home}
ErrorLog {env.home}/error.log
LogLevel warn benchmark:debug
CustomLog {env.home}/access.log "%h %u \\"%r\\" %>s %b \\"%{{User-Agent}}i\\""
{identity}
{modules}
LoadModule benchmark_module {env.module}
TypesConfig /etc/mime.types
StartServers 1
ServerLimit 4
ThreadsPerChild 40
MaxRequestWorkers 80
MinSpareThreads 5
MaxSpareThreads 80
RequestReadTimeout header=10-20,MinRate=500 body=10,MinRate=500
GracefulShutdownTimeout 10
DBDriver pgsql
DBDParams "{env.dsn} connect_timeout=2"
DBDMin 1
DBDKeep 4
DBDMax 4
BenchmarkMigrate On
BenchmarkSqlDir {SOURCE}/sql
BenchmarkHtmlDir {SOURCE}/htdocs/dist
BenchmarkTargetListen 127.0.0.1:{env.target_port}
BenchmarkTargetAllow 127.0.0.0/8 ::1
BenchmarkRateLimitExempt 127.0.0.0/8 ::1
BenchmarkPoll 100ms
BenchmarkLease 5s
<Directory />
    AllowOverride None
    Require all denied
</Directory>
<Location />
    Require all granted
</Location>
""" + "\n".join(self.lines) + "\n"

    def install(self):
        with open(self.env.conf_path, "w", encoding="utf-8") as f:
            f.write(self.text())
        self.env.launcher = self.launcher
        return self


class Env:
    def __init__(self):
        self.module = os.environ["BM_MODULE"]
        self.home = os.path.abspath(os.environ.get("BM_TEST_HOME", "/tmp/bm-test"))
        self.sanitizer = os.environ.get("BM_SANITIZER")
        self.web_user = "www-data" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.web_group = "www-data" if os.getuid() == 0 else ""
        self._make_home()
        self._name_files()
        self.pg_dir = os.path.join(self.home, "pg")
        self.cluster_dsn = self._pg("start").split("\n")[-1]
        self.database = "bm_test"
        self.dsn = self.cluster_dsn.replace("dbname=postgres", f"dbname={self.database}")
        self.reset_database()

    def _name_files(self):
        self.conf_path = os.path.join(self.home, "httpd.conf")
        self.log_path = os.path.join(self.home, "error.log")
        self.port = free_port()
        self.target_port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.target_url = f"http://127.0.0.1:{self.target_port}"
        self.log_offset = 0
        self.allowed = []
        self.environment = {}           # more variables for httpd
        self.launcher = []              # of the installed Conf

    def _make_home(self):
        """A directory that httpd's user can enter; a checkout below a closed directory is not one."""
        os.makedirs(self.home, exist_ok=True)
        if os.getuid() == 0:
            probe = subprocess.run(["setpriv", "--reuid", "www-data", "--regid", "www-data", "--clear-groups",
                                    "test", "-x", self.home], check=False)
            if probe.returncode != 0:
                self.home = "/tmp/bm-test-" + os.path.basename(self.home)
                os.makedirs(self.home, exist_ok=True)
            os.chmod(self.home, 0o755)
            copy = os.path.join(self.home, "mod_benchmark.so")
            shutil.copyfile(self.module, copy + ".new")
            os.chmod(copy + ".new", 0o755)
            os.rename(copy + ".new", copy)
            self.module = copy

    # --- PostgreSQL

    def _pg(self, command, *args):
        done = subprocess.run(["sh", os.path.join(SOURCE, "tests/tools/pg_private.sh"), command, self.pg_dir, *args],
                              check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def pg(self, command, *args):
        """start, stop, restart, freeze or thaw the cluster."""
        return self._pg(command, *args)

    def sql(self, statement, *params, dsn=None):
        """Run one statement as the superuser with the module's schema on the path; rows or None."""
        connection = psycopg2.connect(dsn or self.dsn, options="-c search_path=benchmark")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, params or None)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def empty(self, *tables):
        """Empties tables while the engine works. All locks or none: whoever waits for one while it holds another is half a deadlock."""
        def taken():
            try:
                self.sql(f"begin; lock table {', '.join(tables)} in access exclusive mode nowait;"
                         f" truncate {', '.join(tables)}; commit")
            except psycopg2.errors.LockNotAvailable:
                return False
            return True
        self.wait(taken, 30, f"somebody holds {tables}")

    @contextlib.contextmanager
    def locked(self, table, mode="access exclusive"):
        """The table as somebody else's long transaction has it; whatever else wants it meanwhile may say so in the log."""
        self.allow(r"BM0200: statement \w+ .*failed", r"BM0205: slow statement", r"BM0240: job \S+ failed .* locked ")
        connection = psycopg2.connect(self.dsn, options="-c search_path=benchmark")
        try:
            connection.cursor().execute(f"lock table {table} in {mode} mode")
            yield
        finally:
            connection.close()

    def reset_database(self):
        self.sql(f"drop database if exists {self.database} with (force)", dsn=self.cluster_dsn)
        self.sql(f"create database {self.database}", dsn=self.cluster_dsn)

    def check_invariants(self):
        """What must hold whatever was killed: a run has one home, and every recorded run was counted once."""
        both = self.sql("select count(*) from run_queue q join runs r on r.id = q.id")[0][0]
        assert both == 0, f"{both} runs are queued and recorded"
        twice = self.sql("select count(*) from (select id from runs group by id having count(*) > 1) x")[0][0]
        assert twice == 0, f"{twice} runs were recorded twice"
        # cells of which a run was deleted are made again soon
        self.wait_for_job("kpi-rebuild", lambda: self.sql("select count(*) from kpi_dirty")[0][0] == 0, 60, "hours wait to be made again")
        recorded = self.sql("select count(*) from runs where kind = 0")[0][0]
        counted = self.sql("""select coalesce(sum(n), 0) from (
            select n from kpi_cell where source = 0 and level = 0 and label_id = 0
            union all select n from kpi_delta where source = 0 and label_id = 0) x""")[0][0]
        assert recorded == counted, f"{recorded} runs are recorded, the KPIs counted {counted}"

    # --- httpd

    def _environment(self):
        environment = {**os.environ, **self.environment}
        if self.sanitizer:
            library = {"address": "libasan.so", "thread": "libtsan.so"}[self.sanitizer]
            path = subprocess.run(["gcc", f"-print-file-name={library}"], capture_output=True, text=True, check=True).stdout.strip()
            environment["LD_PRELOAD"] = os.path.realpath(path)
            environment["ASAN_OPTIONS"] = "detect_leaks=0:abort_on_error=0:halt_on_error=1:detect_stack_use_after_return=1:"
            environment["ASAN_OPTIONS"] += "handle_segv=2:handle_sigbus=2:handle_abort=2"        # httpd would take them, and say nothing
            environment["UBSAN_OPTIONS"] = "print_stacktrace=1"
            environment["TSAN_OPTIONS"] = "halt_on_error=0:report_signal_unsafe=0"
        return environment

    def httpd(self, *args, check=True):
        return subprocess.run([*self.launcher, HTTPD, "-f", self.conf_path, *args], env=self._environment(), check=check,
                              capture_output=True, text=True, timeout=60)

    def pid(self):
        try:
            with open(os.path.join(self.home, "httpd.pid"), encoding="utf-8") as f:
                pid = int(f.read())
            os.kill(pid, 0)
            return pid
        except (OSError, ValueError):
            return None

    def stop(self):
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        self.wait(lambda: self.pid() is None and not self.pids(), 15, "httpd did not stop")

    def start(self, ready=True):
        self.httpd("-k", "start")
        if ready:
            self.await_ready()

    def write(self, name, text, mode=0o644):
        """A file below the home directory; its path."""
        path = os.path.join(self.home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)
        return path

    def restart(self, conf=None, ready=True):
        """Stop, take a new configuration, start."""
        self.stop()
        if conf is not None:
            conf.install()
        if os.path.exists(self.log_path):
            os.unlink(self.log_path)
        if os.path.exists(self.home + "/access.log"):
            os.unlink(self.home + "/access.log")
        self.log_offset = 0
        self.allowed = []
        self.start(ready)

    def graceful(self):
        os.kill(self.pid(), signal.SIGUSR1)

    def log(self):
        """The whole error log of this httpd."""
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as f:
                return f.read()
        except OSError:
            return ""

    def await_ready(self, timeout=30):
        def ready():
            try:
                return requests.get(self.url + self.base + "/health/ready", timeout=5).status_code == 200
            except requests.RequestException:
                return False
        self.wait(ready, timeout, "not ready: " + self.tail())

    base = ""          # the mount, without a trailing slash

    def wait(self, condition, timeout, what):
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            value = condition()
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(what)

    def wait_for_job(self, job, condition, timeout, what):
        """As wait(), for what a job of the engine brings about: it is due now, not at its time."""
        def brought_about():
            self.sql("update jobs set next_run_at = now() where name = %s and owner is null and next_run_at > now()", job)
            return condition()
        return self.wait(brought_about, timeout, what)

    # --- processes

    def pids(self, name=None):
        """Processes of our httpd and what it forked, orphans included: their command line names our configuration.
        name: bm-engine, bm-target, apache2 (parent and web children); None: all."""
        found = []
        for path in glob.glob("/proc/[0-9]*"):
            try:
                with open(path + "/cmdline", "rb") as f:
                    ours = self.conf_path.encode() in f.read().split(b"\0")
                with open(path + "/comm", encoding="utf-8", errors="replace") as f:
                    comm = f.read().strip()
                with open(path + "/stat", encoding="utf-8", errors="replace") as f:
                    zombie = f.read().rpartition(")")[2].split()[0] == "Z"
            except OSError:
                continue
            if ours and not zombie and (name is None or comm == name):
                found.append(int(path.split("/")[2]))
        return sorted(found)

    def engine_pids(self):
        """Engines, draining ones included."""
        return self.pids("bm-engine")

    def freeze(self, pid):
        """Stop a process, and return when it stands: on a busy machine its threads run on until the first of them has heard of it."""
        def stands():
            states = set()
            for path in glob.glob(f"/proc/{pid}/task/*/stat"):
                try:
                    with open(path, encoding="utf-8", errors="replace") as f:
                        states.add(f.read().rpartition(")")[2].split()[0])
                except OSError:
                    continue                    # a thread that has just ended
            return states == {"T"}
        os.kill(pid, signal.SIGSTOP)
        self.wait(stands, 10, f"process {pid} does not stop")

    def web_peak_kb(self):
        """The most memory that a child which serves requests has had at once."""
        def peak(pid):
            with open(f"/proc/{pid}/status", encoding="ascii") as f:
                return int(next(line for line in f if line.startswith("VmHWM")).split()[1])
        return max(peak(pid) for pid in self.web_pids())

    def web_pids(self):
        return [p for p in self.pids("apache2") if p != self.pid()]

    # --- error log

    def allow(self, *patterns):
        """Announce log lines (regular expressions) that this test provokes."""
        self.allowed.extend(re.compile(p) for p in patterns)

    def tail(self, n=15):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as f:
                return "".join(f.readlines()[-n:])
        except OSError:
            return ""

    def unexpected(self):
        """Lines at warn or above, and sanitizer reports, since the last call that nobody announced."""
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as f:
                f.seek(self.log_offset)
                text = f.read()
                self.log_offset = f.tell()
        except OSError:
            return []
        bad = []
        for line in text.splitlines():
            severe = re.search(r"\[[a-z_0-9]*:(emerg|alert|crit|error|warn)\]", line)
            report = any(mark in line for mark in SANITIZER_MARKS) or "exit signal" in line
            if (severe or report) and not any(p.search(line) for p in (*self.allowed, *OF_HTTPD)):
                bad.append(line)
        if bad and any(mark in text for mark in SANITIZER_MARKS):
            bad.append(text[-6000:])
        return bad

    def close(self):
        self.stop()
        try:
            self._pg("stop", "immediate")
        except subprocess.CalledProcessError:
            pass



class Node(Env):
    """Another httpd on the database of a first one."""

    def __init__(self, first, name):                      # pylint: disable=super-init-not-called
        self.module, self.sanitizer = first.module, first.sanitizer
        self.web_user, self.web_group = first.web_user, first.web_group
        self.pg_dir, self.cluster_dsn, self.database, self.dsn = first.pg_dir, first.cluster_dsn, first.database, first.dsn
        self.home = os.path.join(first.home, name)
        os.makedirs(self.home, exist_ok=True)
        os.chmod(self.home, 0o755)
        self._name_files()

    def close(self):
        self.stop()
