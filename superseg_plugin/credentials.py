# SPDX-License-Identifier: GPL-2.0-or-later
"""Hiding credentials in names, web addresses, connection strings and command lines.

`hide_credentials` is the one function for all texts that leave the program: record, report, log,
diagnosis and messages. It knows a credential by the name of its parameter, in plain and in percent
encoding, by its place before the host of an address, and by the header that carries it. What is
random but has no such name, such as a path that is itself a key, is not recognized, except the
instance in the services of Sentinel Hub. `authcfg` is the name of an entry in QGIS's own store and
stays.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

HIDDEN = "…"
# Parameters whose names end so hold credentials, whatever stands before: access_token,
# X-Amz-Security-Token, AWSAccessKeyId, AZURE_STORAGE_SAS_TOKEN, SharedAccessSignature.
ENDINGS = (
    "token|secret|signature|credentials?|passw(?:or)?d|passphrase|pwd|bearer|jwt|access[_-]?id|"
    "(?:api|access|account|secret|private|subscription|shared|storage|sas)[_-]?keys?(?:[_-]?id)?|"
    "key[_-]pair[_-]id|instance[_-]?id"
)
# Short names are credentials in the query of an address only: `key` is also a column of a table.
# Of a shared access signature of Azure, skoid and sktid name the account and its organization.
IN_QUERY = "sig|key|policy|skoid|sktid|saoid|suoid|q-ak|ak|sk"
VALUE = r"""(?:'[^']*'|"[^"]*"|(?:(?!%26|%7C)[^\s&'"|;<>])+)"""
EQUALS = r"(?:\s?=\s?|%3D)"
SCHEMES = r"(?:(?:basic|bearer|digest|ntlm|negotiate|token|apikey)(?:\s|\+|%20)+)?"
PATTERNS = (
    re.compile(
        rf"(?i)(\b(?:proxy-)?authorization(?:\s*:\s*|%3A|{EQUALS})(?:%20)?{SCHEMES}){VALUE}"
    ),
    re.compile(rf"(?i)((?<![a-z0-9])[\w.-]*?(?:{ENDINGS}){EQUALS}){VALUE}"),
    re.compile(rf"(?i)(\b[\w-]*(?:token|api-key)\s*:\s+){VALUE}"),
    re.compile(rf"(?i)((?:^|[?&]|%3F|%26)(?:{IN_QUERY}){EQUALS}){VALUE}"),
    re.compile(r"(?i)(/ogc/(?:wms|wmts|wcs|wfs|fis)/)[0-9a-f-]{36}"),
    # User name, password or token before the host.
    re.compile(r"(://)[^/?#@\s]+(?=@)"),
    re.compile(r"(?i)(%3A%2F%2F)(?:(?!%2F|%3F|%40)[^/?#@\s&])+(?=@|%40)"),
)


def hide_credentials(text: str, hidden: str = HIDDEN) -> str:
    """Return a text with every credential that can be recognized replaced.

    Args:
        text: a name, address, connection string, command line or message.
        hidden: what stands in the place of a credential.
    """
    for pattern in PATTERNS:
        text = pattern.sub(lambda found: found[1] + hidden, text)
    return text


# Every window that is read names its file, should it be damaged.
@lru_cache(maxsize=256)
def shown_name(path: str) -> str:
    """Name of a file without its folder, credentials and query.

    Args:
        path: of the file, or its address.
    """
    shown = hide_credentials(path)
    name = Path(shown).name or shown
    return name.split("?")[0] or name if "://" in shown else name
