"""Pretrained transformers for text: checkpoints, tokenizers, and the same network in both frameworks.

Importing this imports no framework.
"""

from __future__ import annotations

from tlcourse.transformers.checkpoints import Checkpoint, find_checkpoint
from tlcourse.transformers.encoder import POOLINGS, load_encoder
from tlcourse.transformers.generator import load_gpt, logits_of
from tlcourse.transformers.lora import LoraReport, add_lora, lora_report
from tlcourse.transformers.passages import passages, stream
from tlcourse.transformers.sampling import STRATEGIES, generate, next_probabilities, perplexity
from tlcourse.transformers.search import search
from tlcourse.transformers.summary import lead, rouge_1, sentences_of, summarise
from tlcourse.transformers.tokenizer import TextTokenizer, load_tokenizer

__all__ = [
    "POOLINGS",
    "STRATEGIES",
    "Checkpoint",
    "LoraReport",
    "TextTokenizer",
    "add_lora",
    "find_checkpoint",
    "generate",
    "lead",
    "load_encoder",
    "load_gpt",
    "load_tokenizer",
    "logits_of",
    "lora_report",
    "next_probabilities",
    "passages",
    "perplexity",
    "rouge_1",
    "search",
    "sentences_of",
    "stream",
    "summarise",
]
