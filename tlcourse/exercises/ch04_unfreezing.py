"""Chapter 4: opening what was frozen: the last blocks, one block in mid-training, one after the other."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from . import tiny, tiny_numpy
from .cases import shuffled
from .judging import close, good, show, told
from .model import Exercise, Finding, Misconception, Verdict

__all__ = ["LAST_BLOCKS", "SECOND_STAGE"]

_LR = 0.1


def _say(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:4]) + (" and others" if len(names) > 4 else "")


def _passed(*parts: Finding) -> Verdict:
    return Verdict(float(sum(part.passed for part in parts)), parts)


# ------------------------------------------------------------------------------------- the last blocks


def _last_inputs(rng: np.random.Generator) -> dict[str, Any]:
    blocks = tiny.block_names(rng, 4)
    # No call depends on the one before, so the counts come in any order; 0 is among them, the first opens
    # something, and once a wide opening is followed by a narrow one.
    counts = [0]
    while counts[0] < 2 or not any(one >= 2 and other <= 1 for one, other in itertools.pairwise(counts)):
        counts = shuffled(rng, [0, *shuffled(rng, [1, 2, 3])[: int(rng.integers(2, 4))]])
    return {
        "width": int(rng.integers(4, 6)),
        "seed": int(rng.integers(1, 10_000)),
        "blocks": blocks,
        "counts": counts,
        **tiny.batch(rng, 12, 8, 3),
    }


def _last_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    blocks = inputs["blocks"]
    model = tiny.build(framework, blocks, inputs["width"], 3, 8, inputs["seed"])
    if framework == "torch":
        model.eval()
    cases = []
    for n in inputs["counts"]:
        answer(model, list(blocks), n)
        tiny.step(model, framework, inputs["images"], inputs["labels"], _LR)
        cases.append(tiny.arrays(model, framework, blocks))
    return {"after": cases}


def _last_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    opened = good("The last n blocks train, and the head with them.")
    closed = good("No earlier block trains, whatever was open before, and none at all for n = 0.")
    kept = good("BatchNorm stayed as it was, in the open blocks too.")
    blocks = inputs["blocks"]
    before, changed, by_batch = tiny.initial(blocks, inputs["width"], 3, inputs["seed"]), [], []
    for n, after in zip(inputs["counts"], observed["after"], strict=True):
        # What moved is not taken on trust: it has to be where one step of training leads.
        used = tiny_numpy.batch_blocks(before, after, blocks, inputs["images"], inputs["labels"], _LR)
        if used is None:
            why = f"After `unfreeze_last(model, blocks, {n})` and one step, {tiny_numpy.NO_STEP}"
            return Verdict(0.0, (Finding(False, why),))
        changed.append(tiny.moved(before, after))
        by_batch.append(used)
        before = after
    if not any(changed):
        return Verdict(
            0.0, (Finding(False, "Nothing trains at all, not even the head.", "the head was frozen"),)
        )
    if all({f"{block}.conv" for block in blocks} <= set(names) for names in changed):
        # That the last ones train is no merit then.
        why = "Every block trains, whatever n is. Close everything first, then open what is wanted."
        return Verdict(0.0, (Finding(False, why, "nothing is closed"),))
    for number, (n, names) in enumerate(zip(inputs["counts"], changed, strict=True)):
        said = f"After `unfreeze_last(model, blocks, {n})`"
        moved = [name.split(".")[0] for name in names if name.endswith((".conv", "classifier.weight"))]
        wanted, others = blocks[len(blocks) - n :], blocks[: len(blocks) - n]
        missing, extra = [b for b in wanted if b not in moved], [b for b in others if b in moved]
        if "classifier" not in moved:
            opened = Finding(
                False, f"{said} the head does not train. It has to, at every stage.", "the head was frozen"
            )
        elif missing and opened.passed:
            why = f"{said} {_say(missing)} did not train"
            if extra:
                why += (
                    f", but {_say(extra)} did: you counted from the input. The last blocks are those"
                    " next to the head"
                )
            opened = Finding(False, why + ".", "counted from the input" if extra else None)
        if extra and closed.passed:
            if n == 0 and len(extra) == len(blocks):
                why, name = (
                    "every block trains. `blocks[-n:]` is the last n for n = 1 and more, and all of them for"
                    " n = 0, because -0 is 0.",
                    "minus zero",
                )
            elif missing:
                why, name = (
                    f"{_say(extra)} trains, which is not among the last {n}.",
                    "counted from the input",
                )
            elif number:
                why, name = (
                    f"{_say(extra)} still trains: the call before had opened it. Close everything first.",
                    "left open",
                )
            else:
                why, name = f"{_say(extra)} trains, which is not among the last {n}.", "too much was opened"
            closed = Finding(False, f"{said} {why}", name)
        norm = [name for name in names if name.endswith((".scale", ".shift", ".mean", ".variance"))]
        if norm and kept.passed:
            learned = any(name.endswith((".scale", ".shift")) for name in norm)
            which = "scales and shifts" if learned else "statistics"
            if any(name.endswith(("mean", "variance")) for name in norm) and which != "statistics":
                which += ", and statistics,"
            why = (
                "No gradient moves these. The forward pass does, as long as the layer is in training mode."
                if which == "statistics"
                else "Opening a block opens the BatchNorm layers inside it, unless you close those again."
            )
            kept = Finding(
                False, f"{said} BatchNorm's {which} moved: {_say(norm)}. {why}", "BatchNorm opened"
            )
        elif by_batch[number] and kept.passed:
            why = (
                f"{said} BatchNorm's statistics did not move, but those of {_say(sorted(by_batch[number]))}"
                " are not used either: in training mode it works with the numbers of the batch."
            )
            kept = Finding(False, why, "BatchNorm opened")
    return _passed(opened, closed, kept)


LAST_BLOCKS = Exercise(
    id="ch04-last-blocks",
    title="Open the last n blocks",
    points=3,
    answer="unfreeze_last",
    inputs=_last_inputs,
    probe=_last_probe,
    judge=_last_judge,
    solved_by=("tlcourse.freezing.api.freeze", "tlcourse.freezing.api.freeze_to"),
    returns=False,
    hints=(
        "Close everything, then open what is wanted, then see to BatchNorm. In this order no"
        " call depends on the last.",
        "`blocks[len(blocks) - n:]` is right for n = 0 as well. Is `blocks[-n:]`?",
        (
            "PyTorch: in each of the last blocks, `requires_grad_(True)` for every layer that is not an"
            " `nn.BatchNorm2d`, with the model in `eval()`. Keras: `block.trainable = True`, then"
            " `layer.trainable = False` for every `BatchNormalization` in `block.layers`."
        ),
    ),
    misconceptions=(
        Misconception(
            "minus zero",
            {
                "torch": """
