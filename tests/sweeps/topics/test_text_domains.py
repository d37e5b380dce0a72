"""Chapter 9's sweep from reviews to tweets: fair grids, and no text on both sides."""

from __future__ import annotations

from tlcourse import data
from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import text_domains as sweep


def test_every_method_gets_the_same_cells_and_seeds():
    grid = get("text-domains").settings()
    cells = {m: {(s["use"], s["labels"], s["seed"]) for s in grid if s["method"] == m} for m in sweep.METHODS}
    assert cells["tf-idf"] == cells["frozen"] == cells["lora"]
    assert len({seed for _, _, seed in cells["lora"]}) >= 5
    assert {n for use, n, _ in cells["lora"] if use == "carried"} == set(sweep.LABELS)
    assert {n for use, n, _ in cells["lora"] if use == "alone"} == set(sweep.LABELS) - {0}


def test_the_tweets_together_count_as_much_as_the_reviews():
    for labels in sweep.LABELS[1:]:
        parts = sweep._train_parts("carried", labels, 0)
        sizes = [len(sweep._texts(*part).texts) for part in parts]
        once, times = sweep._repeats(sizes)
        assert (once, sizes) == (1, [2 * sweep.REVIEWS, labels])
        assert abs(times * labels - sizes[0]) <= labels / 2
        assert sweep._train_parts("alone", labels, 0) == parts[1:]
    assert sweep._repeats([sweep.REVIEWS]) == [1]


def test_no_test_tweet_is_trained_on():
    tested = set(data.rated_text(sweep.TARGET, classes=2).split("test").texts)
    for corpus in (sweep.SOURCE, sweep.TARGET):
        assert not tested & set(data.rated_text(corpus, classes=2).split("train").texts)


def test_the_control_runs_as_recorded():
    rows = table("text-domains")
    rows = rows[(rows.method == "tf-idf") & (rows.seed == 3)]
    for row in rows.itertuples():
        live = sweep.carry("torch", "tf-idf", row.use, row.labels, 3)["test_balanced"]
        assert abs(live - row.test_balanced) < 0.01
