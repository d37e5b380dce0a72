"""Small scans: copies, mirrored copies, a chain of three, and what only looks like a copy."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array

SIZE = 16
ALIKE = (0.82, 0.84, 0.86)
COPY = 0.95
"""Copies correlate by so much at least, and what belongs to two groups by far less than the limit."""
APART = 0.72
LINKED = 0.6
"""The correlation of the two ends of the chain."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``scans`` uint8 (N, 16, 16), ``alike``, and ``kinds``, what each scan is, for the judge.

    Of one scan there is a copy, of one a mirrored copy, of one both; one is alone; one stands on its head
    and one is the negative of another, which are no copies; and three make a chain.
    """
    while True:
        scans: list[np.ndarray] = []
        groups: list[int] = []

        def add(image: np.ndarray, group: int, to: list[np.ndarray] = scans, of: list[int] = groups) -> None:
            to.append(image)
            of.append(group)

        fields = [_field(rng) for _ in range(8)]
        kinds = [("copy",), ("mirrored",), ("copy", "mirrored"), (), (), ("mirrored", "mirrored")]
        for group, made in enumerate(kinds):
            add(fields[group], group)
            for kind in made:
                add(fields[group][:, ::-1] if kind == "mirrored" else fields[group], group)
        add(fields[0][::-1], 6)
        add(-fields[3], 7)
        ends = fields[6], LINKED * fields[6] + np.sqrt(1 - LINKED**2) * fields[7]
        for image in (ends[0], ends[1][:, ::-1], ends[0] + ends[1]):
            add(image, 8)
        images = np.stack([_grey(rng, image) for image in scans])
        order = rng.permutation(len(images))
        images, member = images[order], np.array(groups)[order]
        # The middle of the chain is not the first of the three: who only looks back would be right.
        middle = int(np.flatnonzero(order == len(order) - 1)[0])
        if _apart(images, member) and middle != np.flatnonzero(member == 8)[0]:
            return {"scans": images, "alike": float(rng.choice(ALIKE)), "member": member}


def _field(rng: np.random.Generator) -> np.ndarray:
    """A smooth image of mean 0 and deviation 1."""
    waves = np.add.outer(np.arange(SIZE), np.zeros(SIZE))
    image = np.zeros((SIZE, SIZE))
    for _ in range(24):
        down, across = rng.uniform(-3.6, 3.6, 2)
        turn = 2 * np.pi * (down * waves + across * waves.T) / SIZE
        image += rng.normal() * np.cos(turn + rng.uniform(0, 2 * np.pi))
    return (image - image.mean()) / image.std()


def _grey(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Another brightness, another contrast, a little noise."""
    image = (image - image.mean()) / image.std()
    grey = rng.uniform(105, 150) + rng.uniform(18, 34) * image + rng.normal(0, 1.5, image.shape)
    return np.clip(np.round(grey), 0, 255).astype("uint8")


def correlations(scans: np.ndarray, turn: Any = None) -> np.ndarray:
    """Of each scan with each other one, which ``turn`` changes first: float64 (N, N)."""
    rows = scans.astype("float64")
    theirs = rows if turn is None else turn(rows)
    return np.asarray(_unit(rows) @ _unit(theirs).T)


def _unit(images: np.ndarray) -> np.ndarray:
    rows = images.reshape(len(images), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def _apart(images: np.ndarray, member: np.ndarray) -> bool:
    """Whether every correlation is far from the limits, in the ways that a learner may take."""
    rows = np.arange(len(images))
    other = rows[:, None] != rows
    plain = correlations(images)
    mirrored = correlations(images, lambda x: x[:, :, ::-1])
    likeness = np.maximum(plain, mirrored)
    same = member[:, None] == member
    chain = (member == 8)[:, None] & (member == 8)
    if likeness[~same].max() > APART or likeness[same & other & ~chain].min() < COPY:
        return False
    linked = np.sort(likeness[np.ix_(member == 8, member == 8)][np.triu_indices(3, 1)])
    if not (linked[0] < APART and linked[1] > 0.88):
        return False
    upside_down = correlations(images, lambda x: x[:, ::-1])
    decoys = np.maximum(upside_down, correlations(images, lambda x: x[:, ::-1, ::-1]))[same & other]
    return float(decoys.max()) < APART


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """All but the groups."""
    return {"scans": inputs["scans"], "alike": inputs["alike"]}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``groups``: what came back."""
    return {"groups": plain_array(answer(np.array(inputs["scans"]), inputs["alike"]))}
