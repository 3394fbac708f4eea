# SPDX-License-Identifier: GPL-2.0-or-later
"""The address of a Dask cluster: where it is looked for, and what is refused."""

from __future__ import annotations

import json

import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.worker.cluster_address import (
    THIS_COMPUTER,
    choose_cluster,
    scheduler_address,
)

VARIABLE = {"DASK_SCHEDULER_ADDRESS": "tls://variable:8786"}


@pytest.mark.parametrize(
    ("given", "stored", "environment", "chosen"),
    [
        ("tls://given:1", "tls://stored:1", VARIABLE, "tls://given:1"),
        ("", "tls://stored:1", VARIABLE, "tls://stored:1"),
        ("", "", VARIABLE, "tls://variable:8786"),
        ("", "", {}, ""),
        ("local", "tls://stored:1", VARIABLE, ""),
        ("", "local", VARIABLE, ""),
        ("  tcp://[::1]:8786/ ", "", {}, "tcp://[::1]:8786/"),
    ],
)
def test_the_parameter_precedes_settings_and_variables(given, stored, environment, chosen):
    assert choose_cluster(given, stored, environment).text == chosen


def test_this_computer_has_no_address():
    assert choose_cluster("local", "tls://stored:1", {}) == THIS_COMPUTER


@pytest.mark.parametrize(
    "text", ["tcp://localhost:8786", "tcp://127.0.0.9:8786", "ws://[::1]:80", "tls://far:8786"]
)
def test_loopback_and_encryption_need_no_permission(text):
    assert scheduler_address(choose_cluster(text, environment={})) == text


@pytest.mark.parametrize("text", ["tcp://10.0.0.1:8786", "ws://far:80", "tcp://127.0.0.1.far:8786"])
def test_an_unencrypted_connection_needs_a_word(text):
    with pytest.raises(SuperSegError, match=f"{text}.*not encrypted.*{text} unencrypted"):
        choose_cluster(text, environment={})
    assert scheduler_address(choose_cluster(f"{text} unencrypted", environment={})) == text


@pytest.mark.parametrize(
    "text", ["tcp://far", "http://far:8786", "tcp://far:99999", "tls://a b:1", "unencrypted", "x"]
)
def test_what_is_no_address_is_refused_by_name(text):
    with pytest.raises(SuperSegError, match="CLUSTER"):
        choose_cluster(text, environment={})


def test_a_scheduler_file_is_read_again(tmp_path):
    path = tmp_path / "scheduler file.json"
    path.write_text(json.dumps({"address": "tls://first:1"}), encoding="utf-8")
    choice = choose_cluster(str(path), environment={})
    path.write_text(json.dumps({"address": "tls://second:1"}), encoding="utf-8")
    assert scheduler_address(choice) == "tls://second:1"
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(SuperSegError, match="not a scheduler file"):
        scheduler_address(choice)
