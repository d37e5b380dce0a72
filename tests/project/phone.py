"""A folder as a phone and its owner leave it: images of two kinds of things, and much else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageOps

SIZE = (320, 240)


def scene(kind: str, seed: int) -> Image.Image:
    """Discs or stripes of some colour on a ground that no other image has."""
    rng = np.random.default_rng([ord(kind[0]), seed])
    ground = rng.integers(40, 220, (5, 6, 3)).astype(np.uint8)
    image = Image.fromarray(ground).resize(SIZE, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        x, y, r = rng.integers(20, 300), rng.integers(20, 220), rng.integers(12, 36)
        colour = tuple(int(c) for c in rng.integers(0, 256, 3))
        if kind == "discs":
            draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)
        else:
            draw.rectangle((x - 3 * r, y - 4, x + 3 * r, y + 4), fill=colour)
    noise = rng.normal(0, 5, (SIZE[1], SIZE[0], 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def exif(number: int, *, orientation: int = 1, place: bool = False) -> Image.Exif:
    """What a phone writes: its name, when, perhaps where, and which way is up."""
    found = Image.Exif()
    found[0x010F], found[0x0110], found[0x0112] = "Maker", "Phone 7", orientation
    found.get_ifd(0x8769)[0x9003] = f"2026:05:{number % 28 + 1:02} 12:{number % 60:02}:00"
    if place:
        found.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return found


def images(folder: Path, *, each: int = 10) -> Path:
    """Clean images of two classes, each with a name and metadata as a phone gives."""
    for kind in ("discs", "stripes"):
        (folder / kind).mkdir(parents=True)
        for number in range(each):
            about = exif(number + 100 * (kind == "stripes"))
            scene(kind, number).save(folder / kind / f"IMG_{number:04}.jpg", exif=about, quality=90)
    return folder


def dirt(folder: Path) -> dict[str, str]:
    """What else lies in such a folder. Returns the files to be left out, with a word of the reason."""
    discs, stripes = folder / "discs", folder / "stripes"
    # One image sent around: mirrored, small and saved again, with another name and in both folders.
    first = Image.open(discs / "IMG_0000.jpg")
    ImageOps.mirror(first).save(discs / "WhatsApp Image (1).jpg", quality=40)
    first.resize((160, 120)).save(discs / "thumb é.webp", quality=60)
    (discs / "copy of IMG_0001.jpg").write_bytes((discs / "IMG_0001.jpg").read_bytes())
    Image.open(stripes / "IMG_0000.jpg").rotate(90, expand=True).save(stripes / "turned.png")
    # Turned by the phone, and with the place.
    lying = scene("stripes", 50).rotate(90, expand=True)
    lying.save(stripes / "lying.jpg", exif=exif(50, orientation=6, place=True))
    # Modes that a decoder gives as they are.
    scene("discs", 51).convert("CMYK").save(discs / "print.jpg")
    deep = np.asarray(scene("discs", 52).convert("L")).astype(np.uint16) * 257
    Image.fromarray(deep).save(discs / "scan.png")
    clear = scene("stripes", 53).convert("RGBA")
    clear.putalpha(Image.new("L", SIZE, 128))
    clear.save(stripes / "cut out.png")
    scene("stripes", 54).convert("P").save(stripes / "old.gif")
    # What cannot be used.
    whole = (stripes / "IMG_0002.jpg").read_bytes()
    (stripes / "half.jpg").write_bytes(whole[: len(whole) // 2])
    (stripes / "empty.jpg").write_bytes(b"")
    (stripes / "not an image.jpg").write_bytes(b"<html>not found</html>")
    (discs / "IMG_9000.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    (discs / "IMG_9001.MOV").write_bytes(b"\0\0\0\x18ftypqt  ")
    Image.new("RGB", (20, 20), "red").save(discs / "icon.png")
    (discs / "._IMG_0001.jpg").write_bytes(b"left behind by a system")
    (folder / ".DS_Store").write_bytes(b"\0")
    scene("discs", 55).save(folder / "loose.jpg")
    return {
        "stripes/half.jpg": "cannot be read",
        "stripes/empty.jpg": "empty",
        "stripes/not an image.jpg": "not an image",
        "discs/IMG_9000.HEIC": "HEIC",
        "discs/IMG_9001.MOV": "not an image file",
        "discs/icon.png": "too small",
        "loose.jpg": "no class folder",
    }
