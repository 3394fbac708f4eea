# SPDX-License-Identifier: GPL-2.0-or-later
"""The Processing provider: SuperSeg's algorithms and models."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .algorithms.accuracy_points import AccuracyPointsAlgorithm
from .algorithms.average_color import AverageColorAlgorithm
from .algorithms.changes import ChangesAlgorithm
from .algorithms.class_polygons import ClassPolygonsAlgorithm
from .algorithms.classification import ClassificationAlgorithm
from .algorithms.evaluation import EvaluationAlgorithm
from .algorithms.folder_classification import FolderClassificationAlgorithm
from .algorithms.folder_segmentation import FolderSegmentationAlgorithm
from .algorithms.install_runtime import InstallRuntimeAlgorithm
from .algorithms.label_by_examples import LabelByExamplesAlgorithm
from .algorithms.merge_classes import MergeClassesAlgorithm
from .algorithms.objects import ObjectsAlgorithm
from .algorithms.runtime_report import RuntimeReportAlgorithm
from .algorithms.segment import SegmentAlgorithm
from .algorithms.shipped_model import ShippedModel
from .algorithms.similarity import SimilarityAlgorithm
from .algorithms.split_class import SplitClassAlgorithm
from .algorithms.suggest_names import SuggestNamesAlgorithm
from .algorithms.superpixels import SuperpixelsAlgorithm
from .algorithms.training import TrainingAlgorithm
from .resources import MODELS, icon_path, version

ALGORITHMS = (
    SegmentAlgorithm,
    FolderSegmentationAlgorithm,
    SuperpixelsAlgorithm,
    TrainingAlgorithm,
    ClassificationAlgorithm,
    FolderClassificationAlgorithm,
    AverageColorAlgorithm,
    MergeClassesAlgorithm,
    SplitClassAlgorithm,
    LabelByExamplesAlgorithm,
    SimilarityAlgorithm,
    SuggestNamesAlgorithm,
    ClassPolygonsAlgorithm,
    ObjectsAlgorithm,
    ChangesAlgorithm,
    EvaluationAlgorithm,
    AccuracyPointsAlgorithm,
    InstallRuntimeAlgorithm,
    RuntimeReportAlgorithm,
)


class SuperSegProvider(QgsProcessingProvider):
    """The provider of SuperSeg's algorithms and models.

    Attributes:
        make_dialog: function that creates the dialog of an algorithm; None without a window.
    """

    def __init__(self):
        super().__init__()
        self.make_dialog = None

    def id(self):
        return "superseg"

    def name(self):
        return "SuperSeg"

    def longName(self):
        number = version()
        return f"SuperSeg ({number})" if number else "SuperSeg"

    def versionInfo(self):
        return version()

    def icon(self):
        return QIcon(icon_path())

    def svgIconPath(self):
        return icon_path()

    def loadAlgorithms(self):
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())
        for path in sorted(MODELS.glob("*.model3")):
            model = ShippedModel(str(path))
            if model.readable:
                self.addAlgorithm(model)
