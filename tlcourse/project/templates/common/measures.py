"""Scores, intervals, calibration and the threshold: NumPy only, from logits and labels."""

import numpy as np


def softmax(logits, temperature=1.0):
    z = np.asarray(logits, np.float64) / temperature
    z = np.exp(z - z.max(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True)


def class_weights(labels, count, balance=True):
    """A weight for each class; over the images their mean is 1."""
    if not balance:
        return np.ones(count, np.float32)
    numbers = np.bincount(labels, minlength=count)
    return (len(labels) / (count * np.maximum(numbers, 1))).astype(np.float32)


def cross_entropy(logits, labels, weights, temperature=1.0):
    """The loss that training minimises, each image with its class's weight."""
    chances = softmax(logits, temperature)[np.arange(len(labels)), labels]
    return float(np.average(-np.log(np.maximum(chances, 1e-12)), weights=weights[labels]))


def accuracy(labels, guesses):
    return float(np.mean(labels == guesses))


def balanced_accuracy(labels, guesses):
    """The mean over classes of the share that was found."""
    return float(np.mean([np.mean(guesses[labels == c] == c) for c in np.unique(labels)]))


def confusion(labels, guesses, count):
    """Rows are true classes, columns are what the model said."""
    table = np.zeros((count, count), int)
    np.add.at(table, (labels, guesses), 1)
    return table


def auc(positive, scores):
    """How often a positive image gets a higher score than a negative one."""
    yes, no = scores[positive], scores[~positive]
    higher = (yes[:, None] > no).mean() + (yes[:, None] == no).mean() / 2
    return float(higher)


def interval(groups, score, independent=None, resamples=1000, seed=0):
    """The 95 % bootstrap interval of score(places), whole groups drawn with replacement.

    Images of one group are alike: drawing single ones would make it too narrow. If all
    are right, or none, each draw is the same; then `independent`, the number of groups,
    says how far off the truth may be.
    """
    names = np.unique(groups)
    places = [np.flatnonzero(groups == name) for name in names]
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(resamples):
        drawn = rng.integers(0, len(names), len(names))
        values.append(score(np.concatenate([places[i] for i in drawn])))
    values = [value for value in values if value is not None and np.isfinite(value)]
    if not values:
        return np.nan, np.nan
    if independent and min(values) == max(values) in (0, 1):
        least = 0.05 ** (1 / independent)  # below it, such luck is rarer than 5 %
        return (least, 1.0) if values[0] == 1 else (0.0, 1 - least)
    return tuple(np.quantile(values, [0.025, 0.975]))


def fit_temperature(logits, labels, weights):
    """The temperature with the lowest loss, by golden-section search on its logarithm.

    Above 1, the model was too sure of itself (Guo et al. 2017, arXiv:1706.04599). Few
    images, all of them right, would ask for endless confidence. So it is fitted as if
    there were one more image of each class that is wrong (Platt 1999).
    """
    count = logits.shape[1]
    slack = (count - 1) / (len(labels) + count)
    target = np.full(logits.shape, slack / (count - 1))
    target[np.arange(len(labels)), labels] = 1 - slack
    low, high, golden = np.log(0.1), np.log(10), (np.sqrt(5) - 1) / 2

    def loss(log_t):
        log_p = np.log(np.maximum(softmax(logits, np.exp(log_t)), 1e-12))
        return np.average(-(target * log_p).sum(axis=1), weights=weights[labels])

    for _ in range(60):
        a, b = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, b) if loss(a) < loss(b) else (a, high)
    return float(np.exp((low + high) / 2))


def reliability(labels, probabilities, weights, bins=10):
    """For each bin that is not empty: mean confidence, share that is right, images."""
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    which = np.minimum((sure * bins).astype(int), bins - 1)
    each = weights[labels]
    rows = []
    for b in range(bins):
        inside = which == b
        if inside.any():
            mean = [float(np.average(v[inside], weights=each[inside])) for v in (sure, right)]
            rows.append((*mean, int(inside.sum()), float(each[inside].sum())))
    return rows


def surest_errors(labels, guesses, probabilities, most):
    """The places of wrong answers, those first of which the model was most sure."""
    wrong = np.flatnonzero(guesses != labels)
    return wrong[np.argsort(-probabilities[wrong, guesses[wrong]], kind="stable")][:most]


def numbers(rows, classes):
    """The number of each row's class."""
    return np.array([classes.index(row["class"]) for row in rows])


def calibration_error(labels, probabilities, weights):
    """The gap between confidence and the share that is right, averaged over bins."""
    rows = reliability(labels, probabilities, weights)
    gaps = [abs(sure - right) for sure, right, _, _ in rows]
    return float(np.average(gaps, weights=[row[3] for row in rows]))


def costs(positive, yes, missed, false_alarm):
    """What each answer costs: `positive` is the truth, `yes` what was said."""
    return missed * (positive & ~yes) + false_alarm * (~positive & yes)


def best_threshold(positive, scores, missed, false_alarm):
    """The threshold with the lowest cost: for validation images, never for test ones.

    Between two neighbouring scores all thresholds cost the same. Of the middle half of each
    such gap, the one nearest to what theory says for calibrated scores is tried.
    """
    theory = false_alarm / (false_alarm + missed)
    edges = np.concatenate([[0.0], np.unique(scores), [1.0 + 1e-9]])
    low, high = edges[:-1], edges[1:]
    quarter = (high - low) / 4
    tried = np.clip(theory, low + quarter, high - quarter)
    means = [np.mean(costs(positive, scores >= t, missed, false_alarm)) for t in tried]
    cheapest = tried[np.array(means) <= min(means) + 1e-12]
    return float(min(cheapest, key=lambda threshold: abs(threshold - theory)))


def chosen_threshold(labels, probabilities, about, rule):
    """Of two classes: the cheapest threshold for `about["positive"]`, by validation."""
    number = about["classes"].index(about["positive"])
    chances = probabilities[:, number]
    return best_threshold(labels == number, chances, rule["cost_missed"], rule["cost_false_alarm"])


def decide(probabilities, about):
    """The class numbers that the model names: by the threshold if there are two classes."""
    if len(about["classes"]) != 2:
        return probabilities.argmax(axis=1)
    positive = about["classes"].index(about["positive"])
    yes = probabilities[:, positive] >= about["threshold"]
    return np.where(yes, positive, 1 - positive)
