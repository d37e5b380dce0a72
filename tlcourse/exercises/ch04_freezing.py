"""Chapter 4: frozen, and proved to be."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from . import tiny, tiny_numpy
from .cases import mixed, shuffled
from .judging import good, show, told
from .model import Exercise, Finding, Misconception, Verdict

__all__ = ["FREEZE", "LOOKS_FROZEN"]

_WEIGHTS, _NORM, _STATISTICS = ("conv",), ("scale", "shift"), ("mean", "variance")


def _of(names: list[str], blocks: list[str], parts: tuple[str, ...]) -> list[str]:
    return [name for name in names if name.split(".")[0] in blocks and name.split(".")[1] in parts]


def _say(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:4]) + (" and others" if len(names) > 4 else "")


# ------------------------------------------------------------------------------------------ freeze


def _freeze_inputs(rng: np.random.Generator) -> dict[str, Any]:
    blocks = tiny.block_names(rng, 3)
    # One call after another on the same network: each opens something that the one before had closed.
    frozen = [shuffled(rng, blocks)[: int(rng.integers(2, 4))]]
    while len(frozen) < 3:
        chosen = shuffled(rng, blocks)[: int(rng.integers(1, 3))]
        if set(frozen[-1]) - set(chosen):
            frozen.append(chosen)
    return {
        "width": int(rng.integers(4, 7)),
        "classes": 3,
        "seed": int(rng.integers(1, 10_000)),
        "lr": 0.1,
        "blocks": blocks,
        "frozen": frozen,
        **tiny.batch(rng, 18, 8, 3),
    }


def _freeze_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    blocks = inputs["blocks"]
    model = tiny.build(framework, blocks, inputs["width"], inputs["classes"], 8, inputs["seed"])
    x, y = inputs["images"], inputs["labels"]
    if framework == "torch":
        model.eval()  # as it is after a look at the validation data
    cases = []
    for frozen in inputs["frozen"]:
        answer(model, list(frozen))
        dropped = tiny.dropout_of_ones(model, framework)
        tiny.step(model, framework, x, y, inputs["lr"])
        cases.append({"after": tiny.arrays(model, framework, blocks), "dropped": dropped})
    return {"cases": cases}


def _drops(found: Any) -> bool:
    """Whether ones came out as dropout lets them: some struck out, the others as much larger."""
    values = np.asarray(found, "float64").ravel()
    kept = values[values != 0]
    return 0.1 < len(kept) / max(1, values.size) < 0.95 and bool(np.all(np.abs(kept - 1 / 0.7) < 1e-3))


def _freeze_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    weights = good("The weights of the frozen blocks stayed where they were, BatchNorm's own included.")
    statistics = good("The statistics of the frozen BatchNorm layers stayed where they were.")
    rest = good("Everything else trains, and each call opened what the one before had closed.")
    blocks = inputs["blocks"]
    before = tiny.initial(blocks, inputs["width"], inputs["classes"], inputs["seed"])
    changed: list[list[str]] = []
    for number, (frozen, seen) in enumerate(zip(inputs["frozen"], observed["cases"], strict=True)):
        said = f"After `freeze(model, {frozen})` and one step of training,"
        # What moved is not taken on trust: it has to be where one step of training leads.
        by_batch = tiny_numpy.batch_blocks(
            before, seen["after"], blocks, inputs["images"], inputs["labels"], inputs["lr"]
        )
        if by_batch is None:
            return Verdict(0.0, (Finding(False, f"{said} {tiny_numpy.NO_STEP}"),))
        moved = tiny.moved(before, seen["after"])
        changed.append(moved)
        before = seen["after"]
        still = [block for block in blocks if block not in frozen]
        if found := _of(moved, frozen, _WEIGHTS):
            weights = Finding(
                False, f"{said} {_say(found)} had moved: weights of frozen blocks.", "weights moved"
            )
        elif found := _of(moved, frozen, _NORM):
            weights = Finding(
                False,
                f"{said} {_say(found)} had moved. BatchNorm has a scale and a shift of its own, and they are"
                " weights like others.",
                "BatchNorm left trainable",
            )
        if (found := _of(moved, frozen, _STATISTICS)) and statistics.passed:
            statistics = Finding(
                False,
                f"{said} {_say(found)} had moved. No gradient moves these. The forward pass does,"
                " as long as the"
                " layer is in training mode.",
                "BatchNorm statistics moved",
            )
        elif (used := sorted(by_batch & set(frozen))) and statistics.passed:
            statistics = Finding(
                False,
                f"{said} the statistics of {_say(used)} were where they had been, but nobody used them:"
                " the layers still normalise with the numbers of the batch. Frozen BatchNorm uses its own.",
                "BatchNorm statistics moved",
            )
        closed = [block for block in still if not _of(moved, [block], _WEIGHTS)]
        if "classifier.weight" not in moved:
            rest = Finding(
                False, f"{said} the head had not moved. It was not in the list.", "the head was frozen"
            )
        elif closed and rest.passed:
            why = " The call before had frozen them; this one has to open them again." if number else ""
            rest = Finding(
                False,
                f"{said} {_say(closed)} had not moved, and should have.{why}",
                "nothing is opened again",
            )
        elif not _drops(seen["dropped"]) and rest.passed:
            rest = Finding(
                False,
                f"{said} dropout was switched off, because the whole model is in evaluation mode."
                " Only what is"
                " frozen belongs there.",
                "dropout switched off",
            )
        elif (unlearned := [b for b in still if not _of(moved, [b], _STATISTICS)]) and rest.passed:
            rest = Finding(
                False,
                f"{said} the BatchNorm statistics of {_say(unlearned)} had not moved. These"
                " blocks were not in"
                " the list; they should learn as a whole.",
                "dropout switched off",
            )
    parts = (weights, statistics, rest)
    if not rest.passed and rest.misconception == "the head was frozen" and not any(changed):
        # Nothing moved at all: staying still is no merit then.
        return Verdict(0.0, (rest,))
    cases = list(zip(inputs["frozen"], changed, strict=True))
    no_weights = all(_of(moved, frozen, _WEIGHTS) for frozen, moved in cases)
    statistics_alike = all(
        bool(_of(moved, frozen, _STATISTICS)) == bool(_of(moved, blocks, _STATISTICS))
        for frozen, moved in cases
    )
    if no_weights and statistics_alike:
        # Nothing is frozen at all: that the rest trains is no merit then.
        why = f"{weights.message} What is in the list is treated like everything else."
        return Verdict(0.0, (Finding(False, why, weights.misconception),))
    return Verdict(float(sum(part.passed for part in parts)), parts)


FREEZE = Exercise(
    id="ch04-freeze",
    title="Freeze, and mean it",
    points=3,
    answer="freeze",
    inputs=_freeze_inputs,
    probe=_freeze_probe,
    judge=_freeze_judge,
    solved_by=(
        "tlcourse.freezing.api.freeze",
        "tlcourse.freezing.api.freeze_to",
        "tlcourse.freezing._torch.hold_statistics",
    ),
    returns=False,
    hints=(
        "Begin by opening everything, then close what is in the list. So it does not matter"
        " what was closed before.",
        (
            "PyTorch: `model.get_submodule(name)` finds a block. It needs two things:"
            " `requires_grad_(False)` for"
            " its weights and `eval()` for its statistics. Keras:"
            " `model.get_layer(name).trainable = False` does"
            " both, on every layer inside."
        ),
        (
            "PyTorch: `model.requires_grad_(True)` and `model.train()` first; then, for each"
            " name, both calls on the"
            " block. Keras: set `trainable` of every layer in `model.layers`, true or false by"
            " its name. (`model.trainable = True` does nothing if that flag is true already.)"
        ),
    ),
    misconceptions=(
        Misconception(
            "BatchNorm statistics moved",
            {
                "torch": """
