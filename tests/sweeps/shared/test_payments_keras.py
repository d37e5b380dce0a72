"""The small network of payments, trained in Keras."""

import payments_checks as cases


def test_all_weights_go_where_they_go_by_hand() -> None:
    cases.check_all_weights("keras")


def test_what_is_frozen_stays() -> None:
    cases.check_parts("keras")


def test_weights_are_averaged() -> None:
    cases.check_averages()
