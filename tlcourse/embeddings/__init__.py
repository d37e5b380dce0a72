"""Word vectors: files of them, one interface, and the layers that read them in both frameworks.

Importing this imports no framework; `gensim` is imported when a file is read that needs it.
"""

from __future__ import annotations

from tlcourse.embeddings.bias import weat
from tlcourse.embeddings.classifier import READERS, text_classifier
from tlcourse.embeddings.files import read_vectors
from tlcourse.embeddings.glove import glove
from tlcourse.embeddings.layers import embedding, masked_mean
from tlcourse.embeddings.tokens import PADDING, UNKNOWN, Vocabulary, tokenize
from tlcourse.embeddings.vectors import SubwordVectors, WordVectors

__all__ = [
    "PADDING",
    "READERS",
    "UNKNOWN",
    "SubwordVectors",
    "Vocabulary",
    "WordVectors",
    "embedding",
    "glove",
    "masked_mean",
    "read_vectors",
    "text_classifier",
    "tokenize",
    "weat",
]
