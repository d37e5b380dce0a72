"""Chapter 6: two rates in one step, a schedule, a range test, and when to stop."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from tlcourse.exercises.engine import tiny
from tlcourse.exercises.engine.judging import close, describe, good, plain_number, show, verdict
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict
from tlcourse.exercises.engine.plain import NotPlainError, plain

__all__ = ["RANGE", "SCHEDULE", "STOP", "TWO_RATES"]

BLOCKS = ("stem", "block1")


# -------------------------------------------------------------------------------- two rates in one step


def _two_inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "width": int(rng.integers(4, 7)),
        "seed": int(rng.integers(1, 10_000)),
        "body_lr": float(rng.choice([0.002, 0.003, 0.004])),
        "head_lr": float(rng.choice([0.05, 0.06, 0.08])),
        **tiny.batch(rng, 18, 8, 3),
    }


def _two_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    model = tiny.build(framework, BLOCKS, inputs["width"], 3, 8, inputs["seed"])
    x, y = np.asarray(inputs["images"], "float32"), np.asarray(inputs["labels"], "int64")
    if framework == "torch":
        import torch

        images, labels = tiny.torch_images(x), torch.from_numpy(y)
        model.eval()
        answer(model, images, labels, inputs["body_lr"], inputs["head_lr"])
    else:
        answer(model, x.copy(), y.copy(), inputs["body_lr"], inputs["head_lr"])
    return {
        "after": tiny.arrays(model, framework, BLOCKS),
        "training": framework == "torch" and bool(model.training),
    }


def _two_aside(after: dict[str, np.ndarray], inputs: dict[str, Any]) -> tuple[str, str] | None:
    """What else one step may have been that is right but for one thing, with both rates: (why, its name)."""

    def fits(seen: dict[str, Any], times: float = 1.0) -> bool:
        return all(
            seen[f"{part}_rest"] < 0.05 and close(seen[part], times * rate, 0.03 * times * rate)
            for part, rate in (("body", inputs["body_lr"]), ("head", inputs["head_lr"]))
        )

    if fits(_two_measured(after, inputs, BLOCKS)):
        why = (
            "That is a step with BatchNorm in training mode: it took this batch's numbers. The model came in"
        )
        return f"{why} evaluation mode.", "training mode"
    count = len(inputs["labels"])
    if fits(_two_measured(after, inputs), count):
        return f"That is {count} times as far: the sum of the losses instead of their mean.", "a sum"
    if fits(_two_measured(after, inputs), -1.0):
        return "The step goes uphill: the gradient is added, and has to be taken off.", "uphill"
    return None


def _two_measured(
    after: dict[str, np.ndarray], inputs: dict[str, Any], by_batch: Collection[str] = ()
) -> dict[str, Any]:
    """The rate of each part: how far it moved against its gradient (least squares), worked out in NumPy."""
    before = tiny.initial(BLOCKS, inputs["width"], 3, inputs["seed"])
    gradients = tiny.gradients(before, BLOCKS, inputs["images"], inputs["labels"], by_batch)
    out: dict[str, Any] = {}
    for part in ("body", "head"):
        names = [name for name in before if ("classifier" in name) == (part == "head")]
        names = [name for name in names if not name.endswith((".mean", ".variance"))]
        moved = np.concatenate(
            [(before[name] - np.asarray(after[name], "float64")).ravel() for name in names]
        )
        g = np.concatenate([gradients[name].ravel() for name in names])
        out[part] = float((moved * g).sum() / (g * g).sum())
        out[f"{part}_rest"] = float(np.abs(moved - out[part] * g).max() / (np.abs(moved).max() + 1e-12))
        out[f"{part}_still"] = [
            name
            for name in names
            if np.array_equal(before[name], after[name]) and np.abs(gradients[name]).max() > 1e-4
        ]
    return out


def _two_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    body, head = inputs["body_lr"], inputs["head_lr"]
    after = observed["after"]
    observed = {**_two_measured(after, inputs), "training": observed["training"]}
    got = {part: float(observed[part]) for part in ("body", "head")}

    def is_at(part: str, rate: float) -> bool:
        return close(got[part], rate, 0.03 * rate) and observed[f"{part}_rest"] < 0.05

    said = f"The head moved at the rate {show(got['head'], 2)}, the rest at {show(got['body'], 2)}"
    said += f"; you were given {show(head)} and {show(body)}."
    if is_at("head", head) and is_at("body", body):
        if observed["training"]:
            why = "The rates are right. But the model is in training mode now; it came in evaluation mode."
            return verdict(good("Both moved at their rates."), Finding(False, why, "another mode"))
        return verdict(good("The head moved at its rate."), good("The rest moved at its own, lower one."))
    if is_at("head", body) and is_at("body", head):
        why = "The two have changed places: the new head takes the large steps, the old layers small ones."
        return Verdict(0.0, (Finding(False, f"{said} {why}", "swapped"),))

    def still(part: str) -> str:
        return f"Part of it did not move: `{observed[f'{part}_still'][0]}`."

    aside = _two_aside(after, inputs)
    if aside is not None:
        return Verdict(0.0, (Finding(False, f"{said} {aside[0]}", aside[1]),))
    first = good("The head moved at its rate.")
    if not is_at("head", head):
        why = (
            "It did not move."
            if abs(got["head"]) < 1e-9
            else ("That is not a plain step of SGD at its rate.")
        )
        if is_at("head", body) and is_at("body", body):
            why = "Both have the same rate."
        elif observed["head_still"] and abs(got["head"]) >= 1e-9:
            why = still("head")
        first = Finding(False, f"{said} {why}", "one rate for all" if "same" in why else None)
    second = good("The rest moved at its own, lower one.")
    if not is_at("body", body):
        if abs(got["body"]) < 1e-9:
            why, name = "The rest did not move at all: it has a small rate, not none.", "body left out"
        elif observed["body_still"]:
            why, name = still("body"), "part left out"
        elif is_at("body", head):
            why, name = "Both have the same rate.", "one rate for all"
        else:
            why, name = "That is not a plain step of SGD at its rate.", None
        second = Finding(False, f"{said} {why}", name)
    return verdict(first, second)


def _torch_step(groups: str) -> str:
    return f"""
