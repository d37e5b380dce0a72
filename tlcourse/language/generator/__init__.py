"""A GPT-2 from a checkpoint, or a small one from random weights, in either framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.checks import share
from tlcourse.errors import SettingError, WeightsError
from tlcourse.frameworks import resolve_framework, side
from tlcourse.language.checkpoints import Checkpoint, find_checkpoint, fitted, number, original

__all__ = ["gpt_shapes", "load_gpt", "logits_of", "random_gpt"]


#: Settings in which other models under GPT-2's name differ.
_ORIGINAL: dict[str, Any] = {
    "activation_function": "gelu_new",
    "scale_attn_weights": True,
    "scale_attn_by_inverse_layer_idx": False,
    "add_cross_attention": False,
}
#: The masks that old checkpoints keep with their weights.
_MASKS = r"h\.\d+\.attn\.(bias|masked_bias)$"
_HEAD = "lm_head.weight"


def gpt_shapes(config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Every tensor of a GPT-2 by the Hub's name; dense layers are (in, out), as its authors have them."""
    width = number(config, "n_embd")
    inner = number(config, "n_inner", 4 * width) if config.get("n_inner") else 4 * width
    shapes: dict[str, tuple[int, ...]] = {
        "wte.weight": (number(config, "vocab_size"), width),
        "wpe.weight": (number(config, "n_positions"), width),
    }
    dense = {
        "attn.c_attn": (width, 3 * width),
        "attn.c_proj": (width, width),
        "mlp.c_fc": (width, inner),
        "mlp.c_proj": (inner, width),
    }
    for layer in range(number(config, "n_layer")):
        for norm in ("ln_1", "ln_2"):
            shapes |= {f"h.{layer}.{norm}.weight": (width,), f"h.{layer}.{norm}.bias": (width,)}
        for name, shape in dense.items():
            shapes |= {f"h.{layer}.{name}.weight": shape, f"h.{layer}.{name}.bias": shape[1:]}
    return shapes | {"ln_f.weight": (width,), "ln_f.bias": (width,)}


def random_gpt(config: Mapping[str, Any], seed: int) -> dict[str, np.ndarray]:
    """GPT-2's random start (Radford et al. 2019, section 2.3), the same numbers in both frameworks.

    Normal with deviation 0.02; the layers that add to the residual stream divided by the root of their
    number; scales 1, shifts 0.
    """
    rng = np.random.default_rng([seed, 9])
    tensors: dict[str, np.ndarray] = {}
    for name, shape in gpt_shapes(config).items():
        if name.endswith(".bias"):
            tensors[name] = np.zeros(shape, np.float32)
        elif ".ln_" in name or name.startswith("ln_f"):
            tensors[name] = np.ones(shape, np.float32)
        else:
            spread = 0.02 / (2 * config["n_layer"]) ** 0.5 if "c_proj" in name else 0.02
            tensors[name] = rng.normal(0, spread, shape).astype(np.float32)
    return tensors


def load_gpt(
    name: str | Path | Checkpoint | Mapping[str, Any],
    framework: str | None = None,
    *,
    dropout: float = 0.0,
    seed: int = 0,
    revision: str | None = None,
    download: bool = True,
) -> Any:
    """A GPT-2 language model.

    Radford, Wu, Child, Luan, Amodei and Sutskever 2019, "Language Models are Unsupervised Multitask
    Learners". PyTorch runs the library ``transformers``, Keras layers of this course; the logits agree to
    within 1e-4.
    Groups of layers: "wte", "wpe", "h.0", "h.1", …, the last with "ln_f"; and "lm_head", where a checkpoint
    has an output layer of its own in place of the table that reads the tokens.

    Parameters
    ----------
    name : str, Path, Checkpoint or dict
        As for `find_checkpoint`; or a config (``vocab_size``, ``n_positions``, ``n_embd``, ``n_layer``,
        ``n_head``) for a network from random weights.
    framework : {"torch", "keras"}, optional
    dropout : float
    seed : int
        Of random weights: the same numbers in both frameworks.
    revision, download
        As for `find_checkpoint`.

    Returns
    -------
    torch.nn.Module or keras.Model
        Tokens int (N, L) to logits (N, L, V) for the token after each. Every token is read: texts are not
        filled up.

    Raises
    ------
    WeightsError
        If the architecture is different, the tensors do not fit the config, or there are settings or
        weights that this network does not have.
    SettingError
        For a width that the heads do not divide, or a dropout out of range.
    """
    dropout = share("dropout", dropout)
    if isinstance(name, Mapping):
        config, tensors = dict(name), None
    else:
        checkpoint = name if isinstance(name, Checkpoint) else find_checkpoint(name, revision, download)
        if checkpoint.kind != "gpt2":
            raise WeightsError(
                f"The checkpoint {checkpoint.name} is of the architecture {checkpoint.kind or 'unknown'}, "
                "not gpt2.",
                "Take a GPT-2 checkpoint (openai-community/gpt2, distilbert/distilgpt2, …);"
                " load_encoder loads "
                "BERT.",
            )
        config = dict(checkpoint.config)
        original(checkpoint, _ORIGINAL)
        tensors = _with_head(checkpoint)
    width, heads = number(config, "n_embd"), number(config, "n_head")
    if width % heads:
        raise SettingError(f"A width of {width} cannot be divided among {heads} heads.", "Give a multiple.")
    if tensors is None:
        original(Checkpoint("of this config", Path(), config), _ORIGINAL | {"tie_word_embeddings": True})
    tensors = random_gpt(config, seed) if tensors is None else tensors
    model = side(__name__, resolve_framework(framework)).build(config, tensors, dropout)
    model.reads = (number(config, "vocab_size"), number(config, "n_positions"))
    return model


def _with_head(checkpoint: Checkpoint) -> dict[str, np.ndarray]:
    """The tensors of a GPT-2, with "lm_head.weight" only where it differs from the token embeddings.

    As in the library ``transformers``, what is in the file counts: a head that differs from the table is used
    whatever the config says of tying.

    Raises
    ------
    WeightsError
        As `fitted`; when the config says that the head is the checkpoint's own, and the file has none.
    """
    shapes = gpt_shapes(checkpoint.config)
    names = checkpoint.tensors().keys()
    if _HEAD not in names:
        if not checkpoint.config.get("tie_word_embeddings", True):
            raise WeightsError(
                f"The config of {checkpoint.name} has tie_word_embeddings False, and there is no {_HEAD}.",
                "Copy the weights of the whole language model; or set tie_word_embeddings to true, if its "
                "head is the table of its tokens.",
            )
        return fitted(checkpoint, shapes, ("transformer.",), _MASKS)
    tensors = fitted(checkpoint, shapes | {_HEAD: shapes["wte.weight"]}, ("transformer.",), _MASKS)
    if np.array_equal(tensors[_HEAD], tensors["wte.weight"]) and checkpoint.config.get(
        "tie_word_embeddings", True
    ):
        del tensors[_HEAD]
    return tensors


def logits_of(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    """A language model as a function of arrays, in inference mode: what `generate` and `perplexity` ask.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        Of `load_gpt`.

    Returns
    -------
    callable
        Tokens int (N, L) to logits float32 (N, L, V). It raises `ShapeError` for tokens that the model does
        not have, and for more than it reads.
    """
    from tlcourse.training.examples import check_tokens

    ask = side(__name__, model).ask

    def logits(tokens: np.ndarray) -> np.ndarray:
        check_tokens(model, np.asarray(tokens))
        return ask(model, np.asarray(tokens))

    return logits