from torch import nn

def unfreeze_last(model, blocks, n):
    model.eval().requires_grad_(False)
    for name in blocks[-n:]:
        for layer in model.get_submodule(name):
            layer.requires_grad_(not isinstance(layer, nn.BatchNorm2d))
    model.classifier.requires_grad_(True)
""",
                "keras": """
import keras

def unfreeze_last(model, blocks, n):
    for name in blocks:
        model.get_layer(name).trainable = False
    for name in blocks[-n:]:
        model.get_layer(name).trainable = True
        for layer in model.get_layer(name).layers:
            layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    model.get_layer("classifier").trainable = True
""",
            },
            expect="because -0 is 0",
        ),
        Misconception(
            "counted from the input",
            {
                "torch": """
from torch import nn

def unfreeze_last(model, blocks, n):
    model.eval().requires_grad_(False)
    for name in blocks[:n]:
        for layer in model.get_submodule(name):
            layer.requires_grad_(not isinstance(layer, nn.BatchNorm2d))
    model.classifier.requires_grad_(True)
""",
                "keras": """
import keras

def unfreeze_last(model, blocks, n):
    for name in blocks:
        model.get_layer(name).trainable = False
    for name in blocks[:n]:
        model.get_layer(name).trainable = True
        for layer in model.get_layer(name).layers:
            layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
""",
            },
            expect="you counted from the input",
        ),
        Misconception(
            "left open",
            {
                "torch": """
from torch import nn

def unfreeze_last(model, blocks, n):
    model.eval()
    if n > 1:
        model.requires_grad_(False)
    for name in blocks[len(blocks) - n:]:
        for layer in model.get_submodule(name):
            layer.requires_grad_(not isinstance(layer, nn.BatchNorm2d))
    model.classifier.requires_grad_(True)
""",
                "keras": """
import keras