import torch

def step(model, images, labels, body_lr, head_lr):
    head = list(model.classifier.parameters())
    body = [p for n, p in model.named_parameters() if not n.startswith("classifier")]
    optimizer = torch.optim.SGD({groups})
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
"""


def _keras_step(body: str, head: str) -> str:
    return f"""
import keras
import tensorflow as tf

def step(model, images, labels, body_lr, head_lr):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head = model.get_layer("classifier").trainable_variables
    body = [v for v in model.trainable_variables if all(v is not h for h in head)]
    with tf.GradientTape() as tape:
        value = loss(labels, model(images, training=False))
    found = tape.gradient(value, [v.value for v in body + head])
    for v, g in zip(body + head, found):
        rate = {head} if any(v is h for h in head) else {body}
        v.assign(v - rate * g)
"""


TWO_RATES = Exercise(
    id="ch06-two-rates",
    title="One step, two rates",
    points=2,
    answer="step",
    inputs=_two_inputs,
    probe=_two_probe,
    judge=_two_judge,
    solved_by=(
        "tlcourse.training.optimizers._torch.rate_groups",
        "tlcourse.training.optimizers.layerwise_keras._Layerwise.__init__",
    ),
    returns=False,
    hints=(
        "Sort the parameters into two lists first: those of the head, and all others.",
        (
            "PyTorch: an optimizer takes a list of dictionaries, each with `params` and `lr`. Keras: two"
            " optimizers, each of which applies its own part of the gradients."
        ),
        (
            'PyTorch: `SGD([{"params": body, "lr": body_lr}, {"params": head, "lr": head_lr}])`. Keras:'
            " `keras.optimizers.SGD(body_lr).apply(gradients_of_body, body)`, and the same for the head."
        ),
    ),
    misconceptions=(
        Misconception(
            "one rate for all",
            {"torch": _torch_step("body + head, lr=head_lr"), "keras": _keras_step("head_lr", "head_lr")},
            expect="Both have the same rate",
        ),
        Misconception(
            "swapped",
            {
                "torch": _torch_step('[{"params": body, "lr": head_lr}, {"params": head, "lr": body_lr}]'),
                "keras": _keras_step("head_lr", "body_lr"),
            },
            expect="have changed places",
        ),
        Misconception(
            "body left out",
            {"torch": _torch_step("head, lr=head_lr"), "keras": _keras_step("0.0", "head_lr")},
            expect="it has a small rate, not none",
        ),
    ),
)

# --------------------------------------------------------------------------------------------- schedule


def _schedule_inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Three runs; the steps are asked in an order of their own, a run's among those of the others."""
    warmups = rng.permutation(np.arange(3, 16))[:3]
    runs = [{"steps": int(w) + int(rng.integers(15, 45)), "warmup": int(w)} for w in warmups]
    asked = [[number, step] for number, run in enumerate(runs) for step in range(run["steps"])]
    return {"runs": runs, "asked": [asked[int(i)] for i in rng.permutation(len(asked))]}


