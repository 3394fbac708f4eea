# SPDX-License-Identifier: GPL-2.0-or-later
"""Invalid input gives a message with the parameter and advice, and leaves no file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsProcessingContext, QgsProcessingException

from tests.conftest import blocks, quarters, read_raster, write_raster
from tests.qgis.helpers import Listener

POLYGONS = json.dumps(
    {
        "type": "Feature",
        "properties": {"kind": 1},
        "geometry": {"type": "Polygon", "coordinates": [[[9, 46], [9, 47], [10, 47], [9, 46]]]},
    }
)


@pytest.fixture(scope="module")
def bad(tmp_path_factory, files, model):
    """Paths of good and bad files by name."""
    folder = tmp_path_factory.mktemp("bad")
    image, _ = quarters()
    text = folder / "text.superseg"
    text.write_text("this is no model", encoding="utf-8")
    corrupt = write_raster(
        folder / "corrupt.tif",
        np.random.default_rng(0).integers(0, 255, (3, 256, 256), dtype=np.uint8),
        options=["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64", "COMPRESS=DEFLATE"],
    )
    with Path(corrupt).open("r+b") as stream:
        size = stream.seek(0, 2)
        stream.seek(size // 2)
        stream.write(bytes(4000))
    polygons = folder / "polygons.geojson"
    polygons.write_text(POLYGONS, encoding="utf-8")
    container = str(folder / "container.nc")
    gdal.GetDriverByName("netCDF").CreateCopy(container, gdal.Open(files["scene"]))
    few = np.zeros((3, 16, 16), np.uint8)
    few[:, 4, 4:7] = 9
    return {
        "bad": str(folder),
        "scene": files["scene"],
        "blocks": files["blocks"],
        "fields": files["fields"],
        "model": model,
        "text": str(text),
        "corrupt": corrupt,
        "polygons": str(polygons),
        "container": container,
        "void": write_raster(folder / "void.tif", image * 0, nodata=0),
        "few": write_raster(folder / "few.tif", few, nodata=0),
        "small": write_raster(folder / "small.tif", np.ones((32, 32), np.uint32)),
        "shifted": write_raster(
            folder / "shifted.tif", blocks(), geotransform=(500001.0, 2, 0, 5200000.0, 0, -2)
        ),
        "blank": write_raster(folder / "blank.tif", image[0] * 0, nodata=0),
        "two": write_raster(folder / "two.tif", image[:2]),
    }


CASES = [
    ("segment", {"BANDS": [4]}, "BANDS.*band 4.*3 bands"),
    ("segment", {"BANDS": [0]}, "BANDS.*band 0"),
    ("segment", {"BANDS": "red"}, "BANDS is “red”: give band numbers"),
    ("segment", {"BANDS": ["2", "nir"]}, "BANDS is “nir”: give band numbers"),
    ("segment", {"INPUT": "{polygons}"}, "INPUT is .*vector layer.*[Rr]asterize"),
    ("evaluate", {"REFERENCE": "{polygons}"}, "REFERENCE is .*vector layer.*POLYGONS"),
    ("segment", {"INPUT": "{container}"}, "container.nc.*holds 3 rasters.*NETCDF:.*Band1"),
    ("segment", {"CLASSES": 256}, "CLASSES.*256.*0 to 255"),
    ("segment", {"CLASSES": 1}, "CLASSES.*2 to 255"),
    ("segment", {"PRESET": "best"}, "PRESET.*best.*balanced, fast, published"),
    ("segment", {"SMOOTHNESS": -1}, "SMOOTHNESS.*at least 0"),
    ("segment", {"EXTENT": "500010,500010,5199950,5199990"}, "EXTENT.*no area"),
    ("segment", {"EXTENT": "1,2,3,4"}, "EXTENT.*off"),
    ("segment", {"EXTENT": "here"}, "EXTENT.*here.*xmin"),
    ("segment", {"INPUT": "{folder}/nothing.tif"}, "INPUT.*nothing.tif"),
    ("segment", {"INPUT": None}, "INPUT"),
    ("segment", {"INPUT": "{text}"}, "INPUT.*text.superseg"),
    ("segment", {"INPUT": "{void}"}, "void.tif.*(valid|nodata)"),
    ("segment", {"INPUT": "{few}"}, "(CLASSES.*3|3.*CLASSES)"),
    ("segment", {"INPUT": "{corrupt}"}, "corrupt.tif.*band.*rows"),
    ("segment", {"OUTPUT": "{folder}/missing/out.tif"}, "OUTPUT.*folder.*missing"),
    ("segment", {"OUTPUT": "{scene}"}, "OUTPUT.*input"),
    ("segment", {"OUTPUT": "{folder}/out.foo"}, r"OUTPUT.*\.foo.*\.tif"),
    ("segment", {"CONFIDENCE": "{folder}/out.tif"}, "CONFIDENCE.*OUTPUT"),
    ("segment", {"MODEL": "{folder}/missing/m.superseg"}, "MODEL.*missing"),
    ("superpixels", {"BANDS": [9]}, "BANDS.*band 9"),
    ("superpixels", {"INPUT": "{void}"}, "void.tif.*(valid|nodata)"),
    ("superpixels", {"INPUT": "{corrupt}"}, "corrupt.tif.*band.*rows"),
    ("superpixels", {"METHOD": 1}, "METHOD.*felzenszwalb, slic"),
    ("superpixels", {"OUTPUT": "{scene}"}, "OUTPUT.*input"),
    ("superpixels", {"IMAGERY": "vhr", "MIN_SIZE": 20}, "IMAGERY.*MIN_SIZE; leave MIN_SIZE 64"),
    (
        "superpixels",
        {"SUPERPIXEL_SIZE": 3, "METHOD": "slic", "REGION_SIZE": 9},
        "SUPERPIXEL_SIZE.*leave REGION_SIZE 16",
    ),
    ("trainfcn", {"SUPERPIXELS": "{blocks}", "IMAGERY": "vhr"}, "IMAGERY.*leave SUPERPIXELS empty"),
    ("trainfcn", {"SUPERPIXELS": "{small}"}, "SUPERPIXELS.*small.tif"),
    ("trainfcn", {"INITIAL_MODEL": "{text}"}, "INITIAL_MODEL: text.superseg is no"),
    ("trainfcn", {"INITIAL_MODEL": "{folder}/no.superseg"}, "INITIAL_MODEL.*no.superseg"),
    ("trainfcn", {"INPUT": "{few}"}, "(CLASSES.*3|3.*CLASSES)"),
    ("trainfcn", {"INPUT": "{void}"}, "void.tif.*(valid|nodata)"),
    ("trainfcn", {"LEARNING_RATE": 2.0}, "LEARNING_RATE.*0 to 1"),
    (
        "trainfcn",
        {"GUIDANCE": "selftraining", "CLASSES": 0},
        "CLASSES 0.*GUIDANCE clusters.*2 to 255",
    ),
    ("classify", {"MODEL": "{text}"}, "text.superseg"),
    ("classify", {"MODEL": "{folder}/no.superseg"}, "MODEL.*no.superseg"),
    ("classify", {"INPUT": "{two}"}, "(two.tif|quick.superseg).*band"),
    ("classify", {"SUPERPIXELS": "{small}"}, "SUPERPIXELS.*small.tif"),
    ("classify", {"INPUT": "{corrupt}"}, "corrupt.tif.*band.*rows"),
    (
        "classifyfolder",
        {"PATTERN": "void.tif"},
        "classified. void.tif has no valid.*Check BANDS and",
    ),
    ("classifyfolder", {"PATTERN": "two.tif"}, "two.tif: MODEL .*two.tif has 2. Use an image"),
    ("classifyfolder", {"PATTERN": "corrupt.tif"}, "classified. corrupt.tif: band .*rows"),
    ("segmentfolder", {"PATTERN": "void.tif"}, "[.] void.tif has no valid.*Check BANDS and"),
    ("segmentfolder", {"PATTERN": "few.tif"}, "has 3 valid pixels.*Lower CLASSES[.]"),
    ("averagecolor", {"CLASSIFICATION": "{shifted}"}, "shifted.tif"),
    ("averagecolor", {"SUPERPIXELS": "{small}"}, "SUPERPIXELS.*small.tif"),
    ("averagecolor", {"OUTPUT": "{fields}"}, "OUTPUT.*input"),
    ("mergeclasses", {"CLASSES": 256}, "CLASSES.*0 to 255"),
    ("mergeclasses", {"CLASSES": 1}, "CLASSES.*2 to 255"),
    ("mergeclasses", {"CLASSES": 5}, "CLASSES: 5 classes.*fields.tif has 4"),
    ("mergeclasses", {"CLASSES": None}, "CLASSES, TABLE and MIN_AREA"),
    ("mergeclasses", {"CLASSES": 0, "MIN_AREA": 0}, "CLASSES, TABLE and MIN_AREA"),
    ("mergeclasses", {"MIN_AREA": -1}, "MIN_AREA.*at least 0"),
    ("mergeclasses", {"TABLE": "{text}"}, "CLASSES and TABLE"),
    ("mergeclasses", {"TABLE": "{text}", "CLASSES": 0}, "TABLE: text.superseg, line 1"),
    ("mergeclasses", {"TABLE": "{folder}/no.csv"}, "TABLE.*no.csv"),
    ("mergeclasses", {"INPUT": None}, "CLASSIFICATION.*INPUT.*MODEL"),
    ("mergeclasses", {"INPUT": "{small}"}, "INPUT.*small.tif"),
    ("mergeclasses", {"CLASSIFICATION": "{corrupt}"}, "corrupt.tif.*band.*rows"),
    ("mergeclasses", {"INPUT": None, "MODEL": "{text}"}, "MODEL: text.superseg"),
    ("mergeclasses", {"CLASSIFICATION": "{blank}"}, "blank.tif.*no pixel|no pixel.*blank.tif"),
    ("mergeclasses", {"OUTPUT": "{fields}"}, "OUTPUT.*input"),
    ("mergeclasses", {"OUTPUT": "{folder}/out.foo"}, r"OUTPUT.*\.foo.*\.tif"),
    ("evaluate", {"REFERENCE": "{small}"}, "small.tif"),
    ("evaluate", {"REFERENCE": "{void}"}, "REFERENCE.*3 bands"),
    ("evaluate", {"REFERENCE": "{blank}"}, "(label|UNLABELLED)"),
    ("evaluate", {"REPORT": "{folder}/missing/r.html"}, "REPORT.*missing"),
]

GOOD = {
    "segment": {"INPUT": "{scene}", "CLASSES": 4, "OUTPUT": "{folder}/out.tif"},
    "superpixels": {"INPUT": "{scene}", "OUTPUT": "{folder}/out.tif"},
    "trainfcn": {"INPUT": "{scene}", "STEPS": 1, "MODEL": "{folder}/out.superseg"},
    "classify": {"INPUT": "{scene}", "MODEL": "{model}", "OUTPUT": "{folder}/out.tif"},
    "classifyfolder": {"FOLDER": "{bad}", "MODEL": "{model}", "OUTPUT": "{folder}/out"},
    "segmentfolder": {"FOLDER": "{bad}", "CLASSES": 4, "PRESET": "fast", "OUTPUT": "{folder}/out"},
    "averagecolor": {
        "INPUT": "{scene}",
        "CLASSIFICATION": "{fields}",
        "OUTPUT": "{folder}/out.tif",
    },
    "mergeclasses": {
        "CLASSIFICATION": "{fields}",
        "INPUT": "{scene}",
        "CLASSES": 2,
        "OUTPUT": "{folder}/out.tif",
    },
    "evaluate": {"CLASSIFICATION": "{fields}", "REFERENCE": "{fields}"},
}


@pytest.mark.parametrize(
    ("algorithm", "changes", "expected"), CASES, ids=[f"{c[0]}-{next(iter(c[1]))}" for c in CASES]
)
def test_invalid_input_gives_a_message_and_no_file(
    run, provider, bad, tmp_path, algorithm, changes, expected
):
    names = {**bad, "folder": str(tmp_path)}
    parameters = {
        name: value.format(**names) if isinstance(value, str) else value
        for name, value in {**GOOD[algorithm], **changes}.items()
    }
    with pytest.raises(QgsProcessingException, match=f"(?s){expected}") as caught:
        run(f"superseg:{algorithm}", parameters)
    sentence = str(caught.value).replace("Unable to execute algorithm\n", "")
    assert "Traceback" not in sentence
    assert sentence.endswith((".", "invalid value", "not found")), sentence
    assert list(tmp_path.iterdir()) == []
    # A parameter that another algorithm has cannot be set.
    named = set(re.findall("[A-Z_]+", re.sub("[^,.;]* where the algorithm has", "", sentence)))
    assert named & _parameters(*provider.algorithms()) <= _parameters(provider.algorithm(algorithm))


def _parameters(*algorithms):
    return {each.name() for one in algorithms for each in one.parameterDefinitions()}


@pytest.mark.parametrize(
    ("algorithm", "output", "name"),
    [
        ("superpixels", "OUTPUT", "x.gpkg"),
        ("segment", "OUTPUT", "x.ppm"),
        ("segment", "AVERAGE_COLOR", "x.sdat"),
        ("averagecolor", "OUTPUT", "x.grd"),
    ],
)
def test_a_format_that_cannot_hold_the_result_is_refused_by_the_dialog(
    provider, files, tmp_path, algorithm, output, name
):
    parameters = {"INPUT": files["scene"], "CLASSIFICATION": files["fields"]}
    parameters.update({"OUTPUT": str(tmp_path / "c.tif"), output: str(tmp_path / name)})
    fine, message = (
        provider.algorithm(algorithm)
        .create()
        .checkParameterValues(parameters, QgsProcessingContext())
    )
    assert not fine
    assert f"{output}: {name}" in message
    assert "cannot hold this result" in message
    assert ".superseg-" not in message
    assert not list(tmp_path.iterdir())


def test_netcdf_is_written_beside_average_colors(run, files, tmp_path):
    found = run(
        "superseg:segment",
        {
            "INPUT": files["scene"],
            "CLASSES": 3,
            "PRESET": "fast",
            "OUTPUT": str(tmp_path / "c.nc"),
            "AVERAGE_COLOR": str(tmp_path / "a.tif"),
        },
    )
    assert set(np.unique(read_raster(found["OUTPUT"]))) <= {0, 1, 2, 3}
    assert read_raster(found["AVERAGE_COLOR"]).std() > 0


def test_a_step_of_a_model_refuses_a_format_before_the_work(provider, files, tmp_path):
    # A model runs its steps without checkParameterValues.
    listener = Listener()
    parameters = {"INPUT": files["scene"], "OUTPUT": str(tmp_path / "c.ppm")}
    _, fine = provider.algorithm("segment").run(parameters, QgsProcessingContext(), listener)
    assert not fine
    assert "cannot hold this result" in listener.lines[-1]
    assert listener.fractions == []
    assert not list(tmp_path.iterdir())
