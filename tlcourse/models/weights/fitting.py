"""The arrays of a file held against the tensors of a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from tlcourse.errors import WeightsError
from tlcourse.models.architecture import Tensor

__all__ = ["fit"]


def fit(
    given: Mapping[str, np.ndarray], wanted: Iterable[Tensor], origin: str, by_order: bool = False
) -> dict[str, np.ndarray]:
    """Give each of the model's tensors its array from a file.

    Parameters
    ----------
    given : dict of name to array
        Counters of BatchNorm's batches are ignored.
    wanted : tensors of the model, in order
    origin : str
        The file's name, for messages.
    by_order : bool
        Match by position; the file uses other names for the same tensors.

    Returns
    -------
    dict of the model's names to float32 arrays

    Raises
    ------
    WeightsError
        If they do not fit; it names the first that do not, with both shapes.

    Examples
    --------
    >>> fit({"w": np.ones(2, np.float32)}, [Tensor("w", (2,), "zeros")], "w.pth")
    {'w': array([1., 1.], dtype=float32)}
    >>> try:
    ...     fit({"w": np.zeros((2, 3))}, [Tensor("w", (3, 3), "zeros")], "w.pth")
    ... except WeightsError as error:
    ...     error.problem
    'The weights in w.pth do not fit the model: w is (2, 3) in the file, (3, 3) in the model.'
    """
    wanted = list(wanted)
    arrays = {name: array for name, array in given.items() if not name.endswith("num_batches_tracked")}
    if by_order and len(arrays) == len(wanted):
        arrays = {tensor.name: array for tensor, array in zip(wanted, arrays.values(), strict=True)}
    names = {tensor.name for tensor in wanted}
    wrong = [
        f"{t.name} is {tuple(arrays[t.name].shape)} in the file, {t.shape} in the model"
        for t in wanted
        if t.name in arrays and tuple(arrays[t.name].shape) != t.shape
    ]
    wrong += [f"{t.name} {t.shape} is missing from the file" for t in wanted if t.name not in arrays]
    wrong += [
        f"the file's {n} {a.shape} has no place in the model" for n, a in arrays.items() if n not in names
    ]
    if wrong:
        more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise WeightsError(
            f"The weights in {origin} do not fit the model: {'; '.join(wrong[:3])}{more}.",
            "Load the model they were saved from: the same name, and the num_classes of the file's head.",
        )
    bad = [name for name, array in arrays.items() if not np.isfinite(array).all()]
    if bad:
        raise WeightsError(
            f"The weights in {origin} hold infinite or undefined numbers, first in {bad[0]}.",
            "They were saved from a training that diverged, or the file is damaged: use another one.",
        )
    return {t.name: np.ascontiguousarray(arrays[t.name], dtype=np.float32) for t in wanted}
