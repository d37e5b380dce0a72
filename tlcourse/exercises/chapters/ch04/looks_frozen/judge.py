"""Weights, statistics and the last digits: a point each, for the names given after each step."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tlcourse.exercises.engine import Verdict, always, listed, read, right, show, stopped, total, wrong


class Scene:
    """One step of training, what it changed, and the names that the answer gave."""

    def __init__(self, seen: dict[str, Any], scene: dict[str, Any]) -> None:
        self.given, self.calls, self.kind = seen["named"], seen["calls"], scene["kind"]
        self.moved = listed(scene["moves"])
        self.truth = sorted({name.split(".")[0] for name in scene["moves"]} - {"classifier"})

    @cached_property
    def named(self) -> list[str]:
        return list(self.given)

    @cached_property
    def names(self) -> str:
        return show(self.named)

    @cached_property
    def overlooks(self) -> bool:
        return not set(self.named) >= set(self.truth)


class Whole:
    """All scenes at once."""

    def __init__(self, scenes: list[Scene], blocks: list[str]) -> None:
        self.named, self.all = [scene.named for scene in scenes], sorted(blocks)


UNUSABLE = (
    wrong(
        lambda scene: isinstance(scene.given, str),
        "`leaks(model, train_step, blocks)` should give the names of blocks, as a list or a set; yours gave"
        " {given}.",
    ),
    wrong(
        lambda scene: scene.calls != 1,
        "`leaks(model, train_step, blocks)` should call `train_step()` once, and yours called it {calls}"
        " times.",
        "train_step not called once",
    ),
)
ALL_ALIKE = (
    wrong(
        lambda whole: not any(whole.named),
        "Your function found nothing, even where whole blocks of weights had changed. You are probably"
        " comparing the model with itself: the arrays that you kept are the model's own and changed with it."
        " Keep copies.",
        "no copies",
    ),
    wrong(
        lambda whole: all(named == whole.all for named in whole.named),
        "You report all blocks every time, also where the head alone had moved.",
        "reports all",
    ),
)
HEAD = wrong(
    lambda scene: "classifier" in scene.named,
    "Where the head had moved, you report {names}. The head is meant to move; ask only about `blocks`.",
    "reports the head",
)
OTHER_NAMES = wrong(always, "A step moved {moved}, and nothing else; you report {names}.")


def _is_right(scene: Scene) -> bool:
    return scene.named == scene.truth


WEIGHTS = (right(_is_right, "Blocks whose weights moved are found, and only those."), HEAD, OTHER_NAMES)
STATISTICS = (
    right(_is_right, "A block whose statistics alone moved is found."),
    HEAD,
    wrong(
        lambda scene: scene.overlooks,
        "A step moved {moved}, BatchNorm's statistics, and you report {names}. They are not among the"
        " trainable weights, but they change what the network says.",
        "statistics overlooked",
    ),
    OTHER_NAMES,
)
LAST_DIGITS = (
    right(_is_right, "Even a move in the last digits is found."),
    HEAD,
    wrong(
        lambda scene: scene.overlooks,
        "A step moved {moved} by a few millionths, and you report {names}. A frozen number is the same to the"
        " last bit; after a thousand such steps it is not even close.",
        "compares with a tolerance",
    ),
    OTHER_NAMES,
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point for weights that moved and heads that may, one for statistics, one for the last digits."""
    scenes = [Scene(seen, scene) for seen, scene in zip(observed["scenes"], inputs["scenes"], strict=True)]
    if (verdict := stopped(UNUSABLE, scenes)) is not None:
        return verdict
    if (verdict := stopped(ALL_ALIKE, Whole(scenes, inputs["blocks"]))) is not None:
        return verdict
    of = {kind: [s for s in scenes if s.kind == kind] for kind in ("head", "weights", "statistics", "tiny")}
    return total(
        read(WEIGHTS, of["head"] + of["weights"]),
        read(STATISTICS, of["statistics"]),
        read(LAST_DIGITS, of["tiny"]),
    )
