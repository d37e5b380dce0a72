"""Pretrain the course's small GPT, and write the weights that the package carries.

Usage: ``python tools/pretrain_small_gpt.py`` (some ten minutes on two cores). It learns to continue the
texts of the training splits of three of the four rated corpora (movies, products, editorials); the ratings
are not used, and the tweets are left for fine-tuning. It writes, into ``tlcourse/data/bundled/small_gpt``:

* ``tokenizer.json``: byte-level BPE (Sennrich, Haddow and Birch 2016, arXiv:1508.07909; bytes as in Radford
  et al. 2019), its merges learned from the same texts; token 0 ends a text;
* ``config.json``: a GPT-2 config, with what the training was and the perplexity that it reached;
* ``model.safetensors``: float16, under the Hub's names, so that the library ``transformers`` loads it too.

Everything is drawn from one seed: the same versions on the same processor give the same bytes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from bundle import BUNDLED, record_sums

CORPORA = ("movies", "products", "editorials")
END = "<|endoftext|>"
CONFIG = {
    "model_type": "gpt2",
    "architectures": ["GPT2LMHeadModel"],
    "vocab_size": 1024,
    "n_positions": 64,
    "n_embd": 128,
    "n_layer": 4,
    "n_head": 4,
    "activation_function": "gelu_new",
    "layer_norm_epsilon": 1e-5,
    "bos_token_id": 0,
    "eos_token_id": 0,
    "tie_word_embeddings": True,
}
RECIPE = {
    "epochs": 16,
    "batch_size": 32,
    "lr": 3e-3,
    "warmup": 0.05,
    "weight_decay": 0.1,
    "dropout": 0.1,
    "seed": 0,
}


Passages = tuple[np.ndarray, np.ndarray]


def texts_of(split: str) -> list[str]:
    """The texts of one split of the corpora, shuffled."""
    from tlcourse import data

    texts = [text for corpus in CORPORA for text in data.rated_text(corpus).split(split).texts]
    order = np.random.default_rng(RECIPE["seed"]).permutation(len(texts))
    return [texts[row] for row in order]


def make_tokenizer(texts: list[str], path: Path) -> None:
    """Learn the merges, and write them."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    rules = Tokenizer(models.BPE())
    rules.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    rules.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=CONFIG["vocab_size"],
        special_tokens=[END],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    rules.train_from_iterator(texts, trainer)
    rules.save(str(path))


def write_config(folder: Path, training: dict[str, Any] | None = None) -> None:
    """Write the GPT-2 config, with what the training was once that is known."""
    config = CONFIG if training is None else {**CONFIG, "tlcourse": training}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def train(data: Passages, val_data: Passages, steps: int | None) -> tuple[Any, Any]:
    """Train a fresh GPT on passages; the model and the history of its training.

    Parameters
    ----------
    data, val_data : tuple of ndarray
        What `tlcourse.language.passages` gives.
    steps : int, optional
        As many as the recipe's epochs have, if not given.
    """
    from tlcourse import training
    from tlcourse.language import load_gpt
    from tlcourse.training.schedules import warmup_cosine

    model = load_gpt(CONFIG, "torch", dropout=RECIPE["dropout"], seed=RECIPE["seed"])
    per_epoch = -(-len(data[0]) // RECIPE["batch_size"])

    def report(step: int, _: object) -> None:
        if step % per_epoch == 0:
            print(f"epoch {step // per_epoch} of {RECIPE['epochs']}", flush=True)

    history = training.fit(
        model,
        data,
        val_data,
        steps=steps or per_epoch * RECIPE["epochs"],
        batch_size=RECIPE["batch_size"],
        lr=RECIPE["lr"],
        weight_decay=RECIPE["weight_decay"],
        schedule=warmup_cosine(RECIPE["warmup"]),
        seed=RECIPE["seed"],
        progress=False,
        after_step=report,
    )
    print("validation perplexity by epoch:", np.exp(history.history["val_loss"]).round(1).tolist())
    print("training perplexity by epoch:", np.exp(history.history["loss"]).round(1).tolist())
    return model, history


def write_weights(model: Any, path: Path) -> None:
    """Write the weights as float16."""
    from safetensors.numpy import save_file

    tensors = {name: value.numpy().astype(np.float16) for name, value in model.state_dict().items()}
    save_file(tensors, path, metadata={"format": "pt"})


def build(out: Path, steps: int | None, texts: int | None) -> None:
    """Make tokenizer, weights and config in a folder."""
    from tlcourse.language import load_gpt, load_tokenizer, logits_of, passages, perplexity, stream

    train_texts, val_texts = (texts_of(split)[:texts] for split in ("train", "val"))
    make_tokenizer(train_texts, out / "tokenizer.json")
    write_config(out)  # the tokenizer is loaded with it
    tokenizer = load_tokenizer(out)
    length = CONFIG["n_positions"]
    data, val_data = (passages(stream(texts, tokenizer), length) for texts in (train_texts, val_texts))
    print(f"{data[0].size} tokens to train on, {val_data[0].size} for validation")
    model, history = train(data, val_data, steps)
    write_weights(model, out / "model.safetensors")
    # The perplexity of the model as it was written: in float16.
    reached = perplexity(logits_of(load_gpt(out, "torch")), stream(val_texts, tokenizer), length)
    training = {"corpora": CORPORA, **RECIPE, "steps": history.steps, "val_perplexity": round(reached, 2)}
    write_config(out, training)
    size = sum(file.stat().st_size for file in out.iterdir())
    print(f"{history.seconds:.0f} s; validation perplexity {reached:.1f}; {size / 1e6:.1f} MB in {out.name}")


def main() -> None:
    """Pretrain, write, record the hashes."""
    parser = argparse.ArgumentParser(description="Pretrain the small GPT that the package carries.")
    parser.add_argument("--out", type=Path, default=BUNDLED / "small_gpt")
    parser.add_argument("--steps", type=int, help="fewer steps, for a trial")
    parser.add_argument("--texts", type=int, help="fewer texts, for a trial")
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)

    from tlcourse import frameworks

    frameworks.prepare("torch")
    build(out, arguments.steps, arguments.texts)
    if out.is_relative_to(BUNDLED):
        files = [f"{out.relative_to(BUNDLED).as_posix()}/{file.name}" for file in out.iterdir()]
        record_sums(BUNDLED, files)


if __name__ == "__main__":
    main()
