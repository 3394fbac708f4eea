# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines between QGIS's process and the worker, read by either side."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from superseg_plugin.worker.messages import Event, Fault, MessageError, read_message, read_request
from superseg_plugin.worker.protocol import load_arrays, map_arrays

SLOT_BYTES = 256
SLOT = Path(tempfile.mkdtemp(prefix="superseg-fuzz-")) / "slot-1.answer"
SLOT.write_bytes(bytes(range(SLOT_BYTES)))


def request_seeds() -> list[bytes]:
    """Requests as they are sent."""
    arrays = [
        {"name": "pixels", "dtype": "<f4", "shape": [2, 8], "offset": 64},
        {"name": "valid", "dtype": "|b1", "shape": [9], "offset": 0},
    ]
    whole = {"id": 1, "op": "measure_bands", "options": {"a": [1]}, "slot": 1, "arrays": arrays}
    return [json.dumps(whole).encode(), b'{"op": "cancel"}']


def message_seeds() -> list[bytes]:
    """Answers and events as they come back."""
    arrays = [{"name": "labels", "dtype": "<u4", "shape": [4, 4], "offset": 0}]
    error = {"code": "user", "text": "No.", "traceback": ""}
    return [
        json.dumps(message).encode()
        for message in (
            {"id": 1, "result": {"scaling": {}}, "arrays": arrays},
            {"id": 1, "error": error},
            {"id": None, "error": error},
            {"event": "alive"},
            {"id": 1, "event": "log", "text": "x"},
            {"id": 1, "event": "metric", "step": 1, "loss": 0.5, "live": 3},
            {"id": 1, "event": "progress", "fraction": 0.5, "text": "Making superpixels"},
        )
    ]


def check_request(line: bytes) -> None:
    """Read a request and map its arrays."""
    try:
        request = read_request(line)
        arrays = map_arrays(SLOT.parent, SLOT, request.arrays)
    except MessageError:
        return
    if not isinstance(request.slot, int) or not isinstance(request.op, str):
        raise AssertionError(str(request))
    _check_arrays(arrays)


def check_answer(line: bytes) -> None:
    """Read a message of the worker and load its arrays."""
    try:
        message = read_message(line.decode("utf-8", "replace"))
        if isinstance(message, (Event, Fault)):
            return
        arrays = load_arrays(SLOT.parent, SLOT, message.arrays)
    except MessageError:
        return
    _check_arrays(arrays)


def _check_arrays(arrays: dict) -> None:
    for name, array in arrays.items():
        if array.nbytes > SLOT_BYTES or array.dtype.hasobject or array.dtype.kind not in "biuf":
            raise AssertionError(f"{name}: {array.dtype} of {array.shape}")
        array.sum()
