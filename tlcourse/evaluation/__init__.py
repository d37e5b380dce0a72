"""How good is it, how certain is that, and what does it get wrong?

Examples
--------
>>> from tlcourse import evaluation
>>> evaluation.accuracy([0, 1, 2, 2], [0, 1, 2, 0])
0.75
"""

from tlcourse.evaluation.calibration import (
    expected_calibration_error,
    fit_temperature,
    reliability,
    with_temperature,
)
from tlcourse.evaluation.comparing import paired_bootstrap
from tlcourse.evaluation.domains import domain_accuracy, mean_discrepancy, own_neighbours
from tlcourse.evaluation.gallery import error_gallery
from tlcourse.evaluation.intervals import Interval, bootstrap_interval
from tlcourse.evaluation.records import RunRecord, model_card, record_run
from tlcourse.evaluation.scores import accuracy, confusion, report
from tlcourse.evaluation.similarity import linear_cka
from tlcourse.evaluation.thresholds import Threshold, cost_at, threshold_for_cost

__all__ = [
    "Interval",
    "RunRecord",
    "Threshold",
    "accuracy",
    "bootstrap_interval",
    "confusion",
    "cost_at",
    "domain_accuracy",
    "error_gallery",
    "expected_calibration_error",
    "fit_temperature",
    "linear_cka",
    "mean_discrepancy",
    "model_card",
    "own_neighbours",
    "paired_bootstrap",
    "record_run",
    "reliability",
    "report",
    "threshold_for_cost",
    "with_temperature",
]
