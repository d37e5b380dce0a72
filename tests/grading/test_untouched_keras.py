"""A dispatcher that an answer gives TensorFlow ends with the answer's call."""

from __future__ import annotations

import tensorflow as tf
from tensorflow.python.util import dispatch

from tlcourse.grading.sandbox.untouched import remember


class Lying(dispatch.GlobalOpDispatcher):
    """For a kind of tensor that TensorFlow itself does not take."""

    def handle(self, op, args, kwargs):
        return "a lie" if args and isinstance(args[0], set) else self.NOT_SUPPORTED


def _told():
    try:
        return tf.add({1}, 2)
    except (TypeError, ValueError):
        return "no number"


def test_what_tensorflow_asks_besides_is_put_back_each_time():
    assert _told() == "no number"
    restore = remember().restore
    for _ in range(3):
        Lying().register()
        assert _told() == "a lie"
        restore()
        assert _told() == "no number"
        assert len(dispatch._GLOBAL_DISPATCHERS) == 1  # TensorFlow's own, of ragged tensors
