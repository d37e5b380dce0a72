"""Chapter 12's tables: whole, one budget for the sides, and no person on both sides."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import speech as sweep


@pytest.mark.parametrize("name", [one.name for one in sweep.SWEEPS])
def test_a_table_is_whole(name: str) -> None:
    assert len(table(name, get(name).frameworks[0])) == len(get(name).settings())


@pytest.mark.parametrize("language", sweep.LANGUAGES)
@pytest.mark.parametrize("clips", sweep.CLIPS)
def test_no_speaker_is_in_two_parts(language: str, clips: str) -> None:
    for seed in sweep.SEEDS:
        parts = sweep._parts(language, clips, seed)
        speakers = [set(part.speakers) for part in parts.values()]
        assert not speakers[0] & speakers[1]
        assert not speakers[0] & speakers[2]
        assert not speakers[1] & speakers[2]
        assert not parts["test"].synthetic.any()
        assert parts["val"].synthetic.all()


def test_all_rows_of_a_seed_have_one_test() -> None:
    for seed in sweep.SEEDS:
        sources = [tuple(sweep._parts("fr", clips, seed)["test"].sources) for clips in sweep.CLIPS]
        assert len(set(sources)) == 1


def test_the_search_sees_no_seed_of_the_comparison() -> None:
    searched = {row["seed"] for row in get("speech-digits-rates").settings()}
    assert not searched & set(sweep.SEEDS)


def test_pictures_are_grey() -> None:
    images = sweep.pictures(np.zeros((2, 49, 32), np.float32))
    assert images.shape == (2, 96, 96, 3)
    assert images.dtype == np.uint8
