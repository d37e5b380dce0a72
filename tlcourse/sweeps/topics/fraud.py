"""Chapter 13: fraud in other markets, the mistakes that tables invite, and data that may not leave.

Markets are simulated (`tlcourse.data.transactions`); ULB's real cards are in ``fraud-cards``. A row's seed
draws the markets, the start and the batches. Training begins on day :data:`FIRST`: by then all windows of
the features are filled and their labels known. Between training and test lie :data:`DELAY` days, since labels
arrive so late. Average precision (``ap``) is measured on test days only; what needed a choice was chosen on
another market, ``island``, with other seeds (``fraud-rates``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import payments
from tlcourse.sweeps.shared.rates import chosen_rates

__all__ = [
    "AMOUNTS",
    "BATCH",
    "CARD_MODELS",
    "CARD_WAYS",
    "CHANGES",
    "COPIES",
    "DELAY",
    "FEDERATED",
    "FEW_STEPS",
    "FIRST",
    "LOCAL",
    "MEMBER_WAYS",
    "MISTAKES",
    "MODELS",
    "NEW_TEST",
    "PARTNERS",
    "PENALTY",
    "RATES",
    "ROUNDS",
    "SEARCH",
    "SEEDS",
    "STEPS",
    "SWEEPS",
    "TEST",
    "TOP",
    "TRAIN",
    "TRAINED",
    "TREES",
    "UNTOUCHED",
    "WAYS",
    "federate",
    "find_members",
    "judge_cards",
    "judge_large",
    "judge_mistake",
    "judge_move",
    "search_rate",
    "watch_drift",
]

SEEDS = (0, 1, 2, 3, 4)
FIRST, DELAY = 37, 7
TRAIN, TEST = (FIRST, 80), (87, 117)
"""Days of the large market, the last one excluded."""
NEW_TRAIN, NEW_TEST = (FIRST, 68), (75, 115)
"""Days of a new market."""
BATCH, STEPS, RATE = 512, 4000, 3e-3
"""Of the network for the large market."""
FEW_STEPS = 300
"""Of training on the few known frauds of a new market, whatever is trained."""
TREES = 100
"""Of boosting on a new market; the large market and the real cards get twice as many."""
PENALTY = 10.0
"""L2 of the leaves' values, chosen on the last six hours of day 1 of the real cards."""
FEW_PENALTY = 1.0
"""The same with few known frauds, chosen on the market and the seeds of ``fraud-rates``."""
TOP = 20
"""Cards that are investigated each day."""
LARGE, NEW, SEARCHED = "north", "south", "island"

Table = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


# ------------------------------------------------------------------------------------------------- tables


@dataclass(frozen=True, eq=False)
class Prepared:
    """A market's features, unscaled (counts and amounts as logarithms), with labels, days and cards."""

    x: npt.NDArray[np.float64]
    y: Rows
    day: Rows
    card: Rows

    def days(self, span: tuple[int, int]) -> Rows:
        return np.flatnonzero((self.day >= span[0]) & (self.day < span[1]))

    def scale(self, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
        return self.x[rows].mean(0), self.x[rows].std(0) + 1e-9

    def scaled(self, rows: Rows, scale: tuple[np.ndarray, np.ndarray]) -> Table:
        return ((self.x[rows] - scale[0]) / scale[1]).astype(np.float32)


def _logs(features: Any) -> npt.NDArray[np.float64]:
    """Amounts and counts as logarithms: they are spread over decades."""
    x = features.to_numpy().copy()
    wide = [
        i for i, name in enumerate(features.columns) if "count" in name or "mean" in name or "amount" in name
    ]
    x[:, wide] = np.log1p(x[:, wide])
    return np.asarray(x)


def _of(table: Any, features: Any) -> Prepared:
    day = (table["time"] - table["time"].min().normalize()).dt.days.to_numpy()
    return Prepared(_logs(features), table["fraud"].to_numpy(), day, table["customer"].to_numpy())


@lru_cache(maxsize=4)
def market(name: str, seed: int) -> Prepared:
    """A market of a seed; two markets of one seed have nothing in common."""
    from tlcourse import data, tabular

    table = data.transactions(name, seed=1000 * seed + sorted(data.MARKETS).index(name))
    return _of(table, tabular.payment_features(table, DELAY))


def _ap(y: np.ndarray, scores: np.ndarray) -> float:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(y, scores))


