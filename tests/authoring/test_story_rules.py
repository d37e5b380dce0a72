"""Two frameworks, one story: a reversed conclusion fails with a message, differing digits pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tlcourse.authoring import stories
from tlcourse.claims import claims_path, write_claims
from tlcourse.errors import CourseError

CHAPTER = "04-made-up"
Claims = dict[str, dict[str, Any]]


def mean(value: float, spread: float = 0.02, n: int | None = 5, **more: Any) -> dict[str, Any]:
    """A claim over seeds."""
    return {"value": value, "n": n, "spread": spread, "tolerance": 0.005, "unit": None, "fmt": ".2f", **more}


def single(value: Any, tolerance: float | None = None, **more: Any) -> dict[str, Any]:
    """A claim of one run, a count, or a text."""
    return {
        "value": value,
        "n": None,
        "spread": None,
        "tolerance": tolerance,
        "unit": None,
        "fmt": None,
    } | more


def starts(frozen: float, random: float, probe: float = 0.05, **more: Any) -> Claims:
    story = {"story": "far-small", **more}
    return {"frozen": mean(frozen, **story), "random": mean(random, **story), "probe": mean(probe, **story)}


def found(torch: Claims, keras: Claims) -> dict[str, str]:
    return stories.compare(CHAPTER, torch, keras)


def test_differing_digits_pass() -> None:
    assert found(starts(0.71, 0.52), starts(0.68, 0.57)) == {}
    assert found(starts(0.71, 0.52), starts(0.99, 0.11)) == {}, "size is not order"


def test_a_reversed_story_fails_and_says_what_where_and_what_to_do() -> None:
    (pair,) = found(starts(0.71, 0.55), starts(0.55, 0.62))
    assert pair == "frozen random"
    message = found(starts(0.71, 0.55), starts(0.55, 0.62))[pair]
    for part in (CHAPTER, "'far-small'", "frozen 0.71 ± 0.02 (n = 5) > random 0.55", "Keras: frozen 0.55",
                 "0.07 apart with a joint uncertainty of 0.013", "What to do"):  # fmt: skip
        assert part in message
    assert set(found(starts(0.7, 0.5, probe=0.6), starts(0.5, 0.7, probe=0.6))) == {
        "frozen random", "frozen probe", "probe random"
    }, "every pair is compared"  # fmt: skip


def test_a_tie_in_one_framework_is_no_reversal() -> None:
    assert found(starts(0.71, 0.52), starts(0.600, 0.605)) == {}
    assert found(starts(0.60, 0.62, spread=0.06), starts(0.62, 0.60, spread=0.06)) == {}
    assert "frozen random" in found(starts(0.60, 0.62, spread=0.006), starts(0.62, 0.60, spread=0.006))


def test_more_seeds_tell_more_apart() -> None:
    few, many = ({"spread": 0.03, "n": n} for n in (2, 50))
    assert found(starts(0.60, 0.62, **few), starts(0.62, 0.60, **few)) == {}
    assert "frozen random" in found(starts(0.60, 0.62, **many), starts(0.62, 0.60, **many))


def test_without_a_spread_the_tolerance_counts() -> None:
    def live(a: float, b: float, tolerance: float) -> Claims:
        return {name: single(value, tolerance, story="live") for name, value in (("a", a), ("b", b))}

    assert found(live(0.5, 0.6, 0.15), live(0.6, 0.5, 0.15)) == {}
    assert "a b" in found(live(0.5, 0.6, 0.05), live(0.6, 0.5, 0.05))
    mixed = {"a": mean(0.5, story="s"), "b": single(0.6, 0.2, story="s")}
    assert stories.joint(*mixed.values()) == pytest.approx(0.2, abs=0.001)


def test_counts_have_no_uncertainty() -> None:
    def wins(a: int, b: int) -> Claims:
        return {name: single(value, story="wins") for name, value in (("a", a), ("b", b))}

    assert found(wins(5, 4), wins(9, 0)) == {}
    assert "a b" in found(wins(5, 4), wins(4, 5))
    assert found(wins(5, 5), wins(4, 5)) == {}


def test_claims_of_different_stories_are_not_compared() -> None:
    torch = starts(0.7, 0.5) | {"other": mean(0.1, story="b"), "another": mean(0.2, story="b")}
    keras = starts(0.7, 0.5) | {"other": mean(0.8, story="b"), "another": mean(0.9, story="b")}
    assert found(torch, keras) == {}


def test_a_story_of_one_claim_compares_nothing() -> None:
    alone = starts(0.7, 0.5) | {"warm": mean(0.6, story="far-smal")}
    (message,) = found(alone, alone).values()
    assert "'far-smal'" in message
    assert "only claim" in message


@pytest.mark.parametrize(
    ("torch", "keras", "fails"),
    [
        (0.06, 0.11, False),
        (0.06, -0.06, True),
        (0.06, -0.02, True),  # one of them is beyond its uncertainty
        (-0.06, 0.02, True),
        (0.02, -0.02, False),  # neither is
        (0.06, -0.004, False),  # printed as -0.00, which has no sign
        (0.0, -0.06, False),
    ],
)
def test_signs_of_differences(torch: float, keras: float, fails: bool) -> None:
    claims = [{"gain": single(value, 0.05, fmt="+.2f")} for value in (torch, keras)]
    messages = found(*claims)
    assert bool(messages) == fails
    if fails:
        for part in (CHAPTER, "'gain'", f"{torch:+.2f} in PyTorch", f"{keras:+.2f} in Keras", "What to do"):
            assert part in messages["gain"]


def test_a_spread_makes_a_sign_surer() -> None:
    torch, keras = ({"gain": mean(value, 0.02, fmt="+.2f")} for value in (0.02, -0.02))
    assert "gain" in found(torch, keras)
    torch, keras = ({"gain": mean(value, 0.2, fmt="+.2f")} for value in (0.02, -0.02))
    assert found(torch, keras) == {}


@pytest.mark.parametrize(
    ("torch", "keras", "fails"),
    [
        ("helped", "helped", False),
        ("helped", "hurt", True),
        ("helped", "cannot tell", False),
        ("Cannot tell: too few", "hurt", False),
        ("at least 40", "at least 38.5", False),
        ("at least 4", "at most 1", True),
        ("4.3", "at least 4", True),
        (True, True, False),
        (True, False, True),
        (True, 1, True),
        ("tabby", "tiger cat", True),
    ],
)
def test_verdicts(torch: Any, keras: Any, fails: bool) -> None:
    messages = found({"verdict": single(torch)}, {"verdict": single(keras)})
    assert bool(messages) == fails
    if fails:
        assert repr(torch) in messages["verdict"]
        assert "What to do" in messages["verdict"]


def test_both_record_the_same_claims_with_the_same_story() -> None:
    torch, keras = starts(0.7, 0.5), starts(0.7, 0.5)
    del keras["probe"]
    assert "recorded in PyTorch and not in Keras" in found(torch, keras)["probe"]
    keras = starts(0.7, 0.5)
    del keras["probe"]["story"]
    assert "its story is 'far-small' in PyTorch and None in Keras" in found(torch, keras)["probe"]


# ------------------------------------------------------------------------------------- a whole course


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for framework, frozen in (("torch", 0.7), ("keras", 0.4)):
        write_claims(claims_path(tmp_path, framework, CHAPTER), starts(frozen, 0.5))
        write_claims(claims_path(tmp_path, framework, "05-agreed"), starts(0.7, 0.5))
    return tmp_path


def test_a_whole_course_and_its_exceptions(course: Path) -> None:
    (message,) = stories.disagreements(course)
    assert f"Chapter {CHAPTER}, story 'far-small'" in message
    for key in ((CHAPTER, "frozen random"), ("04-*", "frozen *")):
        assert stories.disagreements(course, {key: "Keras starts from another file."}) == []
    unused = {(CHAPTER, "frozen random"): "why", ("05-agreed", "frozen"): "no need"}
    (message,) = stories.disagreements(course, unused)
    assert "05-agreed" in message
    assert "does not differ" in message
    with pytest.raises(CourseError, match="without a reason"):
        stories.disagreements(course, {(CHAPTER, "frozen random"): " "})


def test_a_chapter_of_one_framework_is_told(course: Path) -> None:
    claims_path(course, "keras", "05-agreed").unlink()
    messages = stories.disagreements(course)
    assert sum("recorded in PyTorch and not in Keras" in message for message in messages) == 3


def test_no_claims_at_all(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no claims"):
        stories.disagreements(tmp_path)
