"""Repetition and variety of written texts; the ten summaries that were read."""

from __future__ import annotations

import pytest

from tlcourse.errors import DataError, SettingError
from tlcourse.language import distinct, judged_summaries, repeated
from tlcourse.language.judged import VERDICTS


def test_a_text_that_says_nothing_twice_repeats_nothing():
    assert repeated(["one", "two", "three", "four", "five"]) == 0
    assert repeated(["a", "b", "a", "b", "a", "b"], n=2) == pytest.approx(3 / 5)
    assert repeated(["no"] * 12) == pytest.approx(9 / 10)


def test_runs_of_several_texts_are_counted_together_and_never_across_two():
    assert distinct([["a", "b"], ["a", "b"]]) == 0.5
    assert distinct([["a", "b"], ["c", "d"]]) == 1
    assert distinct([["a"], ["b", "c"]], n=2) == 1


def test_what_is_too_short_or_no_list_of_words_is_refused():
    with pytest.raises(DataError, match="2 words"):
        repeated(["a", "b"])
    with pytest.raises(DataError, match="split"):
        repeated("a b a b")
    with pytest.raises(DataError):
        distinct([["a"], []])
    with pytest.raises(SettingError):
        distinct([["a", "b"]], n=0)


def test_every_judged_summary_has_a_verdict_and_a_reason():
    judged = judged_summaries()
    assert len(judged) == len({one.name for one in judged}) == 10
    for one in judged:
        assert one.verdict in VERDICTS, one.name
        assert len(one.reason.split()) >= 5, one.name
        assert all((one.summary, one.authors)), one.name
        assert len(one.text.split()) > 30, one.name


def test_no_judged_text_is_what_every_function_says():
    from write_summaries import documents

    assert not any('"core" shapes' in one.text for one in (*judged_summaries(), *documents()))
