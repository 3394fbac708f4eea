# SPDX-License-Identifier: GPL-2.0-or-later
"""A web map on this machine: colored fields, the same in every tile."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from osgeo import gdal

SIDE = 256
SLOW = "/slow/"
SLOW_SECONDS = 30.0


class TileServer:
    """A context manager that answers /{z}/{x}/{y}.png, and below /slow/ only after a long time."""

    def __init__(self):
        tile = _tile()
        over = self._over = threading.Event()

        class Handler(BaseHTTPRequestHandler):
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

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self):
        """Where the web map begins."""
        return f"http://127.0.0.1:{self._server.server_port}"


def _tile():
    generator = np.random.default_rng(2)
    colors = np.array([[200, 60, 50], [60, 170, 70], [60, 80, 190]])
    fields = colors[generator.integers(0, 3, (8, 8))].repeat(32, 0).repeat(32, 1)
    pixels = np.clip(fields + generator.normal(0, 3, fields.shape), 0, 255).astype(np.uint8)
    image = gdal.GetDriverByName("MEM").Create("", SIDE, SIDE, 3)
    image.WriteArray(pixels.transpose(2, 0, 1))
    path = "/vsimem/superseg_tile.png"
    gdal.GetDriverByName("PNG").CreateCopy(path, image)
    size = gdal.VSIStatL(path).size
    file = gdal.VSIFOpenL(path, "rb")
    content = bytes(gdal.VSIFReadL(1, size, file))
    gdal.VSIFCloseL(file)
    gdal.Unlink(path)
    return content
