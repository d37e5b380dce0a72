"""Chapter 8's sweeps: fair grids, rates that validation chose, texts of a test that nobody trained on."""

from __future__ import annotations

import numpy as np

from tlcourse import data
from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import word_tfidf
from tlcourse.sweeps.topics import word_vectors as sweep


def test_every_method_gets_the_same_cells_seeds_and_number_of_rates():
    grid = get("word-vectors").settings()
    per_method = {
        method: {(s["corpus"], s["per_class"], s["seed"]) for s in grid if s["method"] == method}
        for method in sweep.METHODS
    }
    baseline = {(s["corpus"], s["per_class"], s["seed"]) for s in get("word-tfidf").settings()}
    assert len({frozenset(runs) for runs in (*per_method.values(), baseline)}) == 1
    assert {corpus for corpus, _, _ in baseline} == set(data.CORPORA)
    assert len(sweep.SEEDS) >= 5
    assert len({len(rates) for rates in (*sweep.TUNING_RATES.values(), word_tfidf.TUNING_STRENGTHS)}) == 1
    assert not set(sweep.SEEDS) & set(sweep.TUNING_SEEDS)
    for name in ("word-vectors-rates", "word-tfidf-rates"):
        assert not any(metric.startswith("test") for metric in get(name).metrics)


def test_the_rates_are_those_that_validation_chose():
    rows = table("word-vectors-rates")
    of_texts = rows[rows.corpus.isin(sweep.TUNING_CORPORA)]
    means = of_texts.groupby(["method", "per_class", "lr"]).val_balanced.mean()
    assert set(sweep.RATES) == {(m, n) for m in sweep.METHODS for n in sweep.SIZES}
    for cell, lr in sweep.RATES.items():
        assert means[cell][lr] == means[cell].max(), cell
    of_movies = rows[rows.corpus == sweep.READER_CORPUS]
    means = of_movies.groupby(["method", "per_class", "lr"]).val_balanced.mean()
    assert set(sweep.READER_RATES) == {(r, n) for r in sweep.READERS for n in sweep.READER_SIZES}
    for (reader, n), lr in sweep.READER_RATES.items():
        curve = means["glove-frozen" if reader == "mean" else reader, n]
        assert curve[lr] == curve.max(), (reader, n)
    means = table("word-tfidf-rates").groupby(["per_class", "strength"]).val_balanced.mean()
    for n, strength in word_tfidf.STRENGTHS.items():
        assert means[n][strength] == means[n].max(), n


def test_sizes_are_there_in_every_corpus():
    for corpus in data.CORPORA:
        smallest = min(data.rated_text(corpus, classes=2).split("train").counts().values())
        assert smallest >= max(sweep.SIZES)
        assert smallest >= sweep.DOMAIN_SIZE
    movies = data.rated_text(sweep.READER_CORPUS, classes=2).split("train")
    assert min(movies.counts().values()) >= max(sweep.READER_SIZES)


def test_almost_every_text_is_read_whole():
    from tlcourse.embeddings import tokenize

    for corpus in data.CORPORA:
        lengths = np.array([len(tokenize(text)) for text in data.rated_text(corpus, classes=2).texts])
        assert (lengths <= sweep.LENGTH).mean() > 0.97, corpus


def test_balanced_accuracy_is_the_mean_of_the_recalls():
    labels, predicted = np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0])
    assert sweep.balanced(labels, predicted) == 0.5


def test_the_frameworks_tell_one_story():
    rows = table("word-vectors").groupby(["framework", "corpus", "method", "per_class"]).test_balanced.mean()
    apart = (rows["torch"] - rows["keras"]).abs()
    assert apart.max() < 0.02
    domains = table("word-domains").groupby(["framework", "corpus", "method"])
    means = domains[[f"{corpus}_balanced" for corpus in data.CORPORA]].mean()
    assert (means.loc["torch"] - means.loc["keras"]).abs().to_numpy().max() < 0.02
