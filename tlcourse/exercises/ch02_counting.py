"""Chapter 2: how many parameters each block of a network has."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import tiny
from tlcourse.exercises.engine.judging import show
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict
from tlcourse.exercises.engine.plain import plain

__all__ = ["COUNT"]

_SIZE = 6


def _count_inputs(rng: np.random.Generator) -> dict[str, Any]:
    blocks = tiny.block_names(rng, int(rng.integers(3, 6)))
    return {
        "blocks": blocks,
        "frozen": [blocks[int(i)] for i in sorted(rng.choice(len(blocks), 2, replace=False))],
        "width": int(rng.integers(4, 16)),
        "classes": int(rng.integers(3, 9)),
        "seed": int(rng.integers(1, 10_000)),
    }


def _count_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    model = tiny.build(framework, inputs["blocks"], inputs["width"], inputs["classes"], _SIZE, inputs["seed"])
    for name in inputs["frozen"]:
        if framework == "torch":
            model.get_submodule(name).requires_grad_(False)
        else:
            model.get_layer(name).trainable = False
    before = _trainable(model, framework)
    found = plain(answer(model))
    return {"counts": found, "moved": _trainable(model, framework) != before}


def _trainable(model: Any, framework: str) -> list[bool]:
    """Every parameter's flag (PyTorch), every layer's (Keras), from input to output."""
    if framework == "torch":
        return [bool(p.requires_grad) for p in model.parameters()]
    inside = [layer for block in model.layers for layer in (block, *getattr(block, "layers", ()))]
    return [bool(layer.trainable) for layer in inside]


def _sizes(inputs: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Block -> what it consists of, in numbers."""
    width, channels, found = inputs["width"], 3, {}
    for name in inputs["blocks"]:
        found[name] = {"kernel": 9 * channels * width, "scale": width, "shift": width}
        channels = width
    return {**found, "classifier": {"kernel": width * inputs["classes"], "shift": inputs["classes"]}}


_REASONS = {
    "counts arrays": (
        "That is how many arrays it has. A kernel is one array and many numbers: count the numbers."
    ),
    "counts the statistics": (
        "BatchNorm's moving mean and variance are in it. They are measured, no gradient moves them:"
        " they are no parameters."
    ),
    "forgets the shifts": (
        "Its kernels and scales are in it, and what is added is not: biases, and BatchNorm's shift."
    ),
    "forgets the vectors": (
        "Only its kernels are in it. Biases, and BatchNorm's scale and shift, are learned as well."
    ),
    "does not look inside": (
        "The block's own arrays only, and it has none: they belong to the layers inside it."
    ),
}


def _explain(got: float, parts: dict[str, int], statistics: bool) -> tuple[str, ...]:
    right, vectors = sum(parts.values()), parts.get("scale", 0) + parts["shift"]
    wrong = {
        "counts arrays": {len(parts)} | ({len(parts) + 2, len(parts) + 3} if statistics else set()),
        # PyTorch's BatchNorm counts its batches too, in a buffer of one number.
        "counts the statistics": {right + 2 * parts["shift"], right + 2 * parts["shift"] + 1}
        if statistics
        else set(),
        "forgets the shifts": {right - parts["shift"]},
        "forgets the vectors": {right - vectors},
        "does not look inside": {0} if statistics else set(),
    }
    return tuple(name for name, values in wrong.items() if got in values)