def freeze(model, frozen):
    model.requires_grad_(True)
    for name in frozen:
        model.get_submodule(name).requires_grad_(False)
    model.train()
""",
                "keras": """
def freeze(model, frozen):
    for layer in model.layers:
        for weight in layer.weights:
            name = weight.path.split("/")[-1]
            weight.trainable = layer.name not in frozen and not name.startswith("moving")
""",
            },
            expect="No gradient moves these",
        ),
        Misconception(
            "weights moved",
            {
                "torch": """
def freeze(model, frozen):
    model.train()
    for name in frozen:
        model.get_submodule(name).eval()
""",
                "keras": """
def freeze(model, frozen):
    for name in frozen:
        model.get_layer(name).training = False
""",
            },
            expect="weights of frozen blocks",
        ),
        Misconception(
            "BatchNorm left trainable",
            {
                "torch": """
from torch import nn

def freeze(model, frozen):
    model.requires_grad_(True)
    model.train()
    for name in frozen:
        block = model.get_submodule(name)
        block.eval()
        for layer in block:
            if isinstance(layer, nn.Conv2d):
                layer.requires_grad_(False)
""",
                "keras": """
import keras

def freeze(model, frozen):
    model.trainable = True
    for name in frozen:
        for layer in model.get_layer(name).layers:
            layer.trainable = isinstance(layer, keras.layers.BatchNormalization)
