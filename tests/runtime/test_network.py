# SPDX-License-Identifier: GPL-2.0-or-later
"""Installers use a proxy with a password, which is not shown."""

from __future__ import annotations

import base64
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from superseg_plugin.runtime import variables
from superseg_plugin.runtime.commands import Step
from superseg_plugin.runtime.installation_log import InstallationLog
from superseg_plugin.runtime.installer import InstallerError, run_step
from superseg_plugin.runtime.network import CERTIFICATE_VARIABLES, Network, host_of
from superseg_plugin.runtime.redaction import Redactor, mask_personal_data
from superseg_plugin.runtime.variables import installer_variables
from tests.runtime.proxy import HOST, PASSWORD, USER, certificate, package_proxy, small_wheel


@pytest.fixture
def proxy(tmp_path):
    """A proxy that wants a password and knows an index with one package."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    small_wheel(wheels)
    with package_proxy(wheels) as opened:
        yield opened


def download(network, folder, log, scheme="http"):
    """Fetch the package with the pip of the Python that runs this."""
    target = folder / "got"
    scratch = folder / "tmp"
    scratch.mkdir(exist_ok=True)
    own = {name: text for name, text in os.environ.items() if not name.startswith("PIP_")}
    own = {name: text for name, text in own.items() if name not in CERTIFICATE_VARIABLES}
    own.update(PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL=f"{scheme}://{HOST}/simple/")
    own.update(PIP_RETRIES="0", **({"PIP_TRUSTED_HOST": HOST} if scheme == "http" else {}))
    variables = installer_variables(own, network, scratch, offline=False)
    variables.update(network.certificate_variables(folder / "trusted.pem"))
    command = (
        sys.executable,
        "-I",
        "-m",
        "pip",
        "download",
        "--dest",
        str(target),
        "superseg-probe",
    )
    run_step(Step("Fetching", command), sys.executable, variables, folder, 1, log)
    return [path.name for path in target.iterdir()]


def test_a_package_comes_through_a_proxy_with_a_password(proxy, tmp_path, listener):
    network = Network(proxy=proxy.address, user=USER, password=PASSWORD)
    seen = []
    watching = threading.Event()

    def watch():
        while not watching.is_set():
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.append(file.read_bytes())
                except OSError:
                    continue
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with InstallationLog(tmp_path, listener, network) as log:
            got = download(network, tmp_path, log)
            log.log(f"as a library would say it: http://{USER}:{PASSWORD}@here and {PASSWORD}")
    finally:
        watching.set()
        watcher.join()
    assert got == ["superseg_probe-1.0-py3-none-any.whl"]
    assert proxy.served
    shown = "\n".join(listener.lines) + (tmp_path / "install.log").read_text()
    assert "superseg_probe" in shown
    assert any(b"superseg-probe" in line for line in seen)
    coded = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    for form in (PASSWORD, coded, "p%40ss"):
        assert form not in shown
        assert not any(form.encode() in line for line in seen)


def test_a_wrong_password_is_refused_by_that_proxy(proxy, tmp_path, listener):
    network = Network(proxy=proxy.address, user=USER, password="wrong")
    with pytest.raises(InstallerError):
        download(network, tmp_path, listener)
    assert not proxy.served
    assert proxy.refused


def test_a_custom_authority_is_trusted_behind_that_proxy(tmp_path, listener):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    small_wheel(wheels)
    tls, trusted = certificate(tmp_path)
    with package_proxy(wheels, tls) as proxy:
        login = {"proxy": proxy.address, "user": USER, "password": PASSWORD}
        with pytest.raises(InstallerError):
            download(Network(**login), tmp_path, listener, "https")
        assert not proxy.served
        assert download(Network(**login, certificates=trusted), tmp_path, listener, "https")
        assert proxy.served


def test_hosts_without_proxy_are_passed_to_the_installers():
    hosts = (host_of("https://files.example.org/some"), host_of("intranet"))
    variables = Network(proxy="http://proxy:8080", direct=hosts).proxy_variables()
    assert variables["NO_PROXY"] == variables["no_proxy"] == "files.example.org,intranet"
    assert variables["HTTPS_PROXY"] == variables["https_proxy"] == "http://proxy:8080"


def test_custom_certificates_are_passed_to_every_installer(tmp_path):
    network = Network(certificates="-----BEGIN CERTIFICATE-----\n")
    variables = network.certificate_variables(tmp_path / "trusted.pem")
    assert {"PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"} <= set(variables)
    assert all(Path(path).read_text() == network.certificates for path in variables.values())
    assert Network().certificate_variables(tmp_path / "none.pem") == {}


def test_nothing_of_qgis_and_of_other_targets_reaches_the_installer(tmp_path):
    own = {
        "PYTHONPATH": "/elsewhere",
        "LD_LIBRARY_PATH": "/elsewhere",
        "VIRTUAL_ENV": "/elsewhere",
        "PIP_TARGET": "/elsewhere",
        "PIP_USER": "1",
        "PIP_INDEX_URL": "https://mirror.example.org/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "HTTPS_PROXY": "http://of-the-system:1",
        "HOME": "/home/ana",
    }
    kept = installer_variables(own, Network(), tmp_path, offline=False)
    assert "/elsewhere" not in kept.values()
    assert kept["PIP_USER"] == "0"
    assert kept["HTTPS_PROXY"] == "http://of-the-system:1"
    assert kept["PIP_INDEX_URL"] == kept["UV_DEFAULT_INDEX"] == own["PIP_INDEX_URL"]
    assert kept["TMPDIR"] == str(tmp_path)
    offline = installer_variables(own, Network(), tmp_path, offline=True)
    assert "PIP_INDEX_URL" not in offline


def test_uv_gets_the_indexes_that_pip_is_configured_with(tmp_path):
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nindex-url = https://mirror.example.org/simple\n"
        "[install]\nextra-index-url =\n  https://a.example.org\n  https://b.example.org\n"
    )
    kept = installer_variables({"PIP_CONFIG_FILE": str(file)}, Network(), tmp_path, offline=False)
    assert kept["UV_DEFAULT_INDEX"] == "https://mirror.example.org/simple"
    assert kept["UV_INDEX"] == "https://a.example.org https://b.example.org"


def test_without_pip_uv_gets_the_indexes_of_its_variables(tmp_path, monkeypatch):
    monkeypatch.setattr(variables, "own_python", lambda system: None)
    own = {"PIP_INDEX_URL": "https://mirror.example.org/simple", "PIP_CONFIG_FILE": "/none"}
    kept = installer_variables(own, Network(), tmp_path, offline=False)
    assert kept["UV_DEFAULT_INDEX"] == own["PIP_INDEX_URL"]


def test_credentials_and_personal_data_are_masked(monkeypatch):
    monkeypatch.setenv("LOGNAME", "ana.silva")
    strike = Redactor(["s3cret/1"], {"HTTPS_PROXY": "http://ana:other%21@proxy:1"})
    text = strike("Proxy-Authorization: Basic YW5hOnMzY3JldC8x and s3cret%2F1, other! of x")
    assert "YW5h" not in text
    assert "s3cret" not in text
    assert "other" not in text
    assert strike("https://u:p@host/simple") == "https://***@host/simple"
    home = str(Path.home())
    struck = mask_personal_data(rf"{home}/data and D:\Users\ana.silva\x and /home/ana.silva2")
    assert struck == r"~/data and D:\Users\<user>\x and /home/ana.silva2"
