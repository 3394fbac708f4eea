# SPDX-License-Identifier: GPL-2.0-or-later
"""Preloaded by a Dask worker: kernels are replaced by sleeps of their measured time.

An operation is computed the first time that it is asked for with some options and arrays, and its
processor time is measured. The same request then sleeps for that time and returns the same answer,
so that one process with many threads stands for many nodes of one core. Scenes that repeat a tile
have few different requests.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import threading
import time

import numpy as np

_import = importlib.import_module
_answers: dict[str, tuple[float, tuple]] = {}
_lock = threading.Lock()


def _key(op, options, arrays):
    digest = hashlib.blake2b(json.dumps([op, options], sort_keys=True, default=str).encode())
    for name, array in sorted(arrays.items()):
        packed = np.ascontiguousarray(array)
        digest.update(f"{name}{packed.dtype}{packed.shape}".encode())
        digest.update(packed.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _stored(run):
    def stored(op, options, arrays, device, listener):
        key = _key(op, options, arrays)
        if key not in _answers:
            # One at a time, so that its time is that of an idle core.
            with _lock:
                begin = time.thread_time()
                answer = run(op, options, arrays, device, listener)
                _answers[key] = (time.thread_time() - begin, answer)
            return answer
        seconds, answer = _answers[key]
        time.sleep(seconds)
        return answer

    return stored


def _importing(name, *arguments):
    module = _import(name, *arguments)
    if name.endswith(".node.entry") and not hasattr(module, "computed"):
        module.computed = module.run
        module.run = _stored(module.run)
    return module


def dask_setup(worker):
    importlib.import_module = _importing
