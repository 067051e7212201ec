# SPDX-License-Identifier: Apache-2.0
"""A WebSocket client that may break every rule: bytes go out as they are told, frames come in as they are."""
import base64
import json
import os
import select
import socket
import struct
import time

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
FIN = 0x80
MASK = bytes([0x37, 0xFA, 0x21, 0x3D])
EVENTS, HIVE = "/api/v1/events/ws", "/ws/metrics"
PATIENCE = 30                      # seconds for what comes at once on an idle machine


def mask(payload):
    pattern = MASK * (len(payload) // 4 + 1)
    return (int.from_bytes(payload, "big") ^ int.from_bytes(pattern[:len(payload)], "big")).to_bytes(len(payload), "big")


def frame(opcode, payload=b"", fin=True, rsv=0, masked=True, length=None, first=None):
    """One frame of a client. length: what its head says, in 64 bits, whatever comes."""
    head = bytes([first if first is not None else (FIN if fin else 0) | rsv << 4 | opcode])
    bit = 0x80 if masked else 0
    size = len(payload)
    if length is not None:
        head += bytes([bit | 127]) + struct.pack(">Q", length)
    elif size < 126:
        head += bytes([bit | size])
    elif size < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", size)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", size)
    return head + (MASK + mask(payload) if masked else payload)


class Refused(Exception):
    def __init__(self, status, headers, body):
        super().__init__(f"{status} {body[:300]}")
        self.status, self.headers, self.body = status, headers, body