def unfreeze_last(model, blocks, n):
    if n > 1:
        for name in blocks:
            model.get_layer(name).trainable = False
    for name in blocks[len(blocks) - n:]:
        model.get_layer(name).trainable = True
        for layer in model.get_layer(name).layers:
            layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
""",
            },
            expect="the call before had opened it",
        ),
        Misconception(
            "BatchNorm opened",
            {
                "torch": """
def unfreeze_last(model, blocks, n):
    model.requires_grad_(False).eval()
    for name in blocks[len(blocks) - n:]:
        model.get_submodule(name).requires_grad_(True).train()
    model.classifier.requires_grad_(True)
""",
                "keras": """
def unfreeze_last(model, blocks, n):
    for i, name in enumerate(blocks):
        model.get_layer(name).trainable = i >= len(blocks) - n
""",
            },
            expect="unless you close those again",
        ),
        Misconception(
            "the head was frozen",
            {
                "torch": """
from torch import nn

def unfreeze_last(model, blocks, n):
    model.eval().requires_grad_(False)
    for name in blocks[len(blocks) - n:]:
        for layer in model.get_submodule(name):
            layer.requires_grad_(not isinstance(layer, nn.BatchNorm2d))
""",
                "keras": """
import keras

def unfreeze_last(model, blocks, n):
    for layer in model.layers:
        layer.trainable = False
    for name in blocks[len(blocks) - n:]:
        model.get_layer(name).trainable = True
        for layer in model.get_layer(name).layers:
            layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
