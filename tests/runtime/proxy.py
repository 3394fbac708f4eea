# SPDX-License-Identifier: GPL-2.0-or-later
"""A real HTTP proxy that wants a password, before an index of packages that lies nowhere else.

What comes by way of CONNECT is TLS, with a certificate that only its own authority vouches for, as
in firms that look into what goes through their proxy.
"""

from __future__ import annotations

import base64
import ssl
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

USER = "ana"
# With characters that have a meaning in URLs.
PASSWORD = "p@ss:w/rd"
# A host that does not exist: only the proxy answers for it.
HOST = "packages.invalid"
NOWHERE = f"http://{HOST}"


class PackageProxy(ThreadingHTTPServer):
    """The proxy; the wheels of a folder are its index.

    Attributes:
        served: paths that were asked for with the password.
        refused: how many requests had none, or another.
    """

    daemon_threads = True

    def __init__(self, wheels: Path, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.wheels = wheels
        self.tls = tls
        self.served: list[str] = []
        self.refused = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: PackageProxy

    def do_GET(self) -> None:
        if not self._known():
            return
        path = unquote(urlsplit(self.path).path)
        self.server.served.append(path)
        parts = path.strip("/").split("/")
        if parts[0] == "simple" and len(parts) == 2:
            self._page(parts[1])
        elif parts[0] == "files" and (self.server.wheels / parts[-1]).is_file():
            self._answer(200, (self.server.wheels / parts[-1]).read_bytes(), {})
        else:
            self._answer(404, b"", {})

    do_HEAD = do_GET  # noqa: N815 - the name that the library calls

    def do_CONNECT(self) -> None:
        if not self._known():
            return
        if self.server.tls is None or self.path != f"{HOST}:443":
            self._answer(502, b"", {})
            return
        self.send_response(200)
        self.end_headers()
        # From here on this is the host itself, without a password.
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.setup()
        self.inside = True
        self.close_connection = False
        while not self.close_connection:
            self.handle_one_request()

    def _known(self) -> bool:
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if getattr(self, "inside", False):
            return True
        if self.headers.get("Proxy-Authorization") == f"Basic {login}":
            return True
        self.server.refused += 1
        self._answer(407, b"who are you?", {"Proxy-Authenticate": 'Basic realm="packages"'})
        return False

    def _page(self, project: str) -> None:
        names = [path.name for path in sorted(self.server.wheels.glob("*.whl"))]
        mine = [name for name in names if _normal(name.split("-")[0]) == _normal(project)]
        links = "".join(f'<a href="/files/{name}">{name}</a>' for name in mine)
        page = f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
        self._answer(200 if mine else 404, page, {"Content-Type": "text/html"})

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


@contextmanager
def package_proxy(wheels: Path, tls: ssl.SSLContext | None = None) -> Iterator[PackageProxy]:
    """Run the proxy before the wheels of a folder; with TLS, https:// reaches them too."""
    with PackageProxy(wheels, tls) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def small_wheel(folder: Path) -> None:
    """Write a wheel with nothing in it."""
    about = "superseg_probe-1.0.dist-info"
    with zipfile.ZipFile(folder / "superseg_probe-1.0-py3-none-any.whl", "w") as wheel:
        metadata = "Metadata-Version: 2.1\nName: superseg-probe\nVersion: 1.0\n"
        wheel.writestr(f"{about}/METADATA", metadata)
        tags = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        wheel.writestr(f"{about}/WHEEL", tags)
        wheel.writestr(f"{about}/RECORD", "")


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """Create a certificate for the host: for the server, and as PEM for its clients."""
    key, file = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    command += ["-keyout", str(key), "-out", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return context, file.read_text(encoding="utf-8")
