"""Files of weights: good ones, altered ones, and one with code in it, under names that say nothing."""

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

from tlcourse.exercises.engine import (
    mixed,
    plain,
    words,
)

GOOD = ("good", "other format")


_KINDS = ("good", "good", "altered", "prefix", "unread", "payload", "good", "other format")


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``weights`` by name, ``x`` to try them on, the ``end`` of a hash, and the ``offers`` in their order."""
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


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``offers``: what came back for each file, or was raised, and what happened besides."""
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
        if seen["kind"] in GOOD and not seen["raised"]:
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
            if seen["kind"] in GOOD and not seen["raised"]:
                is_model = isinstance(found, keras.Model)
                seen |= {"outputs": np.asarray(found(x))} if is_model else {"wrong": type(found).__name__}
            out.append(seen)
        return {"offers": out, "switched_off": _keras_switched_off()}
