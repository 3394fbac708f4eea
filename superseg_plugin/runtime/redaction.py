# SPDX-License-Identifier: GPL-2.0-or-later
"""Masking of credentials in logs, and of personal data in reports."""

from __future__ import annotations

import base64
import getpass
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from ..credentials import hide_credentials

MASK = "***"
IN_URL = re.compile(r"(?<=://)[^/\s@]+(?=@)")


class Redactor:
    """Masks credentials in text.

    Args:
        secrets: known secrets. They are masked also in URL encoding and Base64.
        variables: environment variables; credentials in URLs among them are masked, too.
    """

    def __init__(self, secrets: Iterable[str], variables: Mapping[str, str]) -> None:
        known = set(secrets)
        for value in variables.values():
            for found in IN_URL.findall(value):
                _, _, password = found.partition(":")
                known |= {unquote(password), unquote(found)}
        forms: set[str] = set()
        for secret in filter(None, known):
            base64_form = base64.b64encode(secret.encode()).decode()
            forms |= {secret, quote(secret, safe=""), base64_form}
        # Longest first, since a short form may be part of a longer one.
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return the text with all credentials masked."""
        text = hide_credentials(text, MASK)
        for form in self._forms:
            text = text.replace(form, MASK)
        return text


def mask_personal_data(text: str) -> str:
    """Return the text with the home folder as `~` and the user's name masked."""
    home = str(Path.home())
    if len(Path(home).parts) < 2:
        # The account of a service may have the root folder as its home.
        return text
    for form in dict.fromkeys((home, home.replace("\\", "/"), home.replace("\\", "\\\\"))):
        text = re.sub(re.escape(form) + r"(?![\w-])", "~", text)
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        return text
    return re.sub(rf"(?<![\w-]){re.escape(user)}(?![\w-])", "<user>", text)