def _boosted(
    x: np.ndarray,
    y: np.ndarray,
    rate: float,
    trees: int,
    seed: int,
    library: str = "lightgbm",
    penalty: float = PENALTY,
) -> Any:
    """Boosted trees with 15 leaves."""
    if library == "lightgbm":
        import lightgbm

        model: Any = lightgbm.LGBMClassifier(
            n_estimators=trees,
            learning_rate=rate,
            num_leaves=15,
            reg_lambda=penalty,
            random_state=seed,
            n_jobs=1,
            deterministic=True,
            force_row_wise=True,
            verbose=-1,
        )
    else:
        from sklearn.ensemble import HistGradientBoostingClassifier

        model = HistGradientBoostingClassifier(
            max_iter=trees,
            learning_rate=rate,
            max_leaf_nodes=15,
            l2_regularization=penalty,
            early_stopping=False,
            random_state=seed,
        )
    return model.fit(x, y)


def _asked(model: Any, x: np.ndarray) -> npt.NDArray[np.float64]:
    return np.asarray(model.predict_proba(x))[:, 1]


def _regression(x: np.ndarray, y: np.ndarray, strength: float = 1.0) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=2000, tol=1e-6).fit(x, y)


# ------------------------------------------------------------------------------------------ the large market


@lru_cache(maxsize=2)
def large_network(framework: str, seed: int) -> list[np.ndarray]:
    """The network of the large market."""
    large = market(LARGE, seed)
    rows = large.days(TRAIN)
    x = large.scaled(rows, large.scale(rows))
    order = payments.batches(np.arange(len(rows)), STEPS, BATCH, seed)
    return payments.trained(framework, payments.start(x.shape[1], seed), x, large.y[rows], order, RATE)


@lru_cache(maxsize=2)
def large_trees(seed: int) -> Any:
    large = market(LARGE, seed)
    rows = large.days(TRAIN)
    return _boosted(large.scaled(rows, large.scale(rows)), large.y[rows], 0.05, 2 * TREES, seed)


MODELS = ("logistic regression", "network", "scikit-learn's trees", "LightGBM")
CARD_MODELS = (*MODELS, "LightGBM without a penalty")


def judge_large(framework: str, model: str, seed: int) -> dict[str, float]:
    """One row of ``fraud-large``: trained and tested in the large market.

    Returns
    -------
    dict
        ``ap``, the area under the ``roc`` curve, and the precision among the :data:`TOP` cards of a day
        (``cards``), on test days; ``share`` of frauds there.
    """
    from sklearn.metrics import roc_auc_score

    from tlcourse import tabular

    large = market(LARGE, seed)
    rows, test = large.days(TRAIN), large.days(TEST)
    scale = large.scale(rows)
    x, new = large.scaled(rows, scale), large.scaled(test, scale)
    if model == "network":
        scores: np.ndarray = payments.logits(large_network(framework, seed), new)
    elif model == "LightGBM":
        scores = _asked(large_trees(seed), new)
    elif model == "logistic regression":
        scores = _asked(_regression(x, large.y[rows]), new)
    else:
        scores = _asked(_boosted(x, large.y[rows], 0.05, 2 * TREES, seed, "scikit-learn"), new)
    y = large.y[test]
    return {
        "ap": _ap(y, scores),
        "roc": float(roc_auc_score(y, scores)),
        "cards": tabular.precision_at(scores, y, large.day[test], TOP, large.card[test]),
        "share": float(y.mean()),
    }


# --------------------------------------------------------------------------------------------- a new market

