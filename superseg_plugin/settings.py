# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings of QGIS as plain data: chosen Python, proxy, certificates and versions."""

from __future__ import annotations

from qgis.core import Qgis, QgsApplication, QgsSettings
from qgis.PyQt.QtCore import QT_VERSION_STR, QUrl
from qgis.PyQt.QtNetwork import QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery

from .raster.gdal_calls import gdal_version
from .resources import version
from .runtime.network import Network, host_of

PYTHON_SETTING = "superseg/python"
CLUSTER_SETTING = "superseg/cluster"
CLUSTER_PATHS_SETTING = "superseg/cluster_paths"
PACKAGE_INDEX = "https://pypi.org/simple/"


def chosen_python():
    """Return the interpreter that the user has chosen for the worker, or None."""
    return QgsSettings().value(PYTHON_SETTING, "", type=str) or None


def choose_python(path):
    """Store the user's choice of an interpreter; an empty path removes it."""
    _store(PYTHON_SETTING, path)


def stored_cluster():
    """Return the Dask cluster that the user has chosen, or "" for none."""
    return QgsSettings().value(CLUSTER_SETTING, "", type=str)


def store_cluster(text):
    """Store the user's choice of a Dask cluster; an empty text removes it."""
    _store(CLUSTER_SETTING, text)


def stored_cluster_paths():
    """Return the table of paths on nodes of the cluster, or "" for none."""
    return QgsSettings().value(CLUSTER_PATHS_SETTING, "", type=str)


def store_cluster_paths(text):
    """Store the table of paths on nodes of the cluster; an empty text removes it."""
    _store(CLUSTER_PATHS_SETTING, text)


def _store(setting, text):
    if text:
        QgsSettings().setValue(setting, text)
    else:
        QgsSettings().remove(setting)


def network(with_login=True):
    """Return the proxy and the certificates that QGIS uses. Main thread only.

    Args:
        with_login: include user and password of a stored authentication, for which QGIS may ask
            for its master password.
    """
    return Network(certificates=_certificates(), **_proxy(with_login))


def facts():
    """Return versions and network settings of QGIS, for a report."""
    proxy = _proxy(with_login=False)
    return {
        "SuperSeg": version() or "from a checkout",
        "QGIS": f"{Qgis.version()} with Qt {QT_VERSION_STR}, GDAL {gdal_version()}",
        "Proxy in QGIS": "set" if proxy else "not set",
        "Own certificates in QGIS": "set" if _has_certificates() else "not set",
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
    """Return a list from the settings, which return a list of one text as that text."""
    value = QgsSettings().value(name) or []
    return [value] if isinstance(value, str) else value


def _certificates():
    """Return all authorities that QGIS trusts as PEM, or "" if the user has added none."""
    if not _has_certificates():
        return ""
    trusted = QgsApplication.authManager().trustedCaCerts()
    return b"\n".join(bytes(certificate.toPem()) for certificate in trusted).decode("ascii")


def _has_certificates():
    manager = QgsApplication.authManager()
    return bool(manager.databaseCAs() or manager.extraFileCAs())
