"""A checkpoint: a folder with a config, weights and perhaps a tokenizer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.errors import WeightsError
from tlcourse.language.checkpoints.tensors import tensors_in

__all__ = ["Checkpoint"]


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
        """The padding token; None where the checkpoint has none.

        What ``pad_token_id`` in the config says; without it, the tokenizer's own. Without either, BERT's is
        0, and GPT-2, which has none of its own, pads with the token that ends a text.

        Raises
        ------
        WeightsError
            When BERT's ``pad_token_id`` is not a token of its vocabulary.
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
        named = padding_of_tokenizer(self.folder)
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
        return tensors_in(self.folder, self.name)


def padding_of_tokenizer(folder: Path) -> int | None:
    """The padding token that the files of a tokenizer name; None where they name none."""
    rules = _read_object(folder / "tokenizer.json")
    section = rules.get("padding")
    section = section if isinstance(section, dict) else {}
    word = (
        _read_object(folder / "tokenizer_config.json").get("pad_token")
        or _read_object(folder / "special_tokens_map.json").get("pad_token")
        or section.get("pad_token")
    )
    word = word.get("content") if isinstance(word, dict) else word
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


def _read_object(path: Path) -> dict[str, Any]:
    """A JSON object from a file; empty where there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
