"""The transferability scores, against slow direct computations and on data whose order is known."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from commit import in_turn
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from tlcourse.errors import CourseError, SettingError, ShapeError
from tlcourse.transferability import knn_accuracy, logme, rank_correlation

SHAPES = {"many rows": (40, 6), "more columns than rows": (15, 30), "square": (12, 12), "one column": (20, 1)}


def drawn(rows: int, columns: int, seed: int, apart: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(rows) % 3)
    return rng.normal(size=(rows, columns)) + apart * rng.normal(size=(3, columns))[labels], labels


def evidence_by_optimizer(features: np.ndarray, labels: np.ndarray) -> float:
    """The density itself, weights integrated out by the covariance, maximised from a grid of starts."""
    rows, found = len(features), []
    for one in np.unique(labels):
        target = (labels == one).astype(float)

        def loss(logs: np.ndarray, target: np.ndarray = target) -> float:
            alpha, beta = np.exp(np.clip(logs, -15, 15))
            covariance = np.eye(rows) / beta + features @ features.T / alpha
            return -float(multivariate_normal(np.zeros(rows), covariance).logpdf(target))

        starts = product((-2.0, 2.0, 6.0), (0.0, 3.0, 6.0))
        tries = [minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-6}) for start in starts]
        found.append(-min(t.fun for t in tries) / rows)
    return float(np.mean(found))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("seed", in_turn([0, 1], 2))
def test_logme_is_the_largest_evidence(shape, seed):
    features, labels = drawn(*shape, seed)
    found = evidence_by_optimizer(features, labels)
    # Where the columns fit every target, the best noise is none at all, which the optimizer only comes near.
    assert found - 1e-6 < logme(features, labels) < found + (1e-4 if shape[0] > shape[1] else 1e-3)


def test_logme_where_the_targets_have_nothing_to_do_with_the_features():
    # Then the best weights are 0 and what is left is the noise alone.
    features = np.zeros((12, 2))
    features[:, 0] = [1, -1] * 6
    labels = np.array([0, 0, 1, 1] * 3)
    variance = 0.5
    assert logme(features, labels) == pytest.approx(-0.5 * np.log(2 * np.pi * variance) - 0.5, abs=1e-6)


def test_logme_does_not_see_scale_rotation_order_or_the_names_of_the_labels():
    features, labels = drawn(30, 5, 3)
    score = logme(features, labels)
    rotation, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))
    order = np.random.default_rng(2).permutation(30)
    for other, named in (
        (1e-4 * features, labels),
        (1e4 * features, labels),
        (features @ rotation, labels),
        (features[order], labels[order]),
        (features, np.array([7, 40, -3])[labels]),
        (np.hstack([features, np.zeros((30, 4))]), labels),
        (features.astype(np.float32).tolist(), labels.tolist()),
    ):
        assert logme(other, named) == pytest.approx(score, abs=1e-5)


def test_a_constant_column_is_a_bias():
    features, labels = drawn(60, 4, 4, apart=3.0)
    moved = features + 50.0
    constant = np.ones((60, 1))
    with_bias = logme(np.hstack([features, constant]), labels)
    assert with_bias > logme(features, labels)
    assert logme(np.hstack([moved, 100 * constant]), labels) == pytest.approx(with_bias, abs=0.1)
    alone = logme(constant, labels)
    assert np.isfinite(alone)
    assert with_bias > alone


@pytest.mark.parametrize("score", [logme, knn_accuracy])
@pytest.mark.parametrize("columns", [4, 100])
def test_what_tells_the_classes_apart_scores_higher(score, columns):
    scores = [np.mean([score(*drawn(60, columns, seed, apart)) for seed in range(5)]) for apart in (0, 1, 3)]
    assert scores[0] < scores[1] < scores[2] or scores[1] == scores[2] == 1


def test_logme_does_not_reward_a_fit_by_many_weights():
    """Sixty random columns fit forty rows exactly; their evidence is that of features that say nothing."""
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 2
    many, one = rng.normal(size=(40, 60)), rng.normal(size=(40, 1))
    assert abs(np.linalg.lstsq(many, labels.astype(float))[0] @ many.T - labels).max() < 1e-6
    told = labels[:, None] * 2.0 - 1 + 0.5 * rng.normal(size=(40, 1))
    assert logme(told, labels) > logme(many, labels) + 0.1
    assert abs(logme(many, labels) - logme(one, labels)) < 0.1


def slow_knn(features: np.ndarray, labels: np.ndarray, k: int) -> float:
    right = 0
    for i, row in enumerate(features):
        others = [j for j in range(len(features)) if j != i]
        cosine = {j: row @ features[j] / np.linalg.norm(row) / np.linalg.norm(features[j]) for j in others}
        near = sorted(others, key=lambda j: -cosine[j])[:k]
        tally = {
            c: (sum(labels[j] == c for j in near), sum(cosine[j] for j in near if labels[j] == c))
            for c in set(labels[near])
        }
        right += max(tally, key=lambda c: tally[c]) == labels[i]
    return right / len(features)


@pytest.mark.parametrize("k", [1, 4, 5, 20])
def test_knn_against_a_loop(k):
    features, labels = drawn(45, 4, 5)
    assert knn_accuracy(features, labels, k) == pytest.approx(slow_knn(features, labels, k))


def test_knn_leaves_the_image_itself_out_and_looks_at_the_angle_only():
    features = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    assert knn_accuracy(features, [0, 1, 0, 1], k=1) == 0.0
    features, labels = drawn(30, 5, 6)
    lengths = np.random.default_rng(0).uniform(0.1, 10, (30, 1))
    assert knn_accuracy(features * lengths, labels) == knn_accuracy(features, labels)
    assert 0 <= knn_accuracy(np.vstack([features, np.zeros((1, 5))]), [*labels, 0]) <= 1


def test_rank_correlation_is_spearmans_with_ties_averaged():
    assert rank_correlation([1, 2, 3, 4], [0.1, 0.2, 0.3, 0.9]) == 1.0
    assert rank_correlation([1, 2, 3, 4], [0.9, 0.3, 0.2, 0.1]) == -1.0
    # Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5).
    assert rank_correlation([1, 2, 2, 3], [1, 2, 3, 4]) == pytest.approx(4.5 / np.sqrt(4.5 * 5))


FEATURES, LABELS = drawn(12, 3, 0)
WRONG = {
    "one dimension": (FEATURES[0], LABELS[:3], "shape"),
    "no columns": (FEATURES[:, :0], LABELS, "shape"),
    "words": ([["a", "b"]] * 12, LABELS, "shape"),
    "labels too short": (FEATURES, LABELS[:-1], "labels of shape"),
    "labels that are floats": (FEATURES, LABELS + 0.5, "dtype float64"),
    "one hot labels": (FEATURES, np.eye(3, dtype=int)[LABELS], "labels of shape"),
    "two rows": (FEATURES[:2], np.array([0, 1]), "too few"),
    "NaN": (np.where(FEATURES > 1, np.nan, FEATURES), LABELS, "not finite"),
    "zeros": (np.zeros((12, 3)), LABELS, "All features are 0"),
    "a single class": (FEATURES, np.full(12, 4), "All images have the label 4"),
}


@pytest.mark.parametrize("score", [logme, knn_accuracy])
@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_what_the_scores_refuse(score, case):
    features, labels, message = case
    with pytest.raises(CourseError, match=message):
        score(features, labels)


def test_what_else_is_refused():
    for k in (0, 12, 2.0, True):
        with pytest.raises(SettingError, match="k is"):
            knn_accuracy(FEATURES, LABELS, k)
    for scores, accuracies in (
        ([1, 2], [1, 2]),
        ([1, 2, 3], [1, 2]),
        ([1, 2, np.nan], [1, 2, 3]),
        ("a", "b"),
    ):
        with pytest.raises(ShapeError, match="finite numbers"):
            rank_correlation(scores, accuracies)
    with pytest.raises(CourseError, match="All scores are 1"):
        rank_correlation([1, 1, 1], [1, 2, 3])
    with pytest.raises(CourseError, match="All accuracies are 2"):
        rank_correlation([1, 2, 3], [2, 2, 2])
