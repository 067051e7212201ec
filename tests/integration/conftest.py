# SPDX-License-Identifier: Apache-2.0
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from bmenv import Api, Conf, Env  # noqa: E402
from odd_target import OddTarget  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than a few seconds; left out of sanitizer runs")


@pytest.fixture(scope="session")
def env():
    environment = Env()
    yield environment
    environment.close()


@pytest.fixture(autouse=True)
def clean_error_log(env):
    """No silent damage: a warning in the error log fails the test that caused it."""
    env.unexpected()
    yield
    bad = env.unexpected()
    assert not bad, "unannounced lines in the error log:\n" + "\n".join(bad)


@pytest.fixture(scope="class")
def server(env, request):
    """The class's httpd: attribute `conf` (a function of env) or the default configuration."""
    make = getattr(request.cls, "conf", None)
    env.base = getattr(request.cls, "base", "")
    env.restart(make(env) if make else Conf(env))
    yield env
    env.stop()
    with open(env.conf_path, encoding="utf-8") as conf:
        sealed = "BenchmarkSecretKeys" in conf.read()
    if sealed:                                      # the next one may have no key ring to open them with
        env.sql("delete from signing_keys")


@pytest.fixture(scope="class")
def api(server):
    return Api(server)


@pytest.fixture(scope="session")
def odd():
    target = OddTarget()
    yield target
    target.close()
