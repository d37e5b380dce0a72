"""Answers to "The label-efficiency ratio", in Keras: right ones and wrong ones."""

# %% [right] tensors
import tensorflow as tf


def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]
    never = tf.reduce_all(tf.constant(random, tf.float64) < target)
    if never:
        return tf.constant(sizes[-1] / n), never
    k = int(tf.where(tf.constant(random, tf.float64) >= target)[0, 0])
    part = (target - random[k - 1]) / (random[k] - random[k - 1])
    return tf.constant((sizes[k - 1] + (sizes[k] - sizes[k - 1]) * part) / n), never
