"""The tensors of safetensors files: one file, or the parts that an index names."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tlcourse.errors import WeightsError

__all__ = ["tensors_in"]

_WHOLE, _INDEX = "model.safetensors", "model.safetensors.index.json"


def tensors_in(folder: Path, name: str) -> dict[str, np.ndarray]:
    """Every tensor of a checkpoint's folder, by name; floats as float32.

    Parameters
    ----------
    folder : Path
    name : str
        What messages call the checkpoint.

    Raises
    ------
    WeightsError
        When a file is missing, cut short or damaged; when the index and the parts do not fit each other.
    """
    if (folder / _WHOLE).is_file():
        return _tensors_of(folder / _WHOLE)
    if not (folder / _INDEX).is_file():
        others = ", ".join(sorted(p.name for p in folder.glob("*.bin*"))) or "no weights"
        raise WeightsError(
            f"The checkpoint {name} has no {_WHOLE} in {folder} ({others}).",
            "Take a revision with safetensors: a .bin is a pickle, which could run code when it is read.",
        )
    parts = _parts(folder / _INDEX)
    missing = [part for part in parts if not (folder / part).is_file()]
    if missing:
        raise WeightsError(
            f"The weights of {name} are in {len(parts)} parts, and {', '.join(missing[:3])}"
            f"{' and others are' if len(missing) > 3 else ' is' if len(missing) == 1 else ' are'} "
            f"not in {folder}.",
            "Copy the missing files from where the others came from.",
        )
    tensors: dict[str, np.ndarray] = {}
    for part, names in parts.items():
        in_part = _tensors_of(folder / part)
        for tensor in names:
            if tensor not in in_part:
                raise WeightsError(
                    f"The index {folder / _INDEX} says that {tensor} is in {part}, and it is not.",
                    "Index and parts belong to different models: copy all of them from one place.",
                )
        tensors |= {tensor: in_part[tensor] for tensor in names}
    return tensors


def _parts(path: Path) -> dict[str, list[str]]:
    """The weight files that an index names, each with its tensors.

    Raises
    ------
    WeightsError
        For an index that cannot be read, or that names files outside its folder.
    """
    try:
        weights = json.loads(path.read_text(encoding="utf-8"))["weight_map"]
        parts: dict[str, list[str]] = {}
        for name, part in weights.items():
            parts.setdefault(part, []).append(name)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        parts = {}
    if not parts:
        raise WeightsError(
            f"The index {path} cannot be read: it has no weight_map that names files.",
            "Download or copy it again.",
        )
    for part in parts:
        if not isinstance(part, str) or Path(part).name != part or not part.endswith(".safetensors"):
            raise WeightsError(
                f"The index {path} names the weight file {part!r}.",
                "The parts are safetensors files beside the index: copy all of them from one place.",
            )
    return parts


def _tensors_of(path: Path) -> dict[str, np.ndarray]:
    """The tensors of one safetensors file.

    Raises
    ------
    WeightsError
        When it cannot be read.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        try:
            tensors = load_file(path)
        except (TypeError, KeyError, AttributeError):  # numpy has no bfloat16
            tensors = _with_bfloat16(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(
            f"The weight file {path} cannot be read: {error}.", "Download or copy it again."
        ) from None
    return {
        name: np.asarray(value, np.float32) if np.issubdtype(value.dtype, np.floating) else value
        for name, value in tensors.items()
    }


def _with_bfloat16(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a file in which some are bfloat16, the upper half of a float32.

    Raises
    ------
    ValueError
        For a dtype that is neither a plain float nor a whole number.
    """
    from safetensors import deserialize

    plain = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32}
    tensors = {}
    for name, stored in deserialize(path.read_bytes()):
        if stored["dtype"] == "BF16":
            values = (np.frombuffer(stored["data"], np.uint16).astype(np.uint32) << 16).view(np.float32)
        elif stored["dtype"] in plain:
            values = np.frombuffer(stored["data"], plain[stored["dtype"]])
        elif stored["dtype"] in ("U8", "BOOL"):  # old checkpoints keep masks, which nobody reads
            continue
        else:
            raise ValueError(f"{name} has the dtype {stored['dtype']}")
        tensors[name] = values.reshape(stored["shape"])
    return tensors
