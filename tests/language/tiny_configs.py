"""Settings of the smallest checkpoints that the tests write."""

from __future__ import annotations

BERT = {
    "model_type": "bert",
    "vocab_size": 30,
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 12,
    "max_position_embeddings": 6,
}
