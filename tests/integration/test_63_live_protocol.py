# SPDX-License-Identifier: Apache-2.0
"""The WebSocket protocol against the real server, byte by byte: the handshake, and the cases of the Autobahn test suite that apply
(1 to 7, 9 and 10; it echoes, we answer, so "ping" stands for what it sends), and two client libraries that others wrote."""
import asyncio
import functools
import json
import os
import socket
import struct

import pytest
import requests
import websockets
import wsproto
import wsproto.events

from bmenv import Conf
from live_client import (BINARY, CLOSE, CONT, EVENTS, FIN, HIVE, PATIENCE, PING, PONG, TEXT, Raw, Refused, WebSocket, frame, mask,
                         tell_all, upgrade_headers)

ALIVE = "alive"                # no answer, and the connection lives
B125 = b"0123456789abcdef" * 7 + b"0123456789abc"
EURO = "€".encode()


def close(code=None, reason=b""):
    return frame(CLOSE, (b"" if code is None else struct.pack(">H", code)) + reason)


def fragments(*parts):
    """One text in frames."""
    return b"".join(frame(CONT if i else TEXT, part, fin=i == len(parts) - 1) for i, part in enumerate(parts))


def first(byte, payload=b""):
    return frame(0, payload, first=byte)


def pong(payload):
    return bytes([FIN | PONG, len(payload)]) + payload


