# SPDX-License-Identifier: Apache-2.0
"""Where runs may go and how they get there: certificates, client certificates, the egress proxy, names that lead elsewhere."""
import functools
import os
import shutil
import socket
import ssl
import threading
import time

import pytest

from bmenv import Api, Conf
from egress_proxy import EgressProxy
from odd_target import OddTarget
from private_ca import PrivateCA, openssl


def check_failed(run, code, *words):
    assert (run["status"], run["error_code"]) == ("failed", code), (run["status"], run["error_code"], run["error"])
    for word in words:
        assert word in run["error"].lower(), run["error"]
    assert run["finished_at"] and "\n" not in run["error"]
    return run


def check_completed(run):
    assert run["status"] == "completed", (run["error_code"], run["error"])
    return run


def chat(api, url, **connection):
    automation = api.make_automation(connection={"url": url, "model": "m", **connection})
    return api.run(api.make_scenario(automation), timeout=30)


@functools.lru_cache
def authority(env, name="ca"):
    return PrivateCA(f"{env.home}/tls-{name}", name)


def places(env, **instead):
    """A launcher for Conf: httpd sees the file or directory `instead[NAME]` where NAME (underscores are slashes) is."""
    mounts = "".join(f"mount --bind {path} /{name.replace('_', '/')} && " for name, path in instead.items())
    alone = ["unshare", "-m"] if os.getuid() == 0 else ["unshare", "-Um", "--map-current-user", "--keep-caps"]
    return [*alone, "sh", "-c", mounts + 'exec "$@"', "sh"]


def allow_only(conf, words):
    """Instead of the loopback networks that Conf opens."""
    text = conf.text
    conf.text = lambda: text().replace("BenchmarkTargetAllow 127.0.0.0/8 ::1", f"BenchmarkTargetAllow {words}" if words else "")
    return conf


class LateRefusal:
    """A TLS 1.3 server that refuses the client's certificate or the lack of one. It leaves the connection open for a while:
    closing at once would let the kernel throw away what it said."""

    def __init__(self, context):
        self.context = context
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.refused = []
        threading.Thread(target=self._serve, daemon=True).start()

    def url(self):
        return f"https://127.0.0.1:{self.listener.getsockname()[1]}/v1"

    def _serve(self):
        try:
            connection, _ = self.listener.accept()
        except OSError:
            return
        wrapped = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        try:
            wrapped.do_handshake()
        except ssl.SSLError as problem:
            self.refused.append(problem.reason)
        time.sleep(1)
        wrapped.close()

    def close(self):
        self.listener.close()


@pytest.fixture(name="listen")
def make_listen():
    """listen(...) is an OddTarget that ends with the test."""
    made = []

    def listen(*args, **kwargs):
        made.append(OddTarget(*args, **kwargs))
        return made[-1]
    yield listen
    for target in made:
        target.close()


class TestAuthority:

    def test_bm_outca_010_an_authority_that_nobody_named_is_refused(self, server, api, listen):
        tls = listen(tls=authority(server).server())
        run = check_failed(chat(api, tls.url("record")), "tls_error", "certificate")
        assert run["http_status"] is None and run["ttft_ms"] is None and not tls.requests("record")


