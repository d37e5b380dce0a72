"""Chapter 9's sweeps of writing: fair grids, reviews that nobody trained on."""

from __future__ import annotations

from tlcourse.language import find_checkpoint
from tlcourse.sweeps import get, table
from tlcourse.sweeps.shared.writers import WRITERS
from tlcourse.sweeps.topics import writing as sweep


def test_every_writer_and_every_way_gets_the_same_reviews():
    grid = get("writing").settings()
    cells = {w: {(s["way"], s["seed"]) for s in grid if s["writer"] == w} for w in WRITERS}
    assert cells["smollm2"] == {cell for cell in cells["small-gpt"] if cell[0] != "beams"}
    assert {way for way, _ in cells["small-gpt"]} == set(sweep.WAYS)
    assert len({s["seed"] for s in grid if s["writer"] == "people"}) >= 5
    assert len(sweep._reviews()) >= len(sweep.SEEDS) * sweep.TEXTS  # no review comes twice
    assert len(set(sweep._reviews())) == len(sweep._reviews())


def test_the_small_gpt_sees_all_that_it_goes_on_from():
    from tlcourse.language import load_tokenizer

    begun = [" ".join(text.split()[: sweep.BEGIN]) for text in sweep._reviews()]
    longest = max(map(len, load_tokenizer("small-gpt").rows(begun)))
    assert longest + sweep.COUNT <= find_checkpoint("small-gpt").config["n_positions"]


def test_greedy_repeats_itself_and_people_do_not():
    means = table("writing").groupby(["writer", "way"])[["repeated", "distinct"]].mean()
    people = means.loc["people", "theirs"]
    for writer in WRITERS:
        greedy, wild = (means.loc[writer, way] for way in ("greedy", "temperature 1.5"))
        assert greedy.repeated > max(wild.repeated, people.repeated)
        assert greedy.distinct < min(wild.distinct, people.distinct)
