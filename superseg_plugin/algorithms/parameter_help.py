# SPDX-License-Identifier: GPL-2.0-or-later
"""Help of the parameters that several algorithms have."""

from __future__ import annotations

BAND_HELP = "Band numbers of the image to use. If empty, all bands except an alpha band."
MODEL_BANDS_HELP = (
    "Band numbers of the image to use, in the order of the bands of the model. If empty, bands are "
    "matched by their names, if the image has the names of the model; otherwise by their numbers "
    "in the training image, if both images have the same number of bands; otherwise by their order."
)
RESCALE_HELP = (
    "Shifts and scales each band of the image so that its median and spread are those of the "
    "training image. For an image of the same kind of scene in other units, which is refused "
    "without it, for example reflectance from 0 to 1 with a model of reflectance from 0 to 10000. "
    "For an image with another mix of surfaces, the classes may be wrong."
)
MERGES_HELP = (
    "Text file with the columns from, to, name and color that merges and names classes, as in "
    "Merge classes."
)
EXTENT_HELP = "Only this rectangle is processed, and the results are cut to it."
MASK_HELP = (
    "Only pixels with their center in one of these polygons are processed; all others "
    "become nodata. The polygons may be in any CRS."
)
INPUT_HELP = (
    "The image: any raster layer, with any number of bands and any data type. Web layers "
    "are downloaded once, at the resolution of the map view."
)
SIZE_UNITS_HELP = (
    "Unit of SUPERPIXEL_SIZE and MIN_AREA: pixels; or meters and square meters "
    "on the ellipsoid, whatever the units of the image's CRS."
)
SEED_HELP = (
    "Seed of the random numbers in the training of the network: its initial weights and "
    "the patches that it is trained on. Superpixels and clusters do not depend on it. The "
    "same image, options and seed give the same result on the same computer."
)
DEVICE_HELP = (
    "Device for the network. auto: a graphics processor if a usable one is found, "
    "otherwise the CPU. cuda: an NVIDIA graphics processor. mps: an Apple graphics "
    "processor."
)
CLUSTER_HELP = (
    "Dask cluster that computes the tiles: the address of its scheduler, such as "
    "tls://head:8786, or the path of a scheduler file. If empty, the cluster in the window of the "
    "runtime, or in the variable DASK_SCHEDULER_ADDRESS, otherwise this computer. local: this "
    "computer. An unencrypted connection to another computer needs the word unencrypted after the "
    "address. The result is the same as on this computer."
)
TILE_HELP = (
    "Side of the square tiles in which the scene is processed, in pixels. 0 is automatic. "
    "Larger tiles need more memory; the result hardly depends on the size."
)
ADDITIONAL_HELP = (
    "Rasters of other kinds that are used together with the image, such as elevation, radar or an "
    "embedding, in all of their bands. Grid, pixel size and CRS may differ: each is brought to the "
    "grid of the image, larger pixels by interpolation, smaller ones by averages. Pixels without a "
    "value in any of the rasters are nodata. What each raster holds is recognized by itself, as "
    "with VALUES automatic, from the names of bands and file and from units; the log says what it "
    "was taken for. Each raster counts as much as the image, whatever its number of bands. Put "
    "rasters of different kinds here, not into one virtual raster, whose bands are all taken for "
    "one kind. A model is applied to rasters of the same kinds in the same order."
)
ADDITIONAL_OF_FOLDER_HELP = (
    "Rasters of other kinds that are used together with every image, such as an elevation model of "
    "the whole area, in all of their bands. Grid, pixel size and CRS may differ: the part that an "
    "image covers is brought to the grid of that image, larger pixels by interpolation, smaller "
    "ones by averages. Pixels without a value in any of the rasters are nodata; an image that one "
    "of the rasters does not overlap is left out, and the log names it. What each raster holds is "
    "recognized by itself, as with VALUES automatic. A model is applied to rasters of the same "
    "kinds in the same order. If the rasters lie in the folder, they are not taken for images."
)
VALUES_HELP = (
    "How the values of the image are read. automatic: a value far from all others that many pixels "
    "have exactly, such as -9999 or the largest value of the data type, is treated as nodata, and "
    "the log names it with its share of the pixels; satellite embeddings with vectors of length 1, "
    "and those of TESSERA, are recognized; so are radar bands, by their names (VV, VH, HH, HV, "
    "sigma0), the unit dB or negative values in two to four bands, and a single band of elevations "
    "or heights, by its name (DEM, DTM, DSM, CHM, elevation, height), the name of the file or a "
    "unit of length. The log says what was recognized. as they are: only nodata that the file "
    "declares, NaN and values beyond 1e30 are nodata, and nothing is recognized. AlphaEarth int8: "
    "the bands are the signed bytes of AlphaEarth's embedding. embedding: the bands are the axes "
    "of one vector a pixel, and none means anything by itself. reflectance: pixels that are 0 in "
    "all bands are nodata; it is never recognized automatically. decibels: radar backscatter; "
    "power and amplitude are converted to decibels, and pixels of 0 are nodata. elevation: "
    "elevations or heights."
)
AVERAGE_COLOR_HELP = (
    "The image with every pixel replaced by the average of its class, in all bands. Of an "
    "embedding, of two polarizations of radar, and of more than 12 bands without wavelengths: a "
    "picture of the averages in false colors, as red, green and blue bytes."
)
CONFIDENCE_HELP = (
    "Confidence of the class of each pixel, in percent. Of clusters, 50 to 100: how much of what "
    "surrounds a superpixel, as far as similar colors reach, is in the same or in a similar class. "
    "Of a network: the probability of the class."
)
SMOOTHNESS_HELP = (
    "How strongly neighboring superpixels of similar color are assigned to the same class. 0 "
    "switches smoothing off, 2 keeps more small patches, 8 suits most images."
)
IMAGERY_TEMPLATE = (
    "Kind of imagery, which sets the size of the superpixels on the ground; the pixel "
    "size is measured in the middle of the image, also for geographic coordinates. any: "
    "superpixels {}, whatever their size on the ground. drone: of at least 0.4 m, for "
    "pixels of a few centimeters. aerial: of at least 1 m, for pixels of 10 to 50 cm. "
    "vhr: of at least 2.5 m, for satellites with pixels of 0.3 to 4 m. sentinel2: of at "
    "least 30 m. landsat: of at least 90 m. embedding: of at least 30 m, for satellite embeddings "
    "with pixels of 10 m, of which small fields are a few pixels."
)
IMAGERY_HELP = IMAGERY_TEMPLATE.format(
    "of at least 8 x 8 pixels (fewer in images of less than a megapixel, down to 3 x 3)"
)
SUPERPIXEL_SIZE_HELP = (
    "Side of the smallest superpixels, in the unit that UNITS sets. Most superpixels are "
    "a few times as large. 0: IMAGERY sets the size."
)
UNITS_HELP = "Unit of SUPERPIXEL_SIZE: pixels; or meters, whatever the units of the image's CRS."
MIN_AREA_HELP = (
    "Patches smaller than this are merged into a neighbor, the smallest first: into the class with "
    "the longest common border, weighted by the similarity of the classes. In pixels, or in square "
    "meters if UNITS is meters. 0 keeps all patches. If it is larger than all patches together, "
    "patches that touch become one."
)
AREA_UNITS_HELP = (
    "Unit of MIN_AREA: pixels; or square meters on the ellipsoid, whatever the units of the CRS."
)
RESULT_HELP = "The class raster, a result of Segment or Classify."
REFINEMENT_HELP = (
    "A pixel that has several classes within 8 pixels takes the one that is most probable by its "
    "color and by the classes around it, so that borders follow the image and objects smaller than "
    "a superpixel appear. If this is off, all pixels of a superpixel have one class. It is not "
    "done with PRESET published, for given superpixels, and by models without clusters."
)
BALANCE_HELP = (
    "Steps between the tiles of a mosaic, where a band jumps along a column or row, are always "
    "looked for and named in the log. If this is on, they are taken out: an offset is subtracted "
    "from each tile in each band, wherever the image is read."
)