""",
            },
            expect="the head does not train",
        ),
    ),
)

# ------------------------------------------------------------------------------------ the second stage


def _stage_inputs(rng: np.random.Generator) -> dict[str, Any]:
    blocks = tiny.block_names(rng, 4)
    return {
        "width": int(rng.integers(4, 6)),
        "seed": int(rng.integers(1, 10_000)),
        "blocks": blocks,
        "opens": blocks[int(rng.integers(1, 4))],
        "head_lr": round(float(rng.uniform(0.04, 0.09)), 4),
        "lr": round(float(rng.uniform(0.002, 0.006)), 5),
        **tiny.batch(rng, 12, 8, 3),
    }


def _stage_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    model = tiny.build(framework, inputs["blocks"], inputs["width"], 3, 8, inputs["seed"])
    tiny.drop_nothing(model, framework)
    probe = _stage_torch if framework == "torch" else _stage_keras
    return probe(answer, inputs, model)


def _stage_torch(answer: Any, inputs: dict[str, Any], model: Any) -> dict[str, Any]:
    import torch

    x, y = tiny.torch_images(inputs["images"]), torch.from_numpy(np.asarray(inputs["labels"]))
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    model.eval()
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=inputs["head_lr"], momentum=0.9)

    def one(which: Any) -> dict[str, np.ndarray]:
        model.eval()  # statistics are not the question here
        which.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        which.step()
        return tiny.arrays(model, "torch", inputs["blocks"])

    before = one(optimizer)
    returned = answer(model, optimizer, inputs["opens"], inputs["lr"])
    if returned is not None and not isinstance(returned, torch.optim.Optimizer):
        return {"wrong": told(returned)}
    used = optimizer if returned is None else returned
    block = [p for p in model.get_submodule(inputs["opens"]).parameters() if p.requires_grad]
    return {
        "before": before,
        "after": [one(used), one(used)],
        "open": len(block),
        "rates": tiny.rate_of(used, block),
        "head_rates": tiny.rate_of(used, list(model.classifier.parameters())),
        "compiled": True,
    }


def _stage_keras(answer: Any, inputs: dict[str, Any], model: Any) -> dict[str, Any]:
    import keras

    blocks = inputs["blocks"]
    for name in blocks:
        model.get_layer(name).trainable = False
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(inputs["head_lr"]), loss=loss, run_eagerly=True)
    model.train_on_batch(inputs["images"], inputs["labels"])
    old = model.optimizer
    answer(model, inputs["opens"], inputs["lr"])
    block = model.get_layer(inputs["opens"]).trainable_weights
    out: dict[str, Any] = {"open": len(block), "head_rates": [], "compiled": model.optimizer is not old}
    if model.loss is None:
        return {**out, "loss": "none"}
    model.run_eagerly = True  # quicker for two steps
    out |= {"before": tiny.arrays(model, "keras", blocks), "after": [], "loss": 0.0}
    try:
        for number in range(2):
            seen = model.train_on_batch(inputs["images"], inputs["labels"])
            if not number:
                out["loss"] = float(np.ravel(seen)[0])
            out["after"].append(tiny.arrays(model, "keras", blocks))
    except Exception as error:
        return {**out, "failed": type(error).__name__}
    return {**out, "rates": [float(np.asarray(model.optimizer.learning_rate))] * len(block)}


class _Steps:
    """Two steps of training, and what they say about the rate: none of it is taken on trust."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        blocks, batch = inputs["blocks"], (inputs["images"], inputs["labels"])
        self.first = tiny.initial(blocks, inputs["width"], 3, inputs["seed"])
        self.before = observed["before"]
        self.after, last = observed["after"]
        changed = tiny.moved(self.before, self.after)
        statistics = [name for name in changed if name.endswith((".mean", ".variance"))]
        self.moved = [name for name in changed if name not in statistics]
        self.by_batch = {name.split(".")[0] for name in statistics}
        self.block = [name for name in self.moved if name.startswith(f"{inputs['opens']}.")]
        self.head = [name for name in self.moved if name.startswith("classifier.")]
        self.begun = tiny_numpy.gradients(self.first, blocks, *batch)
        self.now = tiny_numpy.gradients(self.before, blocks, *batch, self.by_batch)
        then = tiny_numpy.gradients(self.after, blocks, *batch, self.by_batch)
        self.loss = tiny_numpy.loss(self.before, blocks, *batch, self.by_batch)
        self.of_block = self._joined(self.block, last, then)

    def _joined(self, names: list[str], last: Any, then: Any) -> dict[str, np.ndarray]:
        def flat(found: Any) -> np.ndarray:
            return np.concatenate([np.asarray(found[n], "float64").ravel() for n in names] or [np.zeros(0)])

        at = [flat(found) for found in (self.before, self.after, last)]
        return {
            "weights": at[0],
            "one": at[0] - at[1],
            "two": at[1] - at[2],
            "now": flat(self.now),
            "then": flat(then),
            "begun": flat(self.begun),
        }

    def is_training(self, inputs: dict[str, Any]) -> bool:
        """Whether the first step is one of SGD, of the head alone, and the second goes downhill."""
        blocks, batch = inputs["blocks"], (inputs["images"], inputs["labels"])
        used = tiny_numpy.batch_blocks(self.first, self.before, blocks, *batch, inputs["head_lr"])
        if used != frozenset():
            return False
        if set(tiny.moved(self.first, self.before)) - {"classifier.weight", "classifier.bias"}:
            return False
        return tiny_numpy.is_descent(self.before, self.after, self.now, self.block) and tiny_numpy.is_descent(
            self.before, self.after, self.now, self.head, self.first
        )

    def block_rate(self, lr: float) -> float:
        """The rate at which the block went: ``lr`` itself, if some optimizer goes like this at it.

        SGD's step is the rate times the gradient, with Nesterov's momentum so much more as its next step
        shows. Adam and its kin go by the rate for each weight, whatever the gradient; RMSprop by its square
        root of 10 (Keras) or by 10 (PyTorch) times as much in the first step.
        """
        of = self.of_block
        if _like(of["one"], lr * of["now"], of["weights"], lr):
            return lr
        steepest = np.abs(of["now"]) > 0.05 * np.abs(of["now"]).max()
        per_weight = float(np.median(np.abs(of["one"][steepest])))
        even = np.mean(np.abs(np.abs(of["one"][steepest]) / max(per_weight, 1e-12) - 1) < 0.08) > 0.9
        if even:
            times = (1.0, math.sqrt(10), 10.0)
            return lr if any(abs(per_weight / (lr * t) - 1) < 0.08 for t in times) else per_weight
        both = np.stack([of["now"], of["weights"]], 1)  # weight decay adds a part of the weights
        measured = float(np.linalg.lstsq(both, of["one"], rcond=None)[0][0])
        m = measured / lr - 1
        if 0 < m < 1 and _like(of["two"], lr * ((1 + m) * of["then"] + m**2 * of["now"]), of["weights"], lr):
            return lr
        return measured

    def head_goes_on(self, rate: float) -> bool:
        """Whether the head's step fits its old rate: by SGD, with or without momentum, or by Adam."""

        def flat(found: Any) -> np.ndarray:
            return np.concatenate([np.asarray(found[n], "float64").ravel() for n in self.head])

        step = flat(self.before) - flat(self.after)
        for momentum in (0.0, 0.9):
            if _like(step, rate * (flat(self.now) + momentum * flat(self.begun)), flat(self.before), rate):
                return True
        if _like(step, 1.9 * rate * flat(self.now), flat(self.before), rate):  # Nesterov's, begun anew
            return True
        return any(abs(float(np.median(np.abs(step))) / (rate * t) - 1) < 0.08 for t in (1.0, 10.0))


