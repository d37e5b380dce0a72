"""How good is it, how sure may one be of that, and what does it get wrong?

scikit-learn computes; this module checks what goes in and presents what comes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tlcourse.errors import CourseError, ShapeError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = [
    "Interval",
    "accuracy",
    "bootstrap_interval",
    "confusion",
    "error_gallery",
    "expected_calibration_error",
    "reliability",
    "report",
]


class Interval(NamedTuple):
    """An estimate with the ends of its interval.

    Examples
    --------
    >>> print(Interval(0.8, 0.72, 0.87, 0.95))
    0.80 (95% interval 0.72 to 0.87)
    """

    value: float
    low: float
    high: float
    level: float

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.level:.0%} interval {self.low:.2f} to {self.high:.2f})"


def _labels(values: Any, name: str) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim != 1 or not len(array) or not np.issubdtype(array.dtype, np.integer):
        raise ShapeError(
            f"{name} has shape {array.shape} and dtype {array.dtype}; whole numbers (N,) are needed.",
            "Pass one class number per image; probabilities (N, C) become predictions by argmax(axis=1).",
        )
    if array.min() < 0:
        raise ShapeError(f"{name} holds {array.min()}.", "Number the classes from 0.")
    return array.astype(np.int64)


def _pair(labels: Any, predicted: Any) -> tuple[np.ndarray, np.ndarray]:
    true = _labels(labels, "labels")
    guess = np.asarray(predicted)
    guess = (
        _probabilities(guess, len(true)).argmax(axis=1) if guess.ndim == 2 else _labels(guess, "predicted")
    )
    if len(true) != len(guess):
        raise ShapeError(
            f"There are {len(true)} labels and {len(guess)} predictions.", "Pass both for the same images."
        )
    return true, guess


def _probabilities(values: Any, n: int | None = None) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim != 2 or array.shape[1] < 2 or not len(array):
        raise ShapeError(
            f"The probabilities have shape {array.shape}; (N, C) with C of 2 or more is needed.",
            "Pass what training.predict gives.",
        )
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        bad = int((~np.isfinite(array)).any(axis=1).sum())
        raise ShapeError(
            f"{bad} rows of the probabilities hold NaN or infinity.",
            "Look for the step at which training diverged; a lower learning rate usually mends it.",
        )
    sums = array.sum(axis=1)
    if array.min() < -1e-6 or np.abs(sums - 1).max() > 1e-3:
        worst = int(np.abs(sums - 1).argmax())
        raise ShapeError(
            f"Row {worst} of the probabilities sums to {sums[worst]:.4g} (smallest value {array.min():.3g}).",
            "These look like logits: take the softmax first, as training.predict does.",
        )
    if n is not None and len(array) != n:
        raise ShapeError(
            f"There are {n} labels and {len(array)} rows of probabilities.", "Pass both for the same images."
        )
    return array


def _scored(labels: Any, probabilities: Any) -> tuple[np.ndarray, np.ndarray]:
    true = _labels(labels, "labels")
    chances = _probabilities(probabilities, len(true))
    if true.max() >= chances.shape[1]:
        raise ShapeError(
            f"A label is {true.max()}, and there are probabilities of {chances.shape[1]} classes.",
            "Number the classes from 0 and use a model with as many outputs.",
        )
    return true, chances


def accuracy(labels: Any, predicted: Any) -> float:
    """The share of images that are right.

    Parameters
    ----------
    labels : int array (N,)
    predicted : int array (N,), or probabilities (N, C)

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ShapeError
        For lengths that do not match, or probabilities that are none.

    Examples
    --------
    >>> accuracy([0, 1, 2, 2], [0, 1, 2, 0])
    0.75
    >>> accuracy([0, 1, 2], [0, 1])
    Traceback (most recent call last):
        ...
    tlcourse.errors.ShapeError: There are 3 labels and 2 predictions.
      What to do: Pass both for the same images.
    """
    true, guess = _pair(labels, predicted)
    return float((true == guess).mean())


def report(labels: Any, probabilities: Any, class_names: Sequence[str] | None = None) -> pd.DataFrame:
    """Precision, recall, F1 and AUC of each class, and their plain means.

    Parameters
    ----------
    labels : int array (N,)
    probabilities : float array (N, C)
        As ``training.predict`` gives.
    class_names : sequence of C names, optional

    Returns
    -------
    DataFrame
        A row for each class and one called ``mean``; columns precision, recall, F1 (0 where undefined), AUC
        (area under the ROC curve of the class against the rest; NaN for a class that does not occur), images.

    Raises
    ------
    ShapeError
        As `accuracy`; also for names of another number than C.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.7, 0.3]])
    >>> print(report([0, 0, 1, 1], p, ["cat", "dog"]).round(2))
          precision  recall    F1   AUC  images
    cat        0.67    1.00  0.80  0.75       2
    dog        1.00    0.50  0.67  0.75       2
    mean       0.83    0.75  0.73  0.75       4
    """
    import pandas as pd
    from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

    true, chances = _scored(labels, probabilities)
    classes = chances.shape[1]
    names = _names(class_names, classes)
    precision, recall, f1, count = precision_recall_fscore_support(
        true, chances.argmax(axis=1), labels=range(classes), zero_division=0
    )
    auc = [
        roc_auc_score(true == c, chances[:, c]) if 0 < (true == c).sum() < len(true) else np.nan
        for c in range(classes)
    ]
    table = pd.DataFrame(
        {"precision": precision, "recall": recall, "F1": f1, "AUC": auc, "images": count}, index=names
    )
    # Means over the classes that occur: an absent class is no evidence either way.
    means = table[table["images"] > 0].mean().to_frame("mean").T
    table = pd.concat([table.astype({"images": float}), means])
    table["images"] = [*count, len(true)]
    return table


def _names(class_names: Sequence[str] | None, classes: int) -> list[str]:
    names = [str(c) for c in range(classes)] if class_names is None else list(class_names)
    if len(names) != classes:
        raise ShapeError(f"There are {classes} classes and {len(names)} names.", "Give each class one name.")
    return names


def confusion(labels: Any, predicted: Any, num_classes: int | None = None) -> np.ndarray:
    """How many images of each true class (row) were taken for each class (column).

    Parameters
    ----------
    labels : int array (N,)
    predicted : int array (N,), or probabilities (N, C)
    num_classes : int, optional
        C; the largest class number that occurs, plus one, if None (for probabilities, their columns).

    Returns
    -------
    int array (C, C)

    Raises
    ------
    ShapeError
        As `accuracy`; also for a class number of ``num_classes`` or more.

    Examples
    --------
    >>> confusion([0, 0, 1], [0, 1, 1]).tolist()
    [[1, 1], [0, 1]]
    """
    from sklearn.metrics import confusion_matrix

    true, guess = _pair(labels, predicted)
    shape = np.shape(predicted)
    highest = int(max(true.max(), guess.max()))
    classes = num_classes or (max(shape[1], highest + 1) if len(shape) == 2 else highest + 1)
    if highest >= classes:
        raise ShapeError(
            f"num_classes is {classes}, and class {highest} occurs.",
            f"Give num_classes={highest + 1} or more.",
        )
    return confusion_matrix(true, guess, labels=range(classes))


def reliability(labels: Any, probabilities: Any, bins: int = 10) -> pd.DataFrame:
    """Confidence and accuracy in bins of equal width.

    Parameters
    ----------
    labels : int array (N,)
    probabilities : float array (N, C)
    bins : int
        How many; bins are open on the left and closed on the right.

    Returns
    -------
    DataFrame
        A row for each bin: low, high, confidence (mean of the largest probability), accuracy, count; NaN
        where a bin is empty.

    Raises
    ------
    ShapeError
        As `accuracy`.
    CourseError
        For fewer than one bin.

    Source: Guo et al., On Calibration of Modern Neural Networks, 2017, section 2.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7]])
    >>> reliability([0, 1, 1, 1], p, bins=2).iloc[1].round(2).tolist()
    [0.5, 1.0, 0.75, 0.75, 4.0]
    """
    import pandas as pd

    if bins < 1:
        raise CourseError(f"bins is {bins}.", "Give 1 bin or more; 10 or 15 are usual.")
    true, chances = _scored(labels, probabilities)
    sure, right = chances.max(axis=1), chances.argmax(axis=1) == true
    edges = np.linspace(0, 1, bins + 1)
    # A float32 softmax may exceed 1 by a hair.
    which = np.clip(np.digitize(sure, edges, right=True) - 1, 0, bins - 1)
    rows = []
    for b in range(bins):
        here = which == b
        mean = (sure[here].mean(), right[here].mean()) if here.any() else (np.nan, np.nan)
        rows.append((edges[b], edges[b + 1], *mean, int(here.sum())))
    return pd.DataFrame(rows, columns=["low", "high", "confidence", "accuracy", "count"])


def expected_calibration_error(labels: Any, probabilities: Any, bins: int = 10) -> float:
    """The gap between how sure the model is and how often it is right, over bins, weighted by their images.

    Parameters, errors
        As `reliability`.

    Returns
    -------
    float
        From 0 (calibrated) to 1. It grows with fewer images for a calibrated model too: compare on one set.

    Source: Guo et al., On Calibration of Modern Neural Networks, 2017, equation 3.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1]] * 10)
    >>> round(expected_calibration_error([0] * 6 + [1] * 4, p), 3)
    0.3
    """
    table = reliability(labels, probabilities, bins)
    full = table[table["count"] > 0]
    gap = (full["confidence"] - full["accuracy"]).abs()
    return float((gap * full["count"]).sum() / full["count"].sum())


def bootstrap_interval(values: Any, *, level: float = 0.95, repeats: int = 2000, seed: int = 0) -> Interval:
    """The mean of a sample with its percentile bootstrap interval.

    Parameters
    ----------
    values : array (N,)
        For the accuracy of one model on a test set: ``predicted == labels``. For a mean over seeds: the runs.
    level : float
        Between 0 and 1.
    repeats : int
        Samples drawn with replacement.
    seed : int

    Returns
    -------
    Interval
        value, low, high, level.

    Raises
    ------
    ShapeError
        For fewer than two values, or NaN among them.
    CourseError
        For a level that is not between 0 and 1.

    Source: Efron, Bootstrap methods: another look at the jackknife, 1979; the percentile interval of Efron
    and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.

    Examples
    --------
    >>> print(bootstrap_interval(np.arange(100) < 80))
    0.80 (95% interval 0.72 to 0.88)
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or len(array) < 2 or not np.isfinite(array).all():
        raise ShapeError(
            f"The bootstrap needs two or more finite numbers in a row; found shape {array.shape}"
            f"{', with NaN or infinity' if array.size and not np.isfinite(array).all() else ''}.",
            "Pass one number per image (right or wrong) or per run.",
        )
    if not 0 < level < 1 or repeats < 1:
        raise CourseError(f"level is {level}, repeats is {repeats}.", "Give level=0.95 and repeats=2000.")
    rng = np.random.default_rng(seed)
    means = np.array([array[rng.integers(0, len(array), len(array))].mean() for _ in range(repeats)])
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(array.mean()), float(low), float(high), level)


