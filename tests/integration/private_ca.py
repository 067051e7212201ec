# SPDX-License-Identifier: Apache-2.0
"""A certificate authority of a test's own, made with openssl when the test runs."""
import os
import ssl
import subprocess


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, capture_output=True)


class PrivateCA:
    """Files below `directory`: NAME.crt and NAME.key of everything issued, ca.crt of the authority itself."""

    def __init__(self, directory, name="ca"):
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        os.chmod(directory, 0o755)
        self.certificate, self.key = self.path(name + ".crt"), self.path(name + ".key")
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN=Test authority {name}",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", self.key, "-out", self.certificate)
        os.chmod(self.certificate, 0o644)

    def path(self, name):
        return os.path.join(self.directory, name)

    def issue(self, name, alternatives, days=2):
        """(certificate, key) for these subjectAltNames ("IP:127.0.0.1,DNS:a.test"). days < 0: expired.
        The key is readable by its owner alone, as keys are."""
        certificate, key, request, extensions = (self.path(name + end) for end in (".crt", ".key", ".csr", ".ext"))
        with open(extensions, "w", encoding="ascii") as f:
            f.write(f"subjectAltName={alternatives}\n")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial", "-days", str(days),
                "-extfile", extensions, "-out", certificate)
        os.chmod(certificate, 0o644)
        os.chmod(key, 0o600)
        return certificate, key

    def server(self, name="server", alternatives="IP:127.0.0.1", days=2, clients=None):
        """An ssl.SSLContext of a server with such a certificate. clients: the authority whose client certificates it demands."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(name, alternatives, days))
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(clients.certificate)
        return context
