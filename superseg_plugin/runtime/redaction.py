# SPDX-License-Identifier: GPL-2.0-or-later
"""What must not be shown: credentials in logs; home folder and user name in reports."""

from __future__ import annotations

import base64
import getpass
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, unquote

STRUCK = "***"
IN_URL = re.compile(r"(?<=://)[^/\s@]+(?=@)")
HEADER = re.compile(r"(?i)(authorization:?\s*(?:basic|bearer|digest|ntlm|negotiate)?\s*)\S+")


class Redactor:
    """Strikes credentials from lines of text."""

    def __init__(self, secrets: Iterable[str], variables: Mapping[str, str]) -> None:
        """Take the secrets that are known, and those in addresses among the variables."""
        known = set(secrets)
        for value in variables.values():
            for found in IN_URL.findall(value):
                _, _, word = found.partition(":")
                known |= {unquote(word), unquote(found)}
        forms: set[str] = set()
        for secret in filter(None, known):
            coded = base64.b64encode(secret.encode()).decode()
            forms |= {secret, quote(secret, safe=""), coded}
        # Longest first: a short one may be a part of it.
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return the text without them."""
        text = HEADER.sub(rf"\1{STRUCK}", IN_URL.sub(STRUCK, text))
        for form in self._forms:
            text = text.replace(form, STRUCK)
        return text


def strike_person(text: str) -> str:
    """Return the text with the home folder as ~ and without the user's name."""
    home = str(Path.home())
    if len(Path(home).parts) < 2:
        # The account of a service, whose home is the root of all paths.
        return text
    for form in dict.fromkeys((home, home.replace("\\", "/"), home.replace("\\", "\\\\"))):
        text = re.sub(re.escape(form) + r"(?![\w-])", "~", text)
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        return text
    return re.sub(rf"(?<![\w-]){re.escape(user)}(?![\w-])", "<user>", text)
