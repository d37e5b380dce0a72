"""Write a challenge: a folder to publish, and a private one with the labels. Whole, or not at all."""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tlcourse.errors import DataError
from tlcourse.grading.challenge.dividing import Divided
from tlcourse.grading.challenge.pictures import Picture, Read
from tlcourse.grading.challenge.settings import LABELS, SETTINGS, Rules, labels_text
from tlcourse.grading.keeping import private_folder, writing

__all__ = ["SAMPLE", "Made", "Plan", "write_challenge"]

SAMPLE = "sample_submission.csv"
_WHEN = 1_577_836_800
"""The date of every published file: 2020-01-01."""


@dataclass(frozen=True)
class Plan:
    """What goes where.

    Attributes
    ----------
    read : Read
        With N pictures.
    divided : Divided
    names : tuple of N str
        ``train/CLASS/NAME.jpg``, or ``NAME.jpg`` for a test image.
    copies : tuple of (int, int)
        Near copies, by their places.
    groups : list of N str, optional
    """

    read: Read
    divided: Divided
    names: tuple[str, ...]
    copies: tuple[tuple[int, int], ...] = ()
    groups: list[str] | None = None

    @cached_property
    def training(self) -> dict[str, Picture]:
        """The training images by name, sorted."""
        return self._part(False)

    @cached_property
    def testing(self) -> dict[str, Picture]:
        """The test images by name, sorted."""
        return self._part(True)

    def _part(self, test: bool) -> dict[str, Picture]:
        rows = zip(self.names, self.read.pictures, self.divided.test, strict=True)
        return dict(sorted((name, each) for name, each, tested in rows if tested == test))

    @property
    def copied(self) -> list[tuple[Picture, Picture]]:
        """Pairs of near copies."""
        return [(self.read.pictures[a], self.read.pictures[b]) for a, b in self.copies]

    @cached_property
    def labels_text(self) -> str:
        """``labels.csv``. Its groups are the sets of images that stay together, where groups were given."""
        rows = zip(self.names, self.read.pictures, self.divided.together, self.divided.test, strict=True)
        table = [(name, each.label, str(group)) for name, each, group, tested in rows if tested]
        return labels_text(table, self.groups is not None)


@dataclass(frozen=True)
class Made:
    """What was made.

    Attributes
    ----------
    rules : Rules
    training, testing : Counter
        Images by class.
    remarks : tuple of str
        What the instructor should know, as sentences.
    """

    rules: Rules
    training: Counter[str]
    testing: Counter[str]
    remarks: tuple[str, ...]


def write_challenge(out: Path, plan: Plan, made: Made) -> None:
    """Write ``out/published`` and ``out/private``.

    Raises
    ------
    DataError
        If `out` is there already.
    CannotWriteError
        If the disk is full, or the folder is not ours to write. Nothing is left of `out` then.
    """
    out = out.absolute()
    private_folder(out.parent)
    with writing(out):
        staged = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name[:60]}."))
        try:
            _write_private(staged / "private", plan, made)
            _write_published(staged / "published", plan, made)
            staged.chmod(0o755)
            if out.exists():  # an empty folder would be replaced without a word
                raise DataError(f"{out} was made by somebody else meanwhile.", "Give another folder.")
            os.rename(staged, out)
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            raise


def _write_published(folder: Path, plan: Plan, made: Made) -> None:
    files = {name: each.encoded for name, each in plan.training.items()}
    files |= {f"test/{name}": each.encoded for name, each in plan.testing.items()}
    files["README.md"] = _readme(made, next(iter(plan.testing))).encode()
    files[SAMPLE] = _csv([["file", "label"], *([name, ""] for name in plan.testing)]).encode()
    # In the order of their names: the order in which files were made can be seen in a folder.
    for name, content in sorted(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)
        os.utime(path, (_WHEN, _WHEN))
    for each in (*(path for path in folder.rglob("*") if path.is_dir()), folder):
        each.chmod(0o755)
        os.utime(each, (_WHEN, _WHEN))


def _write_private(folder: Path, plan: Plan, made: Made) -> None:
    origin = [["published", "original", "class", "stays_together", "group"]]
    places = zip(plan.names, plan.read.pictures, plan.divided.together, strict=True)
    for place, (name, each, together) in enumerate(places):
        group = plan.groups[place] if plan.groups is not None else ""
        origin.append(
            [name if "/" in name else f"test/{name}", each.inside, each.label, str(together), group]
        )
    copies = [[a.inside, b.inside] for a, b in plan.copied]
    texts = {
        LABELS: plan.labels_text,
        SETTINGS: made.rules.model_dump_json(indent=1) + "\n",
        "origin.csv": _csv(origin),
        "left_out.csv": _csv([["file", "reason"], *([e.inside, e.reason] for e in plan.read.left_out)]),
        "near_copies.csv": _csv([["first", "second"], *copies]),
        "remarks.txt": "".join(f"{line}\n" for line in made.remarks),
    }
    folder.mkdir()
    folder.chmod(0o700)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="", errors="backslashreplace")
        (folder / name).chmod(0o600)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _readme(made: Made, example: str) -> str:
    """What students read."""
    rules = made.rules
    classes = "\n".join(f"| {name} | {made.training[name]} |" for name in rules.classes)
    bars = "\n".join(f"- {line}" for line in rules.bars.words)
    tries = "one file is" if rules.tries == 1 else f"up to {rules.tries} files are"
    mean = (
        "the share of the test images that are right"
        if rules.metric == "accuracy"
        else "the share of right test images in each class, then the mean of these shares"
    )
    number = sum(made.testing.values())
    return f"""# {rules.title}

Train a model on the images in `train/`: each folder is a class. Then predict the class of each of the
{number} images in `test/`. All images are {rules.size} x {rules.size} pixels.

| class | training images |
| --- | ---: |
{classes}

## What to hand in

One file `predictions.csv` with two columns and a line for each test image. `{SAMPLE}` has the lines already:
fill in the column `label`.

```
file,label
{example},{rules.classes[0]}
```

- `file` is the name of the image. The order of the lines does not matter.
- `label` is the name of the class as in the table above, not a number.
- A file with missing or unknown images is not graded. You get the reason, and it does not count as a try.

## How it is scored

The score is the {rules.measure}: {mean}. You see it in whole per cent, rounded down, and that number
earns the points:

{bars}

In all, {tries} scored. **The last one counts, not the best one.** So compare your models on images that you
kept back from training, not by handing them in.

The labels of the test images are not in this folder. Do not label the test images by hand, and do not train
on them.
"""