""",
            },
            expect="weights like others",
        ),
        Misconception(
            "dropout switched off",
            {
                "torch": """
def freeze(model, frozen):
    model.requires_grad_(True)
    for name in frozen:
        model.get_submodule(name).requires_grad_(False)
    model.eval()
"""
            },
            expect="dropout was switched off",
        ),
        Misconception(
            "the head was frozen",
            {
                "torch": """
def freeze(model, frozen):
    model.requires_grad_(False)
    model.eval()
""",
                "keras": """
def freeze(model, frozen):
    model.trainable = False
""",
            },
            expect="the head had not moved",
        ),
        Misconception(
            "nothing is opened again",
            {
                "torch": """
def freeze(model, frozen):
    model.train()
    for name in frozen:
        model.get_submodule(name).requires_grad_(False).eval()
""",
                "keras": """
def freeze(model, frozen):
    model.trainable = True
    for name in frozen:
        model.get_layer(name).trainable = False
""",
            },
            expect="this one has to open them again",
        ),
    ),
)


# ------------------------------------------------------------------------------------ looks frozen

_KINDS = ("statistics", "tiny", "head", "weights")


def _scene(rng: np.random.Generator, kind: str, blocks: list[str]) -> dict[str, Any]:
    """What one step of training changes, and by how much."""
    first, second = shuffled(rng, blocks)[:2]
    if kind == "head":
        return {"kind": kind, "moves": ["classifier.weight", "classifier.bias"], "factor": 1.2}
    if kind == "statistics":
        parts = [["mean"], ["variance"], ["mean", "variance"]][int(rng.integers(3))]
        return {"kind": kind, "moves": [f"{first}.{part}" for part in parts], "factor": 1.3}
    part, other = shuffled(rng, ["conv", "scale", "shift"])[:2]
    if kind == "tiny":
        return {"kind": kind, "moves": [f"{first}.{part}"], "factor": 1.000003}
    moves = [f"{first}.{part}", f"{second}.{other}"][: int(rng.integers(1, 3))]
    return {"kind": kind, "moves": moves, "factor": 0.8}


def _looks_inputs(rng: np.random.Generator) -> dict[str, Any]:
    blocks = tiny.block_names(rng, int(rng.integers(3, 6)))
    return {
        "width": int(rng.integers(4, 7)),
        "seed": int(rng.integers(1, 10_000)),
        "blocks": blocks,
        # The model is asked about all its blocks in each.
        "scenes": [_scene(rng, kind, blocks) for kind in mixed(rng, int(rng.integers(6, 9)), _KINDS)],
    }


def _looks_sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """All arrays as they are after each scene's step: to know which of them moved, one has to compare."""
    first = tiny.initial(inputs["blocks"], inputs["width"], 3, inputs["seed"])
    after = [
        {
            name: (value * np.float32(scene["factor"])).astype("float32") if name in scene["moves"] else value
            for name, value in first.items()
        }
        for scene in inputs["scenes"]
    ]
    return {name: inputs[name] for name in ("width", "seed", "blocks")} | {"after": after}


