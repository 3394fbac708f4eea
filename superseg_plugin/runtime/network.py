# SPDX-License-Identifier: GPL-2.0-or-later
"""How installers reach the network: proxy, credentials and certificates, by variables alone."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

CERTIFICATE_VARIABLES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Network:
    """The user's network as QGIS knows it. All empty: nothing is set, the system's own holds.

    Attributes:
        proxy: address without credentials, as `http://host:port`.
        user: name for the proxy.
        password: for the proxy; shown nowhere.
        direct: hosts that are reached without the proxy.
        certificates: the authorities that are trusted beside the public ones, as PEM.
    """

    proxy: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    direct: tuple[str, ...] = ()
    certificates: str = field(default="", repr=False)

    def proxy_variables(self) -> dict[str, str]:
        """Variables that pip, uv and Python's own library take the proxy from."""
        if not self.proxy:
            return {}
        scheme, _, place = self.proxy.partition("://")
        login = ""
        if self.user:
            login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@"
        address = f"{scheme}://{login}{place}"
        found = {}
        for name, value in (
            ("HTTP_PROXY", address),
            ("HTTPS_PROXY", address),
            ("ALL_PROXY", address),
            ("NO_PROXY", ",".join(self.direct)),
        ):
            found[name] = found[name.lower()] = value
        return found

    def certificate_variables(self, file: Path) -> dict[str, str]:
        """Write the trusted authorities into a file, and name it to pip, uv and Python."""
        if not self.certificates:
            return {}
        file.write_text(self.certificates, encoding="utf-8")
        return dict.fromkeys(CERTIFICATE_VARIABLES, str(file))

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be logged."""
        if not self.password:
            return ()
        login = f"{self.user}:{self.password}".encode()
        return self.password, base64.b64encode(login).decode()


def host_of(address: str) -> str:
    """The host of an address as QGIS's settings have it: a URL, or its beginning."""
    if "://" not in address:
        address = f"http://{address}"
    return urlsplit(address).hostname or ""
