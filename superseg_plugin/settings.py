# SPDX-License-Identifier: GPL-2.0-or-later
"""What the user has set in QGIS, as plain data: own Python, proxy, certificates, versions."""

from __future__ import annotations

from qgis.core import Qgis, QgsApplication, QgsSettings
from qgis.PyQt.QtCore import QT_VERSION_STR, QUrl
from qgis.PyQt.QtNetwork import QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery

from .raster.gdal_calls import gdal_version
from .resources import version
from .runtime.network import Network, host_of

PYTHON_SETTING = "superseg/python"
PACKAGE_INDEX = "https://pypi.org/simple/"


def chosen_python():
    """Return the interpreter that the user set for the worker, or None."""
    return QgsSettings().value(PYTHON_SETTING, "", type=str) or None


def choose_python(path):
    """Keep an interpreter as the user's choice; an empty path takes the choice back."""
    if path:
        QgsSettings().setValue(PYTHON_SETTING, path)
    else:
        QgsSettings().remove(PYTHON_SETTING)


def network(with_login=True):
    """Return the proxy and the certificates that QGIS itself uses. Main thread only.

    A stored authentication may make QGIS ask for the master password, unless the login is left out.
    """
    return Network(certificates=_certificates(), **_proxy(with_login))


def facts():
    """Return what only QGIS knows of itself, for a report."""
    proxy = _proxy(with_login=False)
    return {
        "SuperSeg": version() or "from a checkout",
        "QGIS": f"{Qgis.version()} with Qt {QT_VERSION_STR}, GDAL {gdal_version()}",
        "Proxy in QGIS": "set" if proxy else "not set",
        "Certificates of one's own in QGIS": "set" if _has_certificates() else "not set",
    }


def _proxy(with_login):
    settings = QgsSettings()
    if not settings.value("proxy/proxyEnabled", False, type=bool):
        return {}
    kind = settings.value("proxy/proxyType", "", type=str)
    if kind == "DefaultProxy":
        query = QNetworkProxyQuery(QUrl(PACKAGE_INDEX))
        proxy = QNetworkProxyFactory.systemProxyForQuery(query)[0]
    else:
        types = QNetworkProxy.ProxyType
        proxy = QNetworkProxy(
            types.Socks5Proxy if kind == "Socks5Proxy" else types.HttpProxy,
            settings.value("proxy/proxyHost", "", type=str),
            settings.value("proxy/proxyPort", 0, type=int),
            settings.value("proxy/proxyUser", "", type=str),
            settings.value("proxy/proxyPassword", "", type=str),
        )
    if not proxy.hostName():
        return {}
    stored = settings.value("proxy/authcfg", "", type=str)
    if stored and with_login:
        _, proxy = QgsApplication.authManager().updateNetworkProxy(proxy, stored)
    socks = proxy.type() == QNetworkProxy.ProxyType.Socks5Proxy
    port = f":{proxy.port()}" if proxy.port() else ""
    excluded = [*_texts("proxy/proxyExcludedUrls"), *_texts("proxy/noProxyUrls")]
    direct = dict.fromkeys(map(host_of, excluded))
    return {
        "proxy": f"{'socks5h' if socks else 'http'}://{proxy.hostName()}{port}",
        "user": proxy.user(),
        "password": proxy.password(),
        "direct": tuple(filter(None, direct)),
    }


def _texts(name):
    """Return a list of the settings; one of a single text comes back as that text."""
    value = QgsSettings().value(name) or []
    return [value] if isinstance(value, str) else value


def _certificates():
    """All authorities that QGIS trusts, where there are some of the user's own among them."""
    if not _has_certificates():
        return ""
    trusted = QgsApplication.authManager().trustedCaCerts()
    return b"\n".join(bytes(certificate.toPem()) for certificate in trusted).decode("ascii")


def _has_certificates():
    manager = QgsApplication.authManager()
    return bool(manager.databaseCAs() or manager.extraFileCAs())
