"""Chapter 2: weights are loaded from a file that is the right one, and none of its code runs."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.exercises.engine.cases import mixed, words
from tlcourse.exercises.engine.judging import close, show
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict
from tlcourse.exercises.engine.plain import plain

__all__ = ["SAFE"]


_GOOD = ("good", "other format")
_KINDS = ("good", "good", "altered", "prefix", "unread", "payload", "good", "other format")


def _safe_inputs(rng: np.random.Generator) -> dict[str, Any]:
    n = int(rng.integers(14, 18))
    wide = int(rng.integers(4, 8))
    shapes = {
        "first.weight": (wide, 3),
        "first.bias": (wide,),
        "second.weight": (2, wide),
        "second.bias": (2,),
    }
    return {
        "weights": {name: rng.normal(0, 1, shape).astype("float32") for name, shape in shapes.items()},
        "x": rng.normal(0, 1, (5, 3)).astype("float32"),
        # The end of a hash: a file is offered with the first eight digits of its own and these.
        "end": "".join(rng.choice(list("0123456789abcdef"), 56)),
        # The files in the order of their offering, and what they are called: neither tells which is good.
        "offers": [
            {"kind": kind, "name": name}
            for kind, name in zip(mixed(rng, n, _KINDS), words(rng, n), strict=True)
        ],
    }


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _Payload:
    """What a pickle does when it is loaded, if the loader lets it: here it makes a folder, and no harm."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return os.makedirs, (self.folder, 0o777, True)


def _safe_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="tlcourse-", ignore_cleanup_errors=True) as name:
        if framework == "torch":
            return _torch_probe(answer, inputs, Path(name))
        with _keras_guard():
            return _keras_probe(answer, inputs, Path(name))


def _offered(
    answer: Callable[..., Any],
    offer: dict[str, str],
    files: dict[str, Path],
    end: str,
    ran: Path,
    witness: Callable[[], int] = lambda: 0,
) -> tuple[Any, dict[str, Any]]:
    """What came back for one file, and what happened besides."""
    kind = offer["kind"]
    source = files["good" if kind == "prefix" else "payload" if kind == "unread" else kind]
    # A copy, under a name and in a folder that say nothing about it.
    path = source.parent / offer["name"] / f"{offer['name']}{source.suffix}"
    path.parent.mkdir()
    shutil.copy(source, path)
    asked = {
        "altered": _hash(files["good"]),
        "prefix": _hash(path)[:8] + end,
        # Loaded before it is compared, this file raises the unpickler's error or runs.
        "unread": _hash(files["good"]),
    }
    before = witness()
    found = None
    seen: dict[str, Any] = {"raised": "", "value_error": False, "returned": ""}
    try:
        found = answer(str(path), asked.get(kind) or _hash(path))
        nothing = (
            found is None or found is False or (isinstance(found, dict | list | tuple | str) and not found)
        )
        seen["returned"] = f"nothing ({found!r:.20})" if nothing else f"a {type(found).__name__}"
    except Exception as error:
        seen |= {"raised": type(error).__name__, "value_error": isinstance(error, ValueError)}
    seen |= {"kind": kind, "file": source.suffix, "ran": ran.exists(), "loaded": witness() > before}
    if seen["ran"]:
        ran.rmdir()
    return found, seen


