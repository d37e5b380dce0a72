"""Which images are nearly the same? Also mirrored, turned, cut or saved again."""

import numpy as np
from PIL import Image

from settings import Progress

SIDE, COARSE = 32, 8
ROWS = 512  # images that are compared with all others at a time


def thumbnail(image):
    """A small uint8 copy (SIDE, SIDE, 3) of an RGB image."""
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX))


def near_copies(thumbnails, alike):
    """Pairs (i, j), i < j, of images whose small copies correlate by `alike` or more.

    Two correlations are averaged: that of the colours, and that of the details which
    remain without the coarse shapes. Many different things share a coarse shape.
    """
    if alike >= 1 or len(thumbnails) < 2:
        return []
    thumbs = np.stack(thumbnails)
    whole = vectors(thumbs)
    others = []
    for quarters in range(4):
        turned = np.rot90(thumbs, quarters, axes=(1, 2))
        others += [turned, turned[:, :, ::-1]]
    others += [window(thumbs, x, y) for x in (0, 0.5, 1) for y in (0, 0.5, 1)]
    pairs = set()
    progress = Progress("Comparing images", len(others))
    for other in others:
        theirs = vectors(other)
        for begin in range(0, len(thumbs), ROWS):
            likeness = whole[begin : begin + ROWS] @ theirs.T
            for i, j in np.argwhere(likeness >= alike).tolist():
                if i + begin != j:
                    pairs.add((min(i + begin, j), max(i + begin, j)))
        progress.step()
    return sorted(pairs)


def window(thumbs, across, down):
    """A part of each image, scaled back: one may be cut out of another."""
    width = SIDE * 0.92
    left, top = across * (SIDE - width), down * (SIDE - width)
    return resized(thumbs, SIDE, (left, top, left + width, top + width))


def resized(thumbs, side, box=None):
    best = Image.Resampling.BICUBIC
    small = [Image.fromarray(each).resize((side, side), best, box) for each in thumbs]
    return np.stack([np.asarray(each) for each in small])


def vectors(thumbs):
    """Rows whose products are the mean of the two correlations."""
    thumbs = np.ascontiguousarray(thumbs)
    coarse = resized(resized(thumbs, COARSE), SIDE)
    details = thumbs.astype(np.float32) - coarse
    both = [unit(thumbs.astype(np.float32)), unit(details)]
    return np.concatenate(both, axis=1) / np.sqrt(np.float32(2))


def unit(arrays):
    rows = arrays.reshape(len(arrays), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    # A plain area with a little noise is like nothing.
    return np.where(length > np.sqrt(rows.shape[1]), rows / np.maximum(length, 1), 0)
