# SPDX-License-Identifier: GPL-2.0-or-later
"""Parsing and validating the messages between QGIS's process and the worker.

The other side may be of another version, damaged, or not a worker at all. So the types and sizes of
all fields are checked here, before they are used, and no field is a path: files are named by
numbers. A line that is not a valid message raises `MessageError`, and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, NamedTuple

import numpy as np

# In characters. The messages of a run on a large scene have a thousandth of it.
LONGEST_LINE = 64 * 1024**2
MOST_DIMENSIONS = 8
LONGEST_SIDE = 2**40
# NumPy type strings of numbers of up to eight bytes; not of objects, texts or structures.
NUMBERS = re.compile(r"[<>|=]?[biuf][1248]")

# What is told of a cluster: tiles that it computes at once, and tiles to have in flight; tasks
# done, bytes of arrays sent and received, and requests that were repeated.
CLUSTER_FIGURES = ("threads", "slots", "tasks", "sent", "received", "repeated")


class MessageError(Exception):
    """A line is not a valid message; the text says why."""


class Described(NamedTuple):
    """Type, shape and location of an array.

    Attributes:
        name: its name among the arrays of the message.
        dtype: its type.
        shape: its shape.
        offset: first byte in the file.
        kept: number of the kept file that it is in; 0 for the slot file of the message.
    """

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    offset: int
    kept: int = 0

    def plain(self) -> dict[str, Any]:
        """The description as a JSON object."""
        entry = {**self._asdict(), "dtype": self.dtype.str, "shape": list(self.shape)}
        if not self.kept:
            del entry["kept"]
        return entry


@dataclass(frozen=True)
class Request:
    """A request to the worker; see `protocol` for the fields."""

    id: int
    op: str
    options: dict[str, Any]
    slot: int
    arrays: list[Described]
    keep: bool = False


@dataclass(frozen=True)
class Event:
    """What the worker sends unasked: a heartbeat, a log line, a metric, or figures of a cluster.

    Attributes:
        kind: `alive`, `log`, `progress`, `metric` or `cluster`.
        text: the log line, or the activity.
        figures: the fraction that is done; the metric: step, loss and number of live classes of a
            training; or see `CLUSTER_FIGURES`.
        id: of the request; 0 for a heartbeat and for a cluster.
    """

    kind: str
    text: str
    figures: dict[str, Any]
    id: int = 0


@dataclass(frozen=True)
class Result:
    """The result of a request."""

    id: int
    result: dict[str, Any]
    arrays: list[Described]


@dataclass(frozen=True)
class Fault:
    """The error of a request; `id` is None if the request could not be parsed."""

    id: int | None
    code: str
    text: str
    traceback: str


def lines_of(stream: IO[str]) -> Iterator[str]:
    """Read lines; one longer than `LONGEST_LINE` is returned in parts, which are not messages."""
    return iter(lambda: stream.readline(LONGEST_LINE), "")


def read_request(line: str | bytes) -> Request:
    """Parse a request.

    Raises:
        MessageError: it is not a valid request.
    """
    message = _object(line)
    if message.get("op") == "cancel":
        return Request(0, "cancel", {}, 0, [])
    return Request(
        _number(message, "id"),
        _text(message, "op"),
        _dictionary(message, "options"),
        _number(message, "slot"),
        arrays_of(message),
        message.get("keep") is True,
    )


def read_message(line: str) -> Event | Result | Fault:
    """Parse a message of the worker.

    Raises:
        MessageError: it is not a valid event, result or fault.
    """
    message = _object(line)
    if "event" in message:
        return _event(message)
    if "error" in message:
        error = _dictionary(message, "error")
        number = None if message.get("id") is None else _number(message, "id")
        texts = (_text(error, name) for name in ("code", "text", "traceback"))
        return Fault(number, *texts)
    return Result(_number(message, "id"), _dictionary(message, "result"), arrays_of(message))


def _event(message: dict[str, Any]) -> Event:
    kind = _text(message, "event")
    if kind == "alive":
        return Event(kind, "", {})
    if kind == "log":
        return Event(kind, _text(message, "text"), {}, _number(message, "id"))
    if kind == "cluster":
        figures: dict[str, Any] = {name: _number(message, name) for name in CLUSTER_FIGURES}
        return Event(kind, _text(message, "text"), figures)
    if kind == "progress":
        figures = {"fraction": _real(message, "fraction")}
        return Event(kind, _text(message, "text"), figures, _number(message, "id"))
    if kind == "metric":
        figures = {"step": _number(message, "step"), "live": _number(message, "live")}
        return Event(kind, "", {**figures, "loss": _real(message, "loss")}, _number(message, "id"))
    raise MessageError(f"there is no event {kind!r:.40}")


def _object(line: str | bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise MessageError("not JSON") from None
    if not isinstance(message, dict):
        raise MessageError("not a JSON object")
    return message


def arrays_of(message: dict[str, Any]) -> list[Described]:
    """Parse the descriptions of the arrays of a message.

    Raises:
        MessageError: they are not valid.
    """
    entries = message.get("arrays")
    if not isinstance(entries, list):
        raise MessageError("arrays is not a list")
    described = [_described(entry) for entry in entries]
    if len({one.name for one in described}) < len(described):
        raise MessageError("two arrays have the same name")
    return described


def _described(entry: object) -> Described:
    if not isinstance(entry, dict):
        raise MessageError("the description of an array is not an object")
    kind, shape = _text(entry, "dtype"), entry.get("shape")
    if not NUMBERS.fullmatch(kind):
        raise MessageError(f"arrays of type {kind!r:.40} are not allowed")
    try:
        dtype = np.dtype(kind)
    except TypeError:
        raise MessageError(f"there is no type {kind!r:.40}") from None
    if not isinstance(shape, list) or len(shape) > MOST_DIMENSIONS:
        raise MessageError("a shape is not a list of sizes")
    if not all(type(side) is int and 0 <= side <= LONGEST_SIDE for side in shape):
        raise MessageError("a shape contains an invalid size")
    kept = _number(entry, "kept") if "kept" in entry else 0
    return Described(_text(entry, "name"), dtype, tuple(shape), _number(entry, "offset"), kept)


def _number(message: dict[str, Any], name: str) -> int:
    value = message.get(name)
    if type(value) is not int or not 0 <= value < 2**62:
        raise MessageError(f"{name} is not a non-negative integer")
    return value


def _real(message: dict[str, Any], name: str) -> float:
    value = message.get(name)
    if type(value) not in (int, float):
        raise MessageError(f"{name} is not a number")
    return float(value)  # type: ignore[arg-type]


def _text(message: dict[str, Any], name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str):
        raise MessageError(f"{name} is not text")
    return value


def _dictionary(message: dict[str, Any], name: str) -> dict[str, Any]:
    value = message.get(name)
    if not isinstance(value, dict):
        raise MessageError(f"{name} is not an object")
    return value