def _right(step: int, steps: int, warmup: int) -> float:
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))


def _schedule_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    runs = inputs["runs"]
    return {
        "factors": [
            plain_number(answer(step, runs[number]["steps"], runs[number]["warmup"]))
            for number, step in inputs["asked"]
        ]
    }


def _schedule_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    bad = next((v for v in observed["factors"] if isinstance(v, str)), None)
    if bad is not None:
        return Verdict(0.0, (Finding(False, f"`factor` should give one number; for a step it gave {bad}."),))
    told = {tuple(at): value for at, value in zip(inputs["asked"], observed["factors"], strict=True)}
    parts = [
        _judge_schedule([told[number, step] for step in range(run["steps"])], run["steps"], run["warmup"])
        for number, run in enumerate(inputs["runs"])
    ]
    # Each piece is right if it is so in all three runs.
    return verdict(*(min(piece, key=lambda part: part.passed) for piece in zip(*parts, strict=True)))


def _judge_schedule(got: list[float], steps: int, warmup: int) -> tuple[Finding, Finding]:
    right = [_right(step, steps, warmup) for step in range(steps)]
    rise = good("It rises in a line to 1, and no step is wasted.")
    fall = good("Then it falls along half a cosine, towards 0.")
    if not all(close(a, b, 1e-6) for a, b in zip(got[:warmup], right[:warmup], strict=True)):
        said = f"With {warmup} steps of warm-up the first factors are {show(got[: warmup + 1])}."
        if close(got[0], 0.0, 1e-9):
            why, name = (
                ("The first step has the factor 0: it computes a gradient and does nothing with it."),
                "begins at 0",
            )
        elif all(close(v, 1.0, 1e-9) for v in got[:2]) or got[0] > got[warmup - 1]:
            why, name = "They do not rise.", "no warm-up"
        elif all(close(v, (i + 1) / (warmup + 1), 1e-9) for i, v in enumerate(got[:warmup])):
            why, name = (
                "They reach 1 a step late: the last step of the warm-up has the factor 1.",
                "a step late",
            )
        elif all(close(v, i / (warmup - 1), 1e-9) for i, v in enumerate(got[:warmup])):
            why, name = "The first step has the factor 0 and does nothing.", "begins at 0"
        else:
            why, name = "They should rise by equal steps and reach 1 in the last step of the warm-up.", None
        rise = Finding(False, f"{said} {why}", name)
    if not all(close(a, b, 1e-6) for a, b in zip(got[warmup:], right[warmup:], strict=True)):
        said = (
            f"After the warm-up the factors begin with {show(got[warmup : warmup + 3])} and end"
            f" with {show(got[-2:])}."
        )
        late = [0.5 * (1 + math.cos(math.pi * step / steps)) for step in range(warmup, steps)]
        if min(got) < -1e-9:
            why, name = (
                (
                    "Some are below zero: steps uphill. The cosine goes from 1 to -1; half of it,"
                    " raised, from 1 to 0."
                ),
                "below zero",
            )
        elif all(close(a, b, 1e-6) for a, b in zip(got[warmup:], late, strict=True)):
            why, name = (
                (
                    "The cosine is counted from step 0. It begins where the warm-up ends, so the factor"
                    " drops there."
                ),
                "counted from the start",
            )
        elif all(
            close(a, 0.5 * (1 + math.cos(math.pi * (i + 1) / (steps - warmup))), 1e-6)
            for i, a in enumerate(got[warmup:])
        ):
            why, name = (
                "It runs a step ahead: the first step after the warm-up still has the factor 1.",
                "a step ahead",
            )
        elif steps - warmup > 1 and all(
            close(a, 0.5 * (1 + math.cos(math.pi * i / (steps - warmup - 1))), 1e-6)
            for i, a in enumerate(got[warmup:])
        ):
            why = "It reaches 0 in the last step, which then does nothing. Divide by the number of steps that"
            why, name = f"{why} are left after the warm-up.", "ends at 0"
        elif all(
            close(a, math.cos(math.pi * i / (steps - warmup) / 2), 1e-6) for i, a in enumerate(got[warmup:])
        ):
            why, name = (
                "That is a quarter of a wave: it falls fastest at the end. Half a wave ends flat.",
                "a quarter",
            )
        elif all(close(a, 1 - (i / (steps - warmup)), 1e-6) for i, a in enumerate(got[warmup:])):
            why, name = "That is a straight line.", "a line"
        else:
            why, name = (
                (
                    "They should follow 0.5 (1 + cos(pi p)), with p from 0 at the end of the warm-up to"
                    " nearly 1."
                ),
                None,
            )
        fall = Finding(False, f"{said} {why}", name)
    return rise, fall