def _torch_probe(answer: Any, inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    import torch
    from safetensors.torch import save_file

    tensors = {name: torch.from_numpy(np.array(value)) for name, value in inputs["weights"].items()}
    changed = {**tensors, "first.bias": tensors["first.bias"] + 1}
    files = {name: folder / f"{name}.pth" for name in ("good", "altered", "payload")}
    files["other format"], ran = folder / "good.safetensors", folder / "ran"
    torch.save(tensors, files["good"])
    save_file(tensors, files["other format"])
    torch.save(changed, files["altered"])
    torch.save({**tensors, "extra": _Payload(str(ran))}, files["payload"])

    bare = inspect.unwrap(answer)  # what it raises is looked at here, and is no error of the learner's
    out = []
    for place, offer in enumerate(inputs["offers"]):
        # Before anything was loaded, an error is the learner's own.
        first = offer["kind"] == "good" and not any(o["kind"] == "good" for o in inputs["offers"][:place])
        found, seen = _offered(answer if first else bare, offer, files, inputs["end"], ran)
        if seen["kind"] in _GOOD and not seen["raised"]:
            seen |= _arrays(found)
        out.append(seen)
    return {"offers": out, "switched_off": False}


def _arrays(found: Any) -> dict[str, Any]:
    value = plain(found)
    if not isinstance(value, dict):
        return {"wrong": f"{type(found).__name__}"}
    return {"arrays": {str(name): array for name, array in value.items()}}


@contextlib.contextmanager
def _keras_guard() -> Iterator[None]:
    """Keras's safe mode as a fresh process has it, and afterwards as it was.

    `keras.config.enable_unsafe_deserialization` switches it off for all that follows, and there is no
    public way back. A cell of long ago must not decide what a check says.
    """
    with contextlib.suppress(Exception):
        from keras.src.backend.common import global_state

        before = global_state.get_global_attribute("safe_mode_saving")
        global_state.set_global_attribute("safe_mode_saving", None)
    try:
        yield
    finally:
        with contextlib.suppress(Exception):
            global_state.set_global_attribute("safe_mode_saving", before)


def _keras_switched_off() -> bool:
    with contextlib.suppress(Exception):
        from keras.src.backend.common import global_state

        return global_state.get_global_attribute("safe_mode_saving") is False
    return False


def _keras_probe(answer: Any, inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    import keras

    made = []

    class Witness(keras.layers.Layer):
        """Passes its input on, and notes each time that it is built from a file."""

        def call(self, inputs: Any) -> Any:
            return inputs

        @classmethod
        def from_config(cls, config: dict[str, Any]) -> Any:
            made.append(1)
            return cls(**config)

    def build(middle: Any, shift: float) -> Any:
        w = {name: np.array(value) for name, value in inputs["weights"].items()}
        start = keras.Input((3,))
        first, second = keras.layers.Dense(len(w["first.bias"])), keras.layers.Dense(2)
        model = keras.Model(start, second(middle(first(start))))
        first.set_weights([w["first.weight"].T, w["first.bias"] + shift])
        second.set_weights([w["second.weight"].T, w["second.bias"]])
        return model

    files = {name: folder / f"{name}.keras" for name in ("good", "altered", "payload")}
    files["other format"] = files["good"]  # Keras has one
    ran = folder / "ran"
    # A lambda goes into the archive as its code, which Keras runs when it builds the model from it. What it
    # needs comes as a closure: Keras 3.15 cannot read back the default arguments that it writes.
    folder_made = str(ran)
    payload = keras.layers.Lambda(lambda x: (__import__("os").makedirs(folder_made, exist_ok=True), x)[1])
    x = np.asarray(inputs["x"], "float32")
    with keras.saving.custom_object_scope({"Witness": Witness}):
        model = build(Witness(), 0.0)
        model.save(files["good"])
        build(Witness(), 1.0).save(files["altered"])
        build(payload, 0.0).save(files["payload"])
        if ran.exists():  # it ran while it was built
            ran.rmdir()

        bare = inspect.unwrap(answer)  # what it raises is looked at here, and is no error of the learner's
        out = []
        for place, offer in enumerate(inputs["offers"]):
            # Before anything was loaded, an error is the learner's own.
            first = offer["kind"] == "good" and not any(o["kind"] == "good" for o in inputs["offers"][:place])
            asked = answer if first else bare
            found, seen = _offered(asked, offer, files, inputs["end"], ran, lambda: len(made))
            if seen["kind"] in _GOOD and not seen["raised"]:
                is_model = isinstance(found, keras.Model)
                seen |= {"outputs": np.asarray(found(x))} if is_model else {"wrong": type(found).__name__}
            out.append(seen)
        return {"offers": out, "switched_off": _keras_switched_off()}


def _files(observed: dict[str, Any], inputs: dict[str, Any]) -> Finding:
    wanted = inputs["weights"]
    # The common format first: who reads only that one has shown that it is read.
    offers = sorted(observed["offers"], key=lambda one: one["kind"] == "other format")
    for seen in (one for one in offers if one["kind"] in _GOOD):
        said = f"From a {seen['file']} file with the right hash"
        if seen["raised"]:
            why = f"{said} nothing comes: your function raises {seen['raised']}."
            if seen["kind"] == "other format":
                return Finding(
                    False, f"{why} This format may need a reader of its own.", "a format is not read"
                )
            return Finding(False, f"{why} This one should be loaded.", "refuses what is good")
        if "wrong" in seen:
            return Finding(False, f"{said} you give a {seen['wrong']}.{_return(seen['wrong'])}")
        if "outputs" in seen:
            w = {name: np.asarray(value, "float64") for name, value in wanted.items()}
            hidden = np.asarray(inputs["x"]) @ w["first.weight"].T + w["first.bias"]
            if not close(seen["outputs"], hidden @ w["second.weight"].T + w["second.bias"], 1e-4):
                return Finding(False, f"{said} comes a model that gives other outputs than the one saved.")
            continue
        arrays = seen["arrays"]
        if sorted(arrays) != sorted(wanted):
            return Finding(
                False, f"{said} you give {show(sorted(arrays))}, which is not what is in the file."
            )
        moved = [name for name in wanted if not close(arrays[name], wanted[name], 1e-6)]
        if moved:
            return Finding(False, f"{said} `{moved[0]}` has other numbers than in the file.")
    return Finding(True, "A file with the right hash is loaded, and nothing in it has changed.")


def _return(kind: str) -> str:
    return " Is there a `return` at the end?" if kind == "NoneType" else ""


def _not_refused(seen: dict[str, Any], said: str) -> Finding:
    if seen["returned"].startswith("nothing"):
        why = (
            f"{said} your function returns {seen['returned']}. Whoever calls it goes on and has no weights."
            " Raise an error."
        )
        return Finding(False, why, "returns nothing instead of refusing")
    return Finding(False, f"{said} your function returns {seen['returned']}.", None)


def _worst(observed: dict[str, Any], kind: str) -> dict[str, Any]:
    """Of the files of a kind that should be refused, the one where most went wrong."""
    of_kind = [seen for seen in observed["offers"] if seen["kind"] == kind]
    return max(
        of_kind, key=lambda seen: (seen["ran"], seen["loaded"], not seen["raised"], not seen["value_error"])
    )


def _hashes(observed: dict[str, Any]) -> Finding:
    altered, prefix, unread = (_worst(observed, kind) for kind in ("altered", "prefix", "unread"))
    said = "For a file in which one array was changed,"
    if altered["loaded"] or unread["loaded"] or unread["ran"]:
        early = True
    else:
        early = bool(unread["raised"]) and not unread["value_error"] and altered["value_error"]
    if not altered["raised"]:
        found = _not_refused(altered, said)
        if found.misconception is None:
            why = f"{found.message} Its hash is not the given one: it is another file."
            return Finding(False, why, "no hash check")
        return found
    if early:
        why = (
            "The file was opened by the framework before its hash was compared. If there is code in it,"
            " it has"
            " run by then. Compare first."
        )
        return Finding(False, why, "compares after loading")
    if not prefix["raised"]:
        found = _not_refused(prefix, "For a hash that agrees in its first eight digits only")
        if found.misconception is None:
            why = (
                "A hash that agrees in its first eight digits only is taken. Files with the same few"
                " digits can be"
                " made to order; the whole hash cannot be met."
            )
            return Finding(False, why, "first digits only")
        return found
    wrong = [seen["raised"] for seen in (altered, prefix, unread) if not seen["value_error"]]
    if wrong:
        return Finding(False, f"{said} your function raises {wrong[0]}. A ValueError was asked for.")
    return Finding(True, "A file with another hash is refused before the framework sees it.")


def _code(observed: dict[str, Any]) -> Finding:
    seen = _worst(observed, "payload")
    if seen["ran"] and observed["switched_off"]:
        why = (
            "Code that lay in the file has run: `enable_unsafe_deserialization()` switches the guard"
            " off, and not"
            " for this call only but for the whole process."
        )
        return Finding(False, why, "the guard switched off for good")
    if seen["ran"]:
        why = (
            "Code that lay in the file has run. The hash was right: it says that the file is the one that was"
            " published, not that it is harmless. Load the data only."
        )
        return Finding(False, why, "runs the file's code")
    if not seen["raised"]:
        return _not_refused(seen, "For a file with code in it, and with the right hash,")
    return Finding(
        True, "A file with code in it is refused though its hash is right, and the code has not run."
    )


def _safe_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    files, hashes, code = _files(observed, inputs), _hashes(observed), _code(observed)
    # Who refuses everything refuses these as well: that earns nothing before a good file is loaded.
    if not (files.passed or files.misconception == "a format is not read"):
        return Verdict(0.0, (files, *(part for part in (hashes, code) if not part.passed)))
    parts = (files, hashes, code)
    return Verdict(float(sum(part.passed for part in parts)), parts)


_TORCH = """
import hashlib

import torch
from safetensors.torch import load_file

def read(path):
    {read}

def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    {body}
"""
_KERAS = """
import hashlib

import keras

def read(path):
    {read}

def load_safely(path, sha256):
    with open(path, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    {body}
"""
_READ = {
    "torch": 'return load_file(path) if path.endswith(".safetensors") else torch.load(path,'
    " weights_only=True)",
    "keras": "return keras.saving.load_model(path, safe_mode=True)",
}
_CHECKED = ('if found != sha256:\n        raise ValueError("another file")', "return read(path)")


def _wrong(*body: str, torch: str = _READ["torch"], keras: str = _READ["keras"]) -> dict[str, str]:
    lines = "\n    ".join(body or _CHECKED)
    return {
        "torch": _TORCH.replace("{read}", torch).replace("{body}", lines),
        "keras": _KERAS.replace("{read}", keras).replace("{body}", lines),
    }


SAFE = Exercise(
    id="ch02-safe",
    title="Load the weights, and nothing else",
    points=3,
    answer="load_safely",
    inputs=_safe_inputs,
    probe=_safe_probe,
    judge=_safe_judge,
    solved_by=("tlcourse.models.weights.reading.read", "tlcourse.models.weights.pth.read_pth"),
    hints=(
        "Two questions: is it the file that was published, and what may the reader of the file do? Ask"
        " the first"
        " before the second.",
        "`hashlib.sha256(Path(path).read_bytes()).hexdigest()` is the hash, in small letters. PyTorch:"
        " `torch.load` has a `weights_only`. Keras: `keras.saving.load_model` has a `safe_mode`.",
        "If the hash differs, `raise ValueError(...)`. PyTorch: `safetensors.torch.load_file(path)` or"
        " `torch.load(path, weights_only=True)`, by the end of the name. Keras:"
        " `keras.saving.load_model(path, safe_mode=True)`.",
    ),
    misconceptions=(
        Misconception(
            "runs the file's code",
            _wrong(
                torch=_READ["torch"].replace("weights_only=True", "weights_only=False"),
                keras=_READ["keras"].replace("True", "False"),
            ),
            expect="not that it is harmless",
        ),
        Misconception("no hash check", _wrong("return read(path)"), expect="it is another file"),
        Misconception(
            "compares after loading",
            _wrong("weights = read(path)", _CHECKED[0], "return weights"),
            expect="before its hash was compared",
        ),
        Misconception(
            "first digits only",
            _wrong("if found[:8] != sha256[:8]:\n        raise ValueError(path)", _CHECKED[1]),
            expect="agrees in its first eight digits only is taken",
        ),
        Misconception(
            "returns nothing instead of refusing",
            {
                "torch": _wrong("return read(path) if found == sha256 else {}")["torch"],
                "keras": _wrong("return read(path) if found == sha256 else None")["keras"],
            },
            expect="has no weights. Raise an error",
        ),
        Misconception(
            "a format is not read",
            # torch.load reads .safetensors as well, but only where PyTorch is recent.
            {"torch": _wrong(torch='return torch.load(open(path, "rb"), weights_only=True)')["torch"]},
            expect="may need a reader of its own",
        ),
        Misconception(
            "the guard switched off for good",
            {"keras": _wrong("keras.config.enable_unsafe_deserialization()", *_CHECKED)["keras"]},
            expect="for the whole process",
        ),
    ),
)
