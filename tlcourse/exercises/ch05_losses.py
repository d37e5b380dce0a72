"""Chapter 5: the answer, its activation, its loss and its targets belong together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tlcourse.exercises.engine.judging import close, describe, good, plain_array, read_array, show, verdict
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict

__all__ = ["BIAS", "CHOOSE", "LABELS", "PAIR"]


def _log_softmax(z: np.ndarray) -> np.ndarray:
    shifted = z - z.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))


def _softmax(z: np.ndarray) -> np.ndarray:
    return np.exp(_log_softmax(z))


def _binary(z: np.ndarray, t: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))


# -------------------------------------------------------------------------------------- choose the head


_KINDS = ("exactly one", "any number", "a number")


_ABOUT: dict[str, tuple[str, ...]] = {
    "exactly one": (
        "which of {n} animals is on the picture",
        "the language of the recording, of {n}",
        "the next of {n} words",
        "which of {n} kinds of rock this is",
        "the digit, of {n}",
    ),
    "any number": (
        "which of {n} tags apply to the article",
        "which of {n} faults the part has, if any",
        "which of {n} instruments are heard",
        "which of {n} objects stand on the table",
        "which of {n} illnesses the scan shows, if any",
    ),
    "a number": (
        "the ages of {n} trees on the picture, in years",
        "where things are, as {n} coordinates",
        "{n} temperatures of tomorrow",
        "{n} prices",
        "{n} angles of a joint",
    ),
}


def _choose_inputs(rng: np.random.Generator) -> dict[str, Any]:
    tasks = []
    for kind, abouts in _ABOUT.items():
        for about in rng.permutation(abouts)[: int(rng.integers(3, 5))]:
            # One number, or a few; and classes and labels in any number.
            few = int(rng.integers(1, 9)) if kind == "a number" else int(rng.integers(3, 30))
            tasks.append({"about": str(about).format(n=few), "answer": kind, "of": few})
    if all(task["of"] == 1 for task in tasks if task["answer"] == "a number"):
        return _choose_inputs(rng)  # who always gives one output for numbers is found out
    return {"tasks": [tasks[int(i)] for i in rng.permutation(len(tasks))]}


def _choose_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out = []
    for task in inputs["tasks"]:
        found = answer(dict(task))
        if isinstance(found, (str, bytes, Mapping)) or not hasattr(found, "__len__") or len(found) != 3:
            return {"wrong": describe(found)}
        units, activation, loss = found
        try:
            units = int(units)
        except (TypeError, ValueError):
            return {"wrong": describe(found)}
        out.append([units, str(activation).lower(), str(loss).lower()])
    return {"chosen": out}


_RIGHT = {
    "exactly one": ("softmax", "cross-entropy"),
    "any number": ("sigmoid", "binary cross-entropy"),
    "a number": ("none", "squared error"),
}

_ACTIVATIONS = tuple(activation for activation, _ in _RIGHT.values())
_LOSSES = tuple(loss for _, loss in _RIGHT.values())


def _choose_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        why = (
            "`choose` should give (outputs, activation, loss) for each task; for one it gave"
            f" {observed['wrong']}."
        )
        return Verdict(0.0, (Finding(False, why),))
    units = good("As many outputs as there are answers to give.")
    activation = good("The activations fit the answers.")
    loss = good("The losses fit the activations.")
    for task, (got, act, err) in zip(inputs["tasks"], observed["chosen"], strict=True):
        kind = task["answer"]
        said = f'"{task["about"]}" ({kind})'
        if got != task["of"] and units.passed:
            more = got > task["of"]
            units = Finding(
                False,
                f"For {said} you take {got} outputs. Each class, each label and each number needs"
                f" one of its own{', and no other is needed' if more else ''}.",
                None if more else "one output for all",
            )
        right = _RIGHT[kind]
        if act not in _ACTIVATIONS and activation.passed:
            activation = Finding(
                False, f"For {said} you take {show(act)}, which is none of {', '.join(_ACTIVATIONS)}."
            )
        elif act != right[0] and activation.passed:
            activation = Finding(
                False, (f"For {said} you take {show(act)}. {_why(kind, act)}"), f"{act} for {kind}"
            )
        if err not in _LOSSES and loss.passed:
            loss = Finding(
                False, f"For {said} you take the loss {show(err)}, which is none of {', '.join(_LOSSES)}."
            )
        elif err != right[1] and loss.passed:
            loss = Finding(
                False,
                f"For {said} you take the loss {show(err)}. It does not measure what this answer gets wrong.",
                f"{err} for {kind}",
            )
    parts = [units, activation, loss]
    if len({tuple(c) for c in observed["chosen"]}) == 1 or len({c[1] for c in observed["chosen"]}) == 1:
        # One choice for everything is right for something; that is no merit.
        return Verdict(0.0, tuple(p for p in parts if not p.passed))
    return verdict(*parts)


def _why(kind: str, activation: str) -> str:
    if kind == "any number" and activation == "softmax":
        return (
            "A softmax shares one whole among them: two labels that both apply would have to take half each."
        )
    if kind == "exactly one" and activation == "sigmoid":
        return "Sigmoids do not know of one another: all of them, or none, may say yes."
    if kind == "a number":
        return "It squeezes the answer into the range from 0 to 1, and the answer may lie anywhere."
    return "It does not turn these outputs into such an answer."


CHOOSE = Exercise(
    id="ch05-choose",
    title="Choose the head for the task",
    points=3,
    answer="choose",
    inputs=_choose_inputs,
    probe=_choose_probe,
    judge=_choose_judge,
    hints=(
        'There are three kinds of answers, and `task["answer"]` says which it is.',
        "Ask of each activation: may several outputs be close to 1 at once? May an output be 37?",
        "A dictionary from the kind to (activation, loss) is enough; the number of outputs is in the task.",
    ),
    misconceptions=(
        Misconception(
            "softmax for any number",
            """
