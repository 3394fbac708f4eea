# SPDX-License-Identifier: GPL-2.0-or-later
"""What runs on a node of a cluster: an operation of the engine, or the run of a whole scene.

Operations need the packages of the runtime alone. The run of a scene also reads and writes files
through `raster`, and so needs Python's bindings of GDAL; without them, or without the files, the
node answers that the scene has to be computed elsewhere.
"""

from __future__ import annotations

from typing import Any

from distributed import get_worker

from ..worker.call import Call
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
        if op in ON_FILES:
            return _on_files(op, call)
        result, answer = OPERATIONS[op](call)
    except Exception as error:  # the boundary: every error becomes an answer
        described = describe_error(error)
        if described["code"] != "user":
            described["text"] = f"node {worker.address}: {described['text']}"
        return {}, {}, described
    return result, answer, {}


def _on_files(op: str, call: Call) -> Outcome:
    """Compute an operation that reads and writes files."""
    address = get_worker().address
    try:
        from . import scenes

        reason = scenes.reason_against(call.options)
    except ImportError as error:
        reason = f"has no Python bindings of GDAL ({error})"
    if reason:
        text = f"the node {address} {reason}"
        return {"node": address}, {}, {"code": ELSEWHERE, "text": text, "traceback": ""}
    return scenes.OPERATIONS[op](call), {}, {}
