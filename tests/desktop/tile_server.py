# SPDX-License-Identifier: GPL-2.0-or-later
"""A web map on this machine: colored fields, the same in every tile."""

from __future__ import annotations

import threading

import numpy as np

from tests.benchmarks.painting import png
from tests.tools.local_server import LocalServer, QuietHandler

SLOW = "/slow/"
SLOW_SECONDS = 30.0


class TileServer(LocalServer):
    """Answers /{z}/{x}/{y}.png, and below /slow/ only after a long time."""

    def __init__(self):
        tile = _tile()
        over = self._over = threading.Event()

        class Handler(QuietHandler):
            def do_GET(self):
                if self.path.startswith(SLOW):
                    over.wait(SLOW_SECONDS)
                try:
                    self.send_response(200)
                    self.send_header("Content-Type", "image/png")
                    self.send_header("Content-Length", str(len(tile)))
                    self.end_headers()
                    self.wfile.write(tile)
                except OSError:
                    # Who asked has gone.
                    self.close_connection = True

        super().__init__(Handler)

    def __exit__(self, *_):
        self._over.set()
        super().__exit__()


def _tile():
    generator = np.random.default_rng(2)
    colors = np.array([[200, 60, 50], [60, 170, 70], [60, 80, 190]])
    fields = colors[generator.integers(0, 3, (8, 8))].repeat(32, 0).repeat(32, 1)
    pixels = np.clip(fields + generator.normal(0, 3, fields.shape), 0, 255).astype(np.uint8)
    return png(pixels)
