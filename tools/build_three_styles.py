"""Build Three Styles: the same emoji drawn three ways, with the same labels and the same splits.

Usage::

    mkdir npm && cd npm
    npm pack @lobehub/fluent-emoji-3d@1.1.0 emoji-datasource-google@16.0.0 emoji-datasource-twitter@16.0.0
    cd .. && python tools/build_three_styles.py npm

The three archives are checked against the SHA-256 written below. The script writes, into
``tlcourse/data/bundled/``: one zip of images for each style and ``three_styles.json`` (class, name, code
point and split of every emoji), and enters their hashes in ``SHA256SUMS.txt``. Run twice with the same Pillow
it writes the same bytes. The licences are in ``LICENCES.md`` there, written by hand.

Noto and Twemoji are kept to the byte as the packages have them (64 px PNG); Fluent is made smaller, from 256
px to 128 px, and stored as WebP (quality 90, the alpha channel without loss) to stay under 4 MB. The alpha
channel is kept: the loader puts the images on white.
"""

from __future__ import annotations

import io
import json
import sys
import tarfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from bundle import arguments, read_source, record_sums, sha256, webp, write_zip
from PIL import Image

PACKAGES = {
    "fluent": (
        "lobehub-fluent-emoji-3d-1.1.0.tgz",
        "c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58",
    ),
    "noto": (
        "emoji-datasource-google-16.0.0.tgz",
        "fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5c438",
    ),
    "twemoji": (
        "emoji-datasource-twitter-16.0.0.tgz",
        "f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848aaba7a28877",
    ),
}

# Our class name -> the Unicode subgroups it is made of. Nothing is picked by hand inside a subgroup, so the
# labels are Unicode's: "ground transport" has its traffic light and "clothing" its lipstick.
CLASSES: dict[str, tuple[str, ...]] = {
    "bird": ("animal-bird",),
    "bug": ("animal-bug",),
    "building": ("place-building",),
    "clothing": ("clothing",),
    "drink": ("drink",),
    "face": (  # not "face-costume": a ghost, an alien, a robot
        "face-smiling",
        "face-affection",
        "face-tongue",
        "face-hand",
        "face-neutral-skeptical",
        "face-sleepy",
        "face-unwell",
        "face-hat",
        "face-glasses",
        "face-concerned",
        "face-negative",
    ),
    "fruit": ("food-fruit",),
    "ground transport": ("transport-ground",),
    "mammal": ("animal-mammal",),
    "marine animal": ("animal-marine",),
    "musical instrument": ("musical-instrument",),
    "prepared food": ("food-prepared",),
    "sky and weather": ("sky & weather",),
    "sport": ("sport",),
    "sweet": ("food-sweet",),
    "tool": ("tool",),
    "vegetable": ("food-vegetable",),
}

FLUENT_SIZE = 128
SEED = 20_25


def split_sizes(count: int) -> tuple[int, int, int]:
    """How many emoji of a class of ``count`` go to train, val and test.

    The course compares training sets of up to 20 a class, so a class of 25 or more gives 20 to training
    before anything else. A quarter of the rest is for choosing (learning rate, when to stop), at least 2 and
    at most 10, and the test set takes what remains, up to 30, so that one large class does not become the
    test set. What a very large class still has left (mammals, faces) goes back to training. Smaller classes,
    which the default leaves out, give 60 % to training and share the rest in the same way.
    """
    train = 20 if count >= 25 else round(0.6 * count)
    rest = count - train
    val = min(max(2, round(rest / 4)), 10)
    test = min(rest - val, 30)
    return count - val - test, val, test


def read_package(folder: Path, style: str) -> dict[str, bytes]:
    """The members of one npm archive by name, after checking its hash."""
    name, expected = PACKAGES[style]
    members: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(read_source(folder / name, expected))) as archive:
        for member in archive:
            # The sprite sheets are most of the archive, and unused.
            if member.isfile() and "/sheets" not in member.name:
                stream = archive.extractfile(member)
                assert stream is not None
                members[member.name] = stream.read()
    return members


def smaller(data: bytes) -> bytes:
    """A Fluent image at FLUENT_SIZE, as WebP. Pillow premultiplies the alpha: no dark fringes."""
    with Image.open(io.BytesIO(data)) as image:
        shrunk = image.convert("RGBA").resize((FLUENT_SIZE, FLUENT_SIZE), Image.Resampling.LANCZOS)
    return webp(shrunk)


