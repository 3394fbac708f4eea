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
from superseg_plugin.worker.cluster_paths import path_on_nodes

VARIABLE = {"DASK_SCHEDULER_ADDRESS": "tls://variable:8786"}


@pytest.mark.parametrize(
    ("given", "stored", "environment", "chosen"),
    [
        ("tls://given:1", "tls://stored:1", VARIABLE, "tls://given:1"),
        ("", "tls://stored:1", VARIABLE, "tls://stored:1"),
        ("", "", VARIABLE, "tls://variable:8786"),
        ("", "", {}, ""),
        ("local", "tls://stored:1", VARIABLE, ""),
        ("", "Local", VARIABLE, ""),
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
    for text in ("[]", '{"address": 5}'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(
            SuperSegError, match=r"scheduler file\.json.*not a scheduler file.*local"
        ):
            scheduler_address(choice)


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/data/a.tif", "/mnt/data/a.tif"),
        ("/data", "/mnt/data"),
        ("/database/a.tif", "/database/a.tif"),
        ("/data/year=2024/b c.tif", "/vsis3/bucket/b c.tif"),
        ("z:\\Images\\may\\a.tif", "/srv/z/may/a.tif"),
    ],
)
def test_paths_on_nodes_go_by_the_longest_beginning(path, there):
    table = r"/data = /mnt/data/; /data/year=2024 = /vsis3/bucket; Z:\images = /srv/z"
    chosen = choose_cluster("tls://far:1", environment={"SUPERSEG_CLUSTER_PATHS": table})
    assert path_on_nodes(path, chosen.paths) == there
    stored = choose_cluster("tls://far:1", "", {"SUPERSEG_CLUSTER_PATHS": table}, "/ = /mnt")
    assert path_on_nodes("/data/a.tif", stored.paths) == "/mnt/data/a.tif"


@pytest.mark.parametrize("text", ["/data", "/data=/mnt", "a = b = c", "/data = /mnt; b"])
def test_what_is_no_table_of_paths_is_refused(text):
    with pytest.raises(SuperSegError, match=r"variable SUPERSEG_CLUSTER_PATHS.*separate several"):
        choose_cluster("tls://far:1", environment={"SUPERSEG_CLUSTER_PATHS": text})
