# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:evaluate: the agreement of classes with a reference."""

from __future__ import annotations

from contextlib import ExitStack

from ..pipeline.evaluation import run_evaluation
from .base import SuperSegAlgorithm
from .declarations import REPORT_FILES


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
unlabelled pixels as a class, as in the published evaluation. This algorithm works without the
runtime.</p>
"""

    CLASSIFICATION = "CLASSIFICATION"
    REFERENCE = "REFERENCE"
    UNLABELLED = "UNLABELLED"
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
            "Raster of reference classes, as integers, on the same grid.",
        )
        self.add_number(
            self.UNLABELLED,
            "Unlabelled value",
            "The value of unlabelled pixels in the reference. If empty, its nodata value, or 0 if "
            "it has none.",
            None,
        )
        self.add_file_output(
            self.REPORT,
            "Report",
            "Web page with all measures and the confusion matrix.",
            REPORT_FILES,
            optional=True,
        )
        for name, title, _attribute in self.SCORES:
            self.add_number_output(name, title)

    def read_request(self, request):
        self.classification = request.raster(self.CLASSIFICATION)
        self.reference = request.raster(self.REFERENCE)
        given = request.given(self.UNLABELLED)
        self.unlabelled = request.integer(self.UNLABELLED) if given else None

    def read_outputs(self, request):
        self.report = request.file_output(self.REPORT)

    def compute(self, progress, context):
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