class TestOwnAuthority:

    @staticmethod
    def conf(env):
        return Conf(env, extra=[f"BenchmarkTargetCA {authority(env).certificate}"])

    def test_bm_outca_020_a_named_authority_is_accepted_and_measured(self, server, api, listen):
        tls = listen(tls=authority(server).server())
        run = check_completed(chat(api, tls.url("record"), fresh_connection=True))
        assert run["phases"]["tls_ms"] > 0 and run["ttft_ms"] > 0 and run["tokens"]["completion"] == 3
        assert len(tls.requests("record")) == 1

    # what the load goes through, its certificate goes through; the reference target's own is trusted beside the named authority
    def test_bm_outca_025_a_load_test_over_tls_is_certified_over_tls(self, server, api, listen):
        tls = listen(tls=authority(server).server())
        scenario = api.make_scenario(api.make_automation(connection={"url": tls.url("record"), "model": "m"}))
        made = api.post("/loadtests", {"scenario_id": scenario["id"], "load_model": {"type": "constant", "rate": 10},
                                       "duration_seconds": 1}, expect=202)
        test = server.wait(lambda: (t := api.get(f"/loadtests/{made['id']}"))["status"] not in ("pending", "running") and t, 40, "no end")
        assert test["status"] == "completed" and test["results"]["completed"] == 10, test
        for side in ("before", "after"):
            assert test["certificate"][side]["tls"] is True and test["certificate"][side]["errors"]["ttft_us"]["n"] >= 20

    @pytest.mark.parametrize("alternatives, days, word", [("DNS:other.test", 2, "match"), ("IP:127.0.0.9", 2, "match"),
                                                          ("IP:127.0.0.1", -1, "expired")])
    def test_bm_outca_030_of_that_authority_but_not_for_this_target(self, server, api, listen, alternatives, days, word):
        tls = listen(tls=authority(server).server("wrong", alternatives, days))
        check_failed(chat(api, tls.url("record")), "tls_error", word)
        assert not tls.requests("record")

    def test_bm_outca_040_another_authority_is_refused(self, server, api, listen):
        tls = listen(tls=authority(server, "stranger").server())
        check_failed(chat(api, tls.url("record")), "tls_error", "certificate")

    # the server would speak TLS 1.1 at most, with ciphers for everybody
    @pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
    def test_bm_outca_050_tls_below_1_2_is_refused(self, server, api, listen):
        context = authority(server).server()
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        check_failed(chat(api, listen(tls=context).url("record")), "tls_error")
        context = authority(server).server()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        check_completed(chat(api, listen(tls=context).url("record")))

    def test_bm_outca_060_a_target_that_wants_a_certificate_does_not_get_one(self, server, api, listen):
        context = authority(server).server(clients=authority(server))
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        tls = listen(tls=context)
        check_failed(chat(api, tls.url("record")), "tls_error")
        assert not tls.requests("record")
        late = LateRefusal(authority(server).server(clients=authority(server)))
        check_failed(chat(api, late.url()), "tls_error", "certificate required")
        assert late.refused == ["PEER_DID_NOT_RETURN_A_CERTIFICATE"]
        late.close()


class TestInsteadOfTheSystems:
    """BenchmarkTargetCA replaces the system's authorities, it does not add to them."""

    @staticmethod
    def system(env):
        """A directory that serves as /etc/ssl/certs and knows `stranger`, as a file and by its hash."""
        directory = env.home + "/tls-system"
        os.makedirs(directory, exist_ok=True)
        for name in ("ca-certificates.crt", "stranger.pem"):
            shutil.copy(authority(env, "stranger").certificate, os.path.join(directory, name))
        openssl("rehash", directory)
        return places(env, etc_ssl_certs=directory)

    @classmethod
    def conf(cls, env):
        return Conf(env, launcher=cls.system(env))

    def test_bm_outca_070_an_authority_of_the_system(self, server, listen):
        tls = listen(tls=authority(server, "stranger").server())
        check_completed(chat(Api(server), tls.url("record")))
        server.restart(Conf(server, launcher=self.system(server), extra=[f"BenchmarkTargetCA {authority(server).certificate}"]))
        check_failed(chat(Api(server), tls.url("record")), "tls_error", "certificate")
        check_completed(chat(Api(server), listen(tls=authority(server).server()).url("record")))


class TestClientCertificate:

    # the key as Apache's own keys are: root's, closed to everybody else
    @staticmethod
    def conf(env):
        certificate, key = authority(env).issue("client", "DNS:client.test")
        return Conf(env, extra=[f"BenchmarkTargetCA {authority(env).certificate}", f"BenchmarkTargetClientCert {certificate}",
                                f"BenchmarkTargetClientKey {key}"])

    def test_bm_outcert_010_is_shown_to_a_target_that_wants_one(self, server, api, listen):
        for highest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = authority(server).server(clients=authority(server))
            context.maximum_version = highest
            tls = listen(tls=context)
            check_completed(chat(api, tls.url("record")))
            assert len(tls.requests("record")) == 1

    def test_bm_outcert_020_of_an_authority_that_the_target_does_not_know(self, server, api, listen):
        context = authority(server).server(clients=authority(server, "stranger"))
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        check_failed(chat(api, listen(tls=context).url("record")), "tls_error", "alert")
        late = LateRefusal(authority(server).server(clients=authority(server, "stranger")))
        check_failed(chat(api, late.url()), "tls_error", "unknown ca")
        assert late.refused == ["CERTIFICATE_VERIFY_FAILED"]
        late.close()

    def test_bm_outcert_030_a_target_that_wants_none_is_served_as_ever(self, server, api, listen):
        check_completed(chat(api, listen(tls=authority(server).server()).url("record")))
        assert os.stat(authority(server).path("client.key")).st_mode & 0o077 == 0