def choose(task):
    if task["answer"] == "a number":
        return task["of"], "none", "squared error"
    return task["of"], "softmax", "cross-entropy"
""",
            expect="would have to take half each",
        ),
        Misconception(
            "sigmoid for a number",
            """
def choose(task):
    kinds = {"exactly one": ("softmax", "cross-entropy"), "any number": ("sigmoid", "binary cross-entropy")}
    return task["of"], *kinds.get(task["answer"], ("sigmoid", "squared error"))
""",
            expect="squeezes the answer",
        ),
        Misconception(
            "sigmoid for exactly one",
            """
def choose(task):
    if task["answer"] == "a number":
        return task["of"], "none", "squared error"
    return task["of"], "sigmoid", "binary cross-entropy"
""",
            expect="Sigmoids do not know of one another",
        ),
        Misconception(
            "one output for all",
            """
def choose(task):
    kinds = {"exactly one": ("softmax", "cross-entropy"), "any number": ("sigmoid", "binary cross-entropy")}
    units = 1 if task["answer"] == "a number" else task["of"]
    return units, *kinds.get(task["answer"], ("none", "squared error"))
""",
            expect="needs one of its own",
        ),
        Misconception(
            "squared error for exactly one",
            """
def choose(task):
    kinds = {"exactly one": "softmax", "any number": "sigmoid", "a number": "none"}
    return task["of"], kinds[task["answer"]], "squared error"
