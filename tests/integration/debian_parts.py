# SPDX-License-Identifier: Apache-2.0
"""Files of Debian packages that tests want and that need not be installed: taken from the system, or unpacked beside the tests."""
import os
import subprocess

import pytest

HOME = os.path.join(os.environ.get("BM_TEST_HOME", "/tmp/bm-tests"), "debian")


def parts(wanted, *packages):
    """Root below which the file `wanted` is ("/usr/sbin/slapd"): "" if the system has it, else a directory into which the packages
    were unpacked. Skips the test where there is no archive to fetch them from."""
    if os.path.exists(wanted):
        return ""
    root = os.path.join(HOME, packages[0])
    if not os.path.exists(root + wanted):
        os.makedirs(root, exist_ok=True)
        done = subprocess.run(["apt-get", "download", "-q", *packages], cwd=root, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != 0:
            pytest.skip(f"needs Debian's {packages[0]}, which is neither installed nor to be had: {done.stderr[-200:]}")
        for name in os.listdir(root):
            if name.endswith(".deb"):
                subprocess.run(["dpkg", "-x", name, "."], cwd=root, check=True)
    return root


def modules(root, libraries, name, path):
    """Lines of httpd.conf that load a module; from a directory of its own with the libraries that it needs, in order."""
    if os.environ.get("BM_SANITIZER") == "thread":
        pytest.skip("a module that is not built for the thread sanitizer")
    lines = [f"LoadFile {root}/usr/lib/x86_64-linux-gnu/{library}" for library in libraries] if root else []
    return lines + [f"LoadModule {name} {root}{path}"]