_SCHEDULE = """
import math

def factor(step, steps, warmup):
    if step < warmup:
        return {rise}
    return {fall}
"""


def _schedule(rise: str = "(step + 1) / warmup", fall: str = "") -> str:
    fall = fall or "0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))"
    return _SCHEDULE.replace("{rise}", rise).replace("{fall}", fall)


SCHEDULE = Exercise(
    id="ch06-schedule",
    title="Warm-up and cosine",
    points=2,
    answer="factor",
    inputs=_schedule_inputs,
    probe=_schedule_probe,
    judge=_schedule_judge,
    solved_by=("tlcourse.training.schedules.warmup_cosine",),
    hints=(
        "Two pieces. What should the factor of step 0 be, so that the step is not wasted?",
        "Let p be how far the second piece has gone, from 0 to 1; then 0.5 (1 + cos(pi p)) goes from 1 to 0.",
        "`(step + 1) / warmup`, then `p = (step - warmup) / (steps - warmup)`.",
    ),
    misconceptions=(
        Misconception("begins at 0", _schedule(rise="step / warmup"), expect="does nothing with it"),
        Misconception(
            "below zero",
            _schedule(fall="math.cos(math.pi * (step - warmup) / (steps - warmup))"),
            expect="steps uphill",
        ),
        Misconception(
            "counted from the start",
            _schedule(fall="0.5 * (1 + math.cos(math.pi * step / steps))"),
            expect="It begins where the warm-up ends",
        ),
        Misconception("no warm-up", _schedule(rise="1.0"), expect="They do not rise"),
        Misconception(
            "a step ahead",
            _schedule(fall="0.5 * (1 + math.cos(math.pi * (step + 1 - warmup) / (steps - warmup)))"),
            expect="a step ahead",
        ),
        Misconception(
            "ends at 0",
            _schedule(fall="0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup - 1)))"),
            expect="reaches 0 in the last step",
        ),
        Misconception(
            "a line", _schedule(fall="1 - (step - warmup) / (steps - warmup)"), expect="a straight line"
        ),
    ),
)

# ------------------------------------------------------------------------------------------- range test


