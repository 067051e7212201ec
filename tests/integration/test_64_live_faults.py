# SPDX-License-Identifier: Apache-2.0
"""Clients that watch and misbehave, a server that restarts under them, and what all others see of it: nothing."""
import functools
import json
import os
import pwd
import resource
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

import pytest
import requests

from bmenv import Conf, free_port
from live_client import (CLOSE, EVENTS, FIN, HIVE, PATIENCE, PING, PONG, TEXT, Raw, Refused, Stream, WebSocket, frame, sockets_of,
                         tell_all)
from private_ca import PrivateCA

PUSH = ["BenchmarkLivePush 20ms"]


def many_files(n):
    """This process and the httpd that it starts may hold so many files more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < n + 1000:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(n + 1000, hard), hard))


@functools.lru_cache
def authority(env):
    return PrivateCA(f"{env.home}/tls-live", "live")


@functools.lru_cache
def tls_port():
    return free_port()


def trusting(env):
    return ssl.create_default_context(cafile=authority(env).certificate)


def with_tls(env, extra):
    certificate, key = authority(env).issue("server", "IP:127.0.0.1,DNS:localhost")
    if os.getuid() == 0:
        os.chown(key, pwd.getpwnam("www-data").pw_uid, -1)
    return Conf(env, extra=[
        "LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so",
        "LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so", f"SSLSessionCache shmcb:{env.home}/tls-cache(64000)", *extra,
        f"Listen 127.0.0.1:{tls_port()} https", f"<VirtualHost 127.0.0.1:{tls_port()}>", "ServerName localhost",
        "SSLEngine on", f"SSLCertificateFile {certificate}", f"SSLCertificateKeyFile {key}", "</VirtualHost>"])


def gone(env, before):
    """The children hold no more sockets than they did."""
    env.wait(lambda: sockets_of(env) <= before, PATIENCE, f"{sockets_of(env)} sockets, {before} before")


def wake_up(env):
    """The connection that follows the events is there, so that sockets can be counted."""
    with WebSocket(env) as socket_:
        socket_.subscribe("alert")
    time.sleep(1)
    return env.wait(lambda: sockets_of(env), PATIENCE, "no sockets")


class Reader(threading.Thread):
    """Someone who watches alerts and reads what comes."""

    def __init__(self, env, **how):
        super().__init__(daemon=True)
        self.socket = WebSocket(env, **how)
        self.socket.subscribe("alert")
        self.numbers = []
        self.error = None
        self.start()

    def run(self):
        try:
            while (event := self.socket.event()) is not None:
                if event["topic"] == "alert":
                    self.numbers.append(event["data"]["n"])
        except Exception as e:                              # pylint: disable=broad-except
            self.error = e

    def end(self):
        """Only when its thread has left it the socket is closed: its number is given to the next one."""
        socket.socket.shutdown(self.socket.sock, socket.SHUT_RDWR)
        self.join(PATIENCE)
        assert not self.is_alive()
        self.socket.close()


class TestSlow:
    @staticmethod
    def conf(env):
        return Conf(env, extra=[*PUSH, "BenchmarkLiveBeat 60s", "AsyncRequestWorkerFactor 20"])

    @pytest.mark.parametrize("kind", ["window 0", "stream", "reads a little"])
    def test_slow_readers_are_dropped_and_others_get_everything(self, server, kind):
        """A queue is bounded: who does not read is dropped when it is full, and told so if it reads on."""
        before = wake_up(server)
        others = [Reader(server) for _ in range(3)]
        if kind == "stream":
            slow = Stream(server, "?topic=alert", receive_buffer=4096)
            assert slow.event()[0] == "stream.hello"
        else:
            slow = WebSocket(server, receive_buffer=4096)
            slow.subscribe("alert")
        rss = sum(self.rss(pid) for pid in server.web_pids())
        n = 0
        while n < 400 and sockets_of(server) > before + len(others):
            if kind == "reads a little":
                self.read_a_little(slow)
            tell_all(server, {"n": n, "text": "x" * 50000})
            n += 1
            server.wait(lambda: all(len(reader.numbers) >= n for reader in others), PATIENCE, "the others did not get it")
        assert n < 400, "never dropped"
        assert n * 50000 > 64 * 1024                             # not for nothing
        for reader in others:
            assert reader.numbers == list(range(n)), reader.error
        assert sum(self.rss(pid) for pid in server.web_pids()) - rss < (200 if server.sanitizer else 20) * 1024 * 1024
        slow.close()
        for reader in others:
            reader.end()
        gone(server, before)

    @staticmethod
    def rss(pid):
        with open(f"/proc/{pid}/statm", encoding="ascii") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    @staticmethod
    def read_a_little(slow):
        slow.sock.setblocking(False)
        try:
            slow.sock.recv(100)
        except (BlockingIOError, ConnectionResetError):
            pass

    def test_who_reads_late_is_told_why(self, server):
        """Whole frames up to the place where it was dropped, then 4008."""
        slow = WebSocket(server, receive_buffer=4096)
        slow.subscribe("alert")
        watcher = Reader(server)
        for n in range(120):
            tell_all(server, {"n": n, "text": "x" * 20000})
            server.wait(lambda: len(watcher.numbers) > n, PATIENCE, "the watcher did not get it")
            if n == 64:                                          # by now the queue must be full: it takes what it can while it may
                break
        told = []
        while (event := slow.event()) is not None:
            told.append(event["data"]["n"])
        assert told == list(range(len(told)))
        if slow.closed is not None:                              # else it fell behind for too long and was cut off
            assert slow.closed[:2] == (4008).to_bytes(2, "big")
        slow.close()
        watcher.end()


class TestSilent:
    @staticmethod
    def conf(env):
        return Conf(env, extra=[*PUSH, "BenchmarkLiveBeat 500ms"])

    def test_half_open_peers_are_ended(self, server):
        """Who answers no ping has gone, whatever its socket says; who answers stays."""
        before = wake_up(server)
        answering = Reader(server)
        dead = [WebSocket(server, path) for path in (EVENTS, HIVE)]
        for socket_ in dead:                                     # pings come, and then the end
            pings = 0
            while (found := socket_.frame()) is not None:
                pings += found[0] == FIN | PING
                assert found[0] in (FIN | PING, FIN | TEXT, FIN | CLOSE)
            assert pings >= 1
            socket_.close()
        tell_all(server, {"n": 1})
        server.wait(lambda: answering.numbers == [1], PATIENCE, "who answers does not live")
        answering.end()
        gone(server, before)

    def test_a_stream_shows_life(self, server):
        with Stream(server, "?topic=run") as stream:
            deadline = time.monotonic() + PATIENCE
            while stream.seen.count(b"stream.beat") < 3:
                assert stream.more() and time.monotonic() < deadline


class TestFloods:
    @staticmethod
    def conf(env):
        return Conf(env, extra=[*PUSH, "AsyncRequestWorkerFactor 20"])

    def test_pings_without_end(self, server):
        """1008, and nobody else notices."""
        with WebSocket(server, HIVE) as other, WebSocket(server) as flood:
            try:
                for _ in range(100):
                    flood.send(frame(PING, b"x" * 125) * 100)
            except (BrokenPipeError, ConnectionResetError):
                pass
            other.text("ping")
            assert other.message() == "pong"
            try:
                assert flood.close_code() == 1008
            except ConnectionResetError:
                pass                                             # it went on for longer than the server listens

    def test_fragments_without_end(self, server):
        """A million fragments of one byte."""
        with WebSocket(server) as flood, WebSocket(server, HIVE) as other:
            flood.send(frame(TEXT, b"x", fin=False))
            block = frame(0, b"x", fin=False) * 10000
            try:
                for _ in range(100):
                    flood.send(block)
            except (BrokenPipeError, ConnectionResetError):
                pass
            assert other.alive()

    def test_who_talks_on_after_the_end_is_cut_off(self, server):
        """Bytes behind a Close are read and forgotten, not for ever, and others are served meanwhile."""
        before = wake_up(server)
        stop = threading.Event()

        def talk():
            with WebSocket(server) as socket_:
                try:
                    socket_.send(frame(TEXT, b"x", rsv=4))
                    while not stop.is_set():
                        socket_.send(b"\xff" * 65536)
                except OSError:
                    return
        talkers = [threading.Thread(target=talk, daemon=True) for _ in range(3)]
        with WebSocket(server, HIVE) as other:
            for talker in talkers:
                talker.start()
            for _ in range(20):
                other.text("ping")
                assert other.message() == "pong"
        for talker in talkers:
            talker.join(PATIENCE)
            assert not talker.is_alive()
        stop.set()
        gone(server, before)

    def test_resets_in_the_middle(self, server):
        """Of a handshake, of a frame, of an answer, of a stream."""
        before = wake_up(server)
        for _ in range(20):
            for sent in (b"", frame(PING, b"x" * 100)[:50], frame(TEXT, b"x", fin=False), frame(CLOSE, b"\x03")[:3],
                         frame(TEXT, b'{"subscribe": [{"topic": "alert"}]}') + frame(PING)):
                socket_ = WebSocket(server)
                socket_.send(sent)
                socket_.reset()
            Stream(server).reset()
            raw = Raw(server)
            raw.ask(EVENTS, {"Host": "x", "Upgrade": "websocket"})
            raw.reset()
        gone(server, before)


class TestCap:
    @staticmethod
    def conf(env):
        return Conf(env, extra=[*PUSH, "BenchmarkMaxLiveClients 5", "StartServers 1", "ServerLimit 2",
                                              "MaxRequestWorkers 40", "AsyncRequestWorkerFactor 20"])

    @pytest.mark.parametrize("kind", [WebSocket, Stream])
    def test_full(self, server, kind):
        """503 with a problem and Retry-After; ordinary requests go on, and a place that is left is free again."""
        clients = server.wait(lambda: self.fill(server, kind), PATIENCE, "five do not fit")
        for _ in range(3):
            with pytest.raises(Refused) as refusal:
                kind(server)
            assert refusal.value.status == 503
            assert int(refusal.value.headers["retry-after"]) >= 1
            problem = json.loads(refusal.value.body)
            assert problem["status"] == 503 and problem["code"] == "too_many_clients" and problem["detail"]
        assert requests.get(server.url + "/api/v1/about", timeout=PATIENCE).status_code == 200
        clients.pop().close()
        clients.append(server.wait(lambda: self.one(server, kind), PATIENCE, "no place became free"))
        for client in clients:
            client.reset()
        for client in server.wait(lambda: self.fill(server, kind), PATIENCE, "places were lost"):
            client.reset()

    @staticmethod
    def one(server, kind):
        try:
            return kind(server)
        except Refused:
            return None

    def fill(self, server, kind):
        """As many as may be, once that is five: who left keeps its place for a moment."""
        clients = []
        while (client := self.one(server, kind)) is not None:
            clients.append(client)
        if len(clients) == 5:
            return clients
        for client in clients:
            client.reset()
        return None


TOKENS = {"future": "1~999999999:999999999:", "negative": "-1", "text": "no token", "10 kB": "7" * 10240, "comma": "1,2",
          "other history": "999~5:5:"}


class TestResume:
    @staticmethod
    def conf(env):
        return Conf(env, extra=PUSH)

    @pytest.mark.parametrize("last", TOKENS.values(), ids=TOKENS.keys())
    def test_a_place_that_is_none(self, server, last):
        """From the future, negative, 10 kB: the client is told to begin anew, and gets what comes from then on."""
        headers_fit = len(last) < 8000
        try:
            with Stream(server, "?topic=alert", last=last) as stream:
                self.begins_anew(server, stream.json_event)
        except Refused as refusal:
            assert refusal.status == 400 and not headers_fit         # httpd takes no field of more than 8 kB
        with WebSocket(server) as socket_:
            socket_.tell({"subscribe": [{"topic": "alert"}], "after": last})
            self.begins_anew(server, socket_.event)
        answer = requests.get(server.url + "/api/v1/events", {"after": last, "wait": 1, "topic": "alert"}, timeout=PATIENCE)
        if answer.status_code == 200:
            assert answer.json()["reset"] is True and answer.json()["events"] == []
            assert answer.json()["next"] not in (None, last)
        else:
            assert answer.status_code in (400, 414) and not headers_fit

    @staticmethod
    def begins_anew(server, next_event):
        names = []
        while "hello" not in names:
            event = next_event()
            assert event["topic"] == "stream"
            names.append(event["event"])
        assert "reset" in names
        tell_all(server, {"n": 1})
        while (event := next_event())["topic"] == "stream":
            pass
        assert event["data"] == {"n": 1}

    def test_what_was_missed_comes_once_and_in_order(self, server):
        with Stream(server, "?topic=alert") as stream:
            last = stream.event()[1]
            seen = []
            for n in range(30):
                tell_all(server, {"n": n})
                if n % 10 == 9:                                  # reads to the end, breaks off, and goes on from there
                    while len(seen) < n + 1 - 5:
                        _, last, text = stream.event()
                        seen.append(json.loads(text)["data"]["n"])
                    stream.reset()
                    tell_all(server, {"n": 1000 + n})
                    stream = Stream(server, "?topic=alert", last=last)
                    assert json.loads(stream.event()[2])["data"]["resumed"] is True
            while len(seen) < 33:
                seen.append(json.loads(stream.event()[2])["data"]["n"])
        assert seen == [*range(10), 1009, *range(10, 20), 1019, *range(20, 30), 1029]

    def test_much_that_was_missed_is_told_whole(self, server):
        """1.4 MB, far more than a push may be, and more than may wait for a client."""
        with Stream(server, "?topic=alert") as stream:
            last = stream.event()[1]
        tell_all(server, *({"n": n, "text": "x" * 2000} for n in range(700)))
        with Stream(server, "?topic=alert", last=last) as stream, WebSocket(server) as socket_:
            assert stream.json_event()["data"]["resumed"] is True
            assert [stream.json_event()["data"]["n"] for _ in range(700)] == [*range(700)]
            socket_.subscribe("alert", after=last)
            assert [socket_.event()["data"]["n"] for _ in range(700)] == [*range(700)]
            answer = requests.get(server.url + "/api/v1/events", {"after": last, "wait": 20, "topic": "alert"}, timeout=PATIENCE).json()
            assert [event["data"]["n"] for event in answer["events"]] == [*range(700)]
            tell_all(server, {"n": 1000})
            assert stream.json_event()["data"]["n"] == socket_.event()["data"]["n"] == 1000

    def test_text_that_would_break_a_stream(self, server):
        """Line ends, fields and the like in data come as they are."""
        payload = {"a": "x\n\nid: forged\r\rdata: no\r\n\r\n", "b": "\u2028\u2029\ufeff\x7f", "c": "€" * 100}
        with Stream(server, "?topic=alert") as stream, WebSocket(server) as socket_:
            stream.event()
            socket_.subscribe("alert")
            tell_all(server, payload)
            assert stream.json_event()["data"] == payload
            assert socket_.event()["data"] == payload

    def test_long_polls(self, server):
        """Each begins where the last one ended."""
        ask = functools.partial(requests.get, server.url + "/api/v1/events", timeout=PATIENCE)
        place = ask({"wait": 1, "topic": "alert"}).json()["next"]
        tell_all(server, {"n": 1}, {"n": 2})
        answer = ask({"after": place, "wait": 20, "topic": "alert"}).json()
        assert [event["data"]["n"] for event in answer["events"]] == [1, 2]
        assert ask({"after": answer["next"], "wait": 1, "topic": "alert"}).json()["events"] == []
        threading.Timer(0.5, tell_all, [server, {"n": 3}]).start()
        answer = ask({"after": answer["next"], "wait": 20, "topic": "alert"}).json()
        assert [event["data"]["n"] for event in answer["events"]] == [3]


class TestRestart:
    @staticmethod
    def conf(env):
        many_files(1000)
        return Conf(env, extra=[*PUSH, "AsyncRequestWorkerFactor 50", "BenchmarkMaxLiveClients 900", "StartServers 1",
                                              "MinSpareThreads 1", "ServerLimit 6"])

    def test_700_clients_under_a_graceful_restart(self, server):
        """Each is told 1012, or sees its stream end; new ones are served, and the log stays clean."""
        clients = [WebSocket(server, HIVE if i % 7 == 0 else EVENTS) for i in range(600)]
        for client in clients[1::2]:
            client.tell({"subscribe": [{"topic": "alert"}]})
        streams = [Stream(server, "?topic=alert") for _ in range(100)]
        old = server.web_pids()
        server.graceful()
        for client in clients:
            code = client.close_code()
            assert code == 1012
            client.close()
        for stream in streams:
            while stream.event() is not None:
                pass
            stream.close()
        server.wait(lambda: not set(old) & set(server.web_pids()), PATIENCE, "an old child stays")
        with WebSocket(server) as socket_:
            socket_.subscribe("alert")
            tell_all(server, {"n": 1})
            assert socket_.event()["data"] == {"n": 1}

    def test_stop_tells_all(self, server):
        clients = [WebSocket(server) for _ in range(100)]
        server.stop()
        told = 0
        for client in clients:
            try:
                told += client.close_code() == 1012
            except (AssertionError, ConnectionResetError):
                pass                                             # the process may be faster than a goodbye
            client.close()
        assert told >= 90
        server.start()

    def test_clients_that_are_killed_between_restarts(self, server):
        """No child is lost to them, and none keeps a socket of theirs."""
        before = wake_up(server)
        script = ("import sys, time; sys.path.insert(0, sys.argv[1]); from live_client import *\n"
                  "class E: port, base = int(sys.argv[2]), ''\n"
                  "held = [WebSocket(E, HIVE) if i % 2 else Stream(E) for i in range(40)]\n"
                  "print('ready', flush=True); time.sleep(600)")
        for turn in range(4):
            held = [subprocess.Popen([sys.executable, "-c", script, os.path.dirname(__file__), str(server.port)],
                                     stdout=subprocess.PIPE, text=True) for _ in range(2)]
            for process in held:
                assert process.stdout.readline() == "ready\n"
            if turn % 2:
                server.graceful()
            for process in held:
                process.send_signal(signal.SIGKILL)
                process.wait()
                process.stdout.close()
        server.wait(lambda: len(server.web_pids()) == 1, PATIENCE, "an old child stays")
        with WebSocket(server) as socket_:
            socket_.subscribe("alert")
            assert socket_.alive()
        gone(server, before + 5)


class TestTls:
    @staticmethod
    def conf(env):
        return with_tls(env, [*PUSH, "AsyncRequestWorkerFactor 20", "BenchmarkLiveBeat 1s"])

    @pytest.fixture(autouse=True)
    def of_mod_ssl(self, server):
        server.allow("AH01882")                              # it was built with another OpenSSL than it runs with

    def test_frames_in_pieces(self, server):
        """Every byte in a record of its own, and many frames in one record."""
        with WebSocket(server, HIVE, tls=trusting(server), port=tls_port()) as socket_:
            for byte in frame(TEXT, b"ping"):
                socket_.send(bytes([byte]))
            assert socket_.message() == "pong"
            socket_.send(frame(TEXT, b"ping") * 30 + frame(PING, b"last"))
            for _ in range(30):
                assert socket_.message() == "pong"
            while socket_.frame() != (FIN | PONG, b"last"):
                pass
            socket_.send(frame(CLOSE, b"\x03\xe8"))
            assert socket_.close_code() == 1000

    def test_events(self, server):
        """To sockets and streams; long ones, too. Answers to pings keep it for longer than a silent one would live."""
        how = {"tls": trusting(server), "port": tls_port()}
        with WebSocket(server, **how) as socket_, Stream(server, "?topic=alert", **how) as stream:
            socket_.subscribe("alert")
            assert stream.event()[0] == "stream.hello"
            for n in range(9):
                tell_all(server, {"n": n, "text": "x" * (1 << 2 * n)})
                event = socket_.event()
                assert event["data"]["n"] == n and len(event["data"]["text"]) == 1 << 2 * n
                assert stream.json_event()["data"] == event["data"]
            until = time.monotonic() + 5
            while time.monotonic() < until:
                tell_all(server, {"n": 0})
                assert socket_.event()["data"] == {"n": 0}
                assert stream.json_event()["data"] == {"n": 0}
                time.sleep(0.2)

    def test_a_slow_reader_is_dropped(self, server):
        how = {"tls": trusting(server), "port": tls_port()}
        before = wake_up(server)
        slow = WebSocket(server, receive_buffer=4096, **how)
        slow.subscribe("alert")
        watcher = Reader(server, **how)
        n = 0
        while n < 400 and sockets_of(server) > before + 1:
            tell_all(server, {"n": n, "text": "x" * 50000})
            n += 1
            server.wait(lambda: len(watcher.numbers) >= n, PATIENCE, f"the other did not get it: {watcher.error}")
        assert n < 400
        slow.close()
        watcher.end()

    def test_graceful_restart(self, server):
        clients = [WebSocket(server, HIVE, tls=trusting(server), port=tls_port()) for _ in range(30)]
        server.graceful()
        for client in clients:
            assert client.close_code() == 1012
            client.close()
        server.await_ready()
