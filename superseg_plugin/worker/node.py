# SPDX-License-Identifier: GPL-2.0-or-later
"""What runs on a node of a cluster: an operation of the engine that came with the task.

A node needs the packages of the runtime alone. `make_task` returns a function that Dask sends by
value, since nodes do not have this package; the function unpacks the engine once, under the name of
its hash, and everything else is imported from there.
"""

from __future__ import annotations

from typing import Any, Callable

from .call import Call
from .operation_errors import describe_error
from .protocol import Array

# Values, arrays and, in place of these, the error as of `describe_error`.
Outcome = tuple[dict[str, Any], dict[str, Array], dict[str, str]]


def make_task() -> Callable[..., Outcome]:
    """The function of a task: unpacks the engine if it is not there, and calls `run`."""

    # It refers to no global name: it is sent without this module.
    def task(name: str, content: bytes, *request: Any) -> Any:
        import importlib
        import importlib.util
        import io
        import shutil
        import sys
        import tempfile
        import traceback
        import zipfile
        from pathlib import Path

        from distributed import get_worker

        def unpack() -> None:
            # In the user's own cache, where Numba's compiled kernels outlast the process.
            parent = Path.home() / ".cache" / "superseg"
            try:
                parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                partial = Path(tempfile.mkdtemp(dir=parent))
            except OSError:
                parent = Path(get_worker().local_directory)
                partial = Path(tempfile.mkdtemp(dir=parent))
            try:
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    archive.extractall(partial)
                # Another process of the node may be doing the same at this moment.
                try:
                    (partial / name).rename(parent / name)
                except OSError:
                    if not (parent / name).is_dir():
                        raise
            finally:
                shutil.rmtree(partial, ignore_errors=True)
            if str(parent) not in sys.path:
                sys.path.append(str(parent))
            importlib.invalidate_caches()

        try:
            if importlib.util.find_spec(name) is None:
                unpack()
            module = importlib.import_module(f"{name}.worker.node")
        except Exception as error:
            text = f"node {get_worker().address} cannot use the engine: {error}"
            return {}, {}, {"code": "user", "text": text, "traceback": traceback.format_exc()}
        return module.run(*request)

    return task


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
    from distributed import get_worker

    from .operations import OPERATIONS

    worker = get_worker()
    topic, request = listener

    def send_event(event: dict[str, Any]) -> None:
        worker.log_event(topic, {"request": request, "event": event})

    try:
        result, answer = OPERATIONS[op](Call(options, arrays, device, send_event))
    except Exception as error:  # the boundary: every error becomes an answer
        described = describe_error(error)
        if described["code"] != "user":
            described["text"] = f"node {worker.address}: {described['text']}"
        return {}, {}, described
    return result, answer, {}
