# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:trainfcn: an image to a model."""

from __future__ import annotations

from contextlib import ExitStack

from ..errors import SuperSegError
from ..pipeline.options.training import GUIDANCES, LOSSES, NETWORKS, TrainingOptions
from ..pipeline.training import TrainingInputs, TrainingOutputs, run_training
from ..raster.stack import stacked
from . import groups
from .additional_rasters import add_additional_rasters, additional_rasters
from .base import SuperSegAlgorithm
from .command_line import provenance_of
from .declarations import MODEL_FILES, MODEL_OR_ANY_FILES, REPORT_FILES
from .parameter_help import IMAGERY_HELP


class TrainingAlgorithm(SuperSegAlgorithm):
    """Trains a network on an image."""

    ID = "trainfcn"
    TITLE = "Train a network"
    GROUP = groups.SEGMENT
    TAGS = ("training", "fcn", "network", "deep learning", "unsupervised", "model", "raster")
    SUMMARY = (
        "Trains a small network to distinguish the classes of an image, without training samples."
    )
    HELP = """
<p>Trains a small fully convolutional network on the image itself. <b>No training samples are
needed</b>: the target classes are clusters of superpixels, or the network's own predictions (see
<i>Guidance</i>).</p>
<p>The result is a model file (<code>.superseg</code>). <i>Classify</i> applies it to this image or
to any other image with the same bands. The model contains the network, the band statistics and the
colors of the classes; with the guidance <i>clusters</i> also the cluster model and the similarity
of the classes. Opening a model runs no code.</p>
<p>The time depends on steps, patch size and batch size, not on the size of the scene: the patches
are drawn from the whole scene.</p>
"""
    NEEDS_WORKER = True

    SUPERPIXELS = "SUPERPIXELS"
    CLASSES = "CLASSES"
    GUIDANCE = "GUIDANCE"
    NETWORK = "NETWORK"
    LOSS = "LOSS"
    STEPS = "STEPS"
    PATCH_SIZE = "PATCH_SIZE"
    BATCH_SIZE = "BATCH_SIZE"
    LEARNING_RATE = "LEARNING_RATE"
    INITIAL_MODEL = "INITIAL_MODEL"
    SEED = "SEED"
    DEVICE = "DEVICE"
    VALUES = "VALUES"
    BALANCE_TILES = "BALANCE_TILES"
    MODEL = "MODEL"
    REPORT = "REPORT"
    CLASS_COUNT = "CLASS_COUNT"
    FINAL_LOSS = "FINAL_LOSS"

    def initAlgorithm(self, configuration=None):
        self.add_image()
        self.add_number(
            self.CLASSES,
            "Number of classes",
            "Number of classes. With clusters, the model has as many, or fewer if the image has "
            "fewer kinds of surface; 0 is automatic. With selftraining, the training starts with "
            "as many and may end with fewer; 0 is not allowed.",
            16,
            0,
            255,
        )
        self.add_imagery(f"{IMAGERY_HELP} Not with SUPERPIXELS.")
        self.add_choice(
            self.GUIDANCE,
            "Guidance",
            "Target classes of the training. clusters: clusters of superpixels with similar "
            "color, texture and surroundings; they do not depend on the seed. selftraining: the "
            "network's own predictions, replaced by the most frequent class in each superpixel, "
            "as in the published method.",
            GUIDANCES,
        )
        self.add_number(
            self.STEPS, "Steps", "Number of training steps, of one batch each.", 150, 1, 1000000
        )
        self.add_bands()
        add_additional_rasters(self)
        self.add_raster(
            self.SUPERPIXELS,
            "Superpixels",
            "Superpixels of the same image, on the same grid. If empty, they are computed with "
            "the size that IMAGERY sets.",
            optional=True,
        )
        self.add_superpixel_size()
        self.add_choice(
            self.NETWORK,
            "Network",
            "light: the faster network. published: the network of the published method.",
            NETWORKS,
            advanced=True,
        )
        self.add_choice(
            self.LOSS,
            "Loss",
            "Loss function. crossentropy: the usual one. focal: gives more weight to pixels that "
            "are hard to classify, often of rare classes. lovasz: optimizes the overlap (IoU) of "
            "each class.",
            LOSSES,
            advanced=True,
        )
        self.add_number(
            self.PATCH_SIZE,
            "Patch size (pixels)",
            "Side of the square patches of the image that the network is trained on.",
            256,
            16,
            4096,
            advanced=True,
        )
        self.add_number(
            self.BATCH_SIZE,
            "Batch size",
            "Number of patches in each step. Fewer need less memory.",
            4,
            1,
            1024,
            advanced=True,
        )
        self.add_number(
            self.LEARNING_RATE,
            "Learning rate",
            "Learning rate of the optimizer. Lower it if the loss oscillates.",
            0.002,
            0.0,
            1.0,
            advanced=True,
            decimals=5,
        )
        self.add_file(
            self.INITIAL_MODEL,
            "Initial model",
            "A model with the same bands, whose weights the training starts from. If BANDS is "
            "empty, its bands are found in the image as in Classify.",
            MODEL_OR_ANY_FILES,
            optional=True,
            advanced=True,
        )
        self.add_seed()
        self.add_device()
        self.add_cluster()
        self.add_values()
        self.add_balance()
        self.add_file_output(
            self.MODEL,
            "Model",
            "The trained model with everything that is needed to apply it.",
            MODEL_FILES,
        )
        self.add_file_output(
            self.REPORT,
            "Report",
            "Web page on the training: curves, times, settings, and the command line that repeats "
            "it.",
            REPORT_FILES,
            optional=True,
        )
        self.add_number_output(self.CLASS_COUNT, "Number of classes")
        self.add_number_output(self.FINAL_LOSS, "Final loss")

    def read_request(self, request):
        self.image = request.image(area=False)
        self.additional = additional_rasters(request)
        self.superpixels = request.raster(self.SUPERPIXELS)
        self.size = request.ground_size()
        if self.superpixels is not None and self.size.parameter:
            raise SuperSegError(
                f"{self.size.parameter} sets the size of superpixels, but SUPERPIXELS are given; "
                "leave SUPERPIXELS empty, or set IMAGERY to any and SUPERPIXEL_SIZE to 0."
            )
        self.initial_model = request.file(self.INITIAL_MODEL)
        self.device = request.choice(self.DEVICE)
        self.options = TrainingOptions(
            classes=request.integer(self.CLASSES),
            guidance=request.choice(self.GUIDANCE),
            network=request.choice(self.NETWORK),
            loss=request.choice(self.LOSS),
            steps=request.integer(self.STEPS),
            patch_size=request.integer(self.PATCH_SIZE),
            batch_size=request.integer(self.BATCH_SIZE),
            learning_rate=request.number(self.LEARNING_RATE),
            seed=request.integer(self.SEED),
            values=request.choice(self.VALUES),
            balance_tiles=request.flag(self.BALANCE_TILES),
        )
        self.provenance = provenance_of(request)

    def read_outputs(self, request):
        self.model = request.file_output(self.MODEL)
        self.report = request.file_output(self.REPORT)

    def compute(self, progress, context):
        with ExitStack() as opened:
            source = opened.enter_context(self.image.open(progress))
            source = opened.enter_context(stacked(source, self.additional))
            superpixels = None
            if self.superpixels is not None:
                superpixels = opened.enter_context(self.superpixels.open(progress))
            worker = opened.enter_context(self.worker(progress, self.device))
            result = run_training(
                TrainingInputs(source, superpixels or self.size, self.initial_model),
                TrainingOutputs(self.model, self.report),
                self.options,
                worker,
                progress,
                self.provenance,
            )
        outputs = {
            self.MODEL: self.model,
            self.CLASS_COUNT: result.class_count,
            self.FINAL_LOSS: result.final_loss,
        }
        if self.report:
            outputs[self.REPORT] = self.report
        return outputs
