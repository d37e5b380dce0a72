"""Chapter 8: texts become numbers, their vectors one vector, and a table of vectors a layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine.judging import close, describe, plain_array, read_array, show, verdict
from tlcourse.exercises.engine.model import (
    Exercise,
    Finding,
    Misconception,
    Verdict,
    WrongAnswerError,
    swapped,
)

__all__ = ["ENCODE", "LAYER", "MEAN"]


# ------------------------------------------------------------------------------------------- encode

_WORDS = ("film", "plot", "actor", "scene", "joke", "end", "music", "story", "good", "bad", "slow", "sweet")
_STRANGE = ("zorp", "quax", "blimf", "vrool")


def _numbers(texts: list[list[str]], index: dict[str, int], length: int, how: str = "right") -> np.ndarray:
    unknown = 0 if how == "unknown is padding" else 1
    rows = []
    for text in texts:
        row = [index.get(word, unknown) for word in text if how != "dropped" or word in index]
        kept = row[-length:] if how == "cuts the beginning" else row[:length]
        fill = [0] * (length - len(kept))
        rows.append(fill + kept if how == "fills up in front" else kept + fill)
        if how == "fills up with unknown":
            rows[-1] = kept + [1] * (length - len(kept))
        if how == "cut too short":
            rows[-1] = [*rows[-1][: length - 1], 0]
    return np.array(rows)


_ENCODE_WHY = {
    "fills up in front": "You fill up in front. The zeros go to the end of a text.",
    "fills up with unknown": "You fill up with 1, which stands for an unknown word. Padding is 0.",
    "cuts the beginning": "Of a long text you keep the end. Keep its beginning.",
    "cut too short": "A long text loses one word too many: so many words as `length` says may stay.",
    "dropped": (
        "You leave unknown words out. Then the text reads on as if they had never been there: give them 1."
    ),
    "unknown is padding": (
        "You give an unknown word 0, and 0 is padding: nothing is there. An unknown word is 1."
    ),
}


def _encode_inputs(rng: np.random.Generator) -> dict[str, Any]:
    words = [str(w) for w in rng.permutation(_WORDS)]
    index = {word: number for number, word in enumerate(words, 2)}
    length = int(rng.integers(4, 7))

    def text(count: int) -> list[str]:
        return [str(w) for w in rng.choice(words, count)]

    strange = text(length - 2)
    strange.insert(int(rng.integers(1, length - 2)), str(rng.choice(_STRANGE)))
    return {
        "index": index,
        "length": length,
        "cases": [
            [text(length), text(length)],
            [text(length - 2), text(length), text(length + 3)],
            [strange, [], [str(w) for w in rng.choice(_STRANGE, 2)]],
        ],
    }


def _encode_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    def ask(texts: list[list[str]]) -> Any:
        return plain_array(answer([list(text) for text in texts], dict(inputs["index"]), inputs["length"]))

    return {"rows": [ask(texts) for texts in inputs["cases"]]}


def _encode_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    index, length = inputs["index"], inputs["length"]
    titles = (
        "Texts of the full length",
        "A short and a long text",
        "An unknown word, and a text without words",
    )
    findings = []
    for title, texts, value in zip(titles, inputs["cases"], observed["rows"], strict=True):
        if isinstance(value, str) and "different shapes" in value:
            why = f"{title}: your rows differ in length. Cut and fill up, so that each has {length} numbers."
            findings.append(Finding(False, why, "rows of different lengths"))
            continue
        got = read_array(value, "`encode`")
        right = _numbers(texts, index, length)
        if got.shape != (len(texts), length):
            why = f"{len(texts)} texts and length {length}: your array has the shape {got.shape}."
            findings.append(Finding(False, f"{title}: {why}", "another shape"))
            continue
        if close(got, right):
            findings.append(Finding(True, f"{title}: right."))
            continue
        name = next((how for how in _ENCODE_WHY if close(got, _numbers(texts, index, length, how))), None)
        row = int((got != right).any(axis=1).argmax())
        said = f"{title}: {' '.join(texts[row]) or '(no words)'} becomes {show([int(n) for n in got[row]])}."
        why = _ENCODE_WHY[name] if name else "Look each word up, then cut at `length` and fill up with 0."
        findings.append(Finding(False, f"{said} {why}", *([name] if name else [])))
    return verdict(*findings)


_ENCODE = """
import numpy as np