class Raw:
    """A connection to this httpd, and HTTP's head on it."""

    def __init__(self, env, receive_buffer=None, tls=None, port=None):
        self.sock = socket.socket()
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(("127.0.0.1", port or env.port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.sock = tls.wrap_socket(self.sock, server_hostname="127.0.0.1")
        self.seen = b""

    def ask(self, path, headers, method="GET"):
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        self.sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))

    def answer(self):
        """(status, headers in lower case); what follows stays in self.seen."""
        while b"\r\n\r\n" not in self.seen:
            if not self.more():
                raise EOFError(f"the server ended within a head: {self.seen[:200]!r}")
        head, self.seen = self.seen.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        return int(lines[0].split()[1]), headers

    def body(self, headers):
        """Of an answer that is no stream."""
        size = int(headers["content-length"])
        while len(self.seen) < size and self.more():
            pass
        return self.seen[:size]

    until = None

    def begin(self):
        """Of what shall not take longer than PATIENCE, whatever comes meanwhile."""
        self.until = time.monotonic() + PATIENCE

    def more(self):
        """Whether the server sent something more; False: it has ended."""
        assert self.until is None or time.monotonic() < self.until, f"not what was waited for: {self.seen[-200:]!r}"
        block = self.sock.recv(65536)
        self.seen += block
        return block != b""

    def silent_for(self, seconds):
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([self.sock], [], [], left)[0]:
                return False
        return True

    def reset(self):
        """Gone as by a crash: a reset instead of an end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()


def upgrade_headers(env, key=None, **changes):
    """Of an opening handshake. A change to None leaves a header out; _ in a name is a hyphen."""
    headers = {"Host": f"127.0.0.1:{env.port}", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": key or base64.b64encode(os.urandom(16)).decode()}
    for name, value in changes.items():
        name = next((known for known in headers if known.lower() == name.lower().replace("_", "-")), name.replace("_", "-"))
        headers[name] = value
    return {name: value for name, value in headers.items() if value is not None}


class WebSocket(Raw):
    def __init__(self, env, path=EVENTS, receive_buffer=None, tls=None, port=None, base=None, **headers):
        super().__init__(env, receive_buffer, tls, port)
        self.ask((env.base if base is None else base) + path, upgrade_headers(env, **headers))
        self.status, self.headers = self.answer()
        if self.status != 101:
            body = self.body(self.headers)
            self.close()
            raise Refused(self.status, self.headers, body)

    # --- out

    def send(self, data):
        self.sock.sendall(data)

    def text(self, text):
        self.send(frame(TEXT, text.encode() if isinstance(text, str) else text))

    def tell(self, message):
        self.text(json.dumps(message))

    def subscribe(self, *topics, after=None):
        """And take the hello. Its id, from where events follow."""
        self.tell({"subscribe": [{"topic": topic} if isinstance(topic, str) else topic for topic in topics],
                   **({"after": after} if after else {})})
        first = self.event()
        assert (first["topic"], first["event"]) == ("stream", "hello"), first
        return first["id"]

    # --- in

    def frame(self):
        """(first byte, payload) of the next frame; None: the server has ended."""
        while True:
            if len(self.seen) >= 2:
                size, at = self.seen[1], 2
                assert size < 0x80, "a server does not mask"
                if size >= 126:
                    at = 4 if size == 126 else 10
                    size = int.from_bytes(self.seen[2:at], "big") if len(self.seen) >= at else 1 << 62
                if len(self.seen) >= at + size:
                    found = self.seen[0], self.seen[at:at + size]
                    self.seen = self.seen[at + size:]
                    return found
            if not self.more():
                assert self.seen == b"", f"the server ended within a frame: {self.seen[:100]!r}"
                return None

    def message(self):
        """The next text; pings are answered on the way. None: the server has closed."""
        self.begin()
        return self._message()

    def _message(self):
        while (found := self.frame()) is not None:
            first, payload = found
            if first == FIN | TEXT:
                return payload.decode("utf-8")
            if first == FIN | PING:
                self.send(frame(PONG, payload))
            elif first == FIN | CLOSE:
                self.closed = payload
                return None
            else:
                assert first == FIN | PONG, hex(first)
        return None

    def event(self):
        """The next event that is no sign of life."""
        self.begin()
        while (text := self._message()) is not None:
            event = json.loads(text)
            if (event.get("topic"), event.get("event")) != ("stream", "beat"):
                return event
        return None

    def alive(self):
        """Whether a ping is answered; texts on the way are passed over."""
        self.begin()
        token = os.urandom(8)
        self.send(frame(PING, token))
        while (found := self.frame()) is not None:
            if found == (FIN | PONG, token):
                return True
            if found[0] == FIN | CLOSE:
                return False
        return False

    closed = None

    def close_code(self):
        """The code that the server closes with, after what else it says; 0: none. The connection must end behind it."""
        self.begin()
        while (found := self.frame()) is not None:
            if found[0] == FIN | CLOSE:
                code = struct.unpack(">H", found[1][:2])[0] if found[1] else 0
                assert self.frame() is None, "frames behind a Close"
                return code
        raise AssertionError("ended without a Close")


class Stream(Raw):
    """Server-sent events."""

    def __init__(self, env, query="", last=None, receive_buffer=None, tls=None, port=None, **more):
        super().__init__(env, receive_buffer, tls, port)
        headers = {"Host": f"127.0.0.1:{env.port}", "Accept": "text/event-stream", **more}
        if last is not None:
            headers["Last-Event-ID"] = last
        self.ask(env.base + "/api/v1/events" + query, headers)
        self.status, self.headers = self.answer()
        self.lines = []
        if self.status != 200:
            body = self.body(self.headers)
            self.close()
            raise Refused(self.status, self.headers, body)

    def event(self):
        """(name, id, text) of the next event that is no sign of life; None: the stream has ended."""
        self.begin()
        name = ident = None
        data = []
        while True:
            while b"\n" not in self.seen:
                if not self.more():
                    return None
            line, self.seen = self.seen.split(b"\n", 1)
            field, _, value = line.decode("utf-8").partition(":")
            value = value[1:] if value.startswith(" ") else value
            if field == "event":
                name = value
            elif field == "id":
                ident = value
            elif field == "data":
                data.append(value)
            elif line == b"":
                if data and name != "stream.beat":
                    return name, ident, "\n".join(data)
                name, data = None, []

    def json_event(self):
        event = self.event()
        return event and json.loads(event[2])


def tell_all(env, *payloads, kind="alert.raised", project=1):
    """Events that all who watch alerts are told, in one transaction."""
    env.sql("insert into events (project_id, kind, payload) select %s, %s, x::jsonb from unnest(%s::text[]) x",
            project, kind, [json.dumps(payload) for payload in payloads])
    env.sql("notify bm_events")


def sockets_of(env):
    """Sockets that the web children hold: clients, and a few of their own."""
    count = 0
    for pid in env.web_pids():
        try:
            for fd in os.listdir(f"/proc/{pid}/fd"):
                try:
                    count += os.readlink(f"/proc/{pid}/fd/{fd}").startswith("socket:")
                except OSError:
                    pass
        except OSError:
            pass
    return count