def error_gallery(
    images: Any,
    labels: Any,
    probabilities: Any,
    class_names: Sequence[str] | None = None,
    *,
    count: int = 12,
    columns: int = 6,
    ax: Axes | None = None,
) -> Axes:
    """The images that the model was surest of and got wrong.

    Parameters
    ----------
    images : uint8 array (N, H, W, 3)
    labels : int array (N,)
    probabilities : float array (N, C)
    class_names : sequence of C names, optional
    count, columns : int
        How many images, and how many in a row.

    Returns
    -------
    Axes
        With ``tl_alt`` and a ``tl_table`` of row, true, predicted and both classes' probabilities. Without
        any error: an empty picture that says so.

    Raises
    ------
    ShapeError
        As `report`; also for images of another number.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.8, 0.2]])
    >>> ax = error_gallery(np.zeros((2, 8, 8, 3), np.uint8), [0, 1], p, ["cat", "dog"])
    >>> ax.tl_alt
    '1 of 2 images are wrong; the 1 most confident: dog taken for cat (0.80).'
    """
    import pandas as pd

    from tlcourse import plots

    true, chances = _scored(labels, probabilities)
    names = _names(class_names, chances.shape[1])
    pictures = np.asarray(images)
    if len(pictures) != len(true):
        raise ShapeError(
            f"There are {len(pictures)} images and {len(true)} labels.", "Pass both for the same images."
        )
    guess = chances.argmax(axis=1)
    wrong = np.flatnonzero(guess != true)
    # A stable sort, so that ties come in the order of the data.
    worst = wrong[np.argsort(-chances[wrong, guess[wrong]], kind="stable")][:count]
    table = pd.DataFrame(
        {
            "row": worst,
            "true": [names[true[i]] for i in worst],
            "predicted": [names[guess[i]] for i in worst],
            "probability of predicted": chances[worst, guess[worst]],
            "probability of true": chances[worst, true[worst]],
        }
    )
    if not len(worst):
        blank = np.full((1, 8, 8, 3), 255, np.uint8)
        ax = plots.image_grid(blank, ["no errors"], ax=ax)
        ax.tl_alt = f"No errors among {len(true)} images."  # type: ignore[attr-defined]
    else:
        shown = [f"{names[guess[i]]} {chances[i, guess[i]]:.2f}\ntrue: {names[true[i]]}" for i in worst]
        ax = plots.image_grid(pictures[worst], shown, columns=columns, ax=ax)
        told = "; ".join(
            f"{names[true[i]]} taken for {names[guess[i]]} ({chances[i, guess[i]]:.2f})" for i in worst
        )
        ax.tl_alt = (  # type: ignore[attr-defined]
            f"{len(wrong)} of {len(true)} images are wrong; the {len(worst)} most confident: {told}."
        )
    ax.tl_table = table  # type: ignore[attr-defined]
    return ax