def encode(texts, index, length):
    rows = np.zeros((len(texts), length), dtype="int64")
    for row, text in zip(rows, texts):
        numbers = [index.get(word, 1) for word in text][:length]
        row[:len(numbers)] = numbers
    return rows
"""

ENCODE = Exercise(
    id="ch08-encode",
    title="Texts as rows of numbers",
    points=3,
    answer="encode",
    inputs=_encode_inputs,
    probe=_encode_probe,
    judge=_encode_judge,
    solved_by=("tlcourse.embeddings.tokens.Vocabulary.encode",),
    hints=(
        "Begin with zeros of the shape (number of texts, length). Then only the words have to be put in.",
        "`index.get(word, 1)` is a word's number, and 1 if the index does not have it.",
        "`numbers = [index.get(word, 1) for word in text][:length]`, then `row[:len(numbers)] = numbers`.",
    ),
    misconceptions=(
        Misconception(
            "fills up in front",
            swapped(_ENCODE, "row[:len(numbers)] = numbers", "row[length - len(numbers):] = numbers"),
            expect="You fill up in front",
        ),
        Misconception(
            "unknown is padding",
            swapped(_ENCODE, "index.get(word, 1)", "index.get(word, 0)"),
            expect="0 is padding",
        ),
        Misconception(
            "dropped",
            swapped(
                _ENCODE, "[index.get(word, 1) for word in text]", "[index[w] for w in text if w in index]"
            ),
            expect="You leave unknown words out",
        ),
        Misconception(
            "cuts the beginning",
            swapped(_ENCODE, "[:length]\n", "[-length:]\n"),
            expect="Keep its beginning",
        ),
        Misconception(
            "rows of different lengths",
            "def encode(texts, index, length):\n    return [[index.get(w, 1) for w in t] for t in texts]\n",
            expect="your rows differ in length",
        ),
    ),
)


# --------------------------------------------------------------------------------------- masked mean


def _means(vectors: np.ndarray, tokens: np.ndarray, how: str = "right") -> np.ndarray:
    mask = (tokens > 1 if how == "unknown left out" else tokens != 0)[..., None]
    total = (vectors * mask).sum(1)
    if how == "a sum":
        return total
    if how == "padding counts":
        return vectors.mean(1)
    if how == "divided by the length":
        return total / tokens.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / np.maximum(mask.sum(1), 1)


_MEAN_WHY = {
    "padding counts": "The vectors at the padding are in your mean. They belong to no word: leave them out.",
    "divided by the length": (
        "You add up the words' vectors, and divide by the length of the row. Divide by the number of words."
    ),
    "a sum": "That is the sum. A long text would have a longer vector than a short one that says the same.",
    "unknown left out": "You leave out the unknown words too. Token 1 is a word; only 0 is padding.",
}


def _mean_inputs(rng: np.random.Generator) -> dict[str, Any]:
    def case(empty: bool) -> dict[str, Any]:
        count, length, width = int(rng.integers(3, 6)), int(rng.integers(5, 8)), int(rng.integers(3, 6))
        tokens = rng.integers(2, 60, (count, length))
        tokens[:, 1] = 1
        lengths = rng.integers(3, length, count)
        lengths[0] = 0 if empty else length - 2
        tokens[np.arange(length) >= lengths[:, None]] = 0
        vectors = rng.normal(0, 1, (count, length, width)) + rng.normal(0, 1, width)
        return {"tokens": tokens, "vectors": vectors.astype("float32")}

    return {"cases": [case(False), case(False), case(True)]}


def _mean_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    def ask(case: dict[str, Any]) -> Any:
        found = answer(np.array(case["vectors"], "float32"), np.array(case["tokens"], "int64"))
        return plain_array(found)

    return {"means": [ask(case) for case in inputs["cases"]]}


def _mean_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    titles = ("Texts with padding", "More of them", "A text without words")
    findings = []
    for title, case, value in zip(titles, inputs["cases"], observed["means"], strict=True):
        vectors, tokens = np.asarray(case["vectors"], "float64"), np.asarray(case["tokens"])
        right = _means(vectors, tokens)
        got = read_array(value, "`text_vectors`")
        if got.shape != right.shape:
            why = (
                f"{title}: vectors {vectors.shape} and tokens {tokens.shape} give one vector a text; yours"
                f" has the shape {got.shape}."
            )
            findings.append(Finding(False, why, "another shape"))
            continue
        bad = ~np.isfinite(got).all(axis=1)
        if bad.any():
            why = (
                f"{title}: row {int(bad.argmax())} is not finite. A text without words has nothing to divide"
                " by: give it zeros."
            )
            findings.append(Finding(False, why, "divides by nought"))
            continue
        if close(got, right, 1e-4):
            findings.append(Finding(True, f"{title}: right."))
            continue
        name = next((how for how in _MEAN_WHY if close(got, _means(vectors, tokens, how), 1e-4)), None)
        why = (
            _MEAN_WHY[name]
            if name
            else "Add up the vectors of a text's words, and divide by how many there are."
        )
        findings.append(Finding(False, f"{title}: {why}", *([name] if name else [])))
    return verdict(*findings)


_MEAN = """
import numpy as np

