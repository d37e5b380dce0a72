"""Build `tlcourse.data.photos` from Tux Paint's stamps, as Debian packages them.

    apt-get download tuxpaint-stamps-default      # 161 MB, nothing is installed
    python tools/build_photos.py tuxpaint-stamps-default_2022.06.04-1_all.deb

The package is checked against the SHA-256 written below. ``stamps.tsv`` beside this script says which stamps
are taken, and for each its class, the thing it shows, its author and its licence. That table was written by
hand from the package's ``changelog.gz`` and from ``CONTRIBUTORS.txt`` of the collection's source; where
neither names a licence, a photograph has that of the whole package, GPL-2. Left out: drawings, mirrored
copies, single wheels, what is transparent itself (a glass of water), and four photographs from a stock site
with terms of its own.

Written into ``tlcourse/data/bundled/``: ``photos.zip``, with the cut-outs as WebP (the empty margin cut off,
at most 224 px wide and high, the alpha channel without loss), ``photos.json`` (an entry for each) and the
texts of the GPL and the GFDL. The script prints the hash that `tlcourse.data.photos` checks. Run twice with
the same Pillow it writes the same bytes.

Things, not photographs, are drawn into the splits: two photographs of lions, four of one herd of gnus, or
five apples are on one side.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import tarfile
from collections import Counter
from pathlib import Path

import numpy as np
from bundle import arguments, read_source, sha256, webp, write_zip
from PIL import Image

PACKAGE_SHA256 = "6db6c1bfc870a47f1499d6203b083522eacb57c5f9c87d468f2e92eb6d9d5f34"
STAMPS = "./usr/share/tuxpaint/stamps/"
TABLE = Path(__file__).with_name("stamps.tsv")
LICENCES = Path("/usr/share/common-licenses")
SIDE = 224
SEED = 16
VAL, TEST = 0.15, 0.25


def package_files(deb: bytes, names: set[str]) -> dict[str, bytes]:
    """Some files of a Debian package by name: an ``ar`` archive, in which ``data.tar.xz`` has the files."""
    at = 8
    while at < len(deb):
        name, size = deb[at : at + 16].decode().strip().rstrip("/"), int(deb[at + 48 : at + 58])
        if name.startswith("data.tar"):
            with tarfile.open(fileobj=io.BytesIO(deb[at + 60 : at + 60 + size])) as archive:
                return {
                    member.name: archive.extractfile(member).read()  # type: ignore[union-attr]
                    for member in archive
                    if member.name in names
                }
        at += 60 + size + size % 2
    sys.exit("This package has no data.tar.")


def cut_out(data: bytes) -> bytes:
    """A stamp as WebP, without its empty margin. Pillow premultiplies the alpha: no dark fringes."""
    with Image.open(io.BytesIO(data)) as file:
        image = file.convert("RGBA")
    image = image.crop(image.getchannel("A").point(lambda alpha: 255 * (alpha > 8)).getbbox())
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return webp(image)


def splits(rows: list[dict[str, str]], number: int) -> dict[str, str]:
    """The split of each thing of one class: a quarter of the photographs for testing, 15 % for validation."""
    sizes = Counter(row["thing"] for row in rows)
    things = sorted(sizes)
    goal = {"test": round(TEST * len(rows)), "val": round(VAL * len(rows))}
    member = dict.fromkeys(things, "train")
    for place in np.random.default_rng([SEED, number]).permutation(len(things)):
        thing = things[place]
        split = next((name for name, left in goal.items() if left >= sizes[thing]), None)
        if split:
            member[thing] = split
            goal[split] -= sizes[thing]
    return member


def main() -> None:
    given = arguments(__doc__, "package", "the .deb from apt-get download")
    deb = read_source(given.package, PACKAGE_SHA256)
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    wanted = {STAMPS + row["file"] + ending for row in rows for ending in (".png", ".txt")}
    stamps = package_files(deb, wanted)

    classes = sorted({row["class"] for row in rows})
    entries = []
    members: dict[str, bytes] = {}
    for number, name in enumerate(classes):
        of_class = sorted((row for row in rows if row["class"] == name), key=lambda row: row["file"])
        member = splits(of_class, number)
        for row in of_class:
            stem = row["file"].rpartition("/")[2].lower().replace("_", "-")
            members[f"{stem}.webp"] = cut_out(stamps[f"{STAMPS}{row['file']}.png"])
            title = stamps[f"{STAMPS}{row['file']}.txt"].decode("utf-8").partition("\n")[0].strip()
            entries.append(
                {
                    "name": stem,
                    "class": name,
                    "thing": row["thing"],
                    "split": member[row["thing"]],
                    "title": title,
                    "author": row["author"],
                    "licence": row["licence"],
                    "stamp": row["file"],
                }
            )
        counts = Counter(member[row["thing"]] for row in of_class)
        print(
            f"{name:20s} {len(of_class):4d} = "
            + " + ".join(f"{k} {counts[k]:3d}" for k in ("train", "val", "test"))
        )
    assert len(members) == len(rows), "two stamps have one name"
    manifest = {
        "package": {"file": given.package.name, "sha256": PACKAGE_SHA256},
        "classes": classes,
        "photos": entries,
    }
    members["photos.json"] = (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()
    for text in ("GPL-2", "GFDL-1.2"):
        members[f"{text}.txt"] = (LICENCES / text).read_bytes()
    given.out.mkdir(parents=True, exist_ok=True)
    path = given.out / "photos.zip"
    write_zip(path, members)
    print(f"{path.name}: {len(rows)} photographs, {path.stat().st_size / 1e6:.2f} MB")
    print(sha256(path.read_bytes()))


if __name__ == "__main__":
    main()
