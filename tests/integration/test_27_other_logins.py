# SPDX-License-Identifier: Apache-2.0
"""The sample configurations of docs/access.md with modules that are not ours: LDAP, OpenID Connect, tokens of another issuer."""
import os
import re
import socket
import subprocess
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from bmenv import MODULES, SOURCE, Api, Conf, free_port
from debian_parts import modules, parts
from oidc_provider import OidcProvider
from login_client import add, bearer, tokens, who
from test_30_bad_input import check_problem

OIDC_LIBRARIES = ("libhiredis.so.0.14", "libcjose.so.0")
OAUTH_LIBRARIES = ("libhashkit.so.2", "libmemcached.so.11", *OIDC_LIBRARIES, "liboauth2.so.0", "liboauth2_apache.so.0")


def sample(marker, **instead):
    """The sample of docs/access.md that has this line, with other words for what is the example's."""
    with open(os.path.join(SOURCE, "docs/access.md"), encoding="utf-8") as f:
        blocks = re.findall(r"(?:^    .*\n)+", f.read(), re.M)
    text = next(block for block in blocks if marker in block)
    for word, other in instead.values():
        assert word in text, (word, text)
        text = text.replace(word, other)
    return text


class Directory:
    """A slapd with the people of the example."""
    PEOPLE = ("ada", "bob")

    def __init__(self, env):
        root = parts("/usr/sbin/slapd", "slapd", "libodbc2", "libltdl7", "libwrap0")
        self.port, self.process, self.environment = free_port(), None, {**os.environ, "LD_LIBRARY_PATH": f"{root}/usr/lib/x86_64-linux-gnu"}
        base = os.path.dirname(env.write("ldap/slapd.conf", "".join(f"include {root}/etc/ldap/schema/{s}.schema\n" for s in ("core", "cosine", "inetorgperson"))
                                         + f"modulepath {root}/usr/lib/ldap\nmoduleload back_mdb\ndatabase mdb\nsuffix dc=example,dc=com\n"
                                         f"maxsize 1048576\ndirectory {env.home}/ldap/db\n"))
        entries = ["dn: dc=example,dc=com\nobjectClass: dcObject\nobjectClass: organization\no: example\ndc: example\n",
                   *(f"dn: ou={ou},dc=example,dc=com\nobjectClass: organizationalUnit\nou: {ou}\n" for ou in ("people", "groups")),
                   *(f"dn: uid={u},ou=people,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: {u}\ncn: {u}\nsn: {u}\nuserPassword: {u} of ldap\n"
                     for u in self.PEOPLE),
                   "dn: cn=bench,ou=groups,dc=example,dc=com\nobjectClass: groupOfNames\ncn: bench\nmember: uid=ada,ou=people,dc=example,dc=com\n"]
        ldif = env.write("ldap/people.ldif", "\n".join(entries))
        subprocess.run(["rm", "-rf", base + "/db"], check=True)
        os.makedirs(base + "/db")
        subprocess.run([root + "/usr/sbin/slapadd", "-f", base + "/slapd.conf", "-l", ldif], env=self.environment, check=True, capture_output=True)
        self.command = [root + "/usr/sbin/slapd", "-f", base + "/slapd.conf", "-h", f"ldap://127.0.0.1:{self.port}", "-d", "0"]

    def start(self, env):
        self.process = subprocess.Popen(self.command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def answers():
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", self.port)) == 0
        env.wait(answers, 10, "slapd does not answer")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process = None


@pytest.fixture(scope="module")
def directory(env):
    made = Directory(env)
    made.start(env)
    yield made
    made.stop()


LDAP = [f"LoadModule ldap_module {MODULES}/mod_ldap.so", f"LoadModule authnz_ldap_module {MODULES}/mod_authnz_ldap.so", "LDAPConnectionTimeout 3",
        "LDAPCacheTTL 0", "LDAPOpCacheTTL 0"]


class Configured:
    """A server whose /health may want a user."""
    base = "/benchmark"

    @pytest.fixture(scope="class")
    def server(self, env, request):
        env.base = self.base
        env.restart(request.cls.configure(env, request), ready=False)
        env.wait(lambda: requests.get(env.url + "/benchmark/", timeout=5, allow_redirects=False).status_code < 500, 20, "no answer")
        env.wait(lambda: env.engine_pids() and env.sql("select 1 from pg_tables where tablename = 'audit_log'"), 20, "no schema")
        yield env
        env.stop()

    @pytest.fixture(scope="class")
    def api(self, server):
        return Api(server)


class TestLdapLogins(Configured):
    """BenchmarkLoginProvider ldap benchmark."""

    @staticmethod
    def configure(env, request):
        directory = request.getfixturevalue("directory")
        return Conf(env, mount="/benchmark", seed_paths=False, anonymous="none", extra=[
            *LDAP, sample("BenchmarkLoginProvider ldap", url=("ldaps://ldap.example.com", f"ldap://127.0.0.1:{directory.port}"), who=("vera otto", "ada"))])

    def test_bm_ldap_010_logins(self, server, api, directory):
        add(server, "viewer1")
        token = tokens(api, "ada", password="ada of ldap")["access_token"]
        assert (who(api, token)["user"], who(api, token)["role"]) == ("ada", "operator")
        assert who(api, tokens(api, "bob", password="bob of ldap")["access_token"])["role"] == "none"
        assert who(api, tokens(api, "viewer1")["access_token"])["role"] == "viewer"          # the next provider
        for name, password in (("ada", "wrong"), ("ada", ""), ("nobody", "x"), ("*", "ada of ldap"), ("a*", "ada of ldap"), ("ada)(uid=*", "ada of ldap")):
            answer = api.call("POST", "/auth/login", {"email": name, "password": password})
            assert answer.status_code == (422 if password == "" else 401), (name, answer.text)
        directory.stop()                                                                       # nobody is let in for that, and nobody called wrong
        server.allow("AH0169[0-9]: auth_ldap authenticate: user ada authentication failed", "AH01695", "BM09")
        answer = api.call("POST", "/auth/login", {"email": "ada", "password": "ada of ldap"})
        assert check_problem(answer, 503)
        assert who(api, token)["user"] == "ada"
        directory.start(server)
        server.wait(lambda: api.call("POST", "/auth/login", {"email": "ada", "password": "ada of ldap"}).status_code == 200, 10, "not back")


class TestLdapBasic(Configured):
    """AuthType Basic, AuthBasicProvider ldap, Require ldap-group."""

    @staticmethod
    def configure(env, request):
        directory = request.getfixturevalue("directory")
        return Conf(env, mount="/benchmark", seed_paths=False, anonymous="none", extra=[
            *LDAP, sample("Require ldap-group", url=("ldaps://ldap.example.com", f"ldap://127.0.0.1:{directory.port}"))])

    def test_bm_ldap_020_basic_and_a_group(self, server, api, directory):
        server.allow("AH016[0-9][0-9]: ", "AH017[0-9][0-9]: ")
        assert api.get("/me", auth=("ada", "ada of ldap"))["role"] == "viewer"
        check_problem(api.call("POST", "/automations", {"name": "n"}, auth=("ada", "ada of ldap")), 403)
        for auth in (None, ("ada", "wrong"), ("ada", ""), ("bob", "bob of ldap"), ("nobody", "x")):          # bob is not in the group
            check_problem(api.call("GET", "/me", auth=auth), 401)
        directory.stop()
        answer = api.call("GET", "/me", auth=("ada", "ada of ldap"))
        assert answer.status_code == 500 and "ada" not in answer.text          # httpd's word for it
        directory.start(server)
        server.wait(lambda: api.call("GET", "/me", auth=("ada", "ada of ldap")).status_code == 200, 10, "not back")


class TestOpenIdConnect(Configured):

    @classmethod
    def configure(cls, env, request):
        root = parts("/usr/lib/apache2/modules/mod_auth_openidc.so", "libapache2-mod-auth-openidc", "libcjose0", "libhiredis0.14")
        cls.provider = OidcProvider("bench", "of-the-client", "alice")
        request.addfinalizer(cls.provider.close)
        secret = env.write("oidc/secret.conf", "OIDCClientSecret of-the-client\nOIDCCryptoPassphrase a-phrase\n", 0o600)
        text = sample("OIDCProviderMetadataURL", url=("https://login.example.com", cls.provider.url), me=("https://bench.example.com", env.url),
                      secret=("/etc/apache2/oidc.secret.conf", secret))
        return Conf(env, mount="/benchmark", seed_paths=False, anonymous="none", extra=[
            *modules(root, OIDC_LIBRARIES, "auth_openidc_module", "/usr/lib/apache2/modules/mod_auth_openidc.so"), text])

    def begin(self, server, session):
        """As far as the provider's page: the address that it sends the browser back to."""
        first = session.get(server.url + "/benchmark/api/v1/me", headers={"Accept": "text/html"}, allow_redirects=False, timeout=5)
        assert first.status_code == 302 and first.headers["Location"].startswith(self.provider.url + "/authorize?"), (first.status_code, first.text)
        return session.get(first.headers["Location"], allow_redirects=False, timeout=5).headers["Location"]

    def test_bm_oidc_010_a_browser_logs_in(self, server):
        browser = requests.Session()
        landed = browser.get(self.begin(server, browser), timeout=5)
        assert landed.json()["user"] == "alice" and landed.json()["role"] == "admin", landed.text
        assert browser.get(server.url + "/benchmark/api/v1/runs", timeout=5).status_code == 200
        # what a browser carries by itself changes nothing for another site
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            check_problem(browser.post(server.url + "/benchmark/api/v1/automations", json={"name": "n"}, headers=headers, timeout=5), 403)
        check_problem(browser.post(server.url + "/benchmark/api/v1/automations", data={"name": "n"}, timeout=5), 415)
        made = browser.post(server.url + "/benchmark/api/v1/automations", json={"name": "n"}, headers={"Origin": server.url}, timeout=5)
        assert made.status_code == 200 and made.json()["created_by"] == "alice"

    @pytest.mark.parametrize("spoil", [{"iss": "https://other.example"}, {"aud": "other"}, {"nonce": "other"}, {"exp": 1000}])
    def test_bm_oidc_020_what_the_provider_did_not_say_so(self, server, spoil):
        server.allow("auth_openidc")
        self.provider.spoil = spoil
        browser = requests.Session()
        landed = browser.get(self.begin(server, browser), timeout=5)
        self.provider.spoil = {}
        assert "<title>Error</title>" in landed.text and "alice" not in landed.text, landed.text[:600]          # a page of the module's, with status 200
        again = requests.get(server.url + "/benchmark/api/v1/me", cookies=browser.cookies, allow_redirects=False, timeout=5)
        assert again.status_code in (302, 401)

    def test_bm_oidc_030_callbacks_that_nobody_began(self, server):
        server.allow("auth_openidc")
        browser, other = requests.Session(), requests.Session()
        back = self.begin(server, browser)
        query = dict(parse_qsl(urlsplit(back).query))
        for change in ({"state": ""}, {"state": "x" * 40}, {"code": "invented"}):
            spoiled = back.split("?")[0] + "?" + urlencode({**query, **change})
            assert requests.Session().get(spoiled, timeout=5, allow_redirects=False).status_code >= 400
        assert other.get(back, timeout=5).status_code >= 400                        # another browser's state
        assert browser.get(back, timeout=5).json()["user"] == "alice"
        assert requests.get(back, cookies=browser.cookies, timeout=5, allow_redirects=False).status_code != 200  # a code is good once
        for where in ("//evil.example/", "\\\\evil.example", "javascript:alert(1)", "https://evil.example/"):
            answer = requests.get(server.url + "/benchmark/oidc?" + urlencode({"logout": where}), cookies=browser.cookies, allow_redirects=False,
                                  timeout=5)                                       # a connection each: refusing, httpd closes it
            assert "evil" not in answer.headers.get("Location", "") and not answer.headers.get("Location", "").startswith("javascript"), where


class TestForeignTokens(Configured):
    """AuthType oauth2 with the keys of another issuer."""

    @classmethod
    def configure(cls, env, request):
        root = parts("/usr/lib/apache2/modules/mod_oauth2.so", "libapache2-mod-oauth2", "liboauth2-0", "liboauth2-apache0", "libcjose0", "libhiredis0.14",
                     "libmemcached11", "libhashkit2")
        cls.provider = OidcProvider("bench", "of-the-client", "ci@example.com")
        request.addfinalizer(cls.provider.close)
        text = sample("OAuth2TokenVerify", url=("https://login.example.com", cls.provider.url))
        return Conf(env, mount="/benchmark", seed_paths=False, anonymous="none", extra=[
            *modules(root, OAUTH_LIBRARIES, "oauth2_module", "/usr/lib/apache2/modules/mod_oauth2.so"), text])

    def test_bm_oauth_010_tokens_of_another_issuer(self, server, api):
        server.allow("oauth2")
        good = self.provider.access_token()
        assert (who(api, good)["user"], who(api, good)["role"]) == ("ci@example.com", "operator")
        api.call("POST", "/automations", {"name": "n"}, headers=bearer(good), expect=200)
        for bad in (self.provider.access_token(exp=1000), good[:-6] + "AAAAAA", "x.y.z",
                    self.provider.access_token(key=rsa.generate_private_key(public_exponent=65537, key_size=2048)),
                    "eyJhbGciOiJub25lIn0." + good.split(".")[1] + "."):
            assert who(api, bad) == 401, bad
        assert who(api, self.provider.access_token(sub="somebody"))["role"] == "none"
        check_problem(api.call("GET", "/runs"), 401)
