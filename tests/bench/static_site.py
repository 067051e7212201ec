# SPDX-License-Identifier: Apache-2.0
"""Files that the same httpd serves by itself: a virtual host of its own without our mount, below which every path is ours."""
import requests

from bmenv import free_port


class StaticSite:
    def __init__(self, env, headers=None):
        """headers: what every answer carries besides httpd's own."""
        self.env = env
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.lines = [f"Listen 127.0.0.1:{self.port}", f"<VirtualHost 127.0.0.1:{self.port}>", "BenchmarkMount Off", f"DocumentRoot {env.home}/static",
                      f"<Directory {env.home}/static>", "Require all granted", "</Directory>",
                      *[f'Header always set {name} "{value}"' for name, value in (headers or {}).items()], "</VirtualHost>"]

    def write(self, name, text):
        self.env.write("static/" + name, text)

    def check(self, name):
        """That it is httpd's own answer: a page of ours, or its absence, would be another peer."""
        answer = requests.get(f"{self.url}/{name}", timeout=5)
        assert answer.status_code == 200 and "X-Request-Id" not in answer.headers, (answer.status_code, answer.headers)
