# SPDX-License-Identifier: Apache-2.0
"""Users of our own, as tests of access make them and let them in."""
import base64
import json
import os
import re
import subprocess

import pytest

from bmenv import Api, Conf


PASSWORD = "correct horse battery"
HASH = "$argon2id$v=19$m=19456,t=2,p=1$Q4KUh5J/EARmCWSHqT5Ysg$XLR8SEx+kFtocnXbDjpBq08PHHXK6niG3j2DtY3O11g"          # of PASSWORD
ADMIN = os.path.join(os.path.dirname(os.environ["BM_MODULE"]), "..", "benchmark-admin")


def admin(env, *words, password=PASSWORD, check=True):
    """The command, with the password on its standard input."""
    environment = dict(os.environ)
    if env.sanitizer:
        environment["ASAN_OPTIONS"] = "detect_leaks=0"
    done = subprocess.run([ADMIN, "-d", env.dsn, *words], input=password + "\n", text=True, capture_output=True, env=environment,
                          check=False, timeout=30)
    assert not check or done.returncode == 0, done.stderr
    return done


def add(env, *names):
    """Users whose names begin with their role: viewer1, operator2; fresh budgets."""
    env.sql("delete from users")
    env.sql("delete from sessions")
    env.sql("delete from api_keys")
    env.sql("delete from login_budgets")
    for name in names:
        env.sql("insert into users (name, role, password_hash) values (%s, %s, %s)", name, re.match("[a-z]+", name).group(), HASH)


def bearer(token):
    return {"Authorization": "Bearer " + token}


def own(server):
    """What a browser says beside a request of a page of ours."""
    return {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}


def login(api, name, password=PASSWORD, **members):
    return api.call("POST", "/auth/login", {"email": name, "password": password, **members}, expect=200)


def tokens(api, name, **kwargs):
    return login(api, name, **kwargs).json()


def who(api, token=None, **kwargs):
    """What /me says; the status if it refuses."""
    answer = api.call("GET", "/me", headers=bearer(token) if token else None, **kwargs)
    return answer.json() if answer.status_code == 200 else answer.status_code


def look_again(api):
    """A change of access at this node: what it had found out about credentials counts no longer."""
    head = bearer(tokens(api, "admin1")["access_token"])
    api.call("PATCH", f"/users/{who(api, head['Authorization'][7:])['id']}", {"full_name": "A."}, headers=head, expect=200)


def closed(env, anonymous="none", extra=()):
    return Conf(env, anonymous=anonymous, extra=("BenchmarkSlowQuery 0", *extra))          # a busy machine is none of its business


class Fresh:
    """Each test with users of its own and without what the client remembers."""
    conf = staticmethod(closed)

    @pytest.fixture(autouse=True)
    def users(self, server):
        add(server, "admin1", "operator1", "viewer1")

    @pytest.fixture
    def api(self, server):
        return Api(server)


def parts(token):
    return [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in token.split(".")[:2]]


def b64(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data, separators=(",", ":")).encode()).decode().rstrip("=")
