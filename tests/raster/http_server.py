# SPDX-License-Identifier: GPL-2.0-or-later
"""A local web server that serves ranges of files and counts the bytes."""

from __future__ import annotations

import re

from tests.tools.local_server import LocalServer, QuietHandler


class FileServer(LocalServer):
    """Serves the files of a folder; `sent` is the bytes of them so far."""

    def __init__(self, folder):
        self.sent = 0
        server = self

        class Handler(QuietHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self):
                self._answer(with_body=False)

            def do_GET(self):
                self._answer(with_body=True)

            def _answer(self, with_body):
                path = folder / self.path.lstrip("/")
                if not path.is_file():
                    self.send_error(404)
                    return
                content = path.read_bytes()
                total = len(content)
                part = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
                self.send_response(206 if part else 200)
                if part:
                    first, last = int(part[1]), min(int(part[2] or total), total - 1)
                    content = content[first : last + 1]
                    self.send_header("Content-Range", f"bytes {first}-{last}/{total}")
                self.send_header("Accept-Ranges", "bytes")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if with_body:
                    server.sent += len(content)
                    self.wfile.write(content)

        super().__init__(Handler)

    def address(self, name):
        """GDAL dataset name of a file of the folder."""
        return f"/vsicurl/{self.origin}/{name}"
