"""`card_payments`: real card payments of two days, anonymised, with 492 frauds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tlcourse.errors import DataError, WeightsError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["card_payments"]

ROWS, FRAUDS = 284_807, 492


def card_payments() -> pd.DataFrame:
    """284,807 card payments of two days in September 2013, 492 of them frauds.

    Collected by Worldline and the Machine Learning Group of the Université libre de Bruxelles. What the
    payments are is hidden: 28 features are principal components of the original ones. They are fitted on both
    days, so some of the second day is in the features of the first. 1,081 rows are equal to an earlier one in
    all columns.

    Dal Pozzolo, Caelen, Johnson and Bontempi 2015, "Calibrating Probability with Undersampling for Unbalanced
    Classification", IEEE Symposium Series on Computational Intelligence. Open Database License.

    Returns
    -------
    DataFrame
        A row for each payment, in the order of time: ``seconds`` since the first one (int64), ``V1`` to
        ``V28`` and ``amount`` (float32), ``fraud`` (int64, 0 or 1). Day 1 has ``seconds`` below 86,400.

    Raises
    ------
    DataError
        When the pack is missing or damaged; it says how to get it.
    """
    import pandas as pd

    from tlcourse import packs  # here, so that only what reads packs depends on them

    try:
        path = packs.find(packs.pack("card_payments"))
    except WeightsError:
        raise DataError(
            "The card payments are not on this machine, or their file is damaged.",
            f"With a network, run `tlcourse packs` once ({packs.pack('card_payments').megabytes}).",
        ) from None
    table = pd.read_csv(path, dtype=np.float32)
    table = table.rename(columns={"Time": "seconds", "Amount": "amount", "Class": "fraud"})
    return table.astype({"seconds": np.int64, "fraud": np.int64})