AMOUNTS = (10, 50, 200, 0)
"""Known frauds of the new market: training ends with so many. 0: all of a month."""
UNTOUCHED = (
    "network, untouched, old scale",
    "network, untouched",
    "trees, untouched, old scale",
    "trees, untouched",
)
TRAINED = (
    "network, frozen",
    "network, adapters",
    "network, fine-tuned",
    "network, jointly",
    "network, alone",
    "regression, alone",
    "trees, alone",
    "trees, alone, with the network's score",
)
WAYS = (*UNTOUCHED, *TRAINED)
"""``untouched``: as it left the large market. ``old scale``: features scaled as there; all others are scaled
by a week of the new market, which needs no labels. ``frozen``: a new last layer."""
RATES = {
    "network": (1e-4, 3e-4, 1e-3, 3e-3, 1e-2),
    "trees": (0.01, 0.03, 0.1, 0.3),
    "regression": (1e-3, 1e-2, 1e-1, 1.0),
}
"""What is tried: learning rates; for the regression, scikit-learn's C."""
SEARCH = "fraud-rates"
SEARCH_SEEDS = (10, 11)
SEARCH_FRAUDS = 50


def _known(new: Prepared, frauds: int) -> Rows:
    """The first payments of the training days, up to so many frauds; 0: all of them."""
    rows = new.days(NEW_TRAIN)
    return rows[: int(np.searchsorted(new.y[rows].cumsum(), frauds)) + 1] if frauds else rows