def _range_inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Two tests that end with the loss rising and two that break, in an order from the seed."""
    return {"cases": [_range_test(rng, bool(breaks)) for breaks in rng.permutation([0, 0, 1, 1])]}


def _range_test(rng: np.random.Generator, breaks: bool) -> dict[str, Any]:
    n = int(rng.integers(40, 50))
    # From and to anywhere, so that a tenth is another number of places each time.
    start = float(rng.uniform(-7, -5))
    rates = np.logspace(start, start + float(rng.uniform(5.5, 7)), n)
    low = int(rng.integers(26, 32))
    losses = 2.3 - 1.4 / (1 + np.exp(-(np.arange(n) - low + 6) / 2.5))
    losses = losses + 0.25 * np.maximum(np.arange(n) - low, 0) ** 1.5
    losses = losses + rng.normal(0, 0.01, n)
    losses[low] = losses.min() - 0.02
    if breaks:
        losses[low + 5 :] = np.nan
    return {"rates": rates, "losses": losses.round(4), "breaks": breaks}


def _range_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    found = [
        plain_number(answer(np.asarray(c["rates"]).copy(), np.asarray(c["losses"]).copy()))
        for c in inputs["cases"]
    ]
    return {"found": found}


def _range_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    parts: dict[bool, Finding] = {}
    for case, got in zip(inputs["cases"], observed["found"], strict=True):
        breaks = bool(case["breaks"])
        if breaks in parts and not parts[breaks].passed:
            continue  # right for both, or the first that is not
        rates, losses = np.asarray(case["rates"]), np.asarray(case["losses"])
        best = float(rates[int(np.nanargmin(losses))])
        where = "Where the loss turns to NaN" if breaks else "Where the loss rises again"
        if isinstance(got, str):
            parts[breaks] = Finding(False, f"{where} you give {got}. One number is needed.")
            continue
        said, low = f"{where} you give {show(got)}.", float(np.nanmin(losses))
        first_nan = float(rates[int(np.argmin(losses))])
        steepest = float(rates[int(np.nanargmin(np.diff(losses)))])
        name: str | None
        if close(got, best / 10, 0.02 * best / 10):
            parts[breaks] = good(
                "With NaN at the end: right." if breaks else "A tenth of the rate with the lowest loss."
            )
            continue
        if math.isnan(got):
            why, name = "NaN is no rate. Look at the finite losses only.", "NaN wins"
        elif close(got, best, 0.02 * best):
            why, name = (
                (
                    "There the loss is about to rise: at this rate training stands on the edge. Stay"
                    " well below."
                ),
                "on the edge",
            )
        elif close(got, low, 1e-6) or close(got, low / 10, 1e-6):
            why, name = "That is a loss. The question is at which rate it was reached.", "a loss, not a rate"
        elif breaks and any(close(got, v, 0.02 * v) for v in (first_nan, first_nan / 10)):
            why, name = "`argmin` takes NaN for the smallest. Look at the finite losses only.", "NaN wins"
        elif any(close(got, v, 0.02 * v) for v in (steepest, steepest / 10)):
            why, name = (
                "There the loss falls fastest. A tenth of the rate with the lowest loss was asked for.",
                None,
            )
        elif got <= 0:
            why, name = "A rate is above zero.", None
        elif got > best:
            why, name = "That is beyond the rate at which the loss is lowest.", None
        elif got > best / 10:
            why, name = "That is nearer to the lowest point than a tenth of its rate.", None
        elif got > best / 50:
            why, name = "That is less than a tenth of the rate with the lowest loss.", None
        else:
            why, name = "The loss is hardly falling yet at this rate.", "too low"
        parts[breaks] = Finding(False, f"{said} {why}", name)
    return verdict(parts[False], parts[True])


_RANGE = """
import numpy as np

def first_rate(rates, losses):
    return {body}
