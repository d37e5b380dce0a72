"""Chapter 4: frozen, and proved to be."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from . import tiny, tiny_numpy
from .judging import good, show, told
from .model import Exercise, Finding, Misconception, Verdict

__all__ = ["FREEZE", "LOOKS_FROZEN"]

BLOCKS = ("stem", "block1", "block2")
_WEIGHTS, _NORM, _STATISTICS = ("conv",), ("scale", "shift"), ("mean", "variance")


def _of(names: list[str], blocks: list[str], parts: tuple[str, ...]) -> list[str]:
    return [name for name in names if name.split(".")[0] in blocks and name.split(".")[1] in parts]


def _say(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:4]) + (" and others" if len(names) > 4 else "")


# ------------------------------------------------------------------------------------------ freeze


def _freeze_inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "width": int(rng.integers(4, 7)),
        "classes": 3,
        "seed": int(rng.integers(1, 10_000)),
        "lr": 0.1,
        # One call after another on the same network: the second opens what the first had closed.
        "frozen": [["stem", "block1"], ["stem"]]
        if rng.random() < 0.5
        else [["stem", "block1", "block2"], ["stem"]],
        **tiny.batch(rng, 18, 8, 3),
    }


def _freeze_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    model = tiny.build(framework, BLOCKS, inputs["width"], inputs["classes"], 8, inputs["seed"])
    x, y = inputs["images"], inputs["labels"]
    if framework == "torch":
        model.eval()  # as it is after a look at the validation data
    cases = []
    for frozen in inputs["frozen"]:
        answer(model, list(frozen))
        drops = bool(model.dropout.training) if framework == "torch" else True
        tiny.step(model, framework, x, y, inputs["lr"])
        cases.append({"after": tiny.arrays(model, framework, BLOCKS), "drops": drops})
    return {"cases": cases}


def _freeze_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    weights = good("The weights of the frozen blocks stayed where they were, BatchNorm's own included.")
    statistics = good("The statistics of the frozen BatchNorm layers stayed where they were.")
    rest = good("Everything else trains, and the second call opened what the first had closed.")
    before = tiny.initial(BLOCKS, inputs["width"], inputs["classes"], inputs["seed"])
    changed: list[list[str]] = []
    for number, (frozen, seen) in enumerate(zip(inputs["frozen"], observed["cases"], strict=True)):
        said = f"After `freeze(model, {frozen})` and one step of training,"
        # What moved is not taken on trust: it has to be where one step of training leads.
        by_batch = tiny_numpy.batch_blocks(
            before, seen["after"], BLOCKS, inputs["images"], inputs["labels"], inputs["lr"]
        )
        if by_batch is None:
            return Verdict(0.0, (Finding(False, f"{said} {tiny_numpy.NO_STEP}"),))
        moved = tiny.moved(before, seen["after"])
        changed.append(moved)
        before = seen["after"]
        still = [block for block in BLOCKS if block not in frozen]
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
        elif not seen["drops"] and rest.passed:
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
        bool(_of(moved, frozen, _STATISTICS)) == bool(_of(moved, list(BLOCKS), _STATISTICS))
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

_SCENES = ("statistics", "tiny", "head", "weights")


def _looks_inputs(rng: np.random.Generator) -> dict[str, Any]:
    first, second = (str(name) for name in rng.permutation(BLOCKS)[:2])
    return {
        "width": int(rng.integers(4, 7)),
        "seed": int(rng.integers(1, 10_000)),
        # What one step of training changes, by how much; the model is asked about all its blocks.
        "scenes": [
            {"moves": [f"{first}.mean", f"{first}.variance"], "factor": 1.3},
            {"moves": [f"{second}.conv"], "factor": 1.000003},
            {"moves": ["classifier.weight", "classifier.bias"], "factor": 1.2},
            {"moves": [f"{first}.conv", f"{second}.shift"], "factor": 0.8},
        ],
    }


def _looks_sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """All arrays as they are after each scene's step: to know which of them moved, one has to compare."""
    first = tiny.initial(BLOCKS, inputs["width"], 3, inputs["seed"])
    after = [
        {
            name: (value * np.float32(scene["factor"])).astype("float32") if name in scene["moves"] else value
            for name, value in first.items()
        }
        for scene in inputs["scenes"]
    ]
    return {"width": inputs["width"], "seed": inputs["seed"], "after": after}


