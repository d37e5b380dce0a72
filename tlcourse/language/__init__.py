"""Pretrained transformers for text: checkpoints, tokenizers, and the same network in both frameworks.

Importing this imports no framework.
"""

from __future__ import annotations

from tlcourse.language.checkpoints import Checkpoint, find_checkpoint
from tlcourse.language.encoder import POOLINGS, load_encoder
from tlcourse.language.generator import load_gpt, logits_of
from tlcourse.language.instruct import instruct_file, load_instruct
from tlcourse.language.judged import JudgedSummary, judged_summaries
from tlcourse.language.lora import LoraReport, add_lora, lora_report
from tlcourse.language.passages import passages, stream
from tlcourse.language.sampling import STRATEGIES, generate, next_probabilities, perplexity
from tlcourse.language.search import search
from tlcourse.language.summary import lead, mean_similarity, rouge_1, sentences_of, summarise
from tlcourse.language.tokenizer import TextTokenizer, load_tokenizer
from tlcourse.language.variety import distinct, repeated

__all__ = [
    "POOLINGS",
    "STRATEGIES",
    "Checkpoint",
    "JudgedSummary",
    "LoraReport",
    "TextTokenizer",
    "add_lora",
    "distinct",
    "find_checkpoint",
    "generate",
    "instruct_file",
    "judged_summaries",
    "lead",
    "load_encoder",
    "load_gpt",
    "load_instruct",
    "load_tokenizer",
    "logits_of",
    "lora_report",
    "mean_similarity",
    "next_probabilities",
    "passages",
    "perplexity",
    "repeated",
    "rouge_1",
    "search",
    "sentences_of",
    "stream",
    "summarise",
]
