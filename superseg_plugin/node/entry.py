# SPDX-License-Identifier: GPL-2.0-or-later
"""What runs on a node of a cluster: an operation of the engine, or the run of a whole scene.

Operations need the packages of the runtime alone. The run of a scene, and an operation on a tile in
place, also read and write files through `raster`, and so need Python's bindings of GDAL; without
them, or without the files, the node answers that they have to be computed elsewhere.
"""

from __future__ import annotations

from typing import Any

from distributed import get_worker

from ..worker.call import Call
from ..worker.in_place import IN_PLACE
from ..worker.node_task import Outcome
from ..worker.operation_errors import describe_error
from ..worker.operations import OPERATIONS
from ..worker.protocol import Array
from ..worker.whole_scenes import ELSEWHERE, ON_FILES


def run(
    op: str,
    options: dict[str, Any],
    arrays: dict[str, Array],
    device: str,
    listener: tuple[str, str],
) -> Outcome:
    """Compute an operation on this node.

    Args:
        op: its name.
        options: plain values.
        arrays: inputs by name.
        device: device of the network.
        listener: Dask's topic for log lines and metrics, and the number of the request.

    Returns:
        Values and arrays of the answer; or an error, which is not raised, so that Dask does not
        compute the task again.
    """
    worker = get_worker()
    topic, request = listener

    def send_event(event: dict[str, Any]) -> None:
        worker.log_event(topic, {"request": request, "event": event})

    call = Call(options, arrays, device, send_event)
    try:
        if op in ON_FILES or IN_PLACE in options:
            return _on_files(op, call)
        result, answer = OPERATIONS[op](call)
    except Exception as error:  # the boundary: every error becomes an answer
        described = describe_error(error)
        if described["code"] != "user":
            described["text"] = f"node {worker.address}: {described['text']}"
        return {}, {}, described
    return result, answer, {}


def _on_files(op: str, call: Call) -> Outcome:
    """Compute an operation that reads or writes files."""
    address, place = get_worker().address, call.options.get(IN_PLACE, call.options)
    try:
        from . import in_place, scenes

        reason = scenes.reason_against(place["folder"], place["token"])
    except ImportError as error:
        reason = f"has no Python bindings of GDAL ({error})"
    if reason:
        text = f"the node {address} {reason}"
        return {"node": address}, {}, {"code": ELSEWHERE, "text": text, "traceback": ""}
    if IN_PLACE in call.options:
        return *in_place.compute(op, call), {}
    return scenes.OPERATIONS[op](call), {}, {}
