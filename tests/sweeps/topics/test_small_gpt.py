"""The small GPT's sweep: fair grids, rates that validation chose, and what the chapter says of it."""

from __future__ import annotations

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import small_gpt as sweep


def test_every_method_gets_the_same_seeds_and_number_of_rates():
    grid = get("small-gpt").settings()
    for method in sweep.METHODS:
        assert [s["seed"] for s in grid if s["method"] == method] == list(sweep.SEEDS)
    assert len(sweep.SEEDS) >= 5
    assert len({len(rates) for rates in sweep.TUNING_RATES.values()}) == 1
    assert not set(sweep.SEEDS) & set(sweep.TUNING_SEEDS)


def test_the_rates_are_those_that_validation_chose():
    means = table("small-gpt-rates").groupby(["method", "lr"]).val_perplexity.mean()
    assert set(sweep.RATES) == set(sweep.METHODS)
    for method, lr in sweep.RATES.items():
        assert means[method][lr] == means[method].min(), method


def test_the_frameworks_tell_one_story():
    rows = table("small-gpt").groupby(["framework", "method"])[["tweets_perplexity", "old_perplexity"]].mean()
    apart = (rows.loc["torch"] / rows.loc["keras"] - 1).abs()
    assert apart.drop("scratch").to_numpy().max() < 0.01
    # From random weights the runs scatter; whatever they do, they are far behind.
    tweets = table("small-gpt").groupby(["framework", "method"]).tweets_perplexity
    for framework in ("torch", "keras"):
        assert tweets.min()[framework, "scratch"] > 1.5 * tweets.max()[framework].drop("scratch").max()


def test_tweets_were_not_in_the_pretraining():
    from tlcourse import data
    from tlcourse.language import find_checkpoint

    made = find_checkpoint("small-gpt").config["tlcourse"]
    assert tuple(made["corpora"]) == sweep.OLD
    assert "tweets" not in sweep.OLD
    assert set(data.CORPORA) - set(sweep.OLD) == {"tweets"}