class TestBothInOneFile:

    @staticmethod
    def conf(env):
        text = b""
        for path in authority(env).issue("client", "DNS:client.test"):
            with open(path, "rb") as f:
                text += f.read()
        return Conf(env, extra=[f"BenchmarkTargetCA {authority(env).certificate}",
                                f"BenchmarkTargetClientCert {env.write('tls-ca/both.pem', text, 0o600)}"])

    def test_bm_outcert_040_certificate_and_key_in_one_file(self, server, api, listen):
        check_completed(chat(api, listen(tls=authority(server).server(clients=authority(server))).url("record")))


class TestUnreadable:

    # a run must not fall back to the system's authorities because ours are gone
    def test_bm_outcert_050_files_that_are_not_there_are_named(self, env, listen):
        env.restart(Conf(env, extra=["BenchmarkTargetCA no-such-ca.pem"]))
        env.allow(r"BM0013: engine: BenchmarkTargetCA: .*no-such-ca.pem cannot be read: No such file")
        env.wait(lambda: "BM0013" in env.log(), 5, "the log does not name the file")
        api = Api(env)
        check_failed(chat(api, listen(tls=authority(env).server()).url("record")), "tls_error", "no-such-ca.pem")
        check_completed(chat(api, listen().url("record")))
        env.stop()


