# SPDX-License-Identifier: GPL-2.0-or-later
"""Network settings of the installers: proxy, credentials and certificates, as variables."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

CERTIFICATE_VARIABLES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Network:
    """The network settings of QGIS; if all are empty, those of the system apply.

    Attributes:
        proxy: address without credentials, such as `http://host:port`.
        user: user name for the proxy.
        password: password for the proxy; never displayed.
        direct: hosts that are reached without the proxy.
        certificates: authorities that are trusted in addition to the public ones, as PEM.
    """

    proxy: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    direct: tuple[str, ...] = ()
    certificates: str = field(default="", repr=False)

    def proxy_variables(self) -> dict[str, str]:
        """Variables from which pip, uv and Python's standard library read the proxy."""
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
        """Write the trusted authorities to a file; return the variables that name it."""
        if not self.certificates:
            return {}
        file.write_text(self.certificates, encoding="utf-8")
        return dict.fromkeys(CERTIFICATE_VARIABLES, str(file))

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that must not be logged."""
        if not self.password:
            return ()
        login = f"{self.user}:{self.password}".encode()
        return self.password, base64.b64encode(login).decode()


def host_of(address: str) -> str:
    """The host of an address in QGIS's settings: a URL, or a host with or without a path."""
    if "://" not in address:
        address = f"http://{address}"
    return urlsplit(address).hostname or ""