""",
            expect="does not measure what this answer gets wrong",
        ),
    ),
)

# --------------------------------------------------------------------------------- the loss that fits


def _pair_inputs(rng: np.random.Generator) -> dict[str, Any]:
    n, k = int(rng.integers(9, 14)), int(rng.integers(3, 6))
    labels = (rng.random((n, k)) < 0.5).astype("float32")
    return {
        "order": [str(name) for name in rng.permutation(["classes", "labels", "number"])],
        "classes": {"outputs": rng.normal(0, 3, (n, k)).astype("float32"), "targets": rng.integers(0, k, n)},
        "labels": {"outputs": rng.normal(0, 3, (n, k)).astype("float32"), "targets": labels},
        "number": {
            "outputs": rng.normal(20, 6, (n, 1)).astype("float32"),
            "targets": rng.normal(20, 6, (n, 1)).astype("float32"),
        },
    }


_PAIR = {"classes": "exactly one", "labels": "any number", "number": "a number"}


def _pair_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """What each loss says of outputs and targets of its kind; and of those of the labels, to compare them."""
    out: dict[str, Any] = {"on the labels": {}}
    for name in inputs["order"]:
        loss = answer(_PAIR[name])
        if isinstance(loss, type):
            out[name] = f"yours gave the class {loss.__name__} itself; a pair of brackets makes a loss of it"
            continue
        if loss is None or not (callable(loss) or (isinstance(loss, str) and framework == "keras")):
            out[name] = f"yours gave {describe(loss)}"
            continue
        for at, on in ((out, name), (out["on the labels"], "labels")):
            found, wanted = np.asarray(inputs[on]["outputs"]), np.asarray(inputs[on]["targets"])
            at[name] = _loss_of(loss, found, wanted, framework)
    return out


def _loss_of(loss: Any, found: np.ndarray, wanted: np.ndarray, framework: str) -> float | str:
    try:
        if framework == "torch":
            import torch

            value = loss(torch.from_numpy(found.copy()), torch.from_numpy(wanted.copy()))
            if getattr(value, "ndim", 0) > 0 and value.numel() > 1:
                return f"yours gives {value.numel()} numbers, and training needs one: their mean"
            return float(value)
        # `compile` takes names of losses as well as losses.
        import keras

        loss = keras.losses.get(loss) if isinstance(loss, str) else loss
        return float(np.asarray(loss(wanted, found)).mean())
    except Exception as error:
        words = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:120]
        return f"yours cannot read such outputs and targets ({words})"


def _pair_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    parts = []
    alike = list(observed["on the labels"].values())
    if len(alike) == len(_PAIR) and all(v == alike[0] or close(v, alike[0], 1e-5) for v in alike):
        why = "`loss_for` gives the same loss for all three kinds of answers. One loss cannot fit them all."
        return Verdict(0.0, (Finding(False, why, "one loss for all"),))
    for name, kind in _PAIR.items():
        z, t = np.asarray(inputs[name]["outputs"], "float64"), np.asarray(inputs[name]["targets"])
        got = observed[name]
        said = f'`loss_for("{kind}")`'
        if isinstance(got, str):
            why = f"{said} should give a loss; {got}."
            parts.append(Finding(False, why, "targets of the wrong shape"))
            continue
        rows = np.arange(len(t))
        if name == "classes":
            right = -_log_softmax(z)[rows, t].mean()
            logs = _log_softmax(z)
            wrong = {
                "softmax before the loss": -_log_softmax(_softmax(z))[rows, t].mean(),
                "logarithms": -z[rows, t].mean(),
                "probabilities": -_log_softmax(np.log(np.clip(z, 1e-7, 1 - 1e-7)))[rows, t].mean(),
                "smoothed": -(0.9 * logs[rows, t] + 0.1 * logs.mean(1)).mean(),
            }
            text = "The loss for one class of several reads logits."
        elif name == "labels":
            right, p = _binary(z, t).mean(), np.clip(z, 1e-7, 1 - 1e-7)
            wrong = {
                "softmax for several labels": -(_log_softmax(z) * t).sum(1).mean(),
                "sigmoid before the loss": _binary(1 / (1 + np.exp(-z)), t).mean(),
                "changed places": _binary(t, z).mean(),
                "probabilities": -(t * np.log(p + 1e-7) + (1 - t) * np.log(1 - p + 1e-7)).mean(),
                "squared error": ((z - t) ** 2).mean(),
            }
            text = "The loss for several labels reads logits, one for each label."
        else:
            right = ((z - t) ** 2).mean()
            far = np.abs(z - t)
            wrong = {
                "absolute error": far.mean(),
                "a root": np.sqrt(right),
                "half of it": right / 2,
                "Huber": np.where(far < 1, far**2 / 2, far - 0.5).mean(),
            }
            text = "The loss for a number is the squared error."
        if close(got, float(right), 2e-4 * max(1.0, abs(float(right)))):
            parts.append(good(text))
            continue
        # A sum: over everything, or (as Keras counts) over the means of the rows.
        wrong |= {"summed": right * z.size, "summed over the rows": right * len(z)}
        names = [
            n for n, value in wrong.items() if close(got, float(value), 2e-3 * max(1.0, abs(value) / 10))
        ]
        parts.append(
            Finding(
                False, (f"{said} gives {show(got)} on such outputs. {_pair_why(name, names)}"), *names[:1]
            )
        )
    return verdict(*parts)


def _pair_why(name: str, names: list[str]) -> str:
    if "softmax before the loss" in names:
        return (
            "It has been given a softmax of its own before the one in the loss: the logits go"
            " through it twice."
        )
    if "sigmoid before the loss" in names:
        return (
            "It has been given a sigmoid of its own before the one in the loss: the logits go through"
            " it twice."
        )
    if "changed places" in names:
        return "Outputs and targets have changed places: which of the two does your loss take first?"
    if names and names[0].startswith("summed"):
        return (
            "That is a sum; a mean is asked for, so that the rate need not change with the size of a batch."
        )
    if "softmax for several labels" in names:
        return "That is the cross-entropy of one softmax: the labels compete, and only one of them can win."
    if "absolute error" in names:
        return "That is the absolute error; the task asks for the squared one."
    if names and names[0] in ("logarithms", "probabilities"):
        return (
            "These outputs are logits, any number from minus to plus infinity, and your loss takes them for"
            f" {names[0]}. Choose the loss that reads logits, or tell it so."
        )
    if "squared error" in names:
        return "That is the squared error: it does not punish being sure and wrong as a logarithm does."
    if "smoothed" in names:
        return "That is the loss with smoothed labels; the task asks for the plain one."
    if names:
        why = {"a root": "its root", "half of it": "half of it", "Huber": "the Huber loss"}[names[0]]
        return f"The mean of the squared differences is asked for; that is {why}."
    if name == "number":
        return "For a number the mean of the squared differences is asked for."
    return (
        "That is not the mean loss of one softmax over the classes, on logits."
        if name == "classes"
        else "That is not the mean loss of a sigmoid for each label, on logits."
    ) + " Does your loss read logits, and take the mean?"


PAIR = Exercise(
    id="ch05-pair",
    title="The loss that fits the head",
    points=3,
    answer="loss_for",
    inputs=_pair_inputs,
    probe=_pair_probe,
    judge=_pair_judge,
    solved_by=("tlcourse.heads._torch.loss_of", "tlcourse.heads._keras.loss_of"),
    hints=(
        "All three heads give raw outputs. Which loss of your framework applies softmax or sigmoid itself?",
        (
            "PyTorch: two of the three have `WithLogits` in their name or in their"
            " documentation. Keras: look at"
            " `from_logits`, and at what it is if you say nothing."
        ),
        (
            "PyTorch: `nn.CrossEntropyLoss()`, `nn.BCEWithLogitsLoss()`, `nn.MSELoss()`. Keras:"
            " `SparseCategoricalCrossentropy(from_logits=True)`, `BinaryCrossentropy(from_logits=True)`,"
            " `MeanSquaredError()`."
        ),
    ),
    misconceptions=(
        Misconception(
            "logits taken for probabilities",
            {
                "torch": """
