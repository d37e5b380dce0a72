"""Chapter 9's sweep of the encoder: fair grids, rates that validation chose, texts that are read."""

from __future__ import annotations

import numpy as np

from tlcourse import data
from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import encoders as sweep
from tlcourse.sweeps.topics import word_vectors as before


def test_every_method_gets_the_same_cells_seeds_and_number_of_rates():
    grid = get("encoders").settings()
    cells = {m: {(s["per_class"], s["seed"]) for s in grid if s["method"] == m} for m in sweep.TUNING_RATES}
    assert cells["frozen"] == cells["top-2"] == cells["all"]
    assert {n for n, _ in cells["all"]} == set(sweep.SIZES)
    for method in sweep.RECIPES:
        assert {seed for n, seed in cells[method] if n == sweep.RECIPE_SIZE} == set(sweep.SEEDS)
    assert len(sweep.SEEDS) >= 5
    assert len({len(rates) for rates in sweep.TUNING_RATES.values()}) == 1
    assert not set(sweep.SEEDS) & set(sweep.TUNING_SEEDS)
    assert not any(metric.startswith("test") for metric in get("encoders-rates").metrics)


def test_the_rates_are_those_that_validation_chose():
    means = table("encoders-rates").groupby(["method", "per_class", "lr"]).val_balanced.mean()
    assert set(sweep.RATES) == {(s["method"], s["per_class"]) for s in get("encoders").settings()}
    for (method, n), lr in sweep.RATES.items():
        # What is dear was tried at one size.
        curve = means[method, n if method == "frozen" else sweep.TUNING_SIZE]
        assert curve[lr] == curve.max(), (method, n)


def test_chapter_8_has_rows_to_stand_beside():
    cells = {(s["per_class"], s["seed"]) for s in get("encoders").settings()}
    for name in ("word-vectors", "word-tfidf"):
        there = {(s["per_class"], s["seed"]) for s in get(name).settings() if s["corpus"] == sweep.CORPUS}
        assert cells <= there
    assert sweep.balanced is before.balanced


def test_nine_in_ten_texts_are_read_whole():
    from tlcourse.language import load_tokenizer

    rows = load_tokenizer("all-MiniLM-L6-v2").rows(data.rated_text(sweep.CORPUS, classes=2).texts)
    assert np.mean([len(row) <= sweep.LENGTH for row in rows]) > 0.85


def test_the_frameworks_tell_one_story():
    rows = table("encoders").groupby(["framework", "method", "per_class"]).test_balanced.mean()
    apart = (rows["torch"] - rows["keras"]).abs()
    assert apart["frozen"].max() < 0.005
    assert apart.max() < 0.03
