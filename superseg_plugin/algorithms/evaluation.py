# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:evaluate: the agreement of classes with a reference."""

from __future__ import annotations

from contextlib import ExitStack

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
)

from ..errors import SuperSegError
from ..pipeline.assessment.evaluation import run_evaluation
from ..pipeline.assessment.sample_accuracy import run_sample_accuracy
from .base import SuperSegAlgorithm
from .declarations import REPORT_FILES
from .labelled_points import Points


class EvaluationAlgorithm(SuperSegAlgorithm):
    """Evaluates classes."""

    ID = "evaluate"
    TITLE = "Evaluate"
    GROUP = "Assessment"
    TAGS = ("accuracy", "evaluation", "ami", "ari", "iou", "confusion matrix", "raster")
    SUMMARY = "Measures the agreement of classes with a reference, whatever their numbers."
    HELP = """
<p>Measures the agreement of a raster of classes with a <b>reference</b> on the same grid. The
numbers of the classes need not match: the measures compare the partitions, and for accuracy and IoU
each class is matched with a reference class so that as many pixels as possible agree.</p>
<ul>
<li><b>AMI</b>, <b>ARI</b>: adjusted mutual information and adjusted Rand index; 0 for chance
agreement, 1 for identical partitions.</li>
<li><b>FMI</b>: Fowlkes-Mallows index; <b>ARE</b>: adapted Rand error, 0 for identical
partitions.</li>
<li><b>V-measure</b>, <b>accuracy</b> and <b>mean IoU</b> after matching.</li>
</ul>
<p>The returned values ignore unlabelled pixels. The log and the report also give the values with
unlabelled pixels as a class, as in the published evaluation.</p>
<p>Without a reference raster, give <b>labelled points</b>, such as those of <i>Accuracy points</i>,
and the <b>field</b> of their labels. A class counts as the label that has its name or number, and
otherwise as the label of most of its points. Overall accuracy, user's and producer's accuracy and
the area of each label are estimated with 95 % intervals; points of a class stand for its area. The
points have to be a random sample of each class. Source: Olofsson et al. 2014, doi
10.1016/j.rse.2014.02.015.</p>
<p>This algorithm works without the runtime.</p>
"""

    CLASSIFICATION = "CLASSIFICATION"
    REFERENCE = "REFERENCE"
    UNLABELLED = "UNLABELLED"
    SAMPLES = "SAMPLES"
    FIELD = "FIELD"
    OVERALL_ERROR = "OVERALL_ERROR"
    KAPPA = "KAPPA"
    REPORT = "REPORT"

    # Name and title of the output, and the attribute of the evaluation.
    SCORES = (
        ("AMI", "Adjusted mutual information", "ami"),
        ("ARI", "Adjusted Rand index", "ari"),
        ("FMI", "Fowlkes-Mallows index", "fmi"),
        ("ARE", "Adapted Rand error", "are"),
        ("V_MEASURE", "V-measure", "v_measure"),
        ("ACCURACY", "Accuracy", "accuracy"),
        ("MEAN_IOU", "Mean IoU", "mean_iou"),
    )

    def initAlgorithm(self, configuration=None):
        self.add_raster(self.CLASSIFICATION, "Classes", "The raster of classes to evaluate.")
        self.add_raster(
            self.REFERENCE,
            "Reference",
            "Raster of reference classes, as integers, on the same grid; or give labelled points.",
            optional=True,
        )
        self.add_number(
            self.UNLABELLED,
            "Unlabelled value",
            "The value of unlabelled pixels in the reference. If empty, its nodata value, or 0 if "
            "it has none.",
            None,
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
        self.add_file_output(
            self.REPORT,
            "Report",
            "Web page with all measures and the confusion matrix.",
            REPORT_FILES,
            optional=True,
        )
        for name, title, _attribute in self.SCORES:
            self.add_number_output(name, title)
        self.add_number_output(self.OVERALL_ERROR, "Half the 95 % interval of the accuracy")
        self.add_number_output(self.KAPPA, "Kappa")

    def read_request(self, request):
        self.classification = request.raster(self.CLASSIFICATION)
        self.reference = request.raster(self.REFERENCE)
        self.points = self._points(request)
        if (self.reference is None) == (self.points is None):
            raise SuperSegError(
                "REFERENCE and SAMPLES: give one of them, a raster of reference classes or points "
                "with labels."
            )
        given = request.given(self.UNLABELLED)
        self.unlabelled = request.integer(self.UNLABELLED) if given else None

    def read_outputs(self, request):
        self.report = request.file_output(self.REPORT)

    def _points(self, request):
        """Return the `Points` of SAMPLES, None if none are given."""
        if not request.given(self.SAMPLES):
            return None
        source = self.parameterAsSource(request.parameters, self.SAMPLES, request.context)
        field = request.text(self.FIELD)
        if source is None:
            raise SuperSegError(f"{self.SAMPLES} cannot be opened; choose a layer of points.")
        if field is None or source.fields().lookupField(field) < 0:
            names = ", ".join(source.fields().names())
            raise SuperSegError(
                f"{self.FIELD}: choose the field of {source.sourceName()} that holds the labels; "
                f"its fields are {names or 'none'}."
            )
        return Points(source, field, self.classification.crs, request.context.transformContext())

    def compute(self, progress, context):
        if self.points is not None:
            return self._assess(progress)
        with ExitStack() as opened:
            classification = opened.enter_context(self.classification.open(progress))
            reference = opened.enter_context(self.reference.open(progress))
            result = run_evaluation(
                classification, reference, self.unlabelled, self.report, progress
            )
        outputs = {}
        for name, title, attribute in self.SCORES:
            outputs[name] = getattr(result, attribute)
            other = getattr(result.with_unlabelled, attribute)
            progress.log(f"{title}: {outputs[name]:.4f} (unlabelled as a class: {other:.4f})")
        if self.report:
            outputs[self.REPORT] = self.report
        return outputs

    def _assess(self, progress):
        """Estimate accuracy and areas from labelled points."""
        with self.classification.open(progress) as classification:
            places, labels = self.points.read()
            found = run_sample_accuracy(classification, places, labels, self.report, progress)
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
                f"{label}: user's accuracy {users.value:.3f} ± {users.half_width:.3f}, producer's "
                f"accuracy {producers.value:.3f} ± {producers.half_width:.3f}, "
                f"{100 * area.value:.2f} ± {100 * area.half_width:.2f} % of the area"
            )
        outputs = {
            "ACCURACY": overall.value,
            self.OVERALL_ERROR: overall.half_width,
            self.KAPPA: estimates.kappa,
        }
        if self.report:
            outputs[self.REPORT] = self.report
        return outputs