def _looks_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    blocks = inputs["blocks"]
    model = tiny.build(framework, blocks, inputs["width"], 3, 8, inputs["seed"])
    first = tiny.initial(blocks, inputs["width"], 3, inputs["seed"])
    out = []
    for after in inputs["after"]:
        tiny.put(model, framework, blocks, first)
        calls: list[int] = []

        def train_step(after: Any = after, calls: list[int] = calls) -> None:
            if not calls:
                tiny.put(model, framework, blocks, after)
            calls.append(1)

        found = answer(model, train_step, list(blocks))
        if isinstance(found, (str, bytes, dict)) or not hasattr(found, "__iter__"):
            found = told(found)
        else:  # each name once; a generator may never end
            names = [str(name) for name in itertools.islice(found, 101)]
            found = sorted(set(names)) if len(names) <= 100 else "more than 100 names"
        out.append({"found": found, "calls": len(calls)})
    return {"scenes": out}


def _looks_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    seen, scenes = observed["scenes"], inputs["scenes"]
    asked = "`leaks(model, train_step, blocks)`"
    for one in seen:
        if isinstance(one["found"], str):
            wrong = f"{asked} should give the names of blocks, as a list or a set; yours gave {one['found']}."
            return Verdict(0.0, (Finding(False, wrong),))
        if one["calls"] != 1:
            wrong = f"{asked} should call `train_step()` once, and yours called it {one['calls']} times."
            return Verdict(0.0, (Finding(False, wrong, "train_step not called once"),))
    found = [list(one["found"]) for one in seen]
    if not any(found):
        why = (
            "Your function found nothing, even where whole blocks of weights had changed. You"
            " are probably comparing"
            " the model with itself: the arrays that you kept are the model's own and changed"
            " with it. Keep copies."
        )
        return Verdict(0.0, (Finding(False, why, "no copies"),))
    if all(one == sorted(inputs["blocks"]) for one in found):
        why = "You report all blocks every time, also where the head alone had moved."
        return Verdict(0.0, (Finding(False, why, "reports all"),))
    weights = [
        _looks_at(scene, one) for scene, one in zip(scenes, found, strict=True) if scene["kind"] == "weights"
    ]
    heads = [
        _looks_at(scene, one) for scene, one in zip(scenes, found, strict=True) if scene["kind"] == "head"
    ]
    parts = [next((one for one in heads + weights if not one.passed), weights[0])]
    for kind in ("statistics", "tiny"):
        of_kind = [
            _looks_at(scene, one) for scene, one in zip(scenes, found, strict=True) if scene["kind"] == kind
        ]
        parts.append(next((one for one in of_kind if not one.passed), of_kind[0]))
    return Verdict(float(sum(part.passed for part in parts)), tuple(parts))