from torch import nn

def loss_for(answer):
    kinds = {"exactly one": nn.NLLLoss(), "any number": nn.BCEWithLogitsLoss(), "a number": nn.MSELoss()}
    return kinds[answer]
""",
                "keras": """
def loss_for(answer):
    kinds = {"exactly one": "sparse_categorical_crossentropy", "any number": "binary_crossentropy"}
    return kinds.get(answer, "mse")
""",
            },
            expect="takes them for",
        ),
        Misconception(
            "softmax before the loss",
            {
                "torch": """
from torch import nn

def loss_for(answer):
    cross = nn.CrossEntropyLoss()
    kinds = {"exactly one": lambda z, t: cross(z.softmax(1), t), "any number": nn.BCEWithLogitsLoss()}
    return kinds.get(answer, nn.MSELoss())
""",
                "keras": """
import keras
import numpy as np

def loss_for(answer):
    cross = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    kinds = {
        "exactly one": lambda t, z: cross(t, np.asarray(keras.ops.softmax(z))),
        "any number": keras.losses.BinaryCrossentropy(from_logits=True),
    }
    return kinds.get(answer, keras.losses.MeanSquaredError())
""",
            },
            expect="go through it twice",
        ),
        Misconception(
            "softmax for several labels",
            {
                "torch": """
from torch import nn

def loss_for(answer):
    return nn.MSELoss() if answer == "a number" else nn.CrossEntropyLoss()
""",
                "keras": """
import keras

def loss_for(answer):
    if answer == "exactly one":
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    if answer == "any number":
        return keras.losses.CategoricalCrossentropy(from_logits=True)
    return keras.losses.MeanSquaredError()
""",
            },
            expect="the labels compete",
        ),
        Misconception(
            "one loss for all",
            {
                "torch": """
from torch import nn

def loss_for(answer):
    return nn.MSELoss()
""",
                "keras": """
def loss_for(answer):
    return "mse"
""",
            },
            expect="One loss cannot fit them all",
        ),
        Misconception(
            "targets of the wrong shape",
            {
                "torch": """