def _scores(
    framework: str, name: str, way: str, frauds: int, rate: float, seed: int, rows: Rows
) -> npt.NDArray[np.float64]:
    """What is said of the rows `rows` of the market `name`."""
    new, large = market(name, seed), market(LARGE, seed)
    kind, _, how = way.partition(", ")
    # A week that needs no labels: the one before training begins.
    own = (
        large.scale(large.days(TRAIN))
        if how.endswith("old scale")
        else new.scale(new.days((FIRST - 7, FIRST)))
    )
    asked = new.scaled(rows, own)
    if how.startswith("untouched"):
        if kind == "network":
            return payments.logits(large_network(framework, seed), asked).astype(np.float64)
        return _asked(large_trees(seed), asked)
    known = _known(new, frauds)
    x, y = new.scaled(known, own), new.y[known]
    if kind == "regression":
        return _asked(_regression(x, y, rate), asked)
    if kind == "trees":
        if how != "alone":
            net = large_network(framework, seed)
            x, asked = (np.column_stack([one, payments.logits(net, one)]) for one in (x, asked))
        return _asked(_boosted(x, y, rate, TREES, seed, penalty=FEW_PENALTY), asked)
    order = payments.batches(np.arange(len(known)), FEW_STEPS, BATCH, seed)
    start = payments.start(x.shape[1], seed + 500) if how == "alone" else large_network(framework, seed)
    if how == "adapters":
        start = payments.adapted(start, seed)
    if how == "jointly":  # half of each batch from either market, from the large one's network on
        old = large.days(TRAIN)
        x = np.concatenate([x, large.scaled(old, large.scale(old))])
        y = np.concatenate([y, large.y[old]])
        other = payments.batches(np.arange(len(known), len(x)), FEW_STEPS, BATCH // 2, seed + 1)
        order = np.concatenate([order[:, : BATCH // 2], other], axis=1)
    part = {"frozen": "last", "adapters": "adapters"}.get(how, "all")
    weights = payments.trained(framework, start, x, y, order, rate, part)
    return payments.logits(weights, asked).astype(np.float64)


def search_rate(framework: str, way: str, rate: float, seed: int) -> dict[str, float]:
    """One row of ``fraud-rates``: ``val_ap`` on the test days of ``island``, which no comparison uses."""
    new = market(SEARCHED, seed)
    test = new.days(NEW_TEST)
    scores = _scores(framework, SEARCHED, way, SEARCH_FRAUDS, rate, seed, test)
    return {"val_ap": _ap(new.y[test], scores)}


def judge_move(framework: str, way: str, frauds: int, seed: int, rate: float) -> dict[str, float]:
    """One row of ``fraud-markets``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    way : str
        One of :data:`WAYS`.
    frauds : int
        Known frauds of the new market; 0 for all of a month.
    seed : int
    rate : float
        Given by ``fraud-rates``.

    Returns
    -------
    dict
        ``ap`` on the test days of the new market, precision among its :data:`TOP` cards of a day
        (``cards``), and the number of payments that were trained on (``known``).
    """
    from tlcourse import tabular

    new = market(NEW, seed)
    test = new.days(NEW_TEST)
    scores = _scores(framework, NEW, way, frauds, rate, seed, test)
    return {
        "ap": _ap(new.y[test], scores),
        "cards": tabular.precision_at(scores, new.y[test], new.day[test], TOP, new.card[test]),
        "known": 0 if way in UNTOUCHED else len(_known(new, frauds)),
    }


# ------------------------------------------------------------------------------------------------ mistakes

MISTAKES = (
    "none",
    "split at random",
    "oversampled, then split",
    "labels at once",
    "risk of the whole table",
    "scaled with the future",
)
COPIES = 20
"""How often a fraud is there after oversampling."""
EARLY, LATE = (FIRST, 66), (73, 80)
"""The training days of the large market, divided by time, with a gap in which labels arrive."""


@lru_cache(maxsize=2)
def _mistaken(mistake: str, seed: int) -> tuple[Prepared, Prepared]:
    """The large market as the mistake sees it, and as it is in use."""
    from tlcourse import data, tabular

    table = data.transactions(LARGE, seed=1000 * seed + sorted(data.MARKETS).index(LARGE))
    second = (table["time"] - table["time"].min().normalize()).dt.total_seconds().to_numpy()
    terminal, fraud = table["terminal"].to_numpy(), table["fraud"].to_numpy()
    promised = used = tabular.payment_features(table, DELAY)
    if mistake == "labels at once":
        promised = tabular.payment_features(table, 1 / 86_400)  # a second: not the payment's own label
        used = promised.copy()
        for days in (1, 7, 30):  # the labels of the last week are not there yet, so they look like "no fraud"
            known = (
                tabular.in_window(terminal, second, fraud, days - DELAY, DELAY)
                if days > DELAY
                else np.zeros(len(table))
            )
            used[f"terminal_risk_{days}"] = known / np.maximum(used[f"terminal_count_{days}"], 1)
    if mistake == "risk of the whole table":
        counts = np.bincount(terminal)
        whole = np.bincount(terminal, fraud) / np.maximum(counts, 1)
        ones = np.ones(len(table))
        days = int(second.max() // 86_400) + 1
        seen = tabular.in_window(terminal, second, ones, days, DELAY)
        known = tabular.in_window(terminal, second, fraud, days, DELAY) / np.maximum(seen, 1)
        promised, used = promised.assign(whole=whole[terminal]), used.assign(whole=known)
    return _of(table, promised), _of(table, used)


def judge_mistake(framework: str, mistake: str, model: str, seed: int) -> dict[str, float]:
    """One row of ``fraud-mistakes``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    mistake : str
        One of :data:`MISTAKES`.
    model : {"network", "trees"}
    seed : int

    Returns
    -------
    dict
        Average precision that the split ``promised``, and that the same model ``kept`` on later days, with
        what was known on those days.
    """
    seen, used = _mistaken(mistake, seed)
    rng = np.random.default_rng([seed, 16])
    pool, later = seen.days(TRAIN), used.days(TEST)
    if mistake in ("split at random", "oversampled, then split"):
        if mistake.startswith("oversampled"):
            pool = np.concatenate([pool, np.repeat(pool[seen.y[pool] == 1], COPIES - 1)])
        pool = rng.permutation(pool)
        fit, held = pool[: len(pool) * 3 // 4], pool[len(pool) * 3 // 4 :]
    else:
        fit, held = seen.days(EARLY), seen.days(LATE)
    scale = seen.scale(np.arange(len(seen.y)) if mistake == "scaled with the future" else fit)
    x, y = seen.scaled(fit, scale), seen.y[fit]
    if model == "trees":
        trees = _boosted(x, y, 0.05, 2 * TREES, seed)
        said, kept = _asked(trees, seen.scaled(held, scale)), _asked(trees, used.scaled(later, scale))
    else:
        order = payments.batches(np.arange(len(fit)), STEPS, BATCH, seed)
        net = payments.trained(framework, payments.start(x.shape[1], seed), x, y, order, RATE)
        said, kept = (
            payments.logits(net, seen.scaled(held, scale)).astype(np.float64),
            payments.logits(net, used.scaled(later, scale)).astype(np.float64),
        )
    return {"promised": _ap(seen.y[held], said), "kept": _ap(used.y[later], kept)}


# ---------------------------------------------------------------------------------------------- real cards

CARD_WAYS = ("day 1 to day 2", "at random", "oversampled, then at random")
CARD_STEPS = 3000


@lru_cache(maxsize=1)
def _cards() -> tuple[npt.NDArray[np.float64], Rows, npt.NDArray[np.bool_]]:
    from tlcourse import data

    table = data.card_payments()
    x = table.drop(columns=["seconds", "fraud"]).to_numpy(np.float64)
    x[:, -1] = np.log1p(x[:, -1])
    return x, table["fraud"].to_numpy(), (table["seconds"] < 86_400).to_numpy()


def judge_cards(framework: str, model: str, split: str, seed: int) -> dict[str, float]:
    """One row of ``fraud-cards``: ULB's real cards.

    A seed takes nine tenths of the training rows, so that trees differ from seed to seed as well.

    Returns
    -------
    dict
        ``ap``, ``roc``, the precision among the 100 highest scores (``top``), and the accuracy of "never a
        fraud" (``never``), on the rows that were held out.
    """
    from sklearn.metrics import roc_auc_score

    x, y, first = _cards()
    rng = np.random.default_rng([seed, 17])
    if split.startswith("day"):
        fit, held = np.flatnonzero(first), np.flatnonzero(~first)
    else:
        rows = np.arange(len(y))
        if split.startswith("oversampled"):
            rows = np.concatenate([rows, np.repeat(np.flatnonzero(y == 1), COPIES - 1)])
        rows = rng.permutation(rows)
        fit, held = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    fit = np.sort(rng.choice(fit, len(fit) * 9 // 10, replace=False))
    scale = x[fit].mean(0), x[fit].std(0) + 1e-9
    known, new = (((x[rows] - scale[0]) / scale[1]).clip(-10, 10).astype(np.float32) for rows in (fit, held))
    if model == "network":
        order = payments.batches(np.arange(len(fit)), CARD_STEPS, BATCH, seed)
        start = payments.start(x.shape[1], seed)
        net = payments.trained(framework, start, known, y[fit], order, 1e-3)
        scores = payments.logits(net, new).astype(np.float64)
    elif model == "logistic regression":
        scores = _asked(_regression(known, y[fit], 0.01), new)
    else:
        library = "lightgbm" if model.startswith("LightGBM") else "scikit-learn"
        penalty = 0.0 if model.endswith("without a penalty") else PENALTY
        scores = _asked(_boosted(known, y[fit], 0.05, 2 * TREES, seed, library, penalty), new)
    best = np.argsort(-scores, kind="stable")[:100]
    return {
        "ap": _ap(y[held], scores),
        "roc": float(roc_auc_score(y[held], scores)),
        "top": float(y[held][best].mean()),
        "never": float(1 - y[held].mean()),
    }


# --------------------------------------------------------------------------------------------------- drift

CHANGES = ("nothing", "habits", "fraud")
"""What changes on day :data:`CHANGED`: nothing; amounts are half as large again and the evening comes later;
terminals are safe and stolen cards are used for ordinary amounts."""
CHANGED, BEFORE, AFTER = 80, (70, 80), (95, 115)


def watch_drift(framework: str, change: str, seed: int) -> dict[str, float]:
    """One row of ``fraud-drift``.

    Returns
    -------
    dict
        ``ap`` before and after the change, of trees from the days before; the stability index of the amount,
        of the trees' scores and the largest of all features (``psi_amount``, ``psi_score``, ``psi_most``),
        after the change against before; ``alarms``: scores above the threshold that 0.5 % exceeded before.
    """
    import pandas as pd

    from tlcourse import data, tabular

    one = data.MARKETS[LARGE]
    two = {
        "nothing": one,
        "habits": replace(one, amounts=(7.5, 150.0), hour=15.0),
        "fraud": replace(one, terminals_a_day=0, customers_a_day=4, factor=2.0, limit=1e9),
    }[change]
    number = 1000 * seed + 500
    old, new = data.transactions(one, seed=number), data.transactions(two, seed=number)
    turn = old["time"].min().normalize() + pd.Timedelta(days=CHANGED)
    table = pd.concat([old[old["time"] < turn], new[new["time"] >= turn]], ignore_index=True)
    seen = _of(table, tabular.payment_features(table, DELAY))
    fit, before, after = seen.days((FIRST, 63)), seen.days(BEFORE), seen.days(AFTER)
    trees = _boosted(seen.x[fit], seen.y[fit], 0.05, 2 * TREES, seed)
    said = {name: _asked(trees, seen.x[rows]) for name, rows in (("before", before), ("after", after))}
    psi = [tabular.stability(seen.x[before, i], seen.x[after, i]) for i in range(seen.x.shape[1])]
    bar = np.quantile(said["before"], 0.995)
    return {
        "ap_before": _ap(seen.y[before], said["before"]),
        "ap_after": _ap(seen.y[after], said["after"]),
        "psi_amount": psi[0],
        "psi_most": max(psi),
        "psi_score": tabular.stability(said["before"], said["after"]),
        "alarms": float((said["after"] > bar).mean()),
    }


# ------------------------------------------------------------------------------- data that may not leave

FEDERATED = ("alone", "federated", "federated, then at home", "pooled")
ROUNDS, LOCAL = 20, 100
"""Rounds of averaging, and steps in each market between them. Alone or pooled, as many steps in all; a pooled
batch has :data:`BATCH` payments of each market."""
FEDERATED_RATE = 1e-3
PARTNERS = ("north", "south", "island")


@lru_cache(maxsize=1)
def _partners(seed: int) -> dict[str, tuple[Table, Rows, Table, Rows]]:
    """Of each market: known payments and test payments, scaled by its own week."""
    found = {}
    for name in PARTNERS:
        one = market(name, seed)
        scale = one.scale(one.days((FIRST - 7, FIRST)))
        known, test = one.days(NEW_TRAIN), one.days(NEW_TEST)
        found[name] = one.scaled(known, scale), one.y[known], one.scaled(test, scale), one.y[test]
    return found


@lru_cache(maxsize=4)
def _together(framework: str, way: str, seed: int) -> list[np.ndarray]:
    """The network that all markets share."""
    partners = _partners(seed)
    weights = payments.start(15, seed)
    if way == "pooled":
        x = np.concatenate([one[0] for one in partners.values()])
        y = np.concatenate([one[1] for one in partners.values()])
        ends = np.cumsum([0, *(len(one[1]) for one in partners.values())])
        order = np.concatenate(
            [
                payments.batches(np.arange(ends[i], ends[i + 1]), ROUNDS * LOCAL, BATCH, seed + i)
                for i in range(len(partners))
            ],
            axis=1,
        )
        return payments.trained(framework, weights, x, y, order, FEDERATED_RATE)
    for turn in range(ROUNDS):
        sent = [
            payments.trained(
                framework,
                weights,
                x,
                y,
                payments.batches(np.arange(len(y)), LOCAL, BATCH, 1000 * seed + 10 * turn + i),
                FEDERATED_RATE,
            )
            for i, (x, y, _, _) in enumerate(partners.values())
        ]
        weights = payments.averaged(sent, [1 / len(sent)] * len(sent))
    return weights


def federate(framework: str, way: str, market: str, seed: int) -> dict[str, float]:
    """One row of ``fraud-federated``: ``ap`` on the test days of a market.

    Parameters
    ----------
    framework : {"torch", "keras"}
    way : str
        ``alone``: each market's network from its own payments. ``federated``: weights are averaged, payments
        stay. ``federated, then at home``: trained on at home. ``pooled``: all payments in one place.
    market : str
        One of three.
    seed : int
    """
    x, y, test, truth = _partners(seed)[market]
    rows = np.arange(len(y))
    if way == "alone":
        order = payments.batches(rows, ROUNDS * LOCAL, BATCH, seed)
        weights = payments.trained(framework, payments.start(15, seed), x, y, order, FEDERATED_RATE)
    else:
        weights = _together(framework, way.partition(",")[0], seed)
        if way.endswith("at home"):
            order = payments.batches(rows, FEW_STEPS, BATCH, seed)
            weights = payments.trained(framework, weights, x, y, order, FEDERATED_RATE)
    return {"ap": _ap(truth, payments.logits(weights, test))}


# ----------------------------------------------------------------------------------- what a model gives away

MEMBER_WAYS = ("network, 300 steps", "network, 3000 steps", "trees", "deep trees")


def find_members(framework: str, way: str, seed: int) -> dict[str, float]:
    """One row of ``fraud-members``: can a payment that a model learned from be told from one it did not?

    Half of the training days' payments of the new market, drawn at random, train the model. The attack knows
    the label of a payment and takes the model's loss: the lower, the rather a member.

    Returns
    -------
    dict
        The area under the attack's ROC curve (0.5 is luck) for all payments (``all``) and for ``frauds``;
        ``ap`` on test days.
    """
    from sklearn.metrics import roc_auc_score

    new = market(NEW, seed)
    rows, test = new.days(NEW_TRAIN), new.days(NEW_TEST)
    scale = new.scale(new.days((FIRST - 7, FIRST)))
    x, y, asked = new.scaled(rows, scale), new.y[rows], new.scaled(test, scale)
    member = np.zeros(len(rows), bool)
    member[np.random.default_rng([seed, 18]).permutation(len(rows))[: len(rows) // 2]] = True
    if way.startswith("network"):
        order = payments.batches(np.flatnonzero(member), int(way.split()[1]), BATCH, seed)
        net = payments.trained(framework, payments.start(x.shape[1], seed), x, y, order, 3e-3)
        said, new_said = (payments.logits(net, one).astype(np.float64) for one in (x, asked))
    else:
        if way == "trees":
            model = _boosted(x[member], y[member], 0.05, TREES, seed, penalty=FEW_PENALTY)
        else:
            from sklearn.ensemble import RandomForestClassifier

            model = RandomForestClassifier(100, random_state=seed, n_jobs=1).fit(x[member], y[member])
        said, new_said = (_log_odds(_asked(model, one)) for one in (x, asked))
    loss = np.logaddexp(0, np.where(y == 1, -said, said))
    fraud = y == 1
    return {
        "all": float(roc_auc_score(member, -loss)),
        "frauds": float(roc_auc_score(member[fraud], -loss[fraud])),
        "ap": _ap(new.y[test], new_said),
    }


def _log_odds(p: np.ndarray) -> npt.NDArray[np.float64]:
    p = np.clip(p, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(p) - np.log1p(-p))


# ------------------------------------------------------------------------------------------------- sweeps


def _grid(seeds: tuple[int, ...], **columns: tuple[Any, ...]) -> list[Settings]:
    """All combinations, a seed after the other: what a seed's rows share is made once."""
    rows: list[Settings] = [{}]
    for name, values in columns.items():
        rows = [{**row, name: value} for row in rows for value in values]
    return [{**row, "seed": seed} for seed in seeds for row in rows]


def _moves(amounts: tuple[int, ...], ways: tuple[str, ...], seeds: tuple[int, ...]) -> list[Settings]:
    """What is untouched does not depend on the number of frauds: one row."""
    return [
        row
        for row in _grid(seeds, way=ways, frauds=amounts)
        if row["way"] not in UNTOUCHED or row["frauds"] == amounts[0]
    ]


def _searches() -> list[Settings]:
    return [
        {"way": way, "rate": rate, "seed": seed}
        for seed in SEARCH_SEEDS
        for way in TRAINED
        for rate in RATES[way.partition(",")[0]]
    ]


def _given(settings: Settings) -> Settings:
    if settings["way"] in UNTOUCHED:
        return {"rate": 0.0}
    return {"rate": chosen_rates(SEARCH, ["way"], "val_ap", "rate")[(settings["way"],)]}


_MODULE = "tlcourse.sweeps.topics.fraud"
_AGAIN = SEEDS[:2]
_AGAIN_WAYS = (
    "network, untouched",
    "network, frozen",
    "network, adapters",
    "network, fine-tuned",
    "network, alone",
)


def _sweep(
    name: str,
    run: str,
    grid: Callable[[], list[Settings]],
    metrics: Any,
    title: str,
    framework: str = "torch",
    cost: float = 3.0,
    **more: Any,
) -> Sweep:
    return Sweep(
        name,
        f"{_MODULE}:{run}",
        grid,
        metrics,
        frameworks=(framework,),
        cost=lambda settings: cost,
        title=f"Chapter 13: {title}",
        **more,
    )


_LARGE = {"ap": 0.04, "roc": 0.03, "cards": 0.03, "share": 1e-6}
_MOVE = {"ap": 0.06, "cards": 0.04, "known": 0}
_MISTAKE = {"promised": 0.05, "kept": 0.05}


def _steady(tolerance: float) -> Callable[[Settings], float | None]:
    """None for boosting without a penalty: on real cards it falls apart, another way on another machine."""
    return lambda settings: None if settings["model"].endswith("without a penalty") else tolerance


_CARDS = {"ap": _steady(0.06), "roc": _steady(0.03), "top": _steady(0.06), "never": 1e-6}
_DRIFT = {
    "ap_before": 0.05,
    "ap_after": 0.05,
    "psi_amount": 0.02,
    "psi_most": 0.1,
    "psi_score": 0.1,
    "alarms": 0.003,
}
_MEMBERS = {"all": 0.02, "frauds": 0.06, "ap": 0.06}
_chosen: dict[str, Any] = {"given": _given, "after": (SEARCH,)}

SWEEPS: tuple[Sweep, ...] = (
    _sweep(
        "fraud-large", "judge_large", partial(_grid, SEEDS, model=MODELS), _LARGE, "one market, four models"
    ),
    _sweep(SEARCH, "search_rate", _searches, {"val_ap": 0.06}, "rates, tried in a market of their own"),
    _sweep(
        "fraud-markets",
        "judge_move",
        partial(_moves, AMOUNTS, WAYS, SEEDS),
        _MOVE,
        "to a new market with few known frauds",
        **_chosen,
    ),
    _sweep(
        "fraud-markets-again",
        "judge_move",
        partial(_moves, (10, 200), _AGAIN_WAYS, _AGAIN),
        _MOVE,
        "a part of it in Keras",
        framework="keras",
        cost=8.0,
        **_chosen,
    ),
    _sweep(
        "fraud-mistakes",
        "judge_mistake",
        partial(_grid, SEEDS, mistake=MISTAKES, model=("network", "trees")),
        _MISTAKE,
        "what a mistake promises and keeps",
        cost=6.0,
    ),
    _sweep(
        "fraud-cards",
        "judge_cards",
        partial(_grid, SEEDS, model=CARD_MODELS, split=CARD_WAYS),
        _CARDS,
        "real cards, day 1 to day 2",
    ),
    _sweep(
        "fraud-drift", "watch_drift", partial(_grid, SEEDS, change=CHANGES), _DRIFT, "what monitoring sees"
    ),
    _sweep(
        "fraud-federated",
        "federate",
        partial(_grid, SEEDS, way=FEDERATED, market=PARTNERS),
        {"ap": 0.06},
        "weights that travel, payments that stay",
    ),
    _sweep(
        "fraud-federated-again",
        "federate",
        partial(_grid, _AGAIN, way=FEDERATED, market=PARTNERS),
        {"ap": 0.06},
        "a part of fraud-federated, in Keras",
        framework="keras",
        cost=8.0,
    ),
    _sweep(
        "fraud-members",
        "find_members",
        partial(_grid, SEEDS, way=MEMBER_WAYS),
        _MEMBERS,
        "who was learned from",
    ),
)
