# SPDX-License-Identifier: Apache-2.0
"""An HTTP proxy of a test's own: forwards plain requests, tunnels CONNECT, and remembers what it was asked."""
import select
import socket
import threading
from urllib.parse import urlsplit


class EgressProxy:
    """names: {"host:port" as asked for: (host, port) to connect to}; what is not listed is refused with 403.
    asked: [(first line of the request, {header: value})]. silent: takes connections and never answers."""

    def __init__(self, names=None, silent=False):
        self.names, self.silent = dict(names or {}), silent
        self.asked, self.lock = [], threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def lines(self):
        with self.lock:
            return [line for line, _ in self.asked]

    def close(self):
        """Wakes accept(): else it would go on taking, and refusing, one connection more."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client:
            try:
                self._one(client)
            except OSError:
                pass

    def _one(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            block = client.recv(65536)
            if not block:
                return
            head += block
        head, _, rest = head.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        with self.lock:
            self.asked.append((lines[0], dict(line.split(": ", 1) for line in lines[1:])))
        while self.silent:
            if not client.recv(65536):
                return
        method, url, version = lines[0].split(" ")
        parts = urlsplit(url if method != "CONNECT" else "//" + url)
        place = self.names.get(f"{parts.hostname}:{parts.port}")
        if place is None:
            client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        with socket.create_connection(place) as target:
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:           # one request a connection: enough for a test
                kept = [line for line in lines[1:] if not line.lower().startswith(("connection:", "proxy-"))]
                target.sendall("\r\n".join([f"{method} {parts.path} {version}", *kept, "Connection: close"]).encode("latin-1")
                               + b"\r\n\r\n" + rest)
            self._relay(client, target)

    @staticmethod
    def _relay(client, target):
        while True:
            for ready in select.select([client, target], [], [])[0]:
                block = ready.recv(65536)
                if not block:
                    return
                (target if ready is client else client).sendall(block)
