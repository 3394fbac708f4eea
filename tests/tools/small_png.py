# SPDX-License-Identifier: GPL-2.0-or-later
"""Copy a PNG with a palette of 256 colors: small_png.py SOURCE TARGET WIDEST.

Runs in the worker's Python, which has Pillow as a dependency of scikit-image.
"""

from __future__ import annotations

import sys

from PIL import Image


def main(source: str, target: str, widest: int) -> None:
    """Copy, scaled down if wider than `widest` pixels."""
    with Image.open(source) as opened:
        picture = opened.convert("RGB")
    if picture.width > widest:
        height = round(picture.height * widest / picture.width)
        picture = picture.resize((widest, height), Image.Resampling.LANCZOS)
    # Dithering would not improve flat areas and would make the file much larger.
    plain = Image.Dither.NONE
    method = Image.Quantize.MEDIANCUT
    small = picture.quantize(256, method=method, kmeans=3, dither=plain)
    small.save(target, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
