# SPDX-License-Identifier: GPL-2.0-or-later
"""A real worker that receives arbitrary lines, and a client that receives arbitrary lines."""

from __future__ import annotations

import atexit
import contextlib
import json
import tempfile
import threading
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from superseg_plugin.errors import SuperSegError
from superseg_plugin.progress import Progress
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.cluster_address import THIS_COMPUTER
from superseg_plugin.worker.interface import WorkerError
from superseg_plugin.worker.interpreter import Interpreter, find_interpreter
from superseg_plugin.worker.launch import start_worker
from superseg_plugin.worker.messages import Result, read_message
from superseg_plugin.worker.protocol import request_file, write_arrays

from .messages import message_seeds, request_seeds
from .raster_cases import TEXTS

ANSWER_SECONDS = 60.0
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        TEXTS,
        st.sampled_from(["../../etc/passwd", "/etc/passwd", "|O", "<f8", "V9", "i4,i4", "<U9"]),
    ),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(TEXTS, parts, max_size=3),
    max_leaves=5,
)


@st.composite
def changed(draw: st.DrawFn, seeds: list[bytes]) -> str:
    """A message with some of its parts replaced, and perhaps cut off."""
    message = json.loads(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, 3))):
        place = message
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], (dict, list)) and draw(st.booleans()):
                place = place[key]
                continue
            if isinstance(place, dict) and draw(st.sampled_from([False] * 5 + [True])):
                del place[key]
            else:
                place[key] = draw(VALUES)
            break
        if not isinstance(message, dict):
            break
    text = json.dumps(message)
    end = draw(st.sampled_from([None] * 6 + [0.5]))
    return text if end is None else text[: int(len(text) * end)]


def worker_cases() -> st.SearchStrategy[list[str]]:
    """Lines to send; none is a cancel message."""
    lines = st.one_of(changed([request_seeds()[0]]), changed([request_seeds()[0]]), st.text())
    return st.lists(lines.filter(lambda line: "cancel" not in line), min_size=1, max_size=3)


def client_cases() -> st.SearchStrategy[list[str]]:
    """Lines that a worker prints before it ends."""
    lines = st.one_of(changed(message_seeds()), changed(message_seeds()), TEXTS)
    return st.lists(lines, max_size=4)


class _Served:
    """A worker that is used without the client."""

    def __init__(self) -> None:
        self._own = tempfile.TemporaryDirectory(prefix="superseg-fuzz-")
        self.folder = Path(self._own.name)
        write_arrays(request_file(self.folder, 1), {"a": np.zeros(256, np.uint8)})
        self.process = start_worker(find_interpreter(), self.folder, "cpu", THIS_COMPUTER)
        self.lines: list[str] = []
        self._news = threading.Condition()
        self.drained = threading.Thread(target=self._drain, daemon=True)
        self.drained.start()
        threading.Thread(target=self._listen, daemon=True).start()
        self.number = 1 << 40

    def _drain(self) -> None:
        for _ in self.process.stderr or ():
            pass

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            with self._news:
                self.lines.append(line)
                self._news.notify_all()

    def say(self, line: str) -> None:
        """Send a line of any bytes."""
        stream = self.process.stdin
        if stream is None:
            raise AssertionError("no way to speak")
        stream.write(line.replace("\n", " ") + "\n")
        stream.flush()

    def answer(self) -> Result:
        """Send a valid request and wait for its answer, skipping all others."""
        self.number += 1
        pixels = {"pixels": np.ones((1, 9), np.uint8)}
        # In a file of its own: another request may still be reading from the common one.
        arrays = write_arrays(request_file(self.folder, self.number), pixels)
        request = {"op": "measure_bands", "options": {}, "slot": self.number, "arrays": arrays}
        self.say(json.dumps({"id": self.number, **request}))
        seen = 0
        with self._news:
            while True:
                for line in self.lines[seen:]:
                    message = read_message(line)
                    if isinstance(message, Result) and message.id == self.number:
                        self.lines.clear()
                        request_file(self.folder, self.number).unlink()
                        return message
                seen = len(self.lines)
                if not self._news.wait(ANSWER_SECONDS):
                    raise AssertionError("the worker no longer answers")
                if self.process.poll() is not None:
                    raise AssertionError(f"the worker ended: {self.process.returncode}")

    def end(self) -> None:
        """Kill the process."""
        self.process.kill()
        self.process.wait()
        self._own.cleanup()


_served: list[_Served] = []


def check_worker(lines: list[str]) -> None:
    """Send lines; the worker answers every request and continues to serve."""
    if not _served:
        _served.append(_Served())
        atexit.register(_served[0].end)
    served = _served[0]
    try:
        for line in lines:
            served.say(line)
        served.answer()
    except BaseException:
        # The next case must not depend on this one.
        _served.clear()
        served.end()
        raise


def check_client(lines: list[str]) -> None:
    """Send requests to a worker that prints these lines and then ends."""
    with tempfile.TemporaryDirectory(prefix="superseg-fuzz-") as folder:
        said = Path(folder) / "said"
        said.write_text(
            "".join(line.replace("\n", " ") + "\n" for line in lines), "utf-8", "replace"
        )
        impostor = Path(folder) / "python"
        impostor.write_text(f"#!/bin/sh\nread request\ncat '{said}'\n", "utf-8")
        impostor.chmod(0o700)
        with WorkerProcess(Interpreter(impostor, "chosen")) as worker:
            slot = worker.submit("measure_bands", {}, {"pixels": np.ones((1, 9), np.uint8)})
            # An error that the worker reports is forwarded with its text.
            with contextlib.suppress(SuperSegError, WorkerError):
                answer = worker.result(slot, Progress())
                if not isinstance(answer.result, dict):
                    raise AssertionError(str(answer))
