"""The recorded claims of PyTorch and Keras lead to the same conclusions, in every chapter.

The rules are in ``tlcourse.authoring.stories``; ``tests/authoring/test_story_rules.py`` tests them.
"""

from __future__ import annotations

from pathlib import Path

from tlcourse.authoring import stories
from tlcourse.frameworks import FRAMEWORKS

ROOT = Path(__file__).resolve().parents[2]
CLAIMS = ROOT / "book" / "claims"

_CROPS = "each library crops a photograph its own way, and nothing here is near enough to a class to be sure"
BY_DESIGN: dict[tuple[str, str], str] = {
    **{("00-start-here", claim): _CROPS for claim in ("cat-top", "astronaut-top", "coffee-unscaled")},
    **{
        ("10-when-transfer-goes-wrong", f"{what}-checkpointing"): "measured in PyTorch only"
        for what in ("memory", "time")
    },
    **{
        ("15-to-a-small-device", f"torchao-{when}"): "torchao works in PyTorch only"
        for when in ("before", "after")
    },
    ("15-to-a-small-device", "refused"): "each framework has its own name for the error",
    ("12-speech", "neighbour"): "a layer that Keras has and PyTorch has not",
}
"""``(chapter, claim) -> why the frameworks may differ in it``. ``*`` stands for anything."""


def test_both_frameworks_tell_the_same_story() -> None:
    messages = stories.disagreements(CLAIMS, BY_DESIGN)
    assert not messages, "\n\n" + "\n\n".join(messages)


def test_every_chapter_has_claims_in_both_frameworks() -> None:
    chapters = {path.stem for path in (ROOT / "book" / "chapters").glob("*.md")}
    for framework in FRAMEWORKS:
        assert {path.stem for path in (CLAIMS / framework).glob("*.json")} == chapters
