"""Checkpoints: where a pretrained transformer is, what its files hold, and whether a network fits them.

* `finding`: by name, in an installed package, in a folder, in the Hub's cache or on the Hub;
* `checkpoint`: the value, with what its config and its tokenizer say;
* `tensors`: safetensors files, whole or in parts;
* `fitting`: a config and tensors held against the network that the course would build.
"""

from __future__ import annotations

from tlcourse.language.checkpoints.checkpoint import Checkpoint
from tlcourse.language.checkpoints.finding import MINILM, SMALL_GPT, find_checkpoint
from tlcourse.language.checkpoints.fitting import fitted, number, original

__all__ = ["MINILM", "SMALL_GPT", "Checkpoint", "find_checkpoint", "fitted", "number", "original"]
