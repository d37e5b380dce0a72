"""Images: which files count, and how a file becomes what the network sees."""

import hashlib
import os
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from settings import Problem, Progress, hash_of

try:  # phones write HEIC: `pip install pillow-heif` teaches Pillow to read it
    import pillow_heif

    pillow_heif.register_heif_opener()
except ImportError:
    pillow_heif = None

ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"}
HEIC = {".heic", ".heif", ".hif"}
GPS, CAMERA, TAKEN, PEOPLE = 0x8825, (0x010F, 0x0110), 0x9003, (0x013B, 0xA430)


class UnreadableError(Exception):
    """Why a file cannot be used, as the end of a sentence."""


def ignored(name):
    """Is it a file or folder that a system left behind?"""
    return name[0] in ".@$" or name.lower() in ("__macosx", "thumbs.db", "desktop.ini")


def files_below(folder):
    """All files of a folder and its sub-folders, without what systems leave behind."""

    def stop(error):  # a folder that may not be read must not look like an empty one
        raise error

    found = []
    for where, inner, names in os.walk(folder, onerror=stop):
        inner[:] = sorted(name for name in inner if not ignored(name))
        found += [Path(where, name) for name in sorted(names) if not ignored(name)]
    return found


def read(file, least=None):
    """A file as a viewer shows it: upright, on white, in RGB. And its metadata.

    `least` is the size that is needed: a JPEG of 12 megapixels is then decoded at a
    fraction of it, which takes a fraction of the time.
    """
    if not Path(file).exists():
        raise UnreadableError("does not exist")
    ending = Path(file).suffix.lower()
    if ending in HEIC and pillow_heif is None:
        raise UnreadableError("is HEIC: export it as JPEG, or pip install pillow-heif")
    if ending not in ENDINGS | HEIC:
        raise UnreadableError("is not an image file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd metadata, and large images
            with Image.open(file) as image:
                about = metadata(image)
                if least:
                    image.draft("RGB", (2 * least, 2 * least))
                image.load()
                return on_white(turned(image)), about
    except Exception as error:  # a damaged file raises whatever its decoder meets
        if Path(file).is_file() and Path(file).stat().st_size == 0:
            raise UnreadableError("is empty (0 bytes)") from None
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        reason = "it is not an image, or it is damaged" if "cannot identify" in reason else reason
        raise UnreadableError(f"cannot be read ({reason})") from None


def metadata(image):
    """What the file tells besides its pixels. Training never sees any of it."""
    about = {
        "size": f"{max(image.size)} x {min(image.size)}",
        "shorter": min(image.size),
    }
    about |= {
        "format": image.format,
        "camera": "",
        "taken": "",
        "gps": False,
        "names": False,
    }
    try:
        exif = image.getexif()
        inner = exif.get_ifd(0x8769)
        both = {**inner, **dict(exif)}
        about["camera"] = " ".join(str(both.get(t, "")).strip("\0 ") for t in CAMERA).strip()
        about["taken"] = str(both.get(TAKEN, ""))
        about["gps"] = bool(exif.get_ifd(GPS))
        about["names"] = any(str(both.get(tag, "")).strip("\0 ") for tag in PEOPLE)
    except Exception:  # damaged metadata do not spoil the image
        pass
    return about


def turned(image):
    """Phones often store an image on its side, with a note that says which way is up."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # the note is damaged
        return image


def on_white(image):
    """RGB, with white where the image is transparent."""
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits or more
        grey = np.asarray(image, dtype=np.float64)
        grey = grey * 255 / max(grey.max(), 255)
        image = Image.fromarray(grey.astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def square(image, size, fit):
    """A uint8 array (size, size, 3). Training and use both come through here."""
    best = Image.Resampling.BICUBIC
    if fit == "crop":  # the square in the middle
        image = ImageOps.fit(image, (size, size), best)
    elif fit == "pad":  # all of it, with grey bars
        image = ImageOps.pad(image, (size, size), best, color=(127, 127, 127))
    else:  # all of it, out of proportion
        image = image.resize((size, size), best)
    return np.asarray(image)


def prepare(file, size, fit):
    """From a file to what the network sees."""
    return square(read(file, least=size)[0], size, fit)


def as_checked(row, folder, size, fit):
    """What the network sees of a row of split.csv, if its file is still the same."""
    file = Path(folder) / row["file"]
    do = "Run python check.py again: it names such files and leaves them out."
    try:
        pixels = prepare(file, size, fit)
    except UnreadableError as error:
        raise Problem(f"{row['file']} {error}.", do) from None
    if hash_of(file) != row["sha256"]:
        do = "Put the old file back, or run python check.py and train again."
        raise Problem(f"{row['file']} has changed since the check.", do)
    return pixels


def prepared(rows, folder, size, fit, cache):
    """The images of all rows, uint8 (N, size, size, 3), decoded once and kept on disk.

    Decoding takes longer than a small network, and each epoch needs every image.
    """
    key = hashlib.sha256(repr([size, fit, [row["sha256"] for row in rows]]).encode())
    file = Path(cache) / f"{key.hexdigest()[:16]}.npy"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        half = file.with_suffix(".half")  # a kill leaves this one behind, never a bad file
        about = {"descr": "|u1", "fortran_order": False, "shape": (len(rows), size, size, 3)}
        progress = Progress("Reading images", len(rows))
        with open(half, "wb") as opened:
            np.lib.format.write_array_header_1_0(opened, about)
            for row in rows:
                opened.write(as_checked(row, folder, size, fit).tobytes())
                progress.step()
        os.replace(half, file)
    return np.load(file, mmap_mode="r")
