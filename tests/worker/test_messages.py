# SPDX-License-Identifier: GPL-2.0-or-later
"""Invalid messages are refused before they are used."""

from __future__ import annotations

import json

import numpy as np
import pytest

from superseg_plugin.worker.messages import MessageError, read_message, read_request
from superseg_plugin.worker.protocol import load_arrays, map_arrays, write_arrays

ARRAY = {"name": "a", "dtype": "<f8", "shape": [2, 3], "offset": 0}
REQUEST = {"id": 1, "op": "measure_bands", "options": {}, "slot": 1, "arrays": [ARRAY]}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"dtype": "|O"}, "are not allowed"),
        ({"dtype": "<U9"}, "are not allowed"),
        ({"dtype": "i4,O"}, "are not allowed"),
        ({"dtype": "=b4"}, "no type"),
        ({"shape": [-1, 3]}, "an invalid size"),
        ({"shape": [True]}, "an invalid size"),
        ({"shape": [10**30]}, "an invalid size"),
        ({"shape": [1] * 99}, "not a list of sizes"),
        ({"offset": -8}, "offset"),
        ({"name": 5}, "name"),
    ],
)
def test_invalid_arrays_are_refused(changes, reason):
    arrays = [{**ARRAY, **changes}]
    with pytest.raises(MessageError, match=reason):
        read_request(json.dumps({**REQUEST, "arrays": arrays}))
    with pytest.raises(MessageError, match=reason):
        read_message(json.dumps({"id": 1, "result": {}, "arrays": arrays}))


@pytest.mark.parametrize(
    "changes",
    [{"slot": "../../etc/passwd"}, {"slot": -1}, {"id": None}, {"op": ["x"]}, {"options": []}],
)
def test_invalid_requests_are_refused(changes):
    with pytest.raises(MessageError):
        read_request(json.dumps({**REQUEST, **changes}))


@pytest.mark.parametrize("line", ["", "[" * 99999, "[1]", '{"id": 1', b"\xff\xfe", "1" * 9999])
def test_a_line_that_is_not_a_message_is_refused(line):
    with pytest.raises(MessageError):
        read_request(line)


def test_a_progress_has_a_fraction_that_is_a_number():
    message = {"id": 1, "event": "progress", "fraction": 0.5, "text": "Making superpixels"}
    assert read_message(json.dumps(message)).figures == {"fraction": 0.5}
    for fraction in ("0.5", None, True, [1]):
        with pytest.raises(MessageError, match="fraction"):
            read_message(json.dumps({**message, "fraction": fraction}))


def test_two_arrays_of_one_name_are_refused():
    with pytest.raises(MessageError, match="same name"):
        read_request(json.dumps({**REQUEST, "arrays": [ARRAY, ARRAY]}))


@pytest.mark.parametrize("shape", [[2, 4], [2**40, 2**20], [7]])
@pytest.mark.parametrize("read", [map_arrays, load_arrays])
def test_arrays_beyond_their_file_are_refused(tmp_path, shape, read):
    path = tmp_path / "slot"
    write_arrays(path, {"a": np.arange(6.0).reshape(2, 3)})
    valid = read_request(json.dumps(REQUEST)).arrays
    assert (read(tmp_path, path, valid)["a"] == np.arange(6.0).reshape(2, 3)).all()
    invalid = read_request(json.dumps({**REQUEST, "arrays": [{**ARRAY, "shape": shape}]})).arrays
    with pytest.raises(MessageError, match="exceeds its file"):
        read(tmp_path, path, invalid)


def test_a_file_that_is_written_over_has_the_new_arrays_alone(tmp_path):
    path = tmp_path / "slot"
    write_arrays(path, {"a": np.arange(1000.0)})
    write_arrays(path, {"a": np.arange(6.0).reshape(2, 3)})
    known = read_request(json.dumps(REQUEST)).arrays
    assert (load_arrays(tmp_path, path, known)["a"] == np.arange(6.0).reshape(2, 3)).all()
    assert path.stat().st_size == 6 * 8


@pytest.mark.parametrize("kept", ["../../etc/passwd", -1, [1], 7])
@pytest.mark.parametrize("read", [map_arrays, load_arrays])
def test_kept_arrays_have_a_number_and_lie_in_that_file(tmp_path, kept, read):
    write_arrays(tmp_path / "slot", {"a": np.arange(6.0).reshape(2, 3)})
    message = json.dumps({**REQUEST, "arrays": [{**ARRAY, "kept": kept}]})
    with pytest.raises(MessageError):
        read(tmp_path, tmp_path / "slot", read_request(message).arrays)
