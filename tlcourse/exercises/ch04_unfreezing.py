"""Chapter 4: opening what was frozen: the last blocks, one block in mid-training, one after the other."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import tiny, tiny_numpy
from .judging import close, good, show, told
from .model import Exercise, Finding, Misconception, Verdict

__all__ = ["GRADUAL", "LAST_BLOCKS", "SECOND_STAGE"]

BLOCKS = ("stem", "block1", "block2", "block3")
_LR = 0.1


def _say(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:4]) + (" and others" if len(names) > 4 else "")


def _passed(*parts: Finding) -> Verdict:
    return Verdict(float(sum(part.passed for part in parts)), parts)


# ------------------------------------------------------------------------------------- the last blocks


def _last_inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "width": int(rng.integers(4, 6)),
        "seed": int(rng.integers(1, 10_000)),
        "counts": [int(rng.integers(2, 4)), 1, 0],
        **tiny.batch(rng, 12, 8, 3),
    }


def _last_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    model = tiny.build(framework, BLOCKS, inputs["width"], 3, 8, inputs["seed"])
    if framework == "torch":
        model.eval()
    cases = []
    for n in inputs["counts"]:
        answer(model, list(BLOCKS), n)
        tiny.step(model, framework, inputs["images"], inputs["labels"], _LR)
        cases.append(tiny.arrays(model, framework, BLOCKS))
    return {"after": cases}


def _last_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    opened = good("The last n blocks train, and the head with them.")
    closed = good("No earlier block trains, whatever was open before, and none at all for n = 0.")
    kept = good("BatchNorm stayed as it was, in the open blocks too.")
    before, changed, by_batch = tiny.initial(BLOCKS, inputs["width"], 3, inputs["seed"]), [], []
    for n, after in zip(inputs["counts"], observed["after"], strict=True):
        # What moved is not taken on trust: it has to be where one step of training leads.
        used = tiny_numpy.batch_blocks(before, after, BLOCKS, inputs["images"], inputs["labels"], _LR)
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
    if all({f"{block}.conv" for block in BLOCKS} <= set(names) for names in changed):
        # That the last ones train is no merit then.
        why = "Every block trains, whatever n is. Close everything first, then open what is wanted."
        return Verdict(0.0, (Finding(False, why, "nothing is closed"),))
    for number, (n, names) in enumerate(zip(inputs["counts"], changed, strict=True)):
        said = f"After `unfreeze_last(model, blocks, {n})`"
        moved = [name.split(".")[0] for name in names if name.endswith((".conv", "classifier.weight"))]
        wanted, others = list(BLOCKS[len(BLOCKS) - n :]), list(BLOCKS[: len(BLOCKS) - n])
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
            if n == 0 and len(extra) == len(BLOCKS):
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
    return {
        "width": int(rng.integers(4, 6)),
        "seed": int(rng.integers(1, 10_000)),
        "opens": "block3" if rng.random() < 0.5 else "block2",
        "head_lr": float(rng.choice([0.05, 0.08])),
        "lr": float(rng.choice([0.002, 0.003, 0.004])),
        **tiny.batch(rng, 12, 8, 3),
    }


def _stage_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    model = tiny.build(framework, BLOCKS, inputs["width"], 3, 8, inputs["seed"])
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

    def one(which: Any) -> None:
        which.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        which.step()

    one(optimizer)
    returned = answer(model, optimizer, inputs["opens"], inputs["lr"])
    if returned is not None and not isinstance(returned, torch.optim.Optimizer):
        return {"wrong": told(returned)}
    used = optimizer if returned is None else returned
    block = [p for p in model.get_submodule(inputs["opens"]).parameters() if p.requires_grad]
    before = tiny.arrays(model, "torch", BLOCKS)
    model.eval()  # statistics are not the question here
    one(used)
    return {
        "before": before,
        "after": tiny.arrays(model, "torch", BLOCKS),
        "open": len(block),
        "rates": tiny.rate_of(used, block),
        "head_rates": tiny.rate_of(used, list(model.classifier.parameters())),
        "compiled": True,
    }


def _stage_keras(answer: Any, inputs: dict[str, Any], model: Any) -> dict[str, Any]:
    import keras

    for name in BLOCKS:
        model.get_layer(name).trainable = False
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(inputs["head_lr"]), loss=loss, run_eagerly=True)
    model.train_on_batch(inputs["images"], inputs["labels"])
    old = model.optimizer
    answer(model, inputs["opens"], inputs["lr"])
    block = model.get_layer(inputs["opens"]).trainable_weights
    out: dict[str, Any] = {"open": len(block), "rates": [], "head_rates": [], "compiled": False}
    if model.optimizer is old:
        return out
    if model.loss is None:
        return {**out, "compiled": True, "loss": False}
    model.run_eagerly = True  # quicker for one step
    before = tiny.arrays(model, "keras", BLOCKS)
    try:
        model.train_on_batch(inputs["images"], inputs["labels"])
    except Exception as error:
        return {**out, "compiled": True, "failed": type(error).__name__}
    rate = float(np.asarray(model.optimizer.learning_rate))
    return {
        **out,
        "compiled": True,
        "before": before,
        "after": tiny.arrays(model, "keras", BLOCKS),
        "rates": [rate] * len(block),
    }


def _stage_is_training(
    before: Mapping[str, np.ndarray],
    after: Mapping[str, np.ndarray],
    rates: list[float],
    moved: list[str],
    inputs: dict[str, Any],
) -> bool:
    """Whether the reported numbers are those of training: nothing of it is taken on trust.

    The first step is one of SGD, of the head alone. The second goes downhill, by whatever optimizer; plain
    SGD goes as far as the rate says, others (Adam, RMSprop) not much further than the rate itself.
    """
    first, batch = (
        tiny.initial(BLOCKS, inputs["width"], 3, inputs["seed"]),
        (inputs["images"], inputs["labels"]),
    )
    if tiny_numpy.batch_blocks(first, before, BLOCKS, *batch, inputs["head_lr"]) != frozenset():
        return False
    if set(tiny.moved(first, before)) - {"classifier.weight", "classifier.bias"}:
        return False
    statistics = [n for n in tiny.moved(before, after) if n.endswith((".mean", ".variance"))]
    by_batch = {n.split(".")[0] for n in statistics}
    found = tiny_numpy.gradients(before, BLOCKS, *batch, by_batch)
    block = [name for name in moved if name.startswith(f"{inputs['opens']}.")]
    head = [name for name in moved if name.startswith("classifier.")]
    if not tiny_numpy.is_descent(before, after, found, block):
        return False
    if not tiny_numpy.is_descent(before, after, found, head, first):
        return False
    if not block or not rates or math.isnan(rates[0]):
        return True
    step = max(float(np.abs(np.asarray(before[n], "float64") - after[n]).max()) for n in block)
    steepest = max(float(np.abs(found[n]).max()) for n in block)
    return close(step, rates[0] * steepest, 0.02 * step) or 0.3 * rates[0] < step < 20 * rates[0]


def _stage_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    opens, lr = inputs["opens"], inputs["lr"]
    if "wrong" in observed:
        why = f"`open_block` should return the optimizer to go on with; yours gave {observed['wrong']}."
        return Verdict(0.0, (Finding(False, why),))
    if not observed["open"]:
        why = f"After your call nothing in `{opens}` is trainable: it is still frozen."
        return Verdict(0.0, (Finding(False, why, "still frozen"),))
    if not observed["compiled"]:
        why = (
            f"`{opens}` is trainable now, but the model still has the optimizer that it was"
            " compiled with, and that one"
            " knows the head only. `fit` goes on and trains the head only, without a word. Compile again."
        )
        return Verdict(0.0, (Finding(False, why, "not told to the optimizer"),))
    if observed.get("loss") is False:
        why = (
            "You compiled without a loss, so `fit` has nothing to minimise. Pass the model's"
            " own: `loss=model.loss`."
        )
        return Verdict(0.0, (Finding(False, why),))
    if "failed" in observed:
        why = (
            f"The next step of training stops with {observed['failed']}. Does the loss that you compiled"
            " with fit logits and whole-number labels? The model's own does: `loss=model.loss`."
        )
        return Verdict(0.0, (Finding(False, why, "another loss"),))
    before, after = observed["before"], observed["after"]
    moved = [name for name in tiny.moved(before, after) if not name.endswith((".mean", ".variance"))]
    rates = [float(rate) for rate in observed["rates"]]
    blocks = {name.split(".")[0] for name in moved}
    if not _stage_is_training(before, after, rates, moved, inputs):
        return Verdict(0.0, (Finding(False, f"In the next step, {tiny_numpy.NO_STEP}"),))
    if opens not in blocks:
        if any(math.isnan(rate) for rate in rates):
            why = (
                f"`{opens}` is trainable now, but the optimizer does not hold its parameters: it"
                " got those of the head"
                " when it was made, and never looks again. Gradients are computed for the block,"
                " and nobody uses them."
            )
            return Verdict(0.0, (Finding(False, why, "not told to the optimizer"),))
        return Verdict(0.0, (Finding(False, f"`{opens}` did not move in the next step.", None),))
    learns = good(f"`{opens}` trains.")
    if not all(close(rate, lr, 1e-7) for rate in rates):
        shown = sorted({rate for rate in rates if not close(rate, lr, 1e-7)})
        said = f"`{opens}` trains at the rate {show(shown[0])}, and you were given {show(lr)} for it."
        if close(shown[0], inputs["head_lr"], 1e-9):
            said += " That is the head's rate: a group without an `lr` of its own gets the optimizer's."
        else:
            said += " Does the optimizer get it, as it is? One that gets no rate takes its own default."
        rate = Finding(False, said, "another rate")
    else:
        rate = good("It has the rate that was asked for.")
    extra = sorted(blocks - {opens, "classifier"})
    if "classifier" not in blocks:
        rest = Finding(
            False,
            "The head no longer trains. It should go on, while the block joins it.",
            "the head was left out",
        )
    elif extra:
        rest = Finding(
            False,
            f"{_say(extra)} trains as well, and only `{opens}` was to be opened.",
            "too much was opened",
        )
    elif observed["head_rates"] and not all(
        close(r, inputs["head_lr"], 1e-9) for r in observed["head_rates"]
    ):
        rest = Finding(
            False,
            f"The head trains at {show(float(observed['head_rates'][0]))} now. It had a rate of"
            " its own; leave it.",
            "the head's rate changed",
        )
    else:
        rest = good("The head goes on, and no other block trains.")
    return _passed(learns, rate, rest)


SECOND_STAGE = Exercise(
    id="ch04-second-stage",
    title="Open a block in mid-training",
    points=3,
    answer="open_block",
    inputs=_stage_inputs,
    probe=_stage_probe,
    judge=_stage_judge,
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

# --------------------------------------------------------------------------------- one after the other


def _gradual_inputs(rng: np.random.Generator) -> dict[str, Any]:
    names = ["stem", *(f"blocks.{i}" for i in range(int(rng.integers(2, 4)))), "conv_head", "classifier"]
    return {
        "groups": names,
        "lr": float(rng.choice([0.001, 0.002, 0.004])),
        "decay": float(rng.choice([0.4, 0.5, 0.25])),
    }


def _gradual_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    result = answer(list(inputs["groups"]), inputs["lr"], inputs["decay"])
    if isinstance(result, (str, bytes, Mapping)) or not hasattr(result, "__iter__"):
        return {"wrong": told(result)}
    stages = []
    for stage in itertools.islice(result, 50):  # a generator may never end
        if not isinstance(stage, Mapping):
            return {"wrong": f"a stage that is {told(stage)}"}
        try:
            stages.append({str(name): float(rate) for name, rate in stage.items()})
        except (TypeError, ValueError):
            return {"wrong": f"a stage whose rates are no numbers, {told(dict(stage))}"}
    return {"stages": stages}


def _gradual_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    groups, lr, decay = inputs["groups"], inputs["lr"], inputs["decay"]
    if "wrong" in observed:
        why = (
            "`stages` should give a list of dictionaries, a rate for each group that trains;"
            f" yours gave {observed['wrong']}."
        )
        return Verdict(0.0, (Finding(False, why),))
    stages = [dict(stage) for stage in observed["stages"]]
    if len(stages) != len(groups):
        why = (
            f"There are {len(groups)} groups, and one more opens in each stage; you give"
            f" {len(stages)} stages{' or more' if len(stages) == 50 else ''}."
        )
        return Verdict(0.0, (Finding(False, why),))
    opened = good("The head opens first, then one group more in each stage, and none closes again.")
    for k, stage in enumerate(stages):
        if set(stage) == set(groups[len(groups) - 1 - k :]):
            continue
        said = f"In stage {k + 1} these train: {show(list(stage))}."
        if len(stage) == 1 and k:
            opened = Finding(False, f"{said} What was opened before has to go on learning.", "closes again")
        elif groups[-1] not in stage:
            opened = Finding(
                False,
                f"{said} The head is missing. It is new and knows nothing yet; begin with it, and"
                " work towards the input.",
                "from the input",
            )
        else:
            same = len({tuple(sorted(one)) for one in stages}) == 1
            said += (
                " All your stages are the same: if you add to one dictionary and put it into the list each"
                " time, it is one dictionary, many times. Put a copy in."
                if same
                else ""
            )
            opened = Finding(
                False,
                f"{said} One more group should open in each stage, next to those that are open.",
                "all at once",
            )
        break
    rates = good(
        "The head has the given rate, and each group towards the input a smaller one, the"
        " same in every stage."
    )
    for k, stage in enumerate(stages):
        expected = {
            name: lr * decay ** (len(groups) - 1 - groups.index(name)) for name in stage if name in groups
        }
        wrong = [name for name in expected if not close(stage[name], expected[name], 1e-9)]
        if not wrong:
            continue
        name = wrong[0]
        said = f"In stage {k + 1}, `{name}` has the rate {show(stage[name])}."
        newest = len(groups) - 1 - k
        if all(close(value, lr, 1e-9) for value in stage.values()):
            rates = Finding(
                False,
                f"{said} All groups have the same rate; the older a layer, the less it should change.",
                "one rate for all",
            )
        elif name == groups[-1] and stage[name] < lr:
            rates = Finding(
                False,
                f"{said} The distance is to be counted from the head, which keeps the given rate."
                " You count from the"
                " other end: there the oldest layers get the largest rate.",
                "counted from the other end",
            )
        elif close(stage.get(groups[newest], -1.0), lr, 1e-9):
            rates = Finding(
                False,
                f"{said} You count from the group that was opened last. Count from the head.",
                "counted from the other end",
            )
        else:
            rates = Finding(
                False,
                f"{said} One step towards the input should multiply it by `decay` once.",
                "decay added up",
            )
        break
    return _passed(opened, rates)


GRADUAL = Exercise(
    id="ch04-gradual",
    title="Open one group after the other",
    points=2,
    answer="stages",
    inputs=_gradual_inputs,
    probe=_gradual_probe,
    judge=_gradual_judge,
    hints=(
        "Write down by hand, for three groups, what trains in each of the three stages.",
        "The groups that train in stage k (from 0) are the last k + 1: `groups[len(groups) - 1 - k:]`.",
        "A group's distance from the head is `len(groups) - 1 - i`; its rate is `lr * decay ** distance`.",
    ),
    misconceptions=(
        Misconception(
            "from the input",
            """
