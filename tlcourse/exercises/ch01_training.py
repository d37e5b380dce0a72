"""Chapter 1: what trains, for how many steps, and what stays still."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from tlcourse.exercises.ch01_reading import CLOSE
from tlcourse.exercises.engine.judging import (
    close,
    describe,
    one_line,
    plain_items,
    plain_number,
    show_number,
)
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict
from tlcourse.exercises.engine.table import earned, missed, total

__all__ = ["COUNT", "SAME_STEPS", "TRAIN_HEAD"]


def _join(names: Sequence[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _steps_inputs(rng: np.random.Generator) -> dict[str, Any]:
    cases = []
    # So many sizes that batches which were right for another seed fit none of it.
    for passes in rng.permutation([2.6, 4.3, 3.4]):
        n = int(rng.integers(11, 60))
        batch = int(rng.integers(3, 7))
        if n % batch == 0:  # a batch has to straddle two passes, or the exercise is too easy
            n += 1
        steps = math.ceil(passes * n / batch)
        cases.append({"n": n, "batch": batch, "steps": steps, "seed": int(rng.integers(1, 10_000))})
    return {"cases": cases}


def _steps_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    def run(case: dict[str, Any], seed: int) -> list[list[int]] | str:
        result = answer(case["n"], case["batch"], case["steps"], seed)
        if isinstance(result, (str, bytes, Mapping)) or not isinstance(result, Iterable):
            return describe(result)
        rows: list[list[int]] = []
        # A generator may never end: look at a few batches more than were asked for, and stop.
        for batch in itertools.islice(result, case["steps"] + 20):
            try:
                found = np.asarray(batch).reshape(-1)[:1000]
                rows.append([int(i) for i in found])
            except (TypeError, ValueError, OverflowError):
                return f"a batch that holds {one_line(batch)}"
            parts = [i for i, whole in zip(found, rows[-1], strict=True) if i != whole]
            if parts:  # no index
                return f"a batch that holds {one_line(parts[0])}"
        return rows

    out = []
    for case in inputs["cases"]:
        first = run(case, case["seed"])
        # Whoever draws from an unseeded or a global generator gets other numbers the second time.
        np.random.random(7)
        random.random()
        out.append({"first": first, "again": run(case, case["seed"]), "other": run(case, case["seed"] + 1)})
    return {"cases": out}


def _steps_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    count: tuple[float, Finding] = earned(1, "As many batches as steps, every one full.")
    once: tuple[float, Finding] = earned(1, "Every image comes once before any image comes again.")
    fresh: tuple[float, Finding] = earned(1, "Each pass has its own order, and the seed gives it back.")
    for case, seen in zip(inputs["cases"], observed["cases"], strict=True):
        n, size, steps = case["n"], case["batch"], case["steps"]
        asked = f"`batches({n}, {size}, {steps}, seed={case['seed']})`"
        rows = seen["first"]
        if isinstance(rows, str):
            return total(missed(f"{asked} should give a list of batches of indices; yours gave {rows}."))
        lengths = [len(row) for row in rows]
        stream = [i for row in rows for i in row]
        if not stream:
            return total(missed(f"{asked} gave no batch at all."))
        if len(stream) < n // 2:  # too few to say anything of their order
            return total(missed(f"{asked} holds {len(stream)} indices in all, for {n} images."))
        # -- how many
        if lengths and set(lengths) == {1} and len(rows) > steps:
            count = missed(
                f"{asked} gave single indices where batches are needed: fold the row into"
                f" {steps} batches of {size}.",
                "a flat row",
            )
        elif len(rows) >= steps + 20:
            count = missed(f"{asked} goes on after {steps} batches, for ever perhaps. One step is one batch.")
        elif len(rows) != steps:
            one_pass = abs(len(stream) - n) < size
            why = (
                " Your batches stop after one pass over the data: that counts epochs, not steps, and a small "
                "training set then gets less training than a large one."
                if one_pass
                else " One step is one batch."
            )
            count = missed(
                f"{asked} gave {len(rows)} batches." + why,
                "one epoch instead of so many steps" if one_pass else None,
            )
        elif any(length != size for length in lengths):
            short = min(lengths)
            count = missed(
                f"{asked} has a short batch, of {short} where {size} was asked for. A batch that reaches the"
                " end of one pass goes on with the start of the next.",
                "a short batch at the end of each pass",
            )
        # -- every image once per pass
        if any(i < 0 or i >= n for i in stream):
            odd = next(i for i in stream if i < 0 or i >= n)
            once = missed(f"{asked} holds the index {odd}: there are {n} images, counted from 0.")
        else:
            for start in range(0, len(stream), n):
                block = stream[start : start + n]
                if len(set(block)) < len(block):
                    repeated = next(i for i in block if block.count(i) > 1)
                    once = missed(
                        f"{asked}: image {repeated} comes again before every image has come once. Drawing"
                        " each batch anew leaves some images out by chance, so two starts would learn from"
                        " different pictures.",
                        "batches drawn with replacement",
                    )
                    break
        # -- shuffled, repeatable
        passes = [stream[k : k + n] for k in range(0, len(stream) - n + 1, n)]
        if seen["again"] != rows:
            fresh = missed(
                f"{asked} did not repeat: the first batch was {rows[0]}, then {_first(seen['again'])}. Two"
                " starts compared on different batches differ by luck as well. Make a generator from the"
                " seed inside the function.",
                "no seed",
            )
        elif passes and passes[0] == sorted(passes[0]):
            fresh = missed(
                f"{asked} takes the images in the order in which they are stored: {one_line(passes[0][:8])}."
                " Stored data are often sorted by class; shuffle each pass.",
                "not shuffled",
            )
        elif any(a == b for a, b in itertools.pairwise(passes)):
            fresh = missed(
                f"{asked} uses the same order in every pass: each pass starts with {passes[0][:4]}. Shuffle"
                " each pass anew, or the same images meet in the same batch every time.",
                "the same order in every pass",
            )
        elif seen["other"] == rows:
            fresh = missed(
                f"Another seed gave the same batches, starting with {rows[0]}. Use the seed.", "seed unused"
            )
    if not (count[1].passed or once[1].passed):
        # Any list that is the same twice would do for the rest.
        return total(*([count, once, (0.0, fresh[1])] if not fresh[1].passed else [count, once]))
    return total(count, once, fresh)


def _first(rows: Any) -> str:
    return str(rows[0]) if isinstance(rows, list) and rows else str(rows)


SAME_STEPS = Exercise(
    id="ch01-same-steps",
    title="The same number of steps",
    points=3,
    answer="batches",
    inputs=_steps_inputs,
    probe=_steps_probe,
    judge=_steps_judge,
    solved_by=(
        "tlcourse.training.batches.Plan.__iter__",
        "tlcourse.data.order.batches",
        "tlcourse.data.order.epoch_order",
    ),
    hints=(
        (
            "Forget batches for a moment. First write down one long row of indices: a shuffled pass, then"
            " another shuffled pass, and so on, until it is long enough for all the steps."
        ),
        (
            "`rng = np.random.default_rng(seed)` once, at the top. Then `rng.permutation(n_images)` is one"
            " pass; call it as often as needed and join the results with `np.concatenate`."
        ),
        (
            "`steps * batch_size` indices are needed. Cut the row there and fold it: "
            "`row[: steps * batch_size].reshape(steps, batch_size)`."
        ),
    ),
    misconceptions=(
        Misconception(
            "one epoch instead of so many steps",
            """
