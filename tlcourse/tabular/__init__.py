"""Tables: features of payments that know nothing of the future, and what is asked of a score."""

from tlcourse.tabular.watching import precision_at, stability
from tlcourse.tabular.windows import FEATURES, in_window, payment_features

__all__ = ["FEATURES", "in_window", "payment_features", "precision_at", "stability"]
