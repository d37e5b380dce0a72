"""Answers to "From logits to a class and its probability", in Keras: right ones and wrong ones."""

# %% [right] the framework's softmax
import tensorflow as tf


def pick_class(logits, names):
    p = tf.nn.softmax(logits)
    return names[int(tf.argmax(p))], tf.reduce_max(p)