"""

RANGE = Exercise(
    id="ch06-range",
    title="Read a range test",
    points=2,
    answer="first_rate",
    inputs=_range_inputs,
    probe=_range_probe,
    judge=_range_judge,
    solved_by=("tlcourse.training.range_test.suggest",),
    hints=(
        "Where is the loss lowest? And what happens just to the right of it?",
        "`np.nanargmin(losses)` finds the position and overlooks NaN.",
        "`rates[np.nanargmin(losses)] / 10`.",
    ),
    misconceptions=(
        Misconception(
            "on the edge",
            _RANGE.replace("{body}", "rates[np.nanargmin(losses)]"),
            expect="stands on the edge",
        ),
        Misconception(
            "NaN wins",
            _RANGE.replace("{body}", "rates[np.argmin(losses)] / 10"),
            expect=("takes NaN for the smallest"),
        ),
        Misconception(
            "a loss, not a rate", _RANGE.replace("{body}", "np.nanmin(losses)"), expect="That is a loss"
        ),
        Misconception("too low", _RANGE.replace("{body}", "rates[0]"), expect="hardly falling yet"),
    ),
)

# ------------------------------------------------------------------------------------- early stopping


def _stop_inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Eight runs or more, of all kinds and lengths, in an order from the seed."""
    kinds = ["stops", "late", "never"] * 2 + [str(k) for k in rng.choice(["stops", "late", "never"], 3)]
    return {"cases": [_run_of(rng, kinds[int(i)]) for i in rng.permutation(len(kinds))]}


def _run_of(rng: np.random.Generator, kind: str) -> dict[str, Any]:
    patience = int(rng.integers(2, 5))
    fall = list(3.0 - 0.2 * np.arange(int(rng.integers(4, 12))))
    best = fall[-1]
    if kind == "stops":  # a small hump on the way down, then upwards, with a wobble
        fall.insert(2, fall[1] + 0.05)
        rise = [best + (0.2 if i % 2 else 0.3) for i in range(patience + int(rng.integers(1, 4)))]
    elif kind == "late":  # a new best after the run has ended
        rise = [best + 0.1 * (i + 1) for i in range(patience)] + [best - 0.5, best - 0.6]
    else:
        rise = [best + 0.05]
    losses = [round(float(v) + float(rng.uniform(0, 0.01)), 4) for v in fall + rise]
    return {"losses": losses, "patience": patience}


def _stopped(losses: list[float], patience: int) -> tuple[int, int]:
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        elif epoch - best >= patience:
            return best, epoch
    return best, len(losses) - 1


def _rising(losses: list[float], patience: int) -> int:
    """Where a run ends that compares each epoch with the one before."""
    worse = 0
    for epoch in range(1, len(losses)):
        worse = worse + 1 if losses[epoch] > losses[epoch - 1] else 0
        if worse >= patience:
            return epoch
    return len(losses) - 1


_ENDS: dict[str, tuple[Callable[[dict[str, Any]], int], str]] = {
    "one early": (
        lambda case: _stopped(case["losses"], case["patience"] - 1)[1],
        "That is one epoch early: patience is how many epochs without a new best are allowed to pass.",
    ),
    "compared with the one before": (
        lambda case: _rising(case["losses"], case["patience"]),
        "You compare each epoch with the one before it. Compare it with the best so far.",
    ),
    "one late": (
        lambda case: _stopped(case["losses"], case["patience"] + 1)[1],
        "That is one epoch late: the run ends when so many epochs have passed without a new best.",
    ),
    "never stops": (lambda case: len(case["losses"]) - 1, "The run should have ended before."),
}


def _two_epochs(found: Any) -> list[int] | None:
    """Two whole numbers, as a list, a tuple, an array or a tensor."""
    try:
        pair = plain(found)
    except NotPlainError:
        return None
    if isinstance(found, set | frozenset) or not isinstance(pair, list | tuple | np.ndarray):
        return None
    numbers = [plain_number(value) for value in pair]
    if len(numbers) != 2 or any(isinstance(v, str) or not v.is_integer() for v in numbers):
        return None
    return [int(v) for v in numbers]


def _stop_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out = []
    for case in inputs["cases"]:
        found = answer([float(v) for v in case["losses"]], case["patience"])
        pair = _two_epochs(found)
        if pair is None:
            return {"wrong": describe(found)}
        out.append(pair)
    return {"found": out}


