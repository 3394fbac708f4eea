# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:evaluate: the agreement of classes with a reference."""

from __future__ import annotations

import math
from contextlib import ExitStack

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
)

from ..errors import SuperSegError
from ..pipeline.assessment.assessed import AssessedMap, Outputs
from ..pipeline.assessment.evaluation import run_evaluation
from ..pipeline.assessment.sample_accuracy import run_sample_accuracy
from ..pipeline.assessment.sample_strata import SamplePlaces
from ..pipeline.assessment.truth import LabelledPolygons
from . import groups
from .accuracy_points import STRATUM_FIELDS
from .base import SuperSegAlgorithm
from .declarations import REPORT_FILES
from .labelled_points import labelled_points
from .labelled_polygons import labelled_polygons

FIGURE_FILES = "Tables (*.csv);;JSON files (*.json)"


class EvaluationAlgorithm(SuperSegAlgorithm):
    """Evaluates classes."""

    ID = "evaluate"
    TITLE = "Evaluate classes"
    GROUP = groups.CHECK
    TAGS = (
        "accuracy",
        "evaluation",
        "kappa",
        "user's accuracy",
        "producer's accuracy",
        "confusion matrix",
        "error matrix",
        "ami",
        "ari",
        "iou",
        "raster",
    )
    SUMMARY = "Measures the accuracy of classes by a reference raster, polygons or labelled points."
    HELP = """
<p>Measures how well a raster of classes agrees with a <b>reference</b>: a raster on the same grid,
or <b>polygons</b> in any CRS with a field of class numbers or names; or with <b>labelled
points</b>. The numbers of the classes need not match those of the reference.</p>
<p>With a reference raster or polygons, a class with the name of a reference class counts as that
one, any other class as the reference class that most of its pixels have. For this naming you get
overall accuracy, user's and producer's accuracy with the errors of commission and omission, IoU,
kappa, the area of each class and the error matrix; and a table of the classes with the reference
class and the share of each. Pixels in polygons of several labels are left out and counted. Further
scores compare the partitions:</p>
<ul>
<li><b>AMI</b>, <b>ARI</b>: adjusted mutual information and adjusted Rand index; 0 for chance
agreement, 1 for identical partitions.</li>
<li><b>FMI</b>: Fowlkes-Mallows index; <b>ARE</b>: adapted Rand error, 0 for identical
partitions.</li>
<li><b>V-measure</b>; <b>accuracy</b> and <b>mean IoU</b> with each reference class paired with one
class only, so that as many pixels as possible agree.</li>
</ul>
<p>The returned values ignore unlabelled pixels. The log and the report also give the values with
unlabelled pixels as a class, as in the published evaluation.</p>
<p><b>Labelled points</b> have to be a random sample of each class. Those of <i>Accuracy points</i>
hold the class that they were drawn from and its area, and stay valid for every later map of the
same scene: merged, corrected, or made anew. A class counts as the label that has its name or
number, and otherwise as the label of most of its points. Overall accuracy, user's and producer's
accuracy and the area of each label are estimated with 95 % intervals; points of a class stand for
its area. Points without a label, or with the label ?, are left out. Source: Olofsson et al. 2014,
doi 10.1016/j.rse.2014.02.015.</p>
<p>A <b>table</b>, as for <i>Merge classes</i>, merges and names the classes first; the class
workbench gives the classes that it shows. This algorithm works without the runtime.</p>
"""

    CLASSIFICATION = "CLASSIFICATION"
    REFERENCE = "REFERENCE"
    UNLABELLED = "UNLABELLED"
    POLYGONS = "POLYGONS"
    POLYGONS_FIELD = "POLYGONS_FIELD"
    SAMPLES = "SAMPLES"
    FIELD = "FIELD"
    TABLE = "TABLE"
    OVERALL_ERROR = "OVERALL_ERROR"
    KAPPA = "KAPPA"
    NAMED_ACCURACY = "NAMED_ACCURACY"
    NAMED_MEAN_IOU = "NAMED_MEAN_IOU"
    REPORT = "REPORT"
    FIGURES = "FIGURES"

    # Name and title of the output, and the attribute of the evaluation.
    SCORES = (
        ("AMI", "Adjusted mutual information", "ami"),
        ("ARI", "Adjusted Rand index", "ari"),
        ("FMI", "Fowlkes-Mallows index", "fmi"),
        ("ARE", "Adapted Rand error", "are"),
        ("V_MEASURE", "V-measure", "v_measure"),
        ("ACCURACY", "Accuracy, one to one", "accuracy"),
        ("MEAN_IOU", "Mean IoU, one to one", "mean_iou"),
    )

    def initAlgorithm(self, configuration=None):
        self.add_raster(self.CLASSIFICATION, "Classes", "The raster of classes to evaluate.")
        self.add_raster(
            self.REFERENCE,
            "Reference",
            "Raster of reference classes, as integers, on the same grid; or give polygons, or "
            "labelled points.",
            optional=True,
        )
        self.add_number(
            self.UNLABELLED,
            "Unlabelled value",
            "The value of unlabelled pixels or polygons in the reference. If empty, the nodata "
            "value of the raster, or 0 if it has none; with polygons, none.",
            None,
        )
        polygons = QgsProcessingParameterFeatureSource(
            self.POLYGONS,
            "Polygons",
            types=[QgsProcessing.SourceType.TypeVectorPolygon],
            optional=True,
        )
        self.add(
            polygons,
            "Polygons of reference classes, in any CRS; in place of a reference raster. Pixels in "
            "polygons of several classes do not count.",
        )
        field = QgsProcessingParameterField(
            self.POLYGONS_FIELD,
            "Field of the classes",
            parentLayerParameterName=self.POLYGONS,
            optional=True,
        )
        self.add(
            field,
            "Field of the polygons with the number or name of the class; polygons without one do "
            "not count.",
        )
        samples = QgsProcessingParameterFeatureSource(
            self.SAMPLES,
            "Labelled points",
            types=[QgsProcessing.SourceType.TypeVectorPoint],
            optional=True,
        )
        self.add(
            samples,
            "Points with the true class in a field, a random sample of each class; in place of a "
            "reference raster.",
        )
        field = QgsProcessingParameterField(
            self.FIELD, "Field of the labels", parentLayerParameterName=self.SAMPLES, optional=True
        )
        self.add(field, "Field of the points with the true class; points without one are left out.")
        self.add_merges(
            "Text file with the columns from, to, name and color, as for Merge classes, by which "
            "the classes are merged and named before they are compared.",
            title="Table of merges",
        )
        self.add_file_output(
            self.REPORT,
            "Report",
            "Web page with all measures and the error matrix.",
            REPORT_FILES,
            optional=True,
        )
        self.add_file_output(
            self.FIGURES,
            "Figures",
            "Table (.csv) or JSON (.json) of all figures, with their 95 % intervals.",
            FIGURE_FILES,
            optional=True,
        )
        for name, title, _attribute in self.SCORES:
            self.add_number_output(name, title)
        self.add_number_output(self.NAMED_ACCURACY, "Overall accuracy of the named classes")
        self.add_number_output(self.NAMED_MEAN_IOU, "Mean IoU of the named classes")
        self.add_number_output(self.OVERALL_ERROR, "Half the 95 % interval of the accuracy")
        self.add_number_output(self.KAPPA, "Kappa")

    def read_request(self, request):
        self.classification = request.raster(self.CLASSIFICATION)
        references = (self.REFERENCE, self.POLYGONS, self.SAMPLES)
        if sum(map(request.given, references)) != 1:
            raise SuperSegError(
                "REFERENCE, POLYGONS and SAMPLES: give one of them, a raster or polygons of "
                "reference classes, or points with labels."
            )
        self.reference = request.raster(self.REFERENCE)
        self.polygons = self.points = None
        if request.given(self.POLYGONS):
            names = (self.POLYGONS, self.POLYGONS_FIELD, self.CLASSIFICATION)
            self.polygons = labelled_polygons(request, *names)
        if request.given(self.SAMPLES):
            self.points = labelled_points(request, self.SAMPLES, self.FIELD, self.classification)
        given = request.given(self.UNLABELLED)
        self.unlabelled = request.integer(self.UNLABELLED) if given else None
        self.table = request.file(self.TABLE)

    def read_outputs(self, request):
        files = request.file_output(self.REPORT), request.file_output(self.FIGURES)
        self.files = Outputs(*files)

    def compute(self, progress, context):
        with self.classification.open(progress) as classification:
            assessed = AssessedMap(classification, self.table)
            if self.points is not None:
                outputs = self._assess(assessed, progress)
            else:
                outputs = self._compare(assessed, progress)
        given = {self.REPORT: self.files.report, self.FIGURES: self.files.figures}
        outputs.update({name: path for name, path in given.items() if path})
        return outputs

    def _compare(self, assessed, progress):
        """Compare with a raster or polygons."""
        with ExitStack() as opened:
            if self.polygons is not None:
                reference = LabelledPolygons(self.polygons.polygons(), self.polygons.layer_name)
            else:
                reference = opened.enter_context(self.reference.open(progress))
            found = run_evaluation(assessed, reference, self.unlabelled, self.files, progress)
        outputs = {}
        for name, title, attribute in self.SCORES:
            outputs[name] = getattr(found, attribute)
            other = getattr(found.with_unlabelled, attribute)
            progress.log(f"{title}: {outputs[name]:.4f} (unlabelled as a class: {other:.4f})")
        agreement = found.agreement
        for name, row, share in zip(found.predicted_names, agreement.names, agreement.shares):
            reference = found.reference_names[row]
            progress.log(
                f"{name} counts as {reference}: {100 * share:.1f} % of the pixels of {name} are "
                f"{reference}"
            )
        progress.log(
            f"Overall accuracy of the named classes: {agreement.overall:.4f}; mean IoU: "
            f"{agreement.mean_iou:.4f}; kappa: {agreement.kappa:.4f}"
        )
        parts = zip(found.reference_names, agreement.users, agreement.producers)
        for label, users, producers in parts:
            shown = "not mapped" if math.isnan(users) else f"user's accuracy {users:.3f}"
            progress.log(f"{label}: {shown}, producer's accuracy {producers:.3f}")
        return {
            **outputs,
            self.NAMED_ACCURACY: agreement.overall,
            self.NAMED_MEAN_IOU: agreement.mean_iou,
            self.KAPPA: agreement.kappa,
        }

    def _assess(self, assessed, progress):
        """Estimate accuracy and areas from labelled points."""
        drawn = STRATUM_FIELDS if self.points.has(*STRATUM_FIELDS) else ()
        places, labels, strata = self.points.read(*drawn)
        sample = SamplePlaces(places, labels, *strata)
        found = run_sample_accuracy(assessed, sample, self.files, progress)
        estimates = found.estimates
        overall = estimates.overall
        progress.log(
            f"Overall accuracy: {overall.value:.4f} ± {overall.half_width:.4f} (95 %); kappa: "
            f"{estimates.kappa:.4f}"
        )
        for label, users, producers, area in zip(
            found.labels, estimates.users, estimates.producers, estimates.areas
        ):
            progress.log(
                f"{label}: {_told('user', users)}, {_told('producer', producers)}, "
                f"{100 * area.value:.2f} ± {100 * area.half_width:.2f} % of the area"
            )
        return {
            "ACCURACY": overall.value,
            self.OVERALL_ERROR: overall.half_width,
            self.KAPPA: estimates.kappa,
        }


def _told(whose, estimate):
    """Return the estimate of user's or producer's accuracy for the log."""
    if math.isnan(estimate.value):
        return f"{whose}'s accuracy unknown as none was sampled"
    return f"{whose}'s accuracy {estimate.value:.3f} ± {estimate.half_width:.3f}"
