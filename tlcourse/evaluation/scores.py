"""How good is it, and which classes does it confuse? Computed by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tlcourse.errors import ShapeError
from tlcourse.evaluation._inputs import names_of, pair, scored

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["accuracy", "confusion", "report"]


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
        For lengths that do not match, or probabilities that do not sum to 1.

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
    true, guess = pair(labels, predicted)
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
        As `accuracy`; also if there are not C names.

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

    true, chances = scored(labels, probabilities)
    classes = chances.shape[1]
    names = names_of(class_names, classes)
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

    true, guess = pair(labels, predicted)
    shape = np.shape(predicted)
    highest = int(max(true.max(), guess.max()))
    classes = num_classes or (max(shape[1], highest + 1) if len(shape) == 2 else highest + 1)
    if highest >= classes:
        raise ShapeError(
            f"num_classes is {classes}, and class {highest} occurs.",
            f"Give num_classes={highest + 1} or more.",
        )
    return confusion_matrix(true, guess, labels=range(classes))
