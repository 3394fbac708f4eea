# SPDX-License-Identifier: GPL-2.0-or-later
"""The installer uses the proxy and the certificates of QGIS."""

from __future__ import annotations

import pytest
from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsSettings
from qgis.PyQt.QtNetwork import QSslCertificate

from superseg_plugin.settings import facts, network
from tests.runtime.proxy import certificate


@pytest.fixture
def proxy(plugin):
    """Set the proxy as Settings > Options > Network does; it is taken back in the end."""
    settings = QgsSettings()

    def set_to(**values):
        for name, value in {"proxyEnabled": True, "proxyType": "HttpProxy", **values}.items():
            settings.setValue(f"proxy/{name}", value)

    yield set_to
    settings.remove("proxy")


def test_without_a_proxy_nothing_is_set(proxy):
    assert network().proxy_variables() == {}
    proxy(proxyEnabled=False, proxyHost="gate", proxyPort=3128)
    assert network().proxy_variables() == {}
    assert facts()["Proxy in QGIS"] == "not set"


def test_host_port_login_and_exceptions(proxy):
    excluded = ["https://intranet.example.org/x", "localhost"]
    proxy(proxyHost="gate", proxyPort=3128, proxyUser="ana", proxyPassword="p@ss:w/rd")
    proxy(proxyExcludedUrls=excluded, noProxyUrls=["http://other.example.org"])
    variables = network().proxy_variables()
    assert variables["HTTPS_PROXY"] == "http://ana:p%40ss%3Aw%2Frd@gate:3128"
    assert variables["NO_PROXY"] == "intranet.example.org,localhost,other.example.org"
    assert "p@ss" not in repr(network())
    assert facts()["Proxy in QGIS"] == "set"
    assert "p@ss" not in str(facts())


def test_a_socks_proxy_is_one(proxy):
    proxy(proxyType="Socks5Proxy", proxyHost="gate", proxyPort=1080)
    assert network().proxy == "socks5h://gate:1080"


def test_a_stored_login_is_used(proxy):
    manager = QgsApplication.authManager()
    assert manager.setMasterPassword("master", True)
    stored = QgsAuthMethodConfig("Basic")
    stored.setName("proxy")
    stored.setConfig("username", "ana")
    stored.setConfig("password", "of the store")
    assert manager.storeAuthenticationConfig(stored)
    try:
        proxy(proxyHost="gate", proxyPort=3128, authcfg=stored.id())
        found = network()
        assert (found.user, found.password) == ("ana", "of the store")
        assert facts()["Proxy in QGIS"] == "set"
    finally:
        manager.removeAuthenticationConfig(stored.id())


def test_an_authority_trusted_by_qgis_is_passed_with_the_public_ones(proxy, tmp_path):
    assert network().certificates == ""
    _, text = certificate(tmp_path)
    authority = QSslCertificate(text.encode())
    manager = QgsApplication.authManager()
    assert manager.storeCertAuthority(authority)
    manager.initSslCaches()
    try:
        found = network().certificates
        assert text.strip() in found
        assert found.count("BEGIN CERTIFICATE") > 20
        assert facts()["Own certificates in QGIS"] == "set"
    finally:
        manager.removeCertAuthority(authority)
        manager.initSslCaches()