class TestProxy:

    @pytest.fixture(scope="class", name="proxy")
    def make_proxy(self):
        proxy = EgressProxy()
        yield proxy
        proxy.close()

    @pytest.fixture(scope="class", name="server")
    def through_proxy(self, env, proxy):
        env.environment.update({"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "no_proxy": "*"})
        env.restart(Conf(env, extra=[f"BenchmarkTargetProxy {proxy.url}", f"BenchmarkTargetCA {authority(env).certificate}"]))
        yield env
        env.stop()
        for name in ("http_proxy", "https_proxy", "no_proxy"):
            del env.environment[name]

    def test_bm_outproxy_010_plain_http_is_asked_of_the_proxy(self, server, api, proxy, listen):
        target = listen()
        proxy.names[f"only-the-proxy-knows.test:{target.port}"] = ("127.0.0.1", target.port)
        check_completed(chat(api, target.url("record", "only-the-proxy-knows.test")))
        assert proxy.lines()[-1] == f"POST http://only-the-proxy-knows.test:{target.port}/record/v1/chat/completions HTTP/1.1"
        assert dict(target.requests("record")[0][3])["Host"] == f"only-the-proxy-knows.test:{target.port}"

    def test_bm_outproxy_020_https_goes_through_a_tunnel_and_is_checked_end_to_end(self, server, api, proxy, listen):
        tls = listen(tls=authority(server).server("inside", "DNS:inside.test"))
        proxy.names[f"inside.test:{tls.port}"] = proxy.names[f"other.test:{tls.port}"] = ("127.0.0.1", tls.port)
        run = check_completed(chat(api, tls.url("record", "inside.test"), headers={"X-Probe": "for the target alone"}))
        line, headers = proxy.asked[-1]
        assert line == f"CONNECT inside.test:{tls.port} HTTP/1.1" and run["phases"]["tls_ms"] > 0
        assert not {"X-Probe", "Authorization", "Content-Type"} & set(headers)
        assert dict(tls.requests("record")[0][3])["X-Probe"] == "for the target alone"
        check_failed(chat(api, tls.url("record", "other.test")), "tls_error", "other.test")

    def test_bm_outproxy_030_a_proxy_that_refuses_the_tunnel(self, server, api, proxy, listen):
        tls = listen(tls=authority(server).server())
        check_failed(chat(api, tls.url("record")), "connection_refused", "tunnel", "403")
        assert proxy.lines()[-1].startswith("CONNECT 127.0.0.1:") and not tls.requests("record")

    def test_bm_outproxy_040_the_reference_target_is_not_asked_of_the_proxy(self, server, api, proxy):
        before = len(proxy.lines())
        answer = api.post("/calibrations", {"streams": 5, "concurrency": 5}, expect=202)
        assert api.await_run(answer["id"], 60)["status"] == "completed"
        assert len(proxy.lines()) == before


    # it would connect for us: an address that is refused directly is refused there too, however it is written
    @pytest.mark.parametrize("host", ["169.254.169.254", "0xa9fea9fe", "2852039166", "10.0.0.1", "[fd00:ec2::254]", "[::ffff:10.0.0.1]"])
    def test_bm_outproxy_045_the_proxy_is_not_asked_for_inner_addresses(self, server, api, proxy, host):
        before = len(proxy.lines())
        check_failed(chat(api, f"http://{host}:8080/v1"), "target_not_allowed")
        assert len(proxy.lines()) == before


class TestProxyOutOfOrder:

    def test_bm_outproxy_050_a_proxy_that_is_not_there_or_says_nothing(self, env, listen):
        target = listen()
        env.restart(Conf(env, extra=["BenchmarkTargetProxy http://127.0.0.1:9"]))
        check_failed(chat(Api(env), target.url("record")), "connection_refused", "127.0.0.1 port 9")
        assert not target.requests("record"), "without its proxy it went out directly"
        silent = EgressProxy(silent=True)
        env.restart(Conf(env, extra=[f"BenchmarkTargetProxy {silent.url}"]))
        run = chat(Api(env), "https://somewhere.test/v1", connect_timeout_seconds=1)
        assert (run["status"], run["error_code"]) == ("timed_out", "connect_timeout"), run["error"]
        silent.close()
        env.stop()


class TestNames:
    """/etc/hosts of httpd is the test's own file, so a name leads where the test says, and elsewhere the next time."""

    OPEN = "127.0.0.2"
    SHUT = "127.0.0.3"

    @classmethod
    def hosts(cls, env, **names):
        lines = {"localhost": ["127.0.0.1", "::1"], "open": [cls.OPEN], "shut": [cls.SHUT], "listed": [cls.SHUT], "open.listed": [cls.SHUT],
                 "both": [cls.SHUT, cls.OPEN], "mapped": ["::ffff:" + cls.SHUT], "mappedopen": ["::ffff:" + cls.OPEN], **names}
        return env.write("hosts", "".join(f"{address} {name if name == 'localhost' else name + '.test'}\n"
                                          for name, addresses in lines.items() for address in addresses))

    @classmethod
    def conf(cls, env):
        return allow_only(Conf(env, launcher=places(env, etc_hosts=cls.hosts(env))), f"{cls.OPEN}/32 host:listed.test")

    @pytest.fixture(name="pair")
    def make_pair(self, listen):
        """The same port at both addresses: which one is asked is up to the name."""
        at_open = listen(host=self.OPEN)
        at_shut = listen(host=self.SHUT, port=at_open.port)
        return at_open, at_shut

    @staticmethod
    def outcome(api, url, **connection):
        """error_code of the run, or of the refusal to make it; None: completed."""
        answer = api.call("POST", "/automations", {"name": "n", "provider": "openai", "connection": {"url": url, "model": "m", **connection}})
        if answer.status_code != 200:
            return answer.json().get("code", "refused")
        scenario = api.make_scenario(answer.json())
        answer = api.call("POST", "/runs/trigger", {"scenario_id": scenario["id"]})
        return api.await_run(answer.json()["id"])["error_code"] if answer.status_code == 200 else answer.json().get("code", "refused")

    def test_bm_outname_010_a_name_is_judged_by_its_address(self, server, api, pair):
        at_open, at_shut = pair
        check_completed(chat(api, at_open.url("record", "open.test")))
        run = check_failed(chat(api, at_open.url("record", "shut.test")), "target_not_allowed", self.SHUT, "benchmarktargetallow")
        assert run["http_status"] is None
        check_failed(chat(api, at_open.url("record", "mapped.test")), "target_not_allowed")
        check_completed(chat(api, at_open.url("record", "mappedopen.test")))
        assert len(at_open.requests("record")) == 2 and not at_shut.requests("record")

    def test_bm_outname_020_of_several_addresses_only_allowed_ones_are_asked(self, server, api, pair):
        at_open, at_shut = pair
        check_completed(chat(api, at_open.url("record", "both.test")))
        assert len(at_open.requests("record")) == 1 and not at_shut.requests("record")

    @pytest.mark.parametrize("host", ["127.0.0.3", "127.3", "2130706435", "0x7f000003", "0177.0.0.3", "[::ffff:127.0.0.3]",
                                      "[::ffff:7f00:3]", "[64:ff9b::7f00:3]", "0.0.0.0", "[::]", "[::1]", "localhost", "169.254.169.254"])
    def test_bm_outname_030_any_spelling_of_a_closed_address(self, server, api, pair, host):
        at_open, at_shut = pair
        codes = ("target_not_allowed",) if host != "[64:ff9b::7f00:3]" else ("target_not_allowed", "connection_refused")
        assert self.outcome(api, at_open.url("record", host)) in codes
        assert not at_open.requests("record") and not at_shut.requests("record")

    def test_bm_outname_040_a_listed_name_may_lead_anywhere(self, server, api, pair):
        at_open, at_shut = pair
        for name in ("listed.test", "LISTED.test", "Listed.Test"):
            check_completed(chat(api, at_open.url("record", name)))
        assert len(at_shut.requests("record")) == 3
        # what the exemption opened stays warm, and serves nobody else
        for name in ("shut.test", "open.listed.test", self.SHUT):
            assert self.outcome(api, at_open.url("record", name)) == "target_not_allowed", name
        assert self.outcome(api, at_open.url("record", "listed.test@" + self.SHUT)) is not None
        assert self.outcome(api, at_open.url("record", "shut.test"), headers={"Host": "listed.test"}) is not None
        assert len(at_shut.requests("record")) == 3

    # BenchmarkTargetDeny closes what the other list opens: an address, a name, and names that are open wherever they lead
    def test_bm_outname_045_what_is_denied_stays_closed(self, server, api, pair):
        at_open, at_shut = pair
        for words, closed, still_open in ((f"{self.OPEN}", ("open.test", self.OPEN, "mappedopen.test"), ("listed.test",)),
                                          ("host:open.test", ("open.test", "OPEN.test"), ("mappedopen.test", "listed.test")),
                                          (f"{self.SHUT} host:other.test", ("listed.test",), ("open.test", "mappedopen.test"))):
            conf = self.conf(server)
            server.restart(conf.add(f"BenchmarkTargetDeny {words}"))
            before = len(at_open.requests("record")) + len(at_shut.requests("record"))
            for name in closed:
                assert self.outcome(api, at_open.url("record", name)) == "target_not_allowed", (words, name)
            assert len(at_open.requests("record")) + len(at_shut.requests("record")) == before
            for name in still_open:
                assert self.outcome(api, at_open.url("record", name)) is None, (words, name)
        server.restart(self.conf(server))

    def test_bm_outname_050_a_redirect_into_a_closed_place_is_not_followed(self, server, api, pair):
        at_open, at_shut = pair
        at_open.redirect_to = at_shut
        check_failed(chat(api, at_open.url("elsewhere", "open.test")), "redirected")
        assert len(at_open.requests("elsewhere")) == 1 and not at_shut.seen

    # first where it may, then where it may not: with a warm connection, with a new one, and when the name is asked again
    def test_bm_outname_060_rebinding(self, server, api, pair):
        at_open, at_shut = pair
        self.hosts(server, rebind=[self.OPEN])
        scenario = api.make_scenario(api.make_automation(connection={"url": at_open.url("record", "rebind.test"), "model": "m"}))
        anew = api.make_scenario(api.make_automation(connection={"url": at_open.url("record", "rebind.test"), "model": "m",
                                                                 "fresh_connection": True}))
        check_completed(api.run(scenario))
        self.hosts(server, rebind=[self.SHUT])
        check_completed(api.run(scenario))
        assert api.run(anew)["error_code"] in (None, "target_not_allowed")      # libcurl remembers names for a minute
        old = server.engine_pids()
        server.graceful()                                                       # the next engine knows no names
        server.wait(lambda: server.engine_pids() and not set(old) & set(server.engine_pids()), 20, "no new engine")
        server.await_ready()
        check_failed(api.run(scenario), "target_not_allowed", self.SHUT)
        self.hosts(server, rebind=[self.OPEN])
        assert not at_shut.seen