def _looks_at(scene: dict[str, Any], found: list[str]) -> Finding:
    """What to say about the names given for one step of training."""
    right = {
        "head": "Blocks whose weights moved are found, and only those.",
        "weights": "Blocks whose weights moved are found, and only those.",
        "statistics": "A block whose statistics alone moved is found.",
        "tiny": "Even a move in the last digits is found.",
    }
    truth = sorted({name.split(".")[0] for name in scene["moves"]} - {"classifier"})
    if found == truth:
        return good(right[scene["kind"]])
    if "classifier" in found:
        why = (
            f"Where the head had moved, you report {show(found)}. The head is meant to"
            " move; ask only about `blocks`."
        )
        return Finding(False, why, "reports the head")
    moved = _say(scene["moves"])
    missing = not set(found) >= set(truth)
    if scene["kind"] == "statistics" and missing:
        why = (
            f"A step moved {moved}, BatchNorm's statistics, and you report"
            f" {show(found)}. They are not among the trainable weights, but they change what"
            " the network says."
        )
        return Finding(False, why, "statistics overlooked")
    if scene["kind"] == "tiny" and missing:
        why = (
            f"A step moved {moved} by a few millionths, and you report"
            f" {show(found)}. A frozen number is the same to the last bit; after a thousand"
            " such steps it is not"
            " even close."
        )
        return Finding(False, why, "compares with a tolerance")
    return Finding(False, f"A step moved {moved}, and nothing else; you report {show(found)}.")


def _both(copy_torch: str, copy_keras: str, differs: str) -> dict[str, str]:
    return {
        "torch": f"""
import numpy as np

def leaks(model, train_step, blocks):
    def state(name):
        block = model.get_submodule(name)
        return {copy_torch}
    before = {{name: state(name) for name in blocks}}
    train_step()
    return [name for name in blocks if any({differs} for a, b in zip(before[name], state(name)))]
""",
        "keras": f"""
import numpy as np

def leaks(model, train_step, blocks):
    def state(name):
        block = model.get_layer(name)
        return {copy_keras}
    before = {{name: state(name) for name in blocks}}
    train_step()
    return [name for name in blocks if any({differs} for a, b in zip(before[name], state(name)))]
""",
    }


_ALL = ("[v.numpy().copy() for v in block.state_dict().values()]", "block.get_weights()")

LOOKS_FROZEN = Exercise(
    id="ch04-looks-frozen",
    title="It only looks frozen",
    points=3,
    answer="leaks",
    inputs=_looks_inputs,
    sent=_looks_sent,
    probe=_looks_probe,
    judge=_looks_judge,
    solved_by=("tlcourse.freezing.report.fingerprint", "tlcourse.freezing.report.changed"),
    hints=(
        "Keep copies of every array of every block, take the step, and compare. Which arrays"
        " does a block have?",
        (
            "PyTorch: `block.state_dict()` holds weights and statistics; its tensors are the model's own, so"
            " `.clone()` them. Keras: `layer.get_weights()` gives copies of both."
        ),
        "Compare with `torch.equal` or `np.array_equal`, not with a tolerance.",
    ),
    misconceptions=(
        Misconception(
            "no copies",
            _both(
                "list(block.state_dict().values())",
                "block.weights",
                "not np.array_equal(a.numpy(), b.numpy())",
            ),
            expect="comparing the model with itself",
        ),
        Misconception(
            "statistics overlooked",
            _both(
                "[p.detach().numpy().copy() for p in block.parameters()]",
                "[w.numpy().copy() for w in block.trainable_weights]",
                "not np.array_equal(a, b)",
            ),
            expect="BatchNorm's statistics",
        ),
        Misconception(
            "compares with a tolerance", _both(*_ALL, "not np.allclose(a, b)"), expect="to the last bit"
        ),
        Misconception(
            "reports the head",
            {
                "torch": """
import torch

def leaks(model, train_step, blocks):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    train_step()
    return {n.split(".")[0] for n, v in model.state_dict().items() if not torch.equal(v, before[n])}
""",
                "keras": """
import numpy as np

def leaks(model, train_step, blocks):
    before = {layer.name: layer.get_weights() for layer in model.layers}
    train_step()
    def differs(layer):
        return any(not np.array_equal(a, b) for a, b in zip(before[layer.name], layer.get_weights()))
    return {layer.name for layer in model.layers if differs(layer)}
""",
            },
            expect="The head is meant to move",
        ),
        Misconception(
            "train_step not called once",
            """
def leaks(model, train_step, blocks):
    return []
""",
            expect="should call `train_step()` once",
        ),
    ),
)