def text_vectors(vectors, tokens):
    mask = (tokens != 0)[:, :, None]
    return (vectors * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)
"""

MEAN = Exercise(
    id="ch08-mean",
    title="One vector for a text",
    points=3,
    answer="text_vectors",
    inputs=_mean_inputs,
    probe=_mean_probe,
    judge=_mean_judge,
    solved_by=(
        "tlcourse.embeddings.layers.masked_mean",
        "tlcourse.embeddings.layers._torch.MeanReader.forward",
        "tlcourse.embeddings.layers._keras.MeanReader.call",
    ),
    hints=(
        "`tokens != 0` is True where a word is. Give it a third axis, so that it fits the vectors.",
        "Vectors times mask, summed over the words, is what goes above the line; the mask, summed, below it.",
        "`np.maximum(mask.sum(axis=1), 1)` divides a text without words by 1, which leaves it at zeros.",
    ),
    misconceptions=(
        Misconception(
            "padding counts",
            "def text_vectors(vectors, tokens):\n    return vectors.mean(axis=1)\n",
            expect="The vectors at the padding are in your mean",
        ),
        Misconception(
            "divided by the length",
            swapped(_MEAN, "np.maximum(mask.sum(axis=1), 1)", "tokens.shape[1]"),
            expect="Divide by the number of words",
        ),
        Misconception(
            "a sum",
            swapped(_MEAN, " / np.maximum(mask.sum(axis=1), 1)", ""),
            expect="That is the sum",
        ),
        Misconception(
            "divides by nought",
            swapped(_MEAN, "np.maximum(mask.sum(axis=1), 1)", "mask.sum(axis=1)"),
            expect="nothing to divide by",
        ),
        Misconception(
            "unknown left out",
            swapped(_MEAN, "(tokens != 0)", "(tokens > 1)"),
            expect="Token 1 is a word",
        ),
    ),
)


# ------------------------------------------------------------------------------------ embedding layer


def _layer_inputs(rng: np.random.Generator) -> dict[str, Any]:
    words, width = int(rng.integers(6, 10)), int(rng.integers(3, 6))
    table = rng.normal(0, 1, (words, width))
    table[0] = 0
    count, length = int(rng.integers(3, 5)), int(rng.integers(5, 8))
    tokens = rng.integers(1, words, (count, length))
    tokens[:, 0] = tokens[0, 0]  # a word that comes several times
    lengths = rng.integers(2, length, count)
    tokens[np.arange(length) >= lengths[:, None]] = 0
    return {
        "table": table.astype("float32"),
        "tokens": tokens,
        "pull": rng.normal(0, 1, (count, length, width)).astype("float32"),
        "rate": round(float(rng.uniform(0.1, 0.4)), 3),
    }


def _layer_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    table = np.asarray(inputs["table"], "float32")
    tokens = np.asarray(inputs["tokens"], "int64")
    pull = np.asarray(inputs["pull"], "float32")
    found: dict[str, Any] = {}
    for name, trainable in (("frozen", False), ("open", True)):
        layer = answer(table.copy(), trainable)
        if framework == "torch":
            import torch

            if not isinstance(layer, torch.nn.Module):
                return {"instead": describe(layer)}
            said = layer(torch.from_numpy(tokens))
            parameters = [p for p in layer.parameters() if p.requires_grad]
            if parameters:
                (said * torch.from_numpy(pull)).sum().backward()
                torch.optim.SGD(parameters, lr=inputs["rate"]).step()
            with torch.no_grad():
                after = layer(torch.arange(len(table)))
            found[name] = {"said": plain_array(said.detach()), "after": plain_array(after)}
            continue
        import keras
        import tensorflow as tf

        if not isinstance(layer, keras.layers.Layer):
            return {"instead": describe(layer)}
        with tf.GradientTape() as tape:
            said = layer(tokens)
            loss = tf.reduce_sum(said * pull)
        for variable, gradient in zip(
            layer.trainable_variables, tape.gradient(loss, layer.trainable_variables), strict=True
        ):
            variable.assign_sub(inputs["rate"] * tf.convert_to_tensor(gradient))
        mask = layer.compute_mask(tokens)
        found[name] = {
            "said": plain_array(np.array(said)),
            "after": plain_array(np.array(layer(np.arange(len(table))))),
            "mask": None if mask is None else plain_array(np.array(mask)),
        }
    return found


def _moved(inputs: dict[str, Any]) -> np.ndarray:
    """The table after the step, padding apart."""
    table, pull = np.asarray(inputs["table"], "float64"), np.asarray(inputs["pull"], "float64")
    gradient = np.zeros_like(table)
    np.add.at(gradient, np.asarray(inputs["tokens"]), pull)
    return table - inputs["rate"] * gradient


def _layer_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "instead" in observed:
        raise WrongAnswerError(f"A layer was asked for, and you give {observed['instead']}.", "not a layer")
    table, tokens = np.asarray(inputs["table"], "float64"), np.asarray(inputs["tokens"])
    moved = _moved(inputs)
    who = "Your layer"
    frozen, opened = observed["frozen"], observed["open"]
    said = read_array(frozen["said"], who)
    if not close(said, table[tokens], 1e-5):
        off = (
            f"For tokens {tokens.shape} it gives an array of shape {said.shape}."
            if said.shape != (*tokens.shape, table.shape[1])
            else (
                "Its vectors are not those of the table: it starts at random numbers, and what others"
                " learned is lost."
            )
        )
        return verdict(Finding(False, f"{off} Put the table into the layer.", "random start"))
    parts = [Finding(True, "The layer gives the table's vectors.")]
    after, step = read_array(frozen["after"], who), read_array(opened["after"], who)
    still = close(after, table, 1e-5)
    learns = close(step[1:], moved[1:], 1e-4)
    stays = close(step[1:], table[1:], 1e-5)
    if still:
        parts.append(Finding(True, "With `trainable=False` a step of training changes nothing."))
    else:
        name = "the wrong way round" if stays else "never frozen"
        why = "With `trainable=False` a step of training has changed the vectors."
        why += " And with True it has not: it is the wrong way round." if stays else ""
        parts.append(Finding(False, why, name))
    if learns:
        parts.append(Finding(True, "With `trainable=True` the words' vectors take the step."))
    else:
        which = ("always frozen" if still else "the wrong way round") if stays else None
        why = (
            "With `trainable=True` a step of training changes nothing."
            if stays
            else "With `trainable=True` the vectors move, but not as the gradient says."
        )
        parts.append(Finding(False, why, *([which] if which else [])))
    if "mask" in opened:
        mask = opened["mask"]
        right = mask is not None and not isinstance(mask, str) and close(mask, (tokens != 0) * 1.0)
        why = (
            "Padding is not known: the layer gives no mask on, and the layers after it take it"
            " for words. `mask_zero` does it."
        )
    else:
        # A layer that never moves has padding that never moves: that shows nothing.
        right = learns and close(step[0], np.zeros(table.shape[1]), 1e-6)
        why = (
            "Padding is not known: its vector, row 0, has learned. Say which row it is: `padding_idx`."
            if learns
            else "Whether padding stays at zeros cannot be seen, because nothing learns as it should."
        )
    parts.append(
        Finding(True, "Padding is known as padding.") if right else Finding(False, why, "no padding")
    )
    return verdict(*parts)


_LAYER = {
    "torch": """
