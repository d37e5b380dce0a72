"""Chapter 9's sweep of the small GPT: from reviews and editorials to tweets, and what it forgets.

Every method takes :data:`STEPS` steps of :data:`BATCH` passages with Adam, a rate that rises and falls, and
the same dropout:

* ``scratch``: random weights, tweets only: what is the pretraining worth?
* ``tuned``: the small GPT, everything learns, tweets only;
* ``top-2``: the same, and only the last two of the four blocks learn;
* ``rehearsal``: everything learns, and every second passage is one of the old texts.

``small-gpt-rates`` chose a rate for each method, of as many, by the perplexity of validation tweets, with
seeds that the comparison does not use, in PyTorch; :data:`RATES` holds the choice.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep

__all__ = ["BATCH", "METHODS", "OLD", "RATES", "STEPS", "SWEEPS", "compare", "fine_tune", "try_rate"]

STEPS = 150
BATCH = 16
DROPOUT = 0.1
OLD = ("movies", "products", "editorials")
"""What the small GPT was pretrained on."""
METHODS = ("scratch", "tuned", "top-2", "rehearsal")
SEEDS = (0, 1, 2, 3, 4)
TUNING_SEEDS = (100, 101)
TUNING_RATES = dict.fromkeys(METHODS, (1e-3, 3e-3, 1e-2))


@cache
def _tokenizer() -> Any:
    from tlcourse.language import load_tokenizer

    return load_tokenizer("small-gpt")


@cache
def _stream(domain: str, split: str) -> np.ndarray:
    """The texts of a split, "tweets" or "old", as one stream of tokens."""
    from tlcourse import data
    from tlcourse.language import stream

    corpora = OLD if domain == "old" else (domain,)
    texts = [text for corpus in corpora for text in data.rated_text(corpus).split(split).texts]
    order = np.random.default_rng(7).permutation(len(texts))
    return stream([texts[row] for row in order], _tokenizer())


@cache
def _length() -> int:
    from tlcourse.language import find_checkpoint

    return int(find_checkpoint("small-gpt").config["n_positions"])


def fine_tune(framework: str, method: str, lr: float, seed: int) -> Any:
    """A model that has learned the tweets by one of the methods."""
    from tlcourse import freezing, training
    from tlcourse.language import find_checkpoint, load_gpt, passages
    from tlcourse.training.schedules import warmup_cosine

    start: Any = find_checkpoint("small-gpt").config if method == "scratch" else "small-gpt"
    model = load_gpt(start, framework, dropout=DROPOUT, seed=seed)
    inputs, labels = passages(_stream("tweets", "train"), _length())
    if method == "top-2":
        freezing.freeze_to(model, "h.1")
    if method == "rehearsal":
        old, after = passages(_stream("old", "train"), _length())
        rows = np.random.default_rng([seed, 99]).permutation(len(old))[: len(inputs)]
        inputs, labels = np.concatenate([inputs, old[rows]]), np.concatenate([labels, after[rows]])
    training.fit(
        model,
        (inputs, labels),
        steps=STEPS,
        batch_size=BATCH,
        lr=lr,
        schedule=warmup_cosine(0.1),
        seed=seed,
        progress=False,
    )
    return model


def _judge(model: Any, domain: str, split: str) -> float:
    from tlcourse.language import logits_of, perplexity

    return perplexity(logits_of(model), _stream(domain, split), _length())


def try_rate(framework: str, method: str, lr: float, seed: int) -> dict[str, float]:
    """One row of ``small-gpt-rates``: the perplexity of the validation tweets."""
    return {"val_perplexity": _judge(fine_tune(framework, method, lr, seed), "tweets", "val")}


def compare(framework: str, method: str, lr: float, seed: int) -> dict[str, float]:
    """One row of ``small-gpt``: the perplexity of test tweets, and of test texts of the old kind.

    Parameters
    ----------
    framework : {"torch", "keras"}
    method : str
        One of :data:`METHODS`.
    lr : float
        Adam's highest learning rate.
    seed : int
        Of random weights, the order of the passages, dropout, and which old texts are rehearsed.
    """
    model = fine_tune(framework, method, lr, seed)
    return {
        "tweets_perplexity": _judge(model, "tweets", "test"),
        "old_perplexity": _judge(model, "old", "test"),
    }


RATES: dict[str, float] = {
    "scratch": 0.003,
    "tuned": 0.003,
    "top-2": 0.01,
    "rehearsal": 0.003,
}
"""Method -> the rate with the lowest mean perplexity of the validation tweets."""


def _rates_grid() -> list[Settings]:
    return [
        {"method": method, "lr": lr, "seed": seed}
        for method in METHODS
        for lr in TUNING_RATES[method]
        for seed in TUNING_SEEDS
    ]


def _grid() -> list[Settings]:
    return [{"method": method, "lr": RATES[method], "seed": seed} for method in METHODS for seed in SEEDS]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    return 40.0


def _tolerance(settings: Settings) -> float:
    """How far a perplexity may move when only the rounding does.

    From random weights, at the rate that is best on average, a run can go astray for a while: seeds end
    between 69 and 127 on tweets, and the frameworks part.
    """
    return 60.0 if settings["method"] == "scratch" else 4.0


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "small-gpt-rates",
        "tlcourse.sweeps.topics.small_gpt:try_rate",
        _rates_grid,
        {"val_perplexity": _tolerance},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 9: a learning rate for each way of fine-tuning the small GPT",
    ),
    Sweep(
        "small-gpt",
        "tlcourse.sweeps.topics.small_gpt:compare",
        _grid,
        {"tweets_perplexity": _tolerance, "old_perplexity": _tolerance},
        cost=_cost,
        title="Chapter 9: the small GPT learns tweets; what becomes of what it knew",
    ),
)