def _block(name: str, got: Any, parts: dict[str, int], right: str, frozen: bool = False) -> Finding:
    """A block with statistics, or the classifier, which has none."""
    statistics = "scale" in parts
    if isinstance(got, bool) or not isinstance(got, int | float):
        return Finding(False, f"For `{name}` you give {show(got)}, which is not a number.", "not a number")
    if got == sum(parts.values()):
        return Finding(True, right)
    said = f"For `{name}` you count {show(got)}."
    if frozen and got == 0:
        why = (
            "The block is frozen. What is frozen does not train, and it has to be loaded and computed all the"
            " same: it counts."
        )
        return Finding(False, f"{said} {why}", "drops the frozen")
    match = _explain(got, parts, statistics)
    if not match and not statistics:
        why = "It is one dense layer: a kernel and a bias."
    elif not match:
        why = "A block has a convolution without a bias, and a BatchNorm with a scale and a shift."
    elif not statistics and match[0] == "forgets the shifts":
        why = "Its kernel is in it, and its bias is not."
    else:
        why = _REASONS[match[0]]
    return Finding(False, f"{said} {why}", *match[:1])


def _count_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    counts, sizes = observed["counts"], _sizes(inputs)
    if not isinstance(counts, dict):
        why = f"`count` should give a dictionary, a number for each block. Yours gave {show(counts)}."
        return Verdict(0.0, (Finding(False, why, "not a dictionary"),))
    missing = [name for name in sizes if name not in counts]
    # Entries of 0 for pooling and dropout are welcome: they are blocks without parameters.
    more = [str(name) for name, value in counts.items() if name not in sizes and value != 0]
    if missing and any("." in name or "/" in name for name in more):
        why = (
            f"You count `{more[0]}` and others of its kind: single layers or arrays. One sum for each"
            f" block was"
            " asked for."
        )
        return Verdict(0.0, (Finding(False, why, "counts by array"),))
    if missing:
        why = f"There is no count for `{missing[0]}`. Yours has {show(sorted(str(n) for n in counts))}."
        return Verdict(0.0, (Finding(False, why, "blocks are missing"),))
    frozen = inputs["frozen"]
    opened = [name for name in inputs["blocks"] if name not in frozen]
    # Where open blocks have numbers, a 0 for a frozen one comes from its being frozen.
    inside = any(counts[name] != 0 for name in opened)
    first = _worst(
        [_block(n, counts[n], sizes[n], "A block's kernels, scales and shifts are counted.") for n in opened]
    )
    second = _worst(
        [_block(n, counts[n], sizes[n], "Frozen blocks count like others.", frozen=inside) for n in frozen]
    )
    third = _block(
        "classifier",
        counts["classifier"],
        sizes["classifier"],
        "The classifier's kernel and bias are counted.",
    )
    total = sum(value for name in sizes if isinstance(value := counts[name], int | float))
    if more and third.passed and all(counts[name] == total for name in more):
        why = (
            f"You count {show(counts[more[0]])} for `{more[0]}`, which is the sum of the others. A number for"
            " each block was asked for, and whoever adds these up counts everything twice. Leave it out."
        )
        third = Finding(False, why, "adds a total")
    elif more and third.passed:
        why = f"You count {show(counts[more[0]])} for `{more[0]}`, which has nothing that a gradient moves."
        third = Finding(False, why, "counts what is no parameter")
    if observed["moved"] and second.passed:
        why = "After your count other things were trainable than before. Counting should change nothing."
        second = Finding(False, why, "unfreezes to count")
    parts = (first, second, third)
    return Verdict(float(sum(part.passed for part in parts)), parts)


def _worst(found: list[Finding]) -> Finding:
    return next((part for part in found if not part.passed), found[0])


_TORCH = """
def count(model):
    return {name: {sum} for name, child in model.named_children()}
"""
_KERAS = """
import numpy as np

def numbers(weights):
    return sum(int(np.prod(w.shape)) for w in weights)

def count(model):
    return {layer.name: {sum} for layer in model.layers}
"""
_NO_STATISTICS = 'if "moving" not in w.name'


def _wrong(torch: str, keras: str) -> dict[str, str]:
    return {"torch": _TORCH.replace("{sum}", torch), "keras": _KERAS.replace("{sum}", keras)}