from torch import nn

def loss_for(answer):
    return nn.MSELoss() if answer == "a number" else nn.BCEWithLogitsLoss()
""",
                "keras": """
import keras

def loss_for(answer):
    if answer == "a number":
        return keras.losses.MeanSquaredError()
    if answer == "exactly one":
        return keras.losses.CategoricalCrossentropy(from_logits=True)
    return keras.losses.BinaryCrossentropy(from_logits=True)
""",
            },
            expect="cannot read such outputs",
        ),
    ),
)

# ------------------------------------------------------------------------------- a bias from frequencies


def _bias_inputs(rng: np.random.Generator) -> dict[str, Any]:
    while True:
        counts = np.exp(rng.uniform(np.log(6), np.log(400), int(rng.integers(3, 6)))).astype(int)
        rows, shares = int(rng.integers(200, 500)), rng.uniform(0.03, 0.9, int(rng.integers(3, 6)))
        labels = (rows * shares).astype(int)
        in_order = np.sort(counts)
        # Frequencies that differ, and labels that do not happen to add up to the number of pictures.
        clear = (in_order[1:] / in_order[:-1]).min() > 1.2 and np.diff(np.sort(shares)).min() > 0.03
        if clear and abs(labels.sum() / rows - 1) > 0.15 and np.abs(labels / rows - 0.5).max() > 0.2:
            return {"classes": counts.tolist(), "rows": rows, "labels": labels.tolist()}


def _bias_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out = {}
    for kind, counts, rows in (
        ("softmax", inputs["classes"], sum(inputs["classes"])),
        ("sigmoid", inputs["labels"], inputs["rows"]),
    ):
        value = plain_array(answer(list(counts), rows, kind))
        out[kind] = value if isinstance(value, str) else value.reshape(-1)
    return out


def _bias_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    soft, sig = (read_array(observed[kind], "`start_bias`") for kind in ("softmax", "sigmoid"))
    counts, labels, rows = (
        np.array(inputs["classes"], float),
        np.array(inputs["labels"], float),
        inputs["rows"],
    )
    for got, of in ((soft, counts), (sig, labels)):
        if got.shape != of.shape:
            return Verdict(0.0, (Finding(False, f"For {len(of)} counts you give {len(got)} numbers."),))
    said = f"For classes with {show(inputs['classes'])} pictures"
    if not (np.isfinite(soft).all() and np.isfinite(sig).all()):
        why = (
            f"Your biases, {show(soft.tolist())} and {show(sig.tolist())}, hold NaN or infinity. No count"
            " here is zero."
        )
        return Verdict(0.0, (Finding(False, why, "not finite"),))
    stated = _softmax(soft[None])[0]
    share = counts / counts.sum()
    if np.allclose(stated, share, atol=1e-3):
        first = good("The softmax head begins by saying how frequent each class is.")
    else:
        why = f"{said}, a softmax of your bias says {show([round(float(p), 2) for p in stated])}."
        if np.allclose(soft, share, atol=1e-6):
            why += " You gave the shares themselves; the softmax takes exponentials of them first."
            name = "shares as bias"
        elif np.allclose(stated, (1 / share) / (1 / share).sum(), atol=1e-3):
            why += " The rarest class comes out as the most frequent."
            name = "upside down"
        elif np.allclose(
            soft - soft[0], np.log(share / (1 - share)) - np.log(share / (1 - share))[0], atol=1e-5
        ):
            why += " The logarithm of p / (1 - p) undoes a sigmoid. A softmax undoes a simpler function."
            name = "log odds for a softmax"
        else:
            why += " Compare that with how frequent they are."
            name = None
        first = Finding(False, why, name)
    p = labels / rows
    told = 1 / (1 + np.exp(-np.clip(sig, -50, 50)))
    said = f"For labels on {show(inputs['labels'])} of {rows} pictures"
    if np.allclose(told, p, atol=1e-3):
        second = good("The sigmoid head begins by saying how frequent each label is.")
    else:
        why = f"{said}, a sigmoid of your bias says {show([round(float(v), 2) for v in told])}."
        if np.allclose(sig, np.log(p), atol=1e-6):
            why += " The logarithm of the share is right for a softmax. A sigmoid undoes another function."
            name = "log share for a sigmoid"
        elif np.allclose(sig, np.log(labels / labels.sum()), atol=1e-6):
            why += (
                " You shared the labels out among themselves. Each label has its own chance, out of"
                " all pictures."
            )
            name = "labels as classes"
        elif np.allclose(sig, p, atol=1e-6):
            why += " You gave the shares themselves; the sigmoid takes them for logits."
            name = "shares as bias"
        elif np.allclose(told, 1 - p, atol=1e-3):
            why += " That is how often each label is missing."
            name = "upside down"
        else:
            why += " Compare that with how frequent they are."
            name = None
        second = Finding(False, why, name)
    return verdict(first, second)


BIAS = Exercise(
    id="ch05-bias",
    title="A bias from the frequencies",
    points=2,
    answer="start_bias",
    inputs=_bias_inputs,
    probe=_bias_probe,
    judge=_bias_judge,
    solved_by=("tlcourse.heads.start.bias_for_classes", "tlcourse.heads.start.bias_for_labels"),
    hints=(
        "With weights near zero the outputs are the bias. So the activation of the bias"
        " should be the frequencies.",
        "Softmax takes exponentials and divides by their sum: what undoes the exponential?"
        " Sigmoid: p = 1 / (1 + exp(-b)).",
        "Softmax: the logarithm of the share. Sigmoid: log(p / (1 - p)), with p out of all rows.",
    ),
    misconceptions=(
        Misconception(
            "shares as bias",
            """