PONG_TEXT = b"\x81\x04pong"
# (number, what is sent, what comes: bytes and then life, or a close code)
CASES = [
    ("1.1.1", frame(TEXT), None), ("1.1.2", frame(TEXT, b"ping"), PONG_TEXT), ("1.1.6", frame(TEXT, b"*" * 16384), None),
    ("1.2.1", frame(BINARY), 1003), ("1.2.2", frame(BINARY, b"\xfe" * 125), 1003), ("1.2.5", frame(BINARY, b"\xfe" * 128), 1003),
    ("2.1", frame(PING), pong(b"")), ("2.2", frame(PING, b"hello"), pong(b"hello")),
    ("2.3", frame(PING, b"\x00\xff\xfe\xfd"), pong(b"\x00\xff\xfe\xfd")), ("2.4", frame(PING, B125), pong(B125)),
    ("2.5", frame(PING, B125 + b"x"), 1002), ("2.7", frame(PONG), ALIVE), ("2.8", frame(PONG, b"unasked"), ALIVE),
    ("2.9", frame(PONG, b"unasked") + frame(PING, b"p"), pong(b"p")),
    ("2.10", b"".join(frame(PING, b"payload-%d" % i) for i in range(10)), b"".join(pong(b"payload-%d" % i) for i in range(10))),
    ("3.1", first(0x91 | 0x40, b"x"), 1002), ("3.2", frame(TEXT, b"ping") + first(0xa1, b"x"), (PONG_TEXT, 1002)),
    ("3.4", frame(TEXT, b"x", rsv=1), 1002), ("3.5", frame(PING, b"x", rsv=5), 1002), ("3.6", frame(BINARY, b"x", rsv=6), 1002),
    ("3.7", first(0xf8), 1002),
    ("4.1.1", first(0x83), 1002), ("4.1.2", first(0x84, b"x"), 1002), ("4.1.3", frame(TEXT, b"ping") + first(0x85), (PONG_TEXT, 1002)),
    ("4.1.4", first(0x86, b"x") + frame(PING), 1002), ("4.1.5", first(0x87), 1002), ("4.2.1", first(0x8b), 1002),
    ("4.2.2", first(0x8c, b"x"), 1002), ("4.2.3", first(0x8d), 1002), ("4.2.4", first(0x8e, b"x"), 1002), ("4.2.5", first(0x8f), 1002),
    ("5.1", frame(PING, b"pi", fin=False) + frame(CONT, b"ng"), 1002), ("5.2", frame(PONG, b"x", fin=False), 1002),
    ("5.3", fragments(b"pi", b"ng"), PONG_TEXT), ("5.6", frame(TEXT, b"pi", fin=False) + frame(PING, b"!") + frame(CONT, b"ng"),
                                                  pong(b"!") + PONG_TEXT),
    ("5.9", frame(CONT, b"x"), 1002), ("5.10", frame(CONT, b"x") + frame(TEXT, b"ping"), 1002), ("5.12", frame(CONT, b"x", fin=False), 1002),
    ("5.15", fragments(b"pi", b"ng") + frame(CONT, b"x", fin=False), (PONG_TEXT, 1002)),
    ("5.18", frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"), 1002), ("5.18", frame(TEXT, b"a", fin=False) + frame(BINARY, b"b"), 1002),
    ("5.19", frame(TEXT, b"p", fin=False) + frame(CONT, b"i", fin=False) + frame(PING, b"1") + frame(CONT, b"", fin=False)
     + frame(PING, b"2") + frame(CONT, b"ng"), pong(b"1") + pong(b"2") + PONG_TEXT),
    ("6.1.2", fragments(b"", b"", b""), None), ("6.1.3", fragments(b"", b"ping", b""), PONG_TEXT),
    ("6.2.1", frame(TEXT, b"H\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x90\xa2"), None), ("6.2.3", fragments(EURO[:1], EURO[1:2], EURO[2:]), None),
    ("6.3.1", frame(TEXT, b"\xce\xba\xed\xa0\x80 edited"), 1007), ("6.3.2", fragments(b"\xce\xba", b"\xed", b"\xa0", b"\x80"), 1007),
    ("6.4.1", frame(TEXT, b"\xce\xba\xf4\x90", fin=False), 1007), ("6.4.3", frame(TEXT, b"\xf4\x90\x80\x80 and more")[:-8], 1007),
    ("6.6.1", frame(TEXT, b"\xce"), 1007), ("6.6.11", fragments(b"\xf0\x9f", b"\x90"), 1007), ("6.7.4", frame(TEXT, b"\xf4\x8f\xbf\xbf"), None),
    ("6.10.1", frame(TEXT, b"\xf7\xbf\xbf\xbf"), 1007), ("6.12.1", frame(TEXT, b"\xfe"), 1007), ("6.14.1", frame(TEXT, b"\x80"), 1007),
    ("6.16.1", frame(TEXT, b"\xc0\xaf"), 1007), ("6.17.2", frame(TEXT, b"\xe0\x9f\xbf"), 1007), ("6.18.1", frame(TEXT, b"\xc1\xbf"), 1007),
    ("6.21.1", frame(TEXT, b"\xed\xa0\x80"), 1007), ("6.21.8", frame(TEXT, b"\xed\xbf\xbf"), 1007), ("6.22.2", frame(TEXT, b"\xef\xbf\xbf"), None),
    ("7.1.1", frame(TEXT, b"ping") + close(1000), (PONG_TEXT, 1000)), ("7.1.2", close(1000) + close(1000), 1000),
    ("7.1.3", close(1000) + frame(PING), 1000), ("7.1.4", close(1000) + frame(TEXT, b"ping"), 1000),
    ("7.1.5", frame(TEXT, b"pi", fin=False) + close(1000) + frame(CONT, b"ng"), 1000), ("7.1.6", close(1000) + b"\x00" * 65536, 1000),
    ("7.3.1", close(), 0), ("7.3.2", frame(CLOSE, b"\x03"), 1002), ("7.3.3", close(1000), 1000), ("7.3.4", close(1000, b"bye"), 1000),
    ("7.3.5", close(1000, B125[:123]), 1000), ("7.3.6", close(1000, B125), 1002), ("7.5.1", close(1000, b"\xce\xba\xed\xa0\x80"), 1007),
    *((f"7.7.{i}", close(code), code) for i, code in enumerate((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
                                                                  3000, 3999, 4000, 4999))),
    *((f"7.9.{i}", close(code), 1002) for i, code in enumerate((0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535))),
    ("9.1.1", frame(TEXT, b"*" * 16385), 1009), ("9.1.6", frame(TEXT, b"*", length=2**24), 1009),
    ("9.1.6", frame(TEXT, b"*", length=2**63 - 1), 1009), ("9.1.6", frame(TEXT, b"*", length=2**63), 1002),
    ("9.1.6", frame(TEXT, b"*", length=2**64 - 1), 1002), ("9.3.1", fragments(*[b"*" * 1024] * 17), 1009),
    ("10.1.1", fragments(*[b"*" * 1300] * 51), 1009),
    ("", frame(TEXT, b"ping", masked=False), 1002), ("", frame(PING, masked=False), 1002), ("", close(1000)[:1] + b"\x02\x03\xe8", 1002),
    ("", frame(TEXT, b"ping", length=4), 1002), ("", b"\x81\xfe\x00\x04" + b"\0\0\0\0ping", 1002),
]


def check(socket_, told):
    """What must come of a case; then life, or the end."""
    said, code = told if isinstance(told, tuple) else (told, None) if isinstance(told, bytes) else (b"", told)
    if code in (ALIVE, None):
        want = said
        if told is None:                           # a text that is no "ping": whatever is said of it, it is no reason to end
            assert socket_.alive()
            return
        while len(socket_.seen) < len(want) and socket_.more():
            pass
        assert socket_.seen[:len(want)] == want
        socket_.seen = socket_.seen[len(want):]
        assert socket_.alive()
        return
    while len(socket_.seen) < len(said) and socket_.more():
        pass
    assert socket_.seen[:len(said)] == said
    socket_.seen = socket_.seen[len(said):]
    assert socket_.close_code() == code


class TestCases:
    """Under a mount that is not the root."""
    base = "/bench"

    @staticmethod
    def conf(env):
        return Conf(env, mount="/bench", extra=["AsyncRequestWorkerFactor 20", "BenchmarkMaxLiveClients 300"])

    @staticmethod
    def placed(server, path):
        """A connection; None: those that were closed just now still have all places."""
        try:
            return WebSocket(server, path)
        except Refused as refusal:
            assert refusal.status == 503
            return None

    @pytest.mark.parametrize("number,sent,told", CASES, ids=[f"{n or 'own'}-{i}" for i, (n, _, _) in enumerate(CASES)])
    def test_case(self, server, number, sent, told):
        """On both sockets; at once, in two pieces, and up to a few hundred bytes one by one."""
        for path in (EVENTS, HIVE):
            for piece in (len(sent), len(sent) // 2 + 1, 1):
                if piece == 1 and len(sent) > 300:
                    continue
                with server.wait(functools.partial(self.placed, server, path), PATIENCE, "no place") as socket_:
                    try:
                        for at in range(0, len(sent), piece):
                            socket_.send(sent[at:at + piece])
                    except (BrokenPipeError, ConnectionResetError):
                        assert not isinstance(told, bytes)         # it was told off before it had said all
                    check(socket_, told)

    def test_a_handshake_byte_by_byte(self, server):
        """And what comes with its last byte is not lost."""
        with Raw(server) as raw:
            lines = [f"GET {server.base}{HIVE} HTTP/1.1"] + [f"{n}: {v}" for n, v in upgrade_headers(server).items()] + ["", ""]
            sent = "\r\n".join(lines).encode()
            for byte in sent[:-1]:
                raw.sock.sendall(bytes([byte]))
            raw.sock.sendall(sent[-1:] + frame(TEXT, b"ping"))
            assert raw.answer()[0] == 101
            while len(raw.seen) < len(PONG_TEXT):
                assert raw.more()
            assert raw.seen == PONG_TEXT

    def test_an_event_while_a_message_is_under_way(self, server):
        """Frames of both sides have nothing to do with one another."""
        with WebSocket(server) as socket_:
            socket_.subscribe("alert")
            message = fragments(b'{"subscribe"', b': [{"topic":', b' "run"}]}')
            for at, byte in enumerate(message):
                socket_.send(bytes([byte]))
                if at == 10:
                    tell_all(server, {"n": 1})
                    assert socket_.event()["data"] == {"n": 1}
            assert socket_.event()["event"] == "hello"


class TestHandshake:
    @staticmethod
    def conf(env):
        return Conf(env, extra=["BenchmarkCORSOrigin https://friend.test"])

    @staticmethod
    def refused(server, path=EVENTS, **headers):
        with pytest.raises(Refused) as refusal:
            WebSocket(server, path, **headers)
        assert refusal.value.headers["content-type"].startswith("application/problem+json")
        problem = json.loads(refusal.value.body)
        assert problem["status"] == refusal.value.status and problem["detail"]
        return refusal.value

    @pytest.mark.parametrize("path", [EVENTS, HIVE, "/api/v1/ws/metrics"])
    def test_accepted(self, server, path):
        with WebSocket(server, path, key="dGhlIHNhbXBsZSBub25jZQ==") as socket_:
            assert socket_.headers["sec-websocket-accept"] == "s3pplmbitxaq9kygzzhzrbk+xoo="     # in lower case, as the helper reads
            assert socket_.headers["upgrade"].lower() == "websocket"
            assert "sec-websocket-protocol" not in socket_.headers
            assert "sec-websocket-extensions" not in socket_.headers
            assert socket_.alive()

    def test_tokens_of_headers_are_taken_as_http_does(self, server):
        for headers in ({"Connection": "keep-alive, Upgrade"}, {"Connection": "UPGRADE"}, {"Upgrade": "WebSocket"}):
            with WebSocket(server, **headers) as socket_:
                assert socket_.alive()

    def test_extensions_are_not_taken(self, server):
        with WebSocket(server, **{"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}) as socket_:
            assert "sec-websocket-extensions" not in socket_.headers
            assert socket_.alive()

    def test_subprotocol(self, server):
        with WebSocket(server, **{"Sec-WebSocket-Protocol": "other, benchmark.events.v1"}) as socket_:
            assert socket_.headers["sec-websocket-protocol"] == "benchmark.events.v1"
        with WebSocket(server, **{"Sec-WebSocket-Protocol": "other"}) as socket_:
            assert "sec-websocket-protocol" not in socket_.headers

    @pytest.mark.parametrize("key", ["x", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ==, again",
                                     "dGhlIHNhbXBsZSBub25jZQ==" * 400], ids=["x", "one-pad", "no-pad", "two", "9600-bytes"])
    def test_bad_key(self, server, key):
        with pytest.raises(Refused) as refusal:                     # httpd itself refuses a field of more than 8 kB
            WebSocket(server, key=key)
        assert refusal.value.status == 400

    def test_no_key(self, server):
        assert self.refused(server, sec_websocket_key=None).status == 400

    @pytest.mark.parametrize("version", ["12", "8", "14", "x", "", None])
    def test_other_versions(self, server, version):
        refusal = self.refused(server, sec_websocket_version=version)
        assert refusal.status == 426
        assert refusal.headers["sec-websocket-version"] == "13"
        assert "websocket" in refusal.headers["upgrade"].lower()

    @pytest.mark.parametrize("change", [{"upgrade": None}, {"upgrade": "h2c"}, {"connection": "keep-alive"}])
    def test_no_upgrade(self, server, change):
        assert self.refused(server, **change).status == 426

    @pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://127.0.0.1:1", "https://friend.test.evil.test", "x"])
    @pytest.mark.parametrize("path", [EVENTS, HIVE])
    def test_foreign_origin(self, server, path, origin):
        """A page of another origin could read what it may not: a WebSocket is not kept from it by the browser."""
        assert self.refused(server, path, Origin=origin).status == 403

    def test_own_and_allowed_origins(self, server):
        for origin in (server.url, "https://friend.test"):
            with WebSocket(server, Origin=origin) as socket_:
                assert socket_.alive()

    def test_other_methods(self, server):
        for method in ("POST", "PUT", "HEAD"):
            with Raw(server) as raw:
                raw.ask(EVENTS, {**upgrade_headers(server), "Content-Length": "0"}, method)
                status, headers = raw.answer()
                assert (status, headers["allow"].upper()) == (405, "GET, OPTIONS")

    def test_head_of_a_stream(self, server):
        """A head like that of GET, and no body."""
        answer = requests.head(server.url + "/api/v1/events", timeout=PATIENCE)
        assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/event-stream")


class TestMessages:
    """What the sockets say, and what may be said to them."""

    @staticmethod
    def conf(env):
        return Conf(env, extra=["BenchmarkLivePush 20ms", "BenchmarkLiveBeat 5s"])

    def test_subscribe_and_again(self, server):
        with WebSocket(server) as socket_:
            assert socket_.subscribe("run")
            with WebSocket(server) as other:
                other.subscribe("alert")
                tell_all(server, {"n": 1})                          # this one did not ask
                assert other.event()["data"] == {"n": 1}
            assert socket_.subscribe("alert", "slo")
            tell_all(server, {"n": 2})
            event = socket_.event()
            assert (event["topic"], event["event"], event["data"]) == ("alert", "raised", {"n": 2})
            assert event["at"].endswith("Z") and event["id"]
            socket_.subscribe()
            with WebSocket(server) as other:
                other.subscribe("alert")
                tell_all(server, {"n": 3})
                assert other.event()["data"] == {"n": 3}
            after = socket_.subscribe("alert")
            tell_all(server, {"n": 4}, {"n": 5})
            assert [socket_.event()["data"]["n"] for _ in range(2)] == [4, 5]
            # once more from there: what came since comes again, in order, once
            assert socket_.subscribe("alert", after=after)
            assert [socket_.event()["data"]["n"] for _ in range(2)] == [4, 5]
            socket_.text("ping")
            assert socket_.message() == "pong"

    @pytest.mark.parametrize("text", ["", "x", "null", "[]", "{}", '{"subscribe": 7}', '{"subscribe": [7]}', '{"subscribe": [{"topic": "x"}]}',
                                      '{"subscribe": [{"topic": "run", "id": "x"}]}', '{"subscribe": [], "after": 7}', "ping ", "Ping",
                                      '{"subscribe": [{"topic": "stream"}]}', '{"a":' * 65, "\x00", '{"subscribe": [' + '{"topic":"run"},' * 40 + "{}]}"])
    def test_messages_that_are_not_understood(self, server, text):
        """They are told so; the connection and what was subscribed stay."""
        with WebSocket(server) as socket_:
            socket_.subscribe("alert")
            socket_.text(text)
            said = socket_.event()
            assert (said["topic"], said["event"]) == ("stream", "error"), said
            assert said["data"]["detail"]
            tell_all(server, {"n": 1})
            assert socket_.event()["data"] == {"n": 1}

    def test_hive(self, server):
        """The contract of Hive's socket: "ping", and events as {type, data}; an event that has no figure is not told."""
        with WebSocket(server, HIVE) as socket_:
            socket_.text("ping")
            assert socket_.message() == "pong"
            socket_.text("anything else")
            tell_all(server, {"n": 1})
            tell_all(server, {"scenario_id": "a_1", "success_rate": 0.95, "execution_time": 2.5, "difficulty": "easy",
                              "scenarios_completed": 3}, kind="training.update")
            tell_all(server, {"scenario_id": "a_1", "completed": True}, kind="training.scenario_completed")
            assert json.loads(socket_.message()) == {"type": "training_update", "data": {
                "scenario_id": "a_1", "success_rate": 0.95, "execution_time": 2.5, "difficulty": "easy", "scenarios_completed": 3}}
            assert json.loads(socket_.message()) == {"type": "scenario_completed", "data": {"scenario_id": "a_1", "completed": True}}


class TestHiveRuns:
    def test_a_run_that_completed_is_a_metric(self, server, api):
        """Its response time is the one that the API tells of it."""
        scenario = api.make_scenario(api.make_automation(provider="mock"))
        with WebSocket(server, HIVE) as socket_:
            assert socket_.alive()
            run = api.await_run(api.trigger(scenario)["id"])
            metric = json.loads(socket_.message())
            assert metric["type"] == "metric"
            data = metric["data"]
            assert data["scenario_id"] == str(scenario["id"])
            assert data["type"] == "response_time" and data["timestamp"] == run["finished_at"]
            assert data["value"] == run["total_duration_ms"]
            assert set(data) == {"timestamp", "type", "value", "scenario_id"}


class TestLibraries:
    """Two clients that others wrote, which do not agree with our mistakes."""

    @staticmethod
    def conf(env):
        return Conf(env, extra=["BenchmarkLivePush 20ms", "BenchmarkLiveBeat 1s"])

    def test_websockets(self, server):
        async def talk():
            url = f"ws://127.0.0.1:{server.port}{EVENTS}"
            async with websockets.connect(url, subprotocols=["benchmark.events.v1"], open_timeout=PATIENCE, ping_interval=0.5,
                                          ping_timeout=PATIENCE) as client:
                assert client.subprotocol == "benchmark.events.v1"
                await client.send(json.dumps({"subscribe": [{"topic": "alert"}]}))
                hello = json.loads(await client.recv())
                assert hello["event"] == "hello"
                await asyncio.to_thread(tell_all, server, *({"n": n, "text": "€" * 300} for n in range(100)))    # fit into one push
                seen = []
                while len(seen) < 100:
                    event = json.loads(await client.recv())
                    if event["topic"] == "alert":
                        seen.append(event["data"]["n"])
                assert seen == list(range(100))
                await client.send(["pi", "n", "g"])                  # in fragments
                while await client.recv() != "pong":
                    pass
                await asyncio.wait_for(await client.ping(), PATIENCE)
                await asyncio.sleep(4)                               # pings both ways, and answers
                await asyncio.wait_for(await client.ping(), PATIENCE)
                await client.close(4001, "enough")
                assert client.close_code == 4001
            with pytest.raises(websockets.InvalidStatusCode) as refusal:
                await websockets.connect(url, origin="https://evil.test", open_timeout=PATIENCE)
            assert refusal.value.status_code == 403
        asyncio.run(asyncio.wait_for(talk(), 60))

    def test_wsproto(self, server):
        protocol = wsproto.WSConnection(wsproto.ConnectionType.CLIENT)
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as s:
            s.sendall(protocol.send(wsproto.events.Request(host=f"127.0.0.1:{server.port}", target=HIVE)))
            seen = []

            def until(kind):
                while not any(isinstance(event, kind) for event in seen):
                    protocol.receive_data(s.recv(65536) or None)
                    for event in protocol.events():
                        if isinstance(event, wsproto.events.Ping):
                            s.sendall(protocol.send(event.response()))
                        seen.append(event)
                found = next(event for event in seen if isinstance(event, kind))
                seen.remove(found)
                return found

            until(wsproto.events.AcceptConnection)
            s.sendall(protocol.send(wsproto.events.TextMessage("pi", message_finished=False))
                      + protocol.send(wsproto.events.TextMessage("ng", message_finished=True)))
            assert until(wsproto.events.TextMessage).data == "pong"
            payload = os.urandom(125)
            s.sendall(protocol.send(wsproto.events.Ping(payload)))
            assert until(wsproto.events.Pong).payload == payload
            tell_all(server, {"x": 1}, kind="training.update")
            assert json.loads(until(wsproto.events.TextMessage).data) == {"type": "training_update", "data": {"x": 1}}
            s.sendall(protocol.send(wsproto.events.CloseConnection(1000, "bye")))
            assert until(wsproto.events.CloseConnection).code == 1000
            assert s.recv(1) == b""


def test_the_mask_of_this_client():
    """What all of the above rests on."""
    assert mask(b"Hello") == bytes.fromhex("7f9f4d5158")            # RFC 6455 5.7