def drawings_of(packages: dict[str, dict[str, bytes]], entry: dict[str, Any]) -> dict[str, bytes] | None:
    """An emoji's drawing in each style, as the packages have it; None if a style lacks it."""
    code = entry["unified"].lower()
    drawings = {
        "fluent": packages["fluent"].get(f"package/assets/{code}.webp"),
        "noto": packages["noto"].get(f"package/img/google/64/{entry['image']}"),
        "twemoji": packages["twemoji"].get(f"package/img/twitter/64/{entry['image']}"),
    }
    if not (entry["has_img_google"] and entry["has_img_twitter"]):
        return None
    there = {style: data for style, data in drawings.items() if data}
    return there if len(there) == len(drawings) else None


def choose(packages: dict[str, dict[str, bytes]]) -> tuple[list[dict[str, str]], dict[str, dict[str, bytes]]]:
    """The emoji of our classes that all styles have.

    Returns
    -------
    rows : list of dict
        Code point, name and class of each, in the order of the code points.
    images : dict of dict of bytes
        By style, then by file name.
    """
    class_of = {subgroup: name for name, subgroups in CLASSES.items() for subgroup in subgroups}
    rows: list[dict[str, str]] = []
    images: dict[str, dict[str, bytes]] = {style: {} for style in PACKAGES}
    # Skin tones are listed inside each entry ("skin_variations"), so one entry is one drawing.
    for entry in sorted(
        json.loads(packages["noto"]["package/emoji.json"]), key=lambda entry: entry["unified"]
    ):
        drawings = drawings_of(packages, entry) if entry["subcategory"] in class_of else None
        if drawings is None:
            continue
        code = entry["unified"].lower()
        name = (entry["name"] or entry["short_name"].replace("_", " ")).lower()
        rows.append({"code": code, "name": name, "class": class_of[entry["subcategory"]]})
        images["fluent"][f"{code}.webp"] = smaller(drawings["fluent"])
        for style in ("noto", "twemoji"):
            images[style][f"{code}.png"] = drawings[style]
    return rows, images


def refuse_twins(images: dict[str, dict[str, bytes]]) -> None:
    """Stop where two code points have one drawing: it would put a training image into the test set."""
    for style, members in images.items():
        first_with: dict[str, str] = {}
        for member, data in members.items():
            with Image.open(io.BytesIO(data)) as image:
                pixels = sha256(image.convert("RGBA").tobytes())
            if pixels in first_with:
                sys.exit(f"{style}: {member} and {first_with[pixels]} are the same image; leave one out.")
            first_with[pixels] = member


def assign_splits(rows: list[dict[str, str]]) -> None:
    """Give each row its split, drawn class by class from the seed; prints the sizes."""
    by_class: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        by_class[row["class"]].append(row)
    for number, name in enumerate(CLASSES):
        members = by_class[name]
        order = np.random.default_rng([SEED, number]).permutation(len(members))
        train, val, test = split_sizes(len(members))
        splits = ["train"] * train + ["val"] * val + ["test"] * test
        for position, split in zip(order, splits, strict=True):
            members[position]["split"] = split
        print(f"{name:20s} {len(members):4d} = train {train:3d} + val {val:3d} + test {test:3d}")


def write_images(folder: Path, images: dict[str, dict[str, bytes]]) -> dict[str, Path]:
    """Write a zip for each style; their paths."""
    zips = {}
    for style, members in images.items():
        path = zips[style] = folder / f"three_styles_{style}.zip"
        write_zip(path, members)
        size = path.stat().st_size
        print(f"{path.name}: {len(members)} images, {size / 1e6:.2f} MB")
        assert size < 4_000_000
    return zips


def write_manifest(path: Path, rows: list[dict[str, str]], zips: dict[str, Path]) -> None:
    """Write what the data set is: its sources, its classes, and the class and split of every emoji."""
    manifest = {
        "name": "three-styles",
        "packages": {style: {"file": file, "sha256": digest} for style, (file, digest) in PACKAGES.items()},
        "zips": {style: sha256(zips[style].read_bytes()) for style in PACKAGES},
        "classes": list(CLASSES),
        "subgroups": {name: list(subgroups) for name, subgroups in CLASSES.items()},
        "emoji": rows,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Check the archives, write the data set, record its hashes."""
    given = arguments(__doc__, "folder", "the folder with the three archives from npm pack")
    out: Path = given.out
    rows, images = choose({style: read_package(given.folder, style) for style in PACKAGES})
    refuse_twins(images)
    assign_splits(rows)
    out.mkdir(parents=True, exist_ok=True)
    zips = write_images(out, images)
    manifest = out / "three_styles.json"
    write_manifest(manifest, rows, zips)
    record_sums(out, [*(path.name for path in zips.values()), manifest.name])
    print(f"{len(rows)} emoji in {len(CLASSES)} classes")


if __name__ == "__main__":
    main()