import numpy as np

def start_bias(counts, rows, kind):
    return np.array(counts) / rows
""",
            expect="You gave the shares themselves",
        ),
        Misconception(
            "log share for a sigmoid",
            """
import numpy as np

def start_bias(counts, rows, kind):
    return np.log(np.array(counts) / rows)
""",
            expect="A sigmoid undoes another function",
        ),
        Misconception(
            "labels as classes",
            """
import numpy as np

def start_bias(counts, rows, kind):
    return np.log(np.array(counts) / np.sum(counts))
""",
            expect="out of all pictures",
        ),
        Misconception(
            "log odds for a softmax",
            """
import numpy as np

def start_bias(counts, rows, kind):
    p = np.array(counts) / rows
    return np.log(p / (1 - p))
""",
            expect="undoes a sigmoid",
        ),
        Misconception(
            "upside down",
            """
import numpy as np

def start_bias(counts, rows, kind):
    p = np.array(counts) / rows
    return -np.log(p) if kind == "softmax" else np.log((1 - p) / p)
""",
            expect="comes out as the most frequent",
        ),
    ),
)

# ------------------------------------------------------------------------------------- several labels


def _labels_inputs(rng: np.random.Generator) -> dict[str, Any]:
    k, n = int(rng.integers(4, 7)), int(rng.integers(6, 10))
    while True:
        sets = [sorted(int(i) for i in rng.permutation(k)[: int(rng.integers(0, 4))]) for _ in range(n)]
        if any(len(s) > 1 for s in sets) and any(not s for s in sets):
            break
    z = rng.normal(0, 2.5, (n, k))
    # Decisions with a margin. In the first row all are between one half of probability and a logit of one
    # half, and none has one half of a softmax.
    z[np.abs(z) < 0.15] += 0.5
    z[0], z[1, 0] = 0.3 + rng.permutation(k) * 0.02, 1.5
    return {"sets": sets, "k": k, "logits": z[rng.permutation(n)].round(3)}


def _labels_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    result = answer([list(s) for s in inputs["sets"]], np.asarray(inputs["logits"], "float64").copy())
    if isinstance(result, (str, bytes, Mapping)) or not hasattr(result, "__len__") or len(result) != 2:
        return {"wrong": describe(result)}
    out: dict[str, Any] = {}
    for name, value in zip(("targets", "stated"), result, strict=True):
        found = plain_array(value)
        if isinstance(found, str):
            return {"wrong": f"{found} as the {'targets' if name == 'targets' else 'answers'}"}
        out[name] = found
    return out


def _labels_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        why = (
            "`several(sets, logits)` should give two tables (targets, stated); yours gave"
            f" {observed['wrong']}."
        )
        return Verdict(0.0, (Finding(False, why),))
    sets, k, z = inputs["sets"], inputs["k"], np.asarray(inputs["logits"])
    targets, stated = np.asarray(observed["targets"]), np.asarray(observed["stated"])
    right = np.zeros((len(sets), k))
    for row, names in enumerate(sets):
        right[row, names] = 1
    if targets.shape != right.shape:
        first = Finding(
            False,
            f"For {len(sets)} pictures and {k} labels your targets have shape {targets.shape}. A"
            " row of 0 and 1 for each"
            " picture says which labels it has, also if it has none or three.",
            "one label each",
        )
    elif np.array_equal(targets, right):
        first = good("The targets have a 1 for each label of each picture, and 0 elsewhere.")
    elif (targets.sum(1) <= 1.001).all():
        row = next(i for i, s in enumerate(sets) if len(s) > 1)
        first = Finding(
            False,
            f"Picture {row} has the labels {sets[row]}, and your row for it is {show(targets[row].tolist())}."
            + (
                " The labels share a one. Each label is a question of its own: yes or no."
                if abs(targets[row].sum() - 1) < 1e-6 and targets[row].max() < 1
                else " A picture may have several."
            ),
            "one label each",
        )
    else:
        row = int(np.argmax((targets != right).any(1)))
        why = (
            f"Picture {row} has the labels {sets[row]}, and your row for it is {show(targets[row].tolist())}."
            " Column j belongs to label j, counted from 0."
        )
        if np.array_equal(stated, right):
            why += " Have targets and answers changed places?"
        first = Finding(False, why)
    answer = (z > 0).astype(float)
    if stated.shape != answer.shape:
        second = Finding(
            False,
            (f"Your answers have shape {stated.shape}, for logits of shape {z.shape}."),
            "one label each",
        )
    elif np.array_equal(stated, answer):
        second = good("A label is stated where its probability is above one half.")
    else:
        row = int(np.argmax((stated != answer).any(1)))
        said = (
            f"For the logits {show([round(float(v), 2) for v in z[row]])} you state"
            f" {show(stated[row].tolist())}."
        )
        if np.array_equal(stated, (z > 0.5).astype(float)):
            why, name = (
                ("You compare the logit with one half. A probability of one half is another logit."),
                "threshold on the logit",
            )
        elif np.array_equal(stated, (_softmax(z) > 0.5).astype(float)):
            why, name = (
                "You take a softmax, whose parts add up to 1: two labels cannot both be above one half.",
                "softmax for several labels",
            )
        elif (stated.sum(1) == 1).all():
            why, name = "You always state exactly one label. There may be several, or none.", "one label each"
        elif not np.isin(stated, (0, 1)).all():
            why, name = "These are no answers yet: say yes or no to each label, true or false, 1 or 0.", None
        else:
            why, name = "Each label has a probability of its own, the sigmoid of its logit.", None
        second = Finding(False, f"{said} {why}", name)
    return verdict(first, second)


_LABELS = """
import numpy as np