def _like(step: np.ndarray, expected: np.ndarray, weights: np.ndarray, lr: float) -> bool:
    """Whether a step is the expected one, but for rounding and a little weight decay."""
    rest = step - expected
    decay = float(rest @ weights / max(weights @ weights, 1e-30))
    if 0 < decay < 0.11 * lr:
        rest = rest - decay * weights
    rounding = 1e-7 * float(np.linalg.norm(weights))
    return bool(np.linalg.norm(rest) < 0.02 * np.linalg.norm(expected) + rounding)


def _stage_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    opens = inputs["opens"]

    def no(why: str, name: str | None = None) -> Verdict:
        return Verdict(0.0, (Finding(False, why, name),))

    if "wrong" in observed:
        return no(f"`open_block` should return the optimizer to go on with; yours gave {observed['wrong']}.")
    if not observed["open"]:
        return no(f"After your call nothing in `{opens}` is trainable: it is still frozen.", "still frozen")
    if observed.get("loss") == "none":
        return no(
            "You compiled without a loss, so `fit` has nothing to minimise. Pass the model's own:"
            " `loss=model.loss`."
        )
    not_told = (
        f"`{opens}` is trainable now, but the model still has the optimizer that it was compiled with, and"
        " that one knows the head only. `fit` goes on and trains the head, without a word. Compile again."
    )
    if "failed" in observed:
        if not observed["compiled"]:
            return no(not_told, "not told to the optimizer")
        return no(
            f"The next step of training stops with {observed['failed']}. Does the loss that you compiled"
            " with fit logits and whole-number labels? The model's own does: `loss=model.loss`.",
            "another loss",
        )
    seen = _Steps(observed, inputs)
    if not seen.block and not observed["compiled"]:
        return no(not_told, "not told to the optimizer")
    if "loss" in observed and not close(observed["loss"], seen.loss, 2e-4 * max(1.0, seen.loss)):
        return no(
            f"The loss of the next step is {show(float(observed['loss']))}, which is not the one that the"
            " model had. The head gives logits, and a loss made without `from_logits=True` takes them for"
            " probabilities. Pass the model's own: `loss=model.loss`.",
            "another loss",
        )
    rates = [float(rate) for rate in observed["rates"]]
    if not seen.is_training(inputs):
        return no(f"In the next step, {tiny_numpy.NO_STEP}")
    if not seen.block:
        if any(math.isnan(rate) for rate in rates):
            return no(
                f"`{opens}` is trainable now, but the optimizer does not hold its parameters: it got those of"
                " the head when it was made, and never looks again. Gradients are computed for the block,"
                " and nobody uses them.",
                "not told to the optimizer",
            )
        return no(f"`{opens}` did not move in the next step.")
    return _passed(good(f"`{opens}` trains."), _rate(seen, rates, inputs), _rest(seen, observed, inputs))


def _rate(seen: _Steps, rates: list[float], inputs: dict[str, Any]) -> Finding:
    """What the block's step says about its rate; what the optimizer says of itself only names it."""
    opens, lr = inputs["opens"], inputs["lr"]
    others = sorted({rate for rate in rates if not close(rate, lr, 1e-7)})
    measured = seen.block_rate(lr)
    if measured == lr and not others:
        return good("It has the rate that was asked for.")
    if not others:
        said = (
            f"The optimizer says that `{opens}` has the rate {show(lr)}, and the block moves as at"
            f" {show(measured)}. Is the loss, or the gradient, or the step changed on the way?"
        )
        return Finding(False, said, "another rate")
    said = f"`{opens}` trains at the rate {show(others[0])}, and you were given {show(lr)} for it."
    if close(others[0], inputs["head_lr"], 1e-9):
        said += " That is the head's rate: a group without an `lr` of its own gets the optimizer's."
    else:
        said += " Does the optimizer get it, as it is? One that gets no rate takes its own default."
    return Finding(False, said, "another rate")


