"""A check leaves the generators of TensorFlow and Keras where they were, and takes tensors for numbers."""

import keras
import tensorflow as tf
from toy_exercises import MEAN

from tlcourse.exercises import State, judge_observation, observe_in_process
from tlcourse.exercises.engine import plain


def draws():
    return float(tf.random.uniform(())), float(keras.random.uniform(())), float(keras.random.normal(()))


def test_a_check_does_not_move_the_generators():
    def mean(x):
        draws()
        keras.utils.set_random_seed(9)
        return tf.reduce_mean(x)

    keras.utils.set_random_seed(1)
    draws()
    expected = draws()
    keras.utils.set_random_seed(1)
    draws()
    inputs = MEAN.draw(3)
    report = judge_observation(MEAN, observe_in_process(MEAN, mean, inputs, "keras"), inputs)
    assert report.state is State.PASS, report
    assert draws() == expected


def test_tensors_and_variables_are_plain():
    assert plain(tf.constant(0.5)) == 0.5
    assert plain(keras.Variable([1.0, 2.0])).tolist() == [1.0, 2.0]
    assert plain([tf.Variable(3)]) == [3]