def several(sets, logits):
    targets = np.zeros(logits.shape)
    for row, names in enumerate(sets):
        {targets}
    {stated}
    return targets, stated
"""


def _several(targets: str, stated: str) -> str:
    return _LABELS.replace("{targets}", targets).replace("{stated}", stated)


LABELS = Exercise(
    id="ch05-labels",
    title="Several labels at once",
    points=2,
    answer="several",
    inputs=_labels_inputs,
    probe=_labels_probe,
    judge=_labels_judge,
    hints=(
        "Make a table of zeros, a row for each picture and a column for each label. Then set the ones.",
        "The probability of a label is the sigmoid of its logit. Where is a sigmoid one half?",
        "`targets[row, names] = 1` for each picture; `stated = logits > 0`.",
    ),
    misconceptions=(
        Misconception(
            "one label each",
            _several("targets[row, names[:1]] = 1", "stated = logits > 0"),
            expect="A picture may have several",
        ),
        Misconception(
            "threshold on the logit",
            _several("targets[row, names] = 1", "stated = logits > 0.5"),
            expect="You compare the logit with one half",
        ),
        Misconception(
            "softmax for several labels",
            _several(
                "targets[row, names] = 1",
                "e = np.exp(logits)\n    stated = e / e.sum(1, keepdims=True) > 0.5",
            ),
            expect="cannot both be above one half",
        ),
        Misconception(
            "the largest only",
            _several("targets[row, names] = 1", "stated = logits == logits.max(1, keepdims=True)"),
            expect="You always state exactly one",
        ),
        Misconception(
            "labels share a one",
            _several("targets[row, names] = 1 / max(1, len(names))", "stated = logits > 0"),
            expect="The labels share a one",
        ),
    ),
)