def _rest(seen: _Steps, observed: dict[str, Any], inputs: dict[str, Any]) -> Finding:
    opens = inputs["opens"]
    trained = {name.split(".")[0] for name in seen.moved}
    extra = sorted(trained - {opens, "classifier"})
    if "classifier" not in trained:
        return Finding(
            False,
            "The head no longer trains. It should go on, while the block joins it.",
            "the head was left out",
        )
    if extra:
        return Finding(
            False,
            f"{_say(extra)} trains as well, and only `{opens}` was to be opened.",
            "too much was opened",
        )
    others = [float(r) for r in observed["head_rates"] if not close(r, inputs["head_lr"], 1e-9)]
    if others:
        return Finding(
            False,
            f"The head trains at {show(others[0])} now. It had a rate of its own; leave it.",
            "the head's rate changed",
        )
    if observed["head_rates"] and not seen.head_goes_on(inputs["head_lr"]):
        return Finding(
            False,
            "The head moves as at another rate than the one it had. It had a rate of its own; leave it.",
            "the head's rate changed",
        )
    return good("The head goes on, and no other block trains.")


SECOND_STAGE = Exercise(
    id="ch04-second-stage",
    title="Open a block in mid-training",
    points=3,
    answer="open_block",
    inputs=_stage_inputs,
    probe=_stage_probe,
    judge=_stage_judge,
    returns=False,
    hints=(
        "Two parties have to know: the block, that it may change, and the optimizer, that it"
        " should change it.",
        (
            "PyTorch: an optimizer holds the parameters that it was given."
            " `optimizer.add_param_group({...})` gives it"
            " more. Keras: what is trainable counts at the next `compile`."
        ),
        (
            'PyTorch: `optimizer.add_param_group({"params": list(block.parameters()), "lr": lr})` after'
            " `block.requires_grad_(True)`. Keras: `trainable = True`, then `compile` with a new"
            " optimizer at `lr` and"
            " `loss=model.loss`."
        ),
    ),
    misconceptions=(
        Misconception(
            "not told to the optimizer",
            {
                "torch": """
def open_block(model, optimizer, name, lr):
    model.get_submodule(name).requires_grad_(True)
    return optimizer
""",
                "keras": """
def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.optimizer.learning_rate = lr
""",
            },
            expect="is trainable now, but",
        ),
        Misconception(
            "another rate",
            {
                "torch": """
def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    optimizer.add_param_group({"params": list(block.parameters())})
    return optimizer
""",
                "keras": """
def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer="sgd", loss=model.loss)
""",
            },
            expect="and you were given",
        ),
        Misconception(
            "the head was left out",
            {
                "torch": """
import torch

def open_block(model, optimizer, name, lr):
    block = model.get_submodule(name).requires_grad_(True)
    return torch.optim.SGD(block.parameters(), lr=lr, momentum=0.9)
""",
                "keras": """
import keras

def open_block(model, name, lr):
    for layer in model.layers:
        layer.trainable = layer.name == name
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=model.loss)
""",
            },
            expect="The head no longer trains",
        ),
        Misconception(
            "too much was opened",
            {
                "torch": """
def open_block(model, optimizer, name, lr):
    model.requires_grad_(True)
    head = {id(p) for p in model.classifier.parameters()}
    rest = [p for p in model.parameters() if id(p) not in head]
    optimizer.add_param_group({"params": rest, "lr": lr})
    return optimizer
""",
                "keras": """
import keras

def open_block(model, name, lr):
    for layer in model.layers:
        layer.trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=model.loss)
""",
            },
            expect="trains as well",
        ),
        Misconception(
            "another loss",
            {
                "keras": """
import keras

def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr), loss="sparse_categorical_crossentropy")
"""
            },
            expect="takes them for probabilities",
        ),
        Misconception(
            "the head's rate changed",
            {
                "torch": """
import torch

def open_block(model, optimizer, name, lr):
    model.get_submodule(name).requires_grad_(True)
    return torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=lr, momentum=0.9)
"""
            },
            expect="It had a rate of its own",
        ),
        Misconception(
            "still frozen",
            {
                "torch": """
def open_block(model, optimizer, name, lr):
    optimizer.add_param_group({"params": list(model.get_submodule(name).parameters()), "lr": lr})
    return optimizer
""",
                "keras": """
import keras

def open_block(model, name, lr):
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=model.loss)
""",
            },
            expect="it is still frozen",
        ),
    ),
)
