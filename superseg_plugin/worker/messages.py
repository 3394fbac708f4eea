# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading the lines that cross the process boundary; whatever is in them, nothing else comes out.

Either side may be of another version, broken, or no worker at all. So types and sizes are checked
here, before anybody acts on them, and nothing in a message names a file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, NamedTuple

import numpy as np

# What a whole scene says in one line is a thousandth of it.
LONGEST_LINE = 64 * 1024**2
MOST_DIMENSIONS = 8
LONGEST_SIDE = 2**40
# Numbers of up to eight bytes; never objects, texts or structures.
NUMBERS = re.compile(r"[<>|=]?[biuf][1248]")


class MessageError(Exception):
    """A line that is no message of this protocol; the text says why."""


class Described(NamedTuple):
    """Where an array lies: in its slot's file or, with a number above 0, in that kept file."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    offset: int
    kept: int = 0

    def plain(self) -> dict[str, Any]:
        """The description as it travels."""
        entry = {**self._asdict(), "dtype": self.dtype.str, "shape": list(self.shape)}
        if not self.kept:
            del entry["kept"]
        return entry


@dataclass(frozen=True)
class Request:
    """What the worker is asked to do."""

    id: int
    op: str
    options: dict[str, Any]
    slot: int
    arrays: list[Described]
    keep: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """What the worker tells meanwhile: that it is alive, a line for the log, or figures."""

    kind: str
    text: str
    figures: dict[str, Any]


@dataclass(frozen=True)
class Result:
    """What came out of a request."""

    id: int
    result: dict[str, Any]
    arrays: list[Described]


@dataclass(frozen=True)
class Fault:
    """Why nothing came out of a request; an id of None belongs to none that could be read."""

    id: int | None
    code: str
    text: str
    traceback: str


def lines_of(stream: IO[str]) -> Iterator[str]:
    """Read lines until the end; one without end comes in pieces, which are no messages."""
    return iter(lambda: stream.readline(LONGEST_LINE), "")


def read_request(line: str | bytes) -> Request:
    """Read what the worker is asked to do.

    Raises:
        MessageError: it is no request.
    """
    message = _object(line)
    if message.get("op") == "cancel":
        return Request(0, "cancel", {}, 0, [])
    return Request(
        _number(message, "id"),
        _text(message, "op"),
        _dictionary(message, "options"),
        _number(message, "slot"),
        _arrays(message),
        _names(message, "keep"),
    )


def read_message(line: str) -> Event | Result | Fault:
    """Read what the worker answers or tells.

    Raises:
        MessageError: it is none of it.
    """
    message = _object(line)
    if "event" in message:
        return _event(message)
    if "error" in message:
        error = _dictionary(message, "error")
        number = None if message.get("id") is None else _number(message, "id")
        texts = (_text(error, name) for name in ("code", "text", "traceback"))
        return Fault(number, *texts)
    return Result(_number(message, "id"), _dictionary(message, "result"), _arrays(message))


def _event(message: dict[str, Any]) -> Event:
    kind = _text(message, "event")
    if kind == "alive":
        return Event(kind, "", {})
    if kind == "log":
        return Event(kind, _text(message, "text"), {})
    if kind == "metric":
        loss: Any = message.get("loss")
        if type(loss) not in (int, float):
            raise MessageError("loss is no number")
        figures = {"step": _number(message, "step"), "live": _number(message, "live")}
        return Event(kind, "", {**figures, "loss": float(loss)})
    raise MessageError(f"there is no event {kind!r:.40}")


def _object(line: str | bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise MessageError("it is no JSON") from None
    if not isinstance(message, dict):
        raise MessageError("it is no JSON object")
    return message


def _arrays(message: dict[str, Any]) -> list[Described]:
    entries = message.get("arrays")
    if not isinstance(entries, list):
        raise MessageError("arrays is no list")
    described = [_described(entry) for entry in entries]
    if len({one.name for one in described}) < len(described):
        raise MessageError("two arrays have the same name")
    return described


def _described(entry: object) -> Described:
    if not isinstance(entry, dict):
        raise MessageError("an array is not described")
    kind, shape = _text(entry, "dtype"), entry.get("shape")
    if not NUMBERS.fullmatch(kind):
        raise MessageError(f"arrays of type {kind!r:.40} do not travel")
    try:
        dtype = np.dtype(kind)
    except TypeError:
        raise MessageError(f"there is no type {kind!r:.40}") from None
    if not isinstance(shape, list) or len(shape) > MOST_DIMENSIONS:
        raise MessageError("a shape is no list of sizes")
    if not all(type(side) is int and 0 <= side <= LONGEST_SIDE for side in shape):
        raise MessageError("a shape holds something else than sizes")
    kept = _number(entry, "kept") if "kept" in entry else 0
    return Described(_text(entry, "name"), dtype, tuple(shape), _number(entry, "offset"), kept)


def _names(message: dict[str, Any], name: str) -> tuple[str, ...]:
    names = message.get(name, [])
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise MessageError(f"{name} is no list of names")
    return tuple(names)


def _number(message: dict[str, Any], name: str) -> int:
    value = message.get(name)
    if type(value) is not int or not 0 <= value < 2**62:
        raise MessageError(f"{name} is no whole number")
    return value


def _text(message: dict[str, Any], name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str):
        raise MessageError(f"{name} is no text")
    return value


def _dictionary(message: dict[str, Any], name: str) -> dict[str, Any]:
    value = message.get(name)
    if not isinstance(value, dict):
        raise MessageError(f"{name} is no object")
    return value
