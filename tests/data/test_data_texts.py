"""Rated text and `TextDataset`: what is in them, that splits keep documents together, and bad input."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from tlcourse import data as course
from tlcourse.data import CORPORA, TextDataset, files, rated, rated_text
from tlcourse.errors import DataError, ShapeError, UnknownNameError

COUNTS = {"tweets": 4200, "movies": 10605, "products": 3708, "editorials": 5190}


def small(**changes: object) -> TextDataset:
    parts: dict[str, object] = {
        "name": "toy",
        "texts": ("good", "bad", "so so"),
        "labels": [1, 0, 1],
        "class_names": ("bad", "good"),
        "splits": {"train": [0, 1], "val": [], "test": [2]},
        "licence": "none",
        "source": "none",
    }
    return TextDataset(**(parts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("corpus", CORPORA)
def test_each_corpus_is_whole_and_its_splits_keep_documents_together(corpus: str) -> None:
    data = rated_text(corpus)
    assert len(data) == COUNTS[corpus]
    assert np.abs(data.ratings).max() <= 4
    assert all(text and text == " ".join(text.split()) for text in data.texts)
    every = np.concatenate([data.splits[name] for name in course.SPLITS])
    assert sorted(every) == list(range(len(data)))
    groups = {name: {data.groups[row] for row in data.splits[name]} for name in course.SPLITS}
    assert not groups["train"] & groups["val"]
    assert not groups["train"] & groups["test"]
    assert not groups["val"] & groups["test"]
    # Nobody is tested on a text that was trained on, in whatever case and signs.
    said = {
        name: {re.sub(r"[^a-z0-9]+", " ", data.texts[row].lower()).strip() for row in data.splits[name]}
        for name in course.SPLITS
    }
    shared = {text for text in said["train"] & said["test"] if len(text.split()) > 3}
    assert not shared


@pytest.mark.parametrize("corpus", CORPORA)
def test_labels_follow_from_ratings(corpus: str) -> None:
    three, two = rated_text(corpus), rated_text(corpus, classes=2)
    assert (three.ratings[three.labels == 0] < -0.5).all()
    assert (np.abs(three.ratings[three.labels == 1]) <= 0.5).all()
    assert (three.ratings[three.labels == 2] > 0.5).all()
    assert len(two) == len(three) - three.counts()["neutral"]
    # A text stays in its split when the neutral ones go.
    for split in course.SPLITS:
        assert set(two.split(split).ids) <= set(three.split(split).ids)
    assert (np.sign(two.ratings) == np.where(two.labels == 1, 1, -1)).all()


def test_the_table_in_the_docstring_is_true() -> None:
    lines = {line.split()[0]: line.split()[1:] for line in rated_text.__doc__.splitlines() if line.split()}
    for corpus in CORPORA:
        data = rated_text(corpus)
        found = [len(data), len(set(data.groups)), *data.counts().values()]
        assert [int(number) for number in lines[corpus]] == found


def test_bad_arguments() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'tweets'"):
        rated_text("tweet")
    with pytest.raises(DataError, match="Ask for 3"):
        rated_text("tweets", classes=5)


def test_a_damaged_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(files.FOLDER, tmp_path / "bundled")
    (folder / "rated_text.tsv.xz").write_bytes((folder / "rated_text.tsv.xz").read_bytes()[:1000])
    monkeypatch.setattr(files, "FOLDER", folder)
    rated._table.cache_clear()
    with pytest.raises(DataError, match="damaged"):
        rated_text("tweets")


def test_rows_are_chosen_as_with_images() -> None:
    data = rated_text("products", classes=2)
    few = data.split("train").per_class(4, seed=3)
    assert few.counts() == {"negative": 4, "positive": 4}
    assert set(few.ids) <= set(data.split("train").per_class(9, seed=3).ids)
    picked = data.subset([5, 2])
    assert picked.texts == (data.texts[5], data.texts[2])
    assert picked.ratings.tolist() == [data.ratings[5], data.ratings[2]]
    assert repr(data.subset([])).endswith("0 texts in 2 classes; no split")


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"texts": ("good", b"bad", "so so")}, DataError, "Text 1 is a bytes"),
        ({"texts": ("good", None, "so so")}, DataError, "Text 1 is a NoneType"),
        ({"labels": [0, 1]}, ShapeError, "3 texts, but the labels"),
        ({"labels": [0, 1, 2]}, DataError, "2 class names"),
        ({"ratings": [1.0]}, ShapeError, "3 texts and 1 ratings"),
        ({"groups": ("a",)}, ShapeError, "3 texts and 1 groups"),
        ({"splits": {"train": [0, 1], "val": [1], "test": [2]}}, DataError, "in two splits"),
    ],
)
def test_parts_that_do_not_fit(changes: dict, error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        small(**changes)


def test_texts_without_ratings() -> None:
    data = small()
    assert np.isnan(data.ratings).all()
    assert data.groups == ("0", "1", "2")