COUNT = Exercise(
    id="ch02-count",
    title="Parameters, block by block",
    points=3,
    answer="count",
    inputs=_count_inputs,
    probe=_count_probe,
    judge=_count_judge,
    solved_by=(
        "tlcourse.freezing.report.trainable_report",
        "tlcourse.freezing.api.layer_groups",
        "tlcourse.models.costs.parameters_by_block",
    ),
    hints=(
        "What does a gradient move, if nothing is frozen? Kernels, biases, BatchNorm's scale and shift."
        " What does"
        " the forward pass move?",
        "PyTorch: `model.named_children()` gives the blocks, `child.parameters()` what is learned,"
        " inside as well."
        " Keras: `layer.weights` has all arrays of a layer, inside as well, BatchNorm's statistics too;"
        " each has"
        " a `.name` and a `.shape`.",
        "PyTorch: `sum(p.numel() for p in child.parameters())`. Keras: the product of `w.shape`, summed"
        " over the"
        " weights whose name does not begin with `moving_`.",
    ),
    misconceptions=(
        Misconception(
            "adds a total",
            {
                "torch": """
def count(model):
    found = {name: sum(p.numel() for p in child.parameters()) for name, child in model.named_children()}
    found["total"] = sum(found.values())
    return found
""",
                "keras": _KERAS.replace(
                    "    return {layer.name: {sum} for layer in model.layers}",
                    """    found = {}
    for layer in model.layers:
        found[layer.name] = numbers(w for w in layer.weights if "moving" not in w.name)
    return {**found, "total": sum(found.values())}""",
                ),
            },
            expect="the sum of the others",
        ),
        Misconception(
            "counts arrays",
            _wrong("len(list(child.parameters()))", f"len([w for w in layer.weights {_NO_STATISTICS}])"),
            expect="how many arrays",
        ),
        Misconception(
            "counts the statistics",
            _wrong("sum(v.numel() for v in child.state_dict().values())", "layer.count_params()"),
            expect="moving mean and variance are in it",
        ),
        Misconception(
            "drops the frozen",
            _wrong(
                "sum(p.numel() for p in child.parameters() if p.requires_grad)",
                "numbers(layer.trainable_weights)",
            ),
            expect="it counts",
        ),
        Misconception(
            "forgets the shifts",
            _wrong(
                'sum(p.numel() for n, p in child.named_parameters() if n.endswith("weight"))',
                'numbers(w for w in layer.weights if w.name in ("kernel", "gamma"))',
            ),
            expect="what is added is not",
        ),
        Misconception(
            "forgets the vectors",
            _wrong(
                "sum(p.numel() for p in child.parameters() if p.ndim > 1)",
                "numbers(w for w in layer.weights if len(w.shape) > 1)",
            ),
            expect="Only its kernels are in it",
        ),
        Misconception(
            "does not look inside",
            _wrong(
                "sum(p.numel() for p in child.parameters(recurse=False))",
                'numbers([layer.kernel, layer.bias]) if hasattr(layer, "kernel") else 0',
            ),
            expect="the layers inside it",
        ),
        Misconception(
            "counts by array",
            {
                "torch": """
def count(model):
    return {name: p.numel() for name, p in model.named_parameters()}
""",
                "keras": """
import numpy as np

def count(model):
    return {w.path: int(np.prod(w.shape)) for w in model.weights if "moving" not in w.name}
""",
            },
            expect="One sum for each block",
        ),
        Misconception(
            "unfreezes to count",
            {
                "torch": """
def count(model):
    model.requires_grad_(True)
    return {
        name: sum(p.numel() for p in child.parameters() if p.requires_grad)
        for name, child in model.named_children()
    }
""",
                "keras": """
import numpy as np

def count(model):
    for layer in model.layers:
        layer.trainable = True
    return {
        layer.name: sum(int(np.prod(w.shape)) for w in layer.trainable_weights) for layer in model.layers
    }
""",
            },
            expect="Counting should change nothing",
        ),
    ),
)