import numpy as np

def batches(n_images, batch_size, steps, seed):
    order = np.random.default_rng(seed).permutation(n_images)
    return [order[i:i + batch_size] for i in range(0, n_images - batch_size + 1, batch_size)][:steps]
""",
            expect="counts epochs, not steps",
        ),
        Misconception(
            "a short batch at the end of each pass",
            """
import numpy as np

def batches(n_images, batch_size, steps, seed):
    rng = np.random.default_rng(seed)
    out = []
    while len(out) < steps:
        order = rng.permutation(n_images)
        out += [order[i:i + batch_size] for i in range(0, n_images, batch_size)]
    return out[:steps]
""",
            expect="has a short batch",
        ),
        Misconception(
            "batches drawn with replacement",
            """
import numpy as np

def batches(n_images, batch_size, steps, seed):
    rng = np.random.default_rng(seed)
    return [rng.choice(n_images, size=batch_size, replace=False) for _ in range(steps)]
""",
            expect="comes again before every image has come once",
        ),
        Misconception(
            "the same order in every pass",
            """
import numpy as np

def batches(n_images, batch_size, steps, seed):
    order = np.random.default_rng(seed).permutation(n_images)
    row = np.tile(order, steps * batch_size // n_images + 1)
    return row[:steps * batch_size].reshape(steps, batch_size)
""",
            expect="uses the same order in every pass",
        ),
        Misconception(
            "no seed",
            """
import numpy as np

def batches(n_images, batch_size, steps, seed):
    rng = np.random.default_rng()
    row = np.concatenate([rng.permutation(n_images) for _ in range(steps * batch_size // n_images + 1)])
    return row[:steps * batch_size].reshape(steps, batch_size)
""",
            expect="did not repeat",
        ),
    ),
)


# The layers of the little network, in order, that the count and the freezing exercise are tried on.
_LAYERS = ("conv", "norm", "classifier")


def _count_inputs(rng: np.random.Generator) -> dict[str, Any]:
    frozen = [["conv", "norm"], ["conv"], ["norm"]]
    order = rng.permutation(3)[:2]
    return {
        "cases": [
            {
                "width": int(rng.integers(5, 40)),
                "classes": int(rng.integers(3, 30)),
                "frozen": frozen[int(k)],
            }
            for k in order
        ]
    }


def _tiny_torch(width: int, classes: int) -> Any:
    from torch import nn

    class Tiny(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, width, 3)
            self.norm = nn.BatchNorm2d(width)
            self.classifier = nn.Linear(width, classes)

        def forward(self, x: Any) -> Any:
            return self.classifier(self.norm(self.conv(x)).relu().mean((2, 3)))

    return Tiny()


def _tiny_keras(width: int, classes: int, size: int) -> Any:
    import keras

    inputs = keras.Input((size, size, 3))
    x = keras.layers.Conv2D(width, 3, name="conv")(inputs)
    x = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="norm")(x)
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.ReLU()(x))
    return keras.Model(inputs, keras.layers.Dense(classes, name="classifier")(x))


def _count_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out = []
    for case in inputs["cases"]:
        if framework == "torch":
            model = _tiny_torch(case["width"], case["classes"])
            for name in case["frozen"]:
                getattr(model, name).requires_grad_(False)
            arrays = len(list(model.parameters()))
        else:
            model = _tiny_keras(case["width"], case["classes"], 8)
            for name in case["frozen"]:
                model.get_layer(name).trainable = False
            arrays = len(model.weights)
        pair = plain_items(answer(model), 2)
        out.append(
            {
                "trainable": pair if isinstance(pair, str) else plain_number(pair[0]),
                "all": pair if isinstance(pair, str) else plain_number(pair[1]),
                "arrays": arrays,
            }
        )
    return {"cases": out}


def _count_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    trainable = earned(1, "The trainable count is right, whatever is frozen.")
    in_all = earned(1, "The count of all parameters is right.")
    for case, seen in zip(inputs["cases"], observed["cases"], strict=True):
        width, classes = case["width"], case["classes"]
        size = {"conv": 27 * width + width, "norm": 2 * width, "classifier": width * classes + classes}
        everything = sum(size.values())
        free = sum(size[name] for name in _LAYERS if name not in case["frozen"])
        weights_only = sum(
            {"conv": 27 * width, "norm": width, "classifier": width * classes}[name]
            for name in _LAYERS
            if name not in case["frozen"]
        )
        model = f"On a small network with {' and '.join(case['frozen'])} frozen"
        got, of = seen["trainable"], seen["all"]
        if isinstance(got, str) and got == of:
            return total(missed(f"{model}, `count(model)` should give two numbers; yours gave {got}."))
        if not close(got, free, CLOSE):
            value = f"{model} you count {show_number(got)} trainable parameters."
            if isinstance(got, float) and got <= seen["arrays"]:
                trainable = missed(
                    f"{value} That is the number of arrays. Each array holds many parameters: add up their"
                    " sizes.",
                    "counts arrays",
                )
            elif isinstance(got, float) and got >= everything:
                trainable = missed(
                    f"{value} The frozen layers are among them: a frozen parameter exists, but does not"
                    " train.",
                    "frozen parameters counted as trainable",
                )
            elif close(got, everything - free, CLOSE):
                trainable = missed(f"{value} Those are the frozen ones.", "trainable and frozen swapped")
            elif close(got, weights_only, CLOSE):
                trainable = missed(
                    f"{value} Biases and BatchNorm's shift are parameters too.", "biases left out"
                )
            else:
                trainable = missed(f"{value} Add up the sizes of the arrays that will receive a gradient.")
        # BatchNorm's running statistics (and PyTorch's batch counter) may be counted or not.
        if not any(close(of, everything + extra, CLOSE) for extra in (0, 2 * width, 2 * width + 1)):
            value = f"{model} you count {show_number(of)} parameters in all."
            if isinstance(of, float) and of <= seen["arrays"]:
                in_all = missed(
                    f"{value} That is the number of arrays, not of the numbers in them.", "counts arrays"
                )
            elif close(of, everything - free, CLOSE):
                in_all = missed(f"{value} That is only the frozen part.", "frozen instead of all")
            elif close(of, free, CLOSE):
                in_all = missed(
                    f"{value} Frozen parameters belong to the network too.", "frozen ones left out"
                )
            else:
                in_all = missed(f"{value} Every array of the network counts, frozen or not.")
    return total(trainable, in_all)


COUNT = Exercise(
    id="ch01-count",
    title="What will train?",
    points=2,
    answer="count",
    inputs=_count_inputs,
    probe=_count_probe,
    judge=_count_judge,
    solved_by=(
        "tlcourse.freezing.report.trainable_report",
        "tlcourse.models.costs.parameters",
        "tlcourse.models.costs.parameters_by_block",
        "tlcourse.language.lora.lora_report",
        "tlcourse.language.lora._torch.sizes",
        "tlcourse.language.lora._keras.sizes",
    ),
    hints=(
        (
            "A network is a list of arrays. Each array has a size, and it either receives a gradient or does"
            " not."
        ),
        (
            "PyTorch: `model.parameters()` gives the arrays, `p.numel()` the size, `p.requires_grad` whether"
            " it trains. Keras: `model.trainable_weights` and `model.weights` give the arrays,"
            " `np.prod(w.shape)` the size."
        ),
        "Two sums: one over the arrays that train, one over all of them. Return them in that order.",
    ),
    misconceptions=(
        Misconception(
            "counts arrays",
            {
                "torch": (
                    """
def count(model):
    return (len([p for p in model.parameters() if p.requires_grad]), len(list(model.parameters())))
"""
                ),
                "keras": (
                    """
def count(model):
    return len(model.trainable_weights), len(model.weights)
"""
                ),
            },
            expect="number of arrays",
        ),
        Misconception(
            "frozen parameters counted as trainable",
            {
                "torch": (
                    """
def count(model):
    total = sum(p.numel() for p in model.parameters())
    return total, total
"""
                ),
                "keras": (
                    """
def count(model):
    return model.count_params(), model.count_params()
"""
                ),
            },
            expect="does not train",
        ),
        Misconception(
            "trainable and frozen swapped",
            {
                "torch": (
                    """
def count(model):
    frozen = sum(p.numel() for p in model.parameters() if not p.requires_grad)
    return frozen, sum(p.numel() for p in model.parameters())
"""
                ),
                "keras": (
                    """
import numpy as np

def count(model):
    train = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    every = sum(int(np.prod(w.shape)) for w in model.weights if "moving" not in w.path)
    return every - train, every
"""
                ),
            },
            expect="Those are the frozen ones",
        ),
        Misconception(
            "frozen ones left out",
            {
                "torch": (
                    """
def count(model):
    n = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return n, n
"""
                ),
                "keras": (
                    """
import numpy as np

def count(model):
    n = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    return n, n
"""
                ),
            },
            expect="belong to the network too",
        ),
    ),
)


def _head_inputs(rng: np.random.Generator) -> dict[str, Any]:
    width, classes, rows = int(rng.integers(4, 7)), int(rng.integers(3, 5)), 24
    labels = np.arange(rows) % classes
    # Off-centre images, so that a BatchNorm layer left in training mode is sure to move its statistics.
    images = rng.normal(0.7, 1.0, (rows, 8, 8, 3)) + labels[:, None, None, None] * 0.8
    return {
        "width": width,
        "classes": classes,
        "images": images.astype("float32"),
        "labels": labels.astype("int64"),
        "steps": int(rng.integers(5, 8)),
        "lr": 0.05,
        "conv": rng.normal(0, 0.3, (3, 3, 3, width)).astype("float32"),
        "head": rng.normal(0, 0.3, (width, classes)).astype("float32"),
    }


def _cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    shifted = logits - logits.max(1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    return float(-log_p[np.arange(len(labels)), labels].mean())


def _state(net: Any, framework: str) -> dict[str, np.ndarray]:
    """Copies of all arrays, in Keras's axes."""
    if framework == "torch":
        named = {
            "conv weight": net.conv.weight,
            "conv bias": net.conv.bias,
            "BatchNorm scale": net.norm.weight,
            "BatchNorm shift": net.norm.bias,
            "running mean": net.norm.running_mean,
            "running variance": net.norm.running_var,
            "head weight": net.classifier.weight,
            "head bias": net.classifier.bias,
        }
        found = {name: value.detach().cpu().numpy().copy() for name, value in named.items()}
        found["conv weight"] = found["conv weight"].transpose(2, 3, 1, 0)
        found["head weight"] = found["head weight"].T
        return found
    norm, head = net.get_layer("norm"), net.get_layer("classifier")
    named = {
        "conv weight": net.get_layer("conv").kernel,
        "conv bias": net.get_layer("conv").bias,
        "BatchNorm scale": norm.gamma,
        "BatchNorm shift": norm.beta,
        "running mean": norm.moving_mean,
        "running variance": norm.moving_variance,
        "head weight": head.kernel,
        "head bias": head.bias,
    }
    return {name: value.numpy().copy() for name, value in named.items()}


def _first_state(inputs: dict[str, Any]) -> dict[str, np.ndarray]:
    """What `_state` gives before training."""
    conv, head = np.asarray(inputs["conv"], "float32"), np.asarray(inputs["head"], "float32")
    zeros, ones = np.zeros(conv.shape[-1], "float32"), np.ones(conv.shape[-1], "float32")
    return {
        "conv weight": conv,
        "conv bias": zeros,
        "BatchNorm scale": ones,
        "BatchNorm shift": zeros,
        "running mean": zeros,
        "running variance": ones,
        "head weight": head,
        "head bias": np.zeros(head.shape[-1], "float32"),
    }


def _features(state: dict[str, np.ndarray], images: np.ndarray, by_batch: bool = False) -> np.ndarray:
    """What the head reads, worked out in NumPy: float64 (N, width). ``by_batch``: in training mode."""
    s = {name: np.asarray(value, "float64") for name, value in state.items()}
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(images, "float64"), (3, 3), axis=(1, 2))
    z = np.tensordot(windows, s["conv weight"].transpose(2, 0, 1, 3), axes=3) + s["conv bias"]
    mean, variance = s["running mean"], s["running variance"]
    if by_batch:
        mean, variance = z.mean((0, 1, 2)), z.var((0, 1, 2))
    z = (z - mean) / np.sqrt(variance + 1e-5)
    return np.maximum(s["BatchNorm scale"] * z + s["BatchNorm shift"], 0).mean((1, 2))


def _loss(state: dict[str, np.ndarray], inputs: dict[str, Any]) -> float:
    logits = _features(state, inputs["images"]) @ state["head weight"] + state["head bias"]
    return _cross_entropy(logits, np.asarray(inputs["labels"]))


def _head_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    x, y = np.asarray(inputs["images"], "float32"), np.asarray(inputs["labels"], "int64")
    conv, head = np.asarray(inputs["conv"], "float32"), np.asarray(inputs["head"], "float32")
    if framework == "torch":
        import torch

        net = _tiny_torch(inputs["width"], inputs["classes"])
        with torch.no_grad():
            net.conv.weight.copy_(torch.from_numpy(conv.transpose(3, 2, 0, 1).copy()))
            net.conv.bias.zero_()
            net.classifier.weight.copy_(torch.from_numpy(head.T.copy()))
            net.classifier.bias.zero_()
        tensors = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), torch.from_numpy(y)
        # A new network is in training mode: a learner who wants another one has to say so.
        answer(net, tensors[0].clone(), tensors[1].clone(), inputs["steps"], inputs["lr"])
    else:
        net = _tiny_keras(inputs["width"], inputs["classes"], x.shape[1])
        net.get_layer("conv").set_weights([conv, np.zeros(inputs["width"], "float32")])
        net.get_layer("classifier").set_weights([head, np.zeros(inputs["classes"], "float32")])
        answer(net, x.copy(), y.copy(), inputs["steps"], inputs["lr"])
    return {"after": _state(net, framework)}


def _steps_taken(
    after: dict[str, np.ndarray], inputs: dict[str, Any], by_batch: bool, at_most: int = 40
) -> int | None:
    """How many steps of plain SGD on all images, of the head alone, lead to where it is.

    None: none of 1 to ``at_most``. ``by_batch``: with BatchNorm in training mode.
    """
    x, y = _features(_first_state(inputs), inputs["images"], by_batch), np.asarray(inputs["labels"])
    weight, bias = np.asarray(inputs["head"], "float64"), np.zeros(inputs["classes"])
    for step in range(1, at_most + 1):
        logits = x @ weight + bias
        p = np.exp(logits - logits.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        p[np.arange(len(y)), y] -= 1
        weight, bias = weight - inputs["lr"] * x.T @ p / len(y), bias - inputs["lr"] * p.mean(0)
        off = max(np.abs(weight - after["head weight"]).max(), np.abs(bias - after["head bias"]).max())
        if off < 2e-5:  # single precision; a step moves a weight by far more
            return step
    return None


def _head_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    start, end = _first_state(inputs), {name: np.asarray(v) for name, v in observed["after"].items()}
    moved = {name: float(np.abs(end[name] - start[name]).max()) for name in start}

    def names(*wanted: str) -> list[str]:
        # NaN counts as moved (it differs from everything): nothing that was frozen turns into NaN.
        return [name for name in wanted if moved[name] != 0.0]

    head = names("head weight", "head bias")
    weights = names("conv weight", "conv bias", "BatchNorm scale", "BatchNorm shift")
    stats = names("running mean", "running variance")
    before, after = _loss(start, inputs), _loss(end, inputs)
    if not head:
        if not weights and not stats:
            why = (
                "Nothing moved at all: every weight is what it was before. The head has to stay trainable,"
                " and each step has to change it."
            )
        else:
            why = (
                f"The head did not move, but {_join(weights + stats)} did. It should be the other way round."
            )
        return total(missed(why, "nothing was trained"))
    found = []
    # That the backbone stayed is what the process says. It is so if the head is where only such steps lead.
    taken = None if weights else _steps_taken(end, inputs, by_batch=bool(stats))
    stayed, unless = 1.0, ""
    if taken is None and not weights:
        stayed, unless = 0.25, " It counts in full when the head is where the steps lead."
    if not math.isfinite(after) or after >= before:
        found.append(
            missed(
                f"The head moved, but the loss on the training batch went from {before:.3f} to {after:.3f}."
                " Use the given rate, and step against the gradient of the cross-entropy on logits.",
                points=0.5,
            )
        )
    elif not weights and (taken is None or (not stats and taken != inputs["steps"])):
        found.append(
            missed(
                f"The head learned: the loss went from {before:.3f} to {after:.3f}. But it is not where"
                f" {inputs['steps']} steps of plain SGD at the rate {show_number(inputs['lr'])} lead, each on"
                " all images. "
                + (
                    f"It is where {taken} lead."
                    if taken
                    else "Look at the optimizer, at its rate, and at how many images a step sees."
                ),
                "other steps",
                points=0.5,
            )
        )
    else:
        found.append(earned(1, f"The head learned: the loss went from {before:.3f} to {after:.3f}."))
    if weights and set(weights) <= {"BatchNorm scale", "BatchNorm shift"}:
        found.append(
            missed(
                f"{_join(weights)} of the backbone moved. A BatchNorm layer has weights of its own: freeze it"
                " as well.",
                "BatchNorm left trainable",
                points=0.5,
            )
        )
    elif weights:
        found.append(
            missed(
                f"{_join(weights)} of the backbone moved, {weights[0]} by up to {moved[weights[0]]:.2g}. That"
                " is fine-tuning, not a frozen backbone.",
                "the whole network was trained",
            )
        )
    else:
        found.append(earned(stayed, f"No weight of the backbone moved, not even in the last bit.{unless}"))
    if stats:
        found.append(
            missed(
                f"BatchNorm's {_join(stats)} moved, by up to {max(moved[name] for name in stats):.2g}. These"
                " are not weights: no gradient moves them, the forward pass does, whenever the layer runs in"
                " training mode. The features change under the head.",
                "BatchNorm statistics moved",
            )
        )
    else:
        found.append(earned(stayed, f"BatchNorm's running mean and variance stayed where they were.{unless}"))
    return total(*found)


TRAIN_HEAD = Exercise(
    id="ch01-train-head",
    title="Train the head, and nothing else",
    points=3,
    answer="train_head",
    inputs=_head_inputs,
    probe=_head_probe,
    judge=_head_judge,
    solved_by=(
        "tlcourse.freezing.api.freeze",
        "tlcourse.freezing.api.freeze_to",
        "tlcourse.freezing.api.unfreeze",
        "tlcourse.freezing._torch.set_frozen",
        "tlcourse.freezing._torch.hold_statistics",
        "tlcourse.freezing._keras.set_frozen",
        "tlcourse.training.fit",
        "tlcourse.training.loop._torch.fit",
        "tlcourse.training.loop._keras.fit",
    ),
    returns=False,
    hints=(
        (
            "Two different things move in training: weights, by the optimizer, and BatchNorm's running"
            " statistics, by the forward pass. You have to stop both."
        ),
        (
            "PyTorch: `model.requires_grad_(False)`, then `model.classifier.requires_grad_(True)`, and"
            " `model.eval()` so that BatchNorm uses its statistics without updating them. Keras:"
            " `layer.trainable = False` for every layer but the last does both, if it comes before `compile`."
        ),
        (
            "PyTorch: an optimizer over `model.classifier.parameters()`; then `steps` times: zero the"
            " gradients, cross-entropy of `model(images)`, `backward()`, `step()`. Keras: compile with SGD at"
            " `lr` and `SparseCategoricalCrossentropy(from_logits=True)`, then `fit` with"
            " `batch_size=len(images)` and `epochs=steps`."
        ),
    ),
    misconceptions=(
        Misconception(
            "the whole network was trained",
            {
                "torch": (
                    """
import torch

def train_head(model, images, labels, steps, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    model.eval()
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
"""
                ),
                "keras": (
                    """
import keras

def train_head(model, images, labels, steps, lr):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=loss)
    model.fit(images, labels, batch_size=len(images), epochs=steps, verbose=0)
"""
                ),
            },
            expect="That is fine-tuning",
        ),
        Misconception(
            "BatchNorm statistics moved",
            {
                "torch": (
                    """
import torch

def train_head(model, images, labels, steps, lr):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=lr)
    model.train()
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
"""
                ),
                "keras": (
                    """
import keras
import tensorflow as tf

def train_head(model, images, labels, steps, lr):
    head = model.get_layer("classifier").trainable_variables
    optimizer = keras.optimizers.SGD(lr)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            value = loss(labels, model(images, training=True))
        optimizer.apply(tape.gradient(value, [v.value for v in head]), head)
"""
                ),
            },
            expect="These are not weights",
        ),
        Misconception(
            "nothing was trained",
            {
                "torch": (
                    """
import torch

def train_head(model, images, labels, steps, lr):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    model.eval()
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=lr)
    for _ in range(steps):
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.zero_grad()
"""
                ),
                "keras": (
                    """
def train_head(model, images, labels, steps, lr):
    model.trainable = False
    model.compile(optimizer="sgd", loss="mse")
    model.predict(images, verbose=0)
"""
                ),
            },
            expect="Nothing moved at all",
        ),
        Misconception(
            "BatchNorm left trainable",
            {
                "torch": (
                    """
import torch

def train_head(model, images, labels, steps, lr):
    for module in model.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.requires_grad_(False)
    model.eval()
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
"""
                ),
                "keras": (
                    """
import keras

def train_head(model, images, labels, steps, lr):
    for layer in model.layers[:-1]:
        layer.trainable = isinstance(layer, keras.layers.BatchNormalization)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=loss)
    model.fit(images, labels, batch_size=len(images), epochs=steps, verbose=0)
"""
                ),
            },
            expect="A BatchNorm layer has weights of its own",
        ),
    ),
)