import torch

def embedding_layer(table, trainable):
    return torch.nn.Embedding.from_pretrained(torch.from_numpy(table), freeze=not trainable, padding_idx=0)
""",
    "keras": """
import keras

def embedding_layer(table, trainable):
    layer = keras.layers.Embedding(*table.shape, mask_zero=True, trainable=trainable)
    layer.build((None, None))
    layer.set_weights([table])
    return layer
""",
}


def _layer(torch: tuple[str, str], keras: tuple[str, str]) -> dict[str, str]:
    return {"torch": swapped(_LAYER["torch"], *torch), "keras": swapped(_LAYER["keras"], *keras)}


LAYER = Exercise(
    id="ch08-layer",
    title="A table becomes a layer",
    points=4,
    answer="embedding_layer",
    inputs=_layer_inputs,
    probe=_layer_probe,
    judge=_layer_judge,
    solved_by=(
        "tlcourse.embeddings.layers.embedding",
        "tlcourse.embeddings.layers._torch.embedding",
        "tlcourse.embeddings.layers._keras.embedding",
    ),
    hints=(
        "Three things: the table's numbers, whether they learn, and that 0 is padding.",
        "PyTorch: `torch.nn.Embedding.from_pretrained` takes the table as a tensor, and has arguments for the"
        " other two. Keras: `keras.layers.Embedding(*table.shape, …)` has `mask_zero` and `trainable`.",
        "PyTorch: `freeze=not trainable, padding_idx=0`. Keras: build the layer with"
        " `layer.build((None, None))`,"
        " then `layer.set_weights([table])`.",
    ),
    misconceptions=(
        Misconception(
            "random start",
            {
                "torch": """
import torch

def embedding_layer(table, trainable):
    layer = torch.nn.Embedding(*table.shape, padding_idx=0)
    layer.weight.requires_grad_(trainable)
    return layer
""",
                "keras": _LAYER["keras"].replace("    layer.set_weights([table])\n", ""),
            },
            expect="it starts at random numbers",
        ),
        Misconception(
            "never frozen",
            _layer(("freeze=not trainable", "freeze=False"), (", trainable=trainable", "")),
            expect="With `trainable=False` a step of training has changed",
        ),
        Misconception(
            "always frozen",
            _layer((", freeze=not trainable", ""), ("trainable=trainable", "trainable=False")),
            expect="With `trainable=True` a step of training changes nothing",
        ),
        Misconception(
            "the wrong way round",
            _layer(
                ("freeze=not trainable", "freeze=trainable"),
                ("trainable=trainable", "trainable=not trainable"),
            ),
            expect="the wrong way round",
        ),
        Misconception(
            "no padding",
            _layer((", padding_idx=0", ""), (", mask_zero=True", "")),
            expect="Padding is not known",
        ),
    ),
)
