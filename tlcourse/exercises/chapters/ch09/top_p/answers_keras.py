"""Answers to "The next token", in Keras: right ones and wrong ones."""

# %% [right] a loop
import keras
import numpy as np


def next_probabilities(logits, temperature, top_p):
    p = np.array(keras.ops.softmax(logits / temperature))
    kept, total = np.zeros_like(p), 0.0
    for i in np.argsort(-p):
        kept[i] = p[i]
        total += p[i]
        if total >= top_p:
            break
    return kept / total


# %% [right] TensorFlow's own
import tensorflow as tf


def next_probabilities(logits, temperature, top_p):
    p = tf.nn.softmax(logits / temperature)
    order = tf.argsort(p, direction="DESCENDING")
    ordered = tf.gather(p, order)
    kept = tf.where(tf.cumsum(ordered, exclusive=True) < top_p, ordered, 0.0)
    return tf.scatter_nd(order[:, None], kept / tf.reduce_sum(kept), tf.shape(p))


# %% [right] ranks in NumPy
import numpy as np


def next_probabilities(logits, temperature, top_p):
    z = np.asarray(logits, float) / temperature
    p = np.exp(z - z.max())
    p = p / p.sum()
    ranks = (-p).argsort(kind="stable").argsort(kind="stable")
    ordered = np.sort(p)[::-1]
    before = np.concatenate([[0.0], ordered.cumsum()[:-1]])
    p = np.where(before[ranks] < top_p, p, 0.0)
    return list(p / p.sum())


# %% [wrong] times the temperature: "you multiply by the temperature"
from keras import ops


def next_probabilities(logits, temperature, top_p):
    p = ops.softmax(logits * temperature)
    order = ops.argsort(-p)
    ordered = ops.take(p, order)
    kept = ops.where(ops.cumsum(ordered) - ordered < top_p, ordered, 0.0)
    return ops.take(kept / ops.sum(kept), ops.argsort(order))


# %% [wrong] no temperature: "the temperature changes nothing"
from keras import ops


def next_probabilities(logits, temperature, top_p):
    p = ops.softmax(logits)
    order = ops.argsort(-p)
    ordered = ops.take(p, order)
    kept = ops.where(ops.cumsum(ordered) - ordered < top_p, ordered / temperature, 0.0)
    return ops.take(kept / ops.sum(kept), ops.argsort(order))


# %% [wrong] everything kept: "you still keep every token"
from keras import ops


def next_probabilities(logits, temperature, top_p):
    return ops.softmax(logits / temperature)


# %% [wrong] each above top_p: "Compare their running sum"
from keras import ops


def next_probabilities(logits, temperature, top_p):
    p = ops.softmax(logits / temperature)
    if top_p == 1:
        return p
    kept = ops.where(p >= top_p, p, 0.0)
    return kept / ops.maximum(ops.sum(kept), 1e-12)


# %% [wrong] one too few: "one token too few"
from keras import ops


def next_probabilities(logits, temperature, top_p):
    p = ops.softmax(logits / temperature)
    order = ops.argsort(-p)
    ordered = ops.take(p, order)
    kept = ops.where(ops.cumsum(ordered) <= top_p + 1e-6, ordered, 0.0)
    return ops.take(kept / ops.sum(kept), ops.argsort(order))


# %% [wrong] one too many: "one token too many"
import numpy as np
from keras import ops


def next_probabilities(logits, temperature, top_p):
    p = np.array(ops.softmax(logits / temperature))
    order = np.argsort(-p)
    count = (np.cumsum(p[order]) < top_p).sum() + 2
    p[order[count:]] = 0
    return p / p.sum()


# %% [wrong] does not add up: "do not add up to 1"
import numpy as np
from keras import ops


def next_probabilities(logits, temperature, top_p):
    p = np.array(ops.softmax(logits / temperature))
    order = np.argsort(-p)
    count = (np.cumsum(p[order]) < top_p).sum() + 1
    p[order[count:]] = 0
    return p


# %% [wrong] only the most probable: "Then nothing is left to draw"
def next_probabilities(logits, temperature, top_p):
    return (logits == logits.max()) * 1.0


# %% [wrong] none left: "that token has to stay"
import numpy as np
from keras import ops


def next_probabilities(logits, temperature, top_p):
    p = np.array(ops.softmax(logits / temperature))
    if top_p < p.max():
        p = p * (p < top_p) * np.nan
    order = np.argsort(-p)
    count = (np.cumsum(p[order]) < top_p).sum() + 1
    p[order[count:]] = 0
    return p / p.sum()


# %% [wrong] in the sorted order
from keras import ops


def next_probabilities(logits, temperature, top_p):
    p = -ops.sort(-ops.softmax(logits / temperature))
    kept = ops.where(ops.cumsum(p) - p < top_p, p, 0.0)
    return kept / ops.sum(kept)


# %% [wrong] a token that was drawn
import keras


def next_probabilities(logits, temperature, top_p):
    return int(keras.random.categorical(logits[None] / temperature, 1)[0, 0])