def stages(groups, lr, decay):
    n = len(groups)
    rate = {name: lr * decay ** (n - 1 - i) for i, name in enumerate(groups)}
    return [{name: rate[name] for name in groups[:k + 1]} for k in range(n)]
""",
            expect="The head is missing",
        ),
        Misconception(
            "closes again",
            """
def stages(groups, lr, decay):
    n = len(groups)
    return [{groups[n - 1 - k]: lr * decay ** k} for k in range(n)]
""",
            expect="has to go on learning",
        ),
        Misconception(
            "one rate for all",
            """
def stages(groups, lr, decay):
    return [{name: lr for name in groups[len(groups) - 1 - k:]} for k in range(len(groups))]
""",
            expect="All groups have the same rate",
        ),
        Misconception(
            "counted from the other end",
            """
def stages(groups, lr, decay):
    n = len(groups)
    rate = {name: lr * decay ** i for i, name in enumerate(groups)}
    return [{name: rate[name] for name in groups[n - 1 - k:]} for k in range(n)]
""",
            expect="counted from the head",
        ),
        Misconception(
            "all at once",
            """
def stages(groups, lr, decay):
    n = len(groups)
    rate = {name: lr * decay ** (n - 1 - i) for i, name in enumerate(groups)}
    return [rate for _ in range(n)]
""",
            expect="One more group should open",
        ),
    ),
)
