"""What the modules that are the same for images and texts ask about images."""

import images
import settings
from settings import HERE, Problem

ONE, MANY, A = "image", "images", "an image"
NAME = KEY = "file"  # the column of split.csv that says which image it is
BEFORE_NAME = ""
EQUAL = "equal files"
MORE = "Add images of it that were taken elsewhere or at another time."
LARGE_GROUP = "raise data.near_copies or lower groups.burst_seconds"
SEEN = ("size", "fit")  # the settings in [data] that change what the network sees
CODE = ("model.py", "images.py", "train.py", "feed.py")
QUICK_HEAD = False  # the head learns from changed images, as the last blocks do


def inputs(rows, config):
    """What the network sees of these rows."""
    data = config["data"]
    folder = settings.path(data["folder"])
    return images.prepared(rows, folder, data["size"], data["fit"], HERE / "cache")


def same(rows, config):
    """Are the images of a recorded run still here?"""
    folder = settings.path(config["data"]["folder"])
    for row in rows:
        file = folder / row["file"]
        if not file.is_file() or settings.hash_of(file) != row["sha256"]:
            do = "A run can be repeated with the same files only."
            raise Problem(f"{row['file']} is not the file of that run, or is gone.", do)


def weights_hash(config):
    """The hash of the file with the pretrained weights, if there is one."""
    name = config["model"]["weights"]
    if name in ("download", "none"):
        return name
    if not settings.path(name).is_file():
        do = 'Put it there, or set model.weights = "download".'
        raise Problem(f"There is no file of weights {settings.path(name)}.", do)
    return settings.hash_of(settings.path(name))


def described(about):
    return f"{about['backbone']}, {about['size']} pixels"
