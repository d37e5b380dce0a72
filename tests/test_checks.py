"""The checks of settings: what passes, what is refused, in which words."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.checks import share, whole
from tlcourse.errors import SettingError


def test_whole_numbers_pass_as_ints() -> None:
    assert whole("k", 3, 1, 3) == 3
    assert type(whole("k", np.int64(3), 1)) is int
    assert whole("k", 10**30, 0) == 10**30


@pytest.mark.parametrize("value", [0, 6, 2.0, "3", True, None, np.nan, np.float64(2), np.bool_(True)])
def test_what_is_no_whole_number_in_range_is_refused(value: object) -> None:
    with pytest.raises(SettingError) as caught:
        whole("The depth", value, 1, 5)
    assert caught.value.problem == f"The depth is {value!r}."
    assert caught.value.fix == "Give a whole number from 1 to 5."


def test_without_an_upper_end() -> None:
    with pytest.raises(SettingError, match=r"-1\.[\s\S]*a whole number, 0 or more"):
        whole("num_classes", -1, 0)


def test_shares() -> None:
    assert share("dropout", np.float32(0.5)) == 0.5
    assert type(share("dropout", 0)) is float


@pytest.mark.parametrize("value", [1, -0.1, "0.2", True, None, np.nan])
def test_what_is_no_share_is_refused(value: object) -> None:
    with pytest.raises(SettingError, match=r"dropout is [\s\S]*from 0 to below 1"):
        share("dropout", value)
