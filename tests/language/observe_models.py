"""What encoders and generators give in one framework; run in a process of that framework."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

SENTENCES = [
    "A girl is styling her hair.",
    "The children love this film, and so do I!",
    "Prices rose 3.5 % in the euro area; unemployment did not.",
    "",
    "One",
]
BERT = {"vocab_size": 50, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4}
BERT |= {"intermediate_size": 24, "max_position_embeddings": 12, "type_vocab_size": 2, "model_type": "bert"}
GPT = {"vocab_size": 40, "n_positions": 10, "n_embd": 16, "n_layer": 2, "n_head": 4}

BERTS = {"bert": 0, "bert_pad1": 1, "bert_parts": 1}
GPTS = ("gpt", "gpt_head", "gpt_head_unsaid", "gpt_pad3")


def tokens_of(config: dict, padding: int | None) -> np.ndarray:
    """Every token of the vocabulary, 0, 1 and 3 among them, and texts that end before others."""
    rng = np.random.default_rng(4)
    tokens = rng.permutation(np.arange(6 * 10) % config["vocab_size"]).reshape(6, 10)
    tokens[:, 9] = 0  # a token that ends every text, and is read unless it is the padding
    if padding is not None:
        tokens[tokens == padding] = 7
        tokens[0, 4:] = tokens[3, 8:] = padding
    return tokens


def main(framework: str, out: str, folder: str) -> None:
    """Write the arrays."""
    import tlcourse

    tlcourse.start("09-transformers", framework)
    from tlcourse import freezing, training
    from tlcourse.language import (
        add_lora,
        find_checkpoint,
        load_encoder,
        load_gpt,
        load_tokenizer,
        logits_of,
        lora_report,
        passages,
        perplexity,
    )

    arrays: dict[str, np.ndarray] = {}
    tokens = load_tokenizer("all-MiniLM-L6-v2").encode(SENTENCES)
    hidden = load_encoder(pooling="none")
    arrays["hidden"] = _call(hidden, tokens, framework)
    for pooling in ("mean", "cls"):
        arrays[pooling] = training.cache_features(load_encoder(pooling=pooling), tokens, progress=False)

    # Fine-tuning, small: a rate for each group, a frozen bottom, no dropout.
    small = find_checkpoint(Path(folder, "bert"))
    model = load_encoder(small, num_classes=3, dropout=0.0, seed=5)
    facts = {"groups": [group.name for group in freezing.layer_groups(model)]}
    rng = np.random.default_rng(0)
    x, y = rng.integers(1, 50, (20, 8)), rng.integers(0, 3, 20)
    x[::2, 5:] = 0
    freezing.freeze(model, ["embeddings", "layer.0"])
    before = freezing.fingerprint(model)
    rates = freezing.discriminative_lrs(model, 0.05, 0.5)
    history = training.fit(model, (x, y), steps=12, batch_size=8, lr=rates, optimizer="sgd", progress=False)
    facts["changed"] = freezing.changed(before, freezing.fingerprint(model))
    arrays["loss"] = np.array(history.history["loss"])
    arrays["tuned"] = training.predict(model, x, progress=False)

    adapted = load_encoder(small, num_classes=3, dropout=0.0, seed=5)
    arrays["lora_before"] = training.predict(adapted, x, progress=False)
    add_lora(adapted, rank=2, alpha=4.0, targets=("query", "value", "output"), seed=3)
    arrays["lora_start"] = training.predict(adapted, x, progress=False)
    before = freezing.fingerprint(adapted)
    fitted = training.fit(adapted, (x, y), steps=15, batch_size=8, lr=0.1, optimizer="sgd", progress=False)
    arrays["lora_loss"] = np.array(fitted.history["loss"])
    arrays["lora_tuned"] = training.predict(adapted, x, progress=False)
    facts["lora_changed"] = freezing.changed(before, freezing.fingerprint(adapted))
    report = lora_report(adapted)
    facts["lora_sizes"] = [report.trainable, report.total]
    facts["lora_again"] = _refused(lambda: add_lora(adapted, rank=2))
    facts["lora_other"] = _refused(lambda: add_lora(load_gpt(GPT)))

    sequence = rng.integers(0, 40, (3, 9))
    arrays["gpt"] = _call(load_gpt(GPT, seed=2), sequence, framework)
    arrays["gpt_file"] = _call(load_gpt(Path(folder, "gpt")), sequence, framework)
    pupil = load_gpt(GPT, seed=2)
    pair = passages(rng.integers(0, 40, 8 * 9 + 1), 9)
    learned = training.fit(pupil, pair, pair, epochs=4, batch_size=4, lr=0.01, progress=False)
    for name, values in learned.history.items():
        arrays[f"gpt_{name}"] = np.array(values)
    arrays["gpt_perplexity"] = np.array(perplexity(logits_of(pupil), np.append(pair[0], 1), 9))
    facts["gpt_one_label"] = _refused(lambda: training.fit(pupil, (x % 40, y), steps=1, progress=False))
    facts["bert_many_labels"] = _refused(lambda: training.fit(adapted, (x, x), steps=1, progress=False))
    facts["foreign_tokens"] = _refused(lambda: training.predict(adapted, x + 30, progress=False))
    facts["foreign_tokens_gpt"] = _refused(lambda: logits_of(pupil)(x + 30))
    facts["too_long"] = _refused(lambda: training.fit(adapted, (np.ones((4, 13), int), y[:4]), steps=1))
    arrays["small_gpt"] = _call(load_gpt("small-gpt"), sequence, framework)
    facts["gpt_groups"] = [group.name for group in freezing.layer_groups(load_gpt(GPT))]
    for name, padding in BERTS.items():
        encoder = load_encoder(Path(folder, name))
        arrays[f"library_{name}"] = training.cache_features(encoder, tokens_of(BERT, padding), progress=False)
    for name in GPTS:
        generator = load_gpt(Path(folder, name))
        arrays[f"library_{name}"] = _call(generator, tokens_of(GPT, None), framework)
    headed = load_gpt(Path(folder, "gpt_head"))
    facts["head_groups"] = [group.name for group in freezing.layer_groups(headed)]
    ended = tokens_of(GPT, None)
    learned = training.fit(headed, (ended, ended), epochs=2, batch_size=3, lr=0.01, progress=False)
    arrays["head_loss"] = np.array(learned.history["loss"])
    np.savez(out, facts=json.dumps(facts), **arrays)


def _refused(call) -> str:
    from tlcourse.errors import CourseError

    try:
        call()
    except CourseError as error:
        return str(error)
    return ""


def _call(model: object, tokens: np.ndarray, framework: str) -> np.ndarray:
    if framework == "torch":
        import torch

        with torch.inference_mode():
            return model(torch.from_numpy(tokens)).numpy()  # type: ignore[operator]
    return np.asarray(model(tokens))  # type: ignore[operator]
