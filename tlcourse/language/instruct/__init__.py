"""A small language model that follows instructions: SmolLM2-135M-Instruct, from a pack, in PyTorch.

Ben Allal et al. 2025, "SmolLM2: When Smol Goes Big", arXiv:2502.02737. The file is GGUF, llama.cpp's format,
with weights of 4 bits. The library ``transformers`` reads it in PyTorch and makes floats of them; no library
of this environment reads it in Keras.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tlcourse.errors import SettingError
from tlcourse.frameworks import resolve_framework, side
from tlcourse.packs import find, pack

__all__ = ["SMOLLM2", "instruct_file", "load_instruct"]

SMOLLM2 = "smollm2_135m"


def instruct_file(name: str = SMOLLM2) -> Path:
    """The GGUF file of the model, in the cache of the course's packs.

    Parameters
    ----------
    name : str
        Of the pack.

    Raises
    ------
    WeightsError
        If it was not fetched; the message names the command.
    UnknownNameError
        If there is no such pack.

    Examples
    --------
    >>> from transformers import AutoTokenizer  # doctest: +SKIP
    >>> file = instruct_file()  # doctest: +SKIP
    >>> AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)  # doctest: +SKIP
    """
    return find(pack(name))


def load_instruct(name: str = SMOLLM2, framework: str | None = None) -> tuple[Any, Any]:
    """The tokenizer and the model of the library ``transformers``, in inference mode.

    It takes some 20 processor seconds and 1.6 GB: the weights are unpacked to float32.

    Parameters
    ----------
    name : str
        Of the pack.
    framework : {"torch", "keras"}, optional

    Returns
    -------
    tokenizer, model
        ``PreTrainedTokenizer`` with a chat template, and ``LlamaForCausalLM``.

    Raises
    ------
    SettingError
        In Keras.
    WeightsError
        If the pack was not fetched.
    """
    framework = resolve_framework(framework)
    if framework != "torch":
        raise SettingError(
            "No library of this environment reads SmolLM2's file in Keras.",
            "Use it in a PyTorch process. In Keras the small GPT generates: load_gpt('small-gpt').",
        )
    return side(__name__, framework).load(instruct_file(name))  # type: ignore[no-any-return]