def _looks_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out = []
    for after in inputs["after"]:
        model = tiny.build(framework, BLOCKS, inputs["width"], 3, 8, inputs["seed"])
        calls: list[int] = []

        def train_step(model: Any = model, after: Any = after, calls: list[int] = calls) -> None:
            if not calls:
                tiny.put(model, framework, BLOCKS, after)
            calls.append(1)

        found = answer(model, train_step, list(BLOCKS))
        if isinstance(found, (str, bytes, dict)) or not hasattr(found, "__iter__"):
            found = told(found)
        else:  # each name once; a generator may never end
            names = [str(name) for name in itertools.islice(found, 101)]
            found = sorted(set(names)) if len(names) <= 100 else "more than 100 names"
        out.append({"found": found, "calls": len(calls)})
    return {"scenes": out}


def _looks_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    seen = observed["scenes"]
    asked = "`leaks(model, train_step, blocks)`"
    for one in seen:
        if isinstance(one["found"], str):
            wrong = f"{asked} should give the names of blocks, as a list or a set; yours gave {one['found']}."
            return Verdict(0.0, (Finding(False, wrong),))
        if one["calls"] != 1:
            wrong = f"{asked} should call `train_step()` once, and yours called it {one['calls']} times."
            return Verdict(0.0, (Finding(False, wrong, "train_step not called once"),))
    truth = [
        sorted({name.split(".")[0] for name in scene["moves"]} - {"classifier"}) for scene in inputs["scenes"]
    ]
    found = [list(one["found"]) for one in seen]
    if not any(found):
        why = (
            "Your function found nothing, even where whole blocks of weights had changed. You"
            " are probably comparing"
            " the model with itself: the arrays that you kept are the model's own and changed"
            " with it. Keep copies."
        )
        return Verdict(0.0, (Finding(False, why, "no copies"),))
    if all(one == sorted(BLOCKS) for one in found):
        why = "You report all blocks every time, also where the head alone had moved."
        return Verdict(0.0, (Finding(False, why, "reports all"),))
    parts = []
    if any("classifier" in one for one in found):
        why = (
            f"Where the head alone had moved, you report {show(found[2])}. The head is meant to"
            " move; ask only about `blocks`."
        )
        parts.append((1, Finding(False, why, "reports the head")))
    elif found[2] != truth[2] or found[3] != truth[3]:
        which = 2 if found[2] != truth[2] else 3
        moved = _say(inputs["scenes"][which]["moves"])
        parts.append(
            (1, Finding(False, f"A step moved {moved}, and nothing else; you report {show(found[which])}."))
        )
    else:
        parts.append((1, good("Blocks whose weights moved are found, and only those.")))
    if found[0] != truth[0] and set(found[0]) >= set(truth[0]):
        why = (
            f"A step moved {_say(inputs['scenes'][0]['moves'])}, and nothing else; you report"
            f" {show(found[0])}."
        )
        parts.append((1, Finding(False, why)))
    elif found[0] != truth[0]:
        why = (
            f"A step moved {_say(inputs['scenes'][0]['moves'])}, BatchNorm's statistics, and you report"
            f" {show(found[0])}. They are not among the trainable weights, but they change what"
            " the network says."
        )
        parts.append((1, Finding(False, why, "statistics overlooked")))
    else:
        parts.append((1, good("A block whose statistics alone moved is found.")))
    if found[1] != truth[1] and set(found[1]) >= set(truth[1]):
        why = (
            f"A step moved {_say(inputs['scenes'][1]['moves'])}, and nothing else; you report"
            f" {show(found[1])}."
        )
        parts.append((1, Finding(False, why)))
    elif found[1] != truth[1]:
        why = (
            f"A step moved {_say(inputs['scenes'][1]['moves'])} by a few millionths, and you report"
            f" {show(found[1])}. A frozen number is the same to the last bit; after a thousand"
            " such steps it is not"
            " even close."
        )
        parts.append((1, Finding(False, why, "compares with a tolerance")))
    else:
        parts.append((1, good("Even a move in the last digits is found.")))
    return Verdict(float(sum(p for p, f in parts if f.passed)), tuple(f for _, f in parts))


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
