# SPDX-License-Identifier: Apache-2.0
"""Files that the same httpd serves by itself: a virtual host of its own, since below our mount every path is ours."""
from bmenv import free_port


class StaticSite:
    def __init__(self, env):
        self.env = env
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.lines = [f"Listen 127.0.0.1:{self.port}", f"<VirtualHost 127.0.0.1:{self.port}>", f"DocumentRoot {env.home}/static",
                      f"<Directory {env.home}/static>", "Require all granted", "</Directory>", "</VirtualHost>"]

    def write(self, name, text):
        self.env.write("static/" + name, text)
