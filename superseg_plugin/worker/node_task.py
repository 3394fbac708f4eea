# SPDX-License-Identifier: GPL-2.0-or-later
"""The function that Dask calls on a node: it unpacks the package that came with the task.

`make_task` returns a function that Dask sends by value, since nodes do not have this package; it
unpacks the package once, under the name of its hash, and everything else is imported from there.
"""

from __future__ import annotations

from typing import Any, Callable

from .protocol import Array

# Values, arrays and, in place of these, the error as of `describe_error`.
Outcome = tuple[dict[str, Any], dict[str, Array], dict[str, str]]


def make_task() -> Callable[..., Outcome]:
    """The function of a task: unpacks the package if it is not there, and calls `node.entry`."""

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
            module = importlib.import_module(f"{name}.node.entry")
        except Exception as error:
            text = f"node {get_worker().address} cannot use the engine: {error}"
            return {}, {}, {"code": "user", "text": text, "traceback": traceback.format_exc()}
        return module.run(*request)

    return task
