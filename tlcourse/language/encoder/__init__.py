"""A BERT encoder from a checkpoint, with or without a classifier, in either framework."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tlcourse.checks import share, whole
from tlcourse.errors import SettingError, UnknownNameError, WeightsError
from tlcourse.frameworks import resolve_framework, side
from tlcourse.language.checkpoints import Checkpoint, find_checkpoint, fitted, number, original

__all__ = ["POOLINGS", "bert_shapes", "load_encoder"]

#: Settings in which other models under BERT's name differ.
_ORIGINAL: dict[str, Any] = {
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
    "is_decoder": False,
    "add_cross_attention": False,
}
#: What checkpoints have on top of the encoder, and the numbers 0, 1, 2, … that old ones keep.
_ON_TOP = r"(pooler|cls|classifier|qa_outputs)\.|embeddings\.(position_ids|token_type_ids)$"

#: How the tokens' vectors become one: their mean, that of the first token ([CLS]), or not at all.
POOLINGS = ("mean", "cls", "none")


def bert_shapes(config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Every tensor of a BERT encoder by the Hub's name, with its shape in PyTorch's axes."""
    width, inner = number(config, "hidden_size"), number(config, "intermediate_size")
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (number(config, "vocab_size"), width),
        "embeddings.position_embeddings.weight": (number(config, "max_position_embeddings"), width),
        "embeddings.token_type_embeddings.weight": (number(config, "type_vocab_size", 2), width),
        "embeddings.LayerNorm.weight": (width,),
        "embeddings.LayerNorm.bias": (width,),
    }
    dense = {
        "attention.self.query": (width, width),
        "attention.self.key": (width, width),
        "attention.self.value": (width, width),
        "attention.output.dense": (width, width),
        "intermediate.dense": (inner, width),
        "output.dense": (width, inner),
    }
    for layer in range(number(config, "num_hidden_layers")):
        at = f"encoder.layer.{layer}"
        for name, shape in dense.items():
            shapes |= {f"{at}.{name}.weight": shape, f"{at}.{name}.bias": shape[:1]}
        for norm in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{at}.{norm}.weight": (width,), f"{at}.{norm}.bias": (width,)}
    return shapes


def load_encoder(
    name: str | Path | Checkpoint = "all-MiniLM-L6-v2",
    framework: str | None = None,
    *,
    num_classes: int = 0,
    pooling: str = "mean",
    dropout: float = 0.1,
    seed: int = 0,
    revision: str | None = None,
    download: bool = True,
) -> Any:
    """A BERT encoder with a checkpoint's weights; a model for `tlcourse.training` and `tlcourse.freezing`.

    Devlin, Chang, Lee and Toutanova 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language
    Understanding", arXiv:1810.04805. PyTorch runs the library ``transformers``, Keras layers of this course;
    the last hidden states agree to within 1e-4. Groups of layers: "embeddings", "layer.0", "layer.1", … and
    "classifier".

    Parameters
    ----------
    name : str, Path or Checkpoint
        As for `find_checkpoint`.
    framework : {"torch", "keras"}, optional
    num_classes : int
        Outputs of a fresh linear classifier; 0 gives the pooled vectors.
    pooling : {"mean", "cls", "none"}
        The mean over a text's tokens (what all-MiniLM-L6-v2 was trained for), the first token's vector, or
        the vectors of all tokens (only without a classifier).
    dropout : float
        In training, in all places where BERT has it.
    seed : int
        Of the classifier's start: the same numbers in both frameworks.
    revision, download
        As for `find_checkpoint`.

    Returns
    -------
    torch.nn.Module or keras.Model
        Tokens int (N, L), the checkpoint's padding where a text has ended (`Checkpoint.padding`, as its
        tokenizer fills texts up), to logits (N, num_classes), vectors (N, D), or all tokens' vectors
        (N, L, D).

    Raises
    ------
    WeightsError
        If the architecture is different, the tensors do not fit the config, or there are settings or
        weights that this encoder does not have.
    UnknownNameError, SettingError
        If the pooling is not one of these, a number is out of range, or "none" comes with a classifier.
    """
    if pooling not in POOLINGS:
        raise UnknownNameError("pooling", pooling, POOLINGS)
    num_classes = whole("num_classes", num_classes, 0)
    if pooling == "none" and num_classes:
        raise SettingError("A classifier reads one vector per text.", 'Take pooling="mean" or "cls".')
    dropout = share("dropout", dropout)
    checkpoint = name if isinstance(name, Checkpoint) else find_checkpoint(name, revision, download)
    check_bert(checkpoint)
    tensors = fitted(checkpoint, bert_shapes(checkpoint.config), ("bert.", "model."), _ON_TOP)
    start = None
    if num_classes:
        from tlcourse.models.architecture import linear_start

        start = linear_start(number(checkpoint.config, "hidden_size"), num_classes, seed)
    padding = checkpoint.padding  # a faulty checkpoint is reported before a framework is loaded
    builder = side(__name__, resolve_framework(framework))
    model = builder.build(checkpoint.config, tensors, start, pooling, dropout, padding)
    model.reads = tuple(number(checkpoint.config, n) for n in ("vocab_size", "max_position_embeddings"))
    return model


def check_bert(checkpoint: Checkpoint) -> None:
    """Refuse a checkpoint that is called BERT and is not, or that has a different architecture.

    Raises
    ------
    WeightsError
    """
    if checkpoint.kind != "bert":
        raise WeightsError(
            f"The checkpoint {checkpoint.name} is of the architecture {checkpoint.kind or 'unknown'}, "
            "not bert.",
            "Take a BERT checkpoint (google-bert/bert-base-uncased, all-MiniLM-L6-v2, …);"
            " load_gpt loads GPT-2.",
        )
    original(checkpoint, _ORIGINAL)
    if any((checkpoint.config.get("pruned_heads") or {}).values()):
        raise WeightsError(
            f"The checkpoint {checkpoint.name} has pruned_heads: some of its layers have fewer heads.",
            "Take the checkpoint that it was made from.",
        )
    width, heads = number(checkpoint.config, "hidden_size"), number(checkpoint.config, "num_attention_heads")
    if heads < 1 or width % heads:
        raise WeightsError(
            f"The config of {checkpoint.name} divides a width of {width} among {heads} heads.",
            "Copy the config again: the width is a multiple of the heads.",
        )