def _stop_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        why = (
            f"`early_stop` should give two numbers (best epoch, last epoch); yours gave {observed['wrong']}."
        )
        return Verdict(0.0, (Finding(False, why),))
    best = good("The weights of the best epoch so far are the ones to restore.")
    last = good("The run ends when patience has run out, or when the epochs have.")
    for case, (got_best, got_last) in zip(inputs["cases"], observed["found"], strict=True):
        losses, patience = [float(v) for v in case["losses"]], case["patience"]
        right_best, right_last = _stopped(losses, patience)
        said = f"For {len(losses)} epochs that end with {show(losses[-5:])} and patience {patience}"
        if got_last != right_last and last.passed:
            why, name = "Count the epochs since the best one.", None
            if (got_best, got_last) == (right_best + 1, right_last + 1):
                why, name = "Both are one too many: epochs are counted from 0.", "counted from 1"
            else:
                # The way that explains all runs, before one that explains this run only.
                ends = [end for _, end in observed["found"]]
                fitting = [
                    (
                        all(rule(c) == end for c, end in zip(inputs["cases"], ends, strict=True)),
                        why,
                        rule_name,
                    )
                    for rule_name, (rule, why) in _ENDS.items()
                    if rule(case) == got_last
                ]
                if fitting:
                    _, why, name = max(fitting, key=lambda one: one[0])
            last = Finding(False, f"{said} you let the run end at epoch {got_last}. {why}", name)
        if got_best != right_best and best.passed:
            why, name = "Restore the best epoch among those that were run.", None
            if (got_best, got_last) == (right_best + 1, right_last + 1):
                why, name = "Both are one too many: epochs are counted from 0.", "counted from 1"
            elif got_best == got_last == right_last and right_last - right_best < patience:
                why, name = (
                    "These are the weights of the last epoch, and an earlier one was better.",
                    ("keeps the last"),
                )
            elif got_best == got_last == right_last:
                why, name = (
                    ("These are the weights of the last epoch, which patience has just called worse."),
                    "keeps the last",
                )
            elif got_best == int(np.argmin(losses)):
                why, name = (
                    "That epoch comes after the end of the run: nobody has trained it.",
                    ("looks into the future"),
                )
            best = Finding(False, f"{said} you restore epoch {got_best}. {why}", name)
    return verdict(best, last)


_STOP = """
def early_stop(val_losses, patience):
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        elif epoch - best >= {patience}:
            return {best}, epoch
    return {end}, len(val_losses) - 1
"""


def _stop(patience: str = "patience", best: str = "best", end: str = "best") -> str:
    return _STOP.replace("{patience}", patience).replace("{best}", best).replace("{end}", end)


STOP = Exercise(
    id="ch06-early-stop",
    title="Stop early, restore the best",
    points=2,
    answer="early_stop",
    inputs=_stop_inputs,
    probe=_stop_probe,
    judge=_stop_judge,
    solved_by=("tlcourse.sweeps.topics.train_adapted._patient",),
    hints=(
        "Go through the epochs one by one, as the run does, and remember the best so far.",
        "The run ends when `epoch - best >= patience`. What is to be restored then?",
        "If the loop comes to its end, the last epoch is `len(val_losses) - 1`, and the best"
        " is still the best.",
    ),
    misconceptions=(
        Misconception(
            "keeps the last", _stop(best="epoch", end="epoch"), expect="the weights of the last epoch"
        ),
        Misconception("one early", _stop(patience="patience - 1"), expect="one epoch early"),
        Misconception("one late", _stop(patience="patience + 1"), expect="one epoch late"),
        Misconception(
            "looks into the future",
            _stop(best="val_losses.index(min(val_losses))", end="val_losses.index(min(val_losses))"),
            expect="nobody has trained it",
        ),
        Misconception(
            "compared with the one before",
            """
def early_stop(val_losses, patience):
    worse = 0
    for epoch in range(1, len(val_losses)):
        worse = worse + 1 if val_losses[epoch] > val_losses[epoch - 1] else 0
        if worse >= patience:
            return val_losses.index(min(val_losses[:epoch + 1])), epoch
    return val_losses.index(min(val_losses)), len(val_losses) - 1
""",
            expect="Compare it with the best so far",
        ),
    ),
)
