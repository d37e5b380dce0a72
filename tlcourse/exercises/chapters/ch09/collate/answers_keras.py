"""Answers to "Texts of different lengths in one batch", in Keras: right ones and wrong ones."""

# %% [right] filled in by hand
import numpy as np


def collate(rows, labels, pad):
    longest = max(map(len, rows))
    ids = np.full((len(rows), longest), pad, "int32")
    mask = np.zeros((len(rows), longest), bool)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = True
    return {"token_ids": ids, "padding_mask": mask}, np.array(labels)


# %% [right] ragged tensors
import tensorflow as tf


def collate(rows, labels, pad):
    ragged = tf.ragged.constant(rows, dtype="int32")
    mask = tf.sequence_mask(ragged.row_lengths(), dtype="int32")
    return {"token_ids": ragged.to_tensor(pad), "padding_mask": mask}, tf.constant(labels)


# %% [right] lists first
import numpy as np
from keras import ops


def collate(rows, labels, pad):
    longest = max(map(len, rows))
    ids = [row + [pad] * (longest - len(row)) for row in rows]
    mask = np.arange(longest) < np.array([len(row) for row in rows])[:, None]
    x = {"token_ids": ops.convert_to_tensor(ids), "padding_mask": mask}
    return x, ops.convert_to_tensor(labels, "int64")


# %% [wrong] pads with a real token: "can be a real token"
import keras
import numpy as np


def collate(rows, labels, pad):
    ids = keras.utils.pad_sequences(rows, padding="post")
    mask = keras.utils.pad_sequences([[1] * len(row) for row in rows], padding="post")
    return {"token_ids": ids, "padding_mask": mask}, np.array(labels)


# %% [wrong] mask inverted: "The library's models expect the opposite"
import keras
import numpy as np


def collate(rows, labels, pad):
    ids = keras.utils.pad_sequences(rows, padding="post", value=pad)
    mask = keras.utils.pad_sequences([[0] * len(row) for row in rows], padding="post", value=1)
    return {"token_ids": ids, "padding_mask": mask}, np.array(labels)


# %% [wrong] no mask: "Your mask is 1 everywhere"
import keras
import numpy as np


def collate(rows, labels, pad):
    ids = keras.utils.pad_sequences(rows, padding="post", value=pad)
    return {"token_ids": ids, "padding_mask": np.ones_like(ids)}, np.array(labels)


# %% [wrong] mask from the ids: "as GPT-2's end of text does"
import keras
import numpy as np


def collate(rows, labels, pad):
    ids = keras.utils.pad_sequences(rows, padding="post", value=pad)
    return {"token_ids": ids, "padding_mask": ids != pad}, np.array(labels)


# %% [wrong] mask from zeros: "Your mask looks for zeros"
import keras
import numpy as np


def collate(rows, labels, pad):
    ids = keras.utils.pad_sequences(rows, padding="post", value=pad)
    return {"token_ids": ids, "padding_mask": ids != 0}, np.array(labels)


# %% [wrong] padding in front: "the padding comes first"
import keras
import numpy as np


def collate(rows, labels, pad):
    ids = keras.utils.pad_sequences(rows, value=pad)
    mask = keras.utils.pad_sequences([[1] * len(row) for row in rows])
    return {"token_ids": ids, "padding_mask": mask}, np.array(labels)


# %% [wrong] cut to the shortest: "You cut every text to the shortest"
import keras
import numpy as np


def collate(rows, labels, pad):
    shortest = min(map(len, rows))
    ids = keras.utils.pad_sequences(rows, maxlen=shortest, padding="post", truncating="post")
    return {"token_ids": ids, "padding_mask": np.ones_like(ids)}, np.array(labels)


# %% [wrong] padded too far: "would compute all this padding for nothing"
import keras
import numpy as np


def collate(rows, labels, pad):
    ids = keras.utils.pad_sequences(rows, maxlen=128, padding="post", value=pad)
    mask = keras.utils.pad_sequences([[1] * len(row) for row in rows], maxlen=128, padding="post")
    return {"token_ids": ids, "padding_mask": mask}, np.array(labels)


# %% [wrong] not a batch: "A model takes one tensor or array"
def collate(rows, labels, pad):
    longest = max(map(len, rows))
    ids = [row + [pad] * (longest - len(row)) for row in rows]
    mask = [[1] * len(row) + [0] * (longest - len(row)) for row in rows]
    return {"token_ids": ids, "padding_mask": mask}, labels


# %% [wrong] not integers: "Token ids and labels are integers"
import keras
import numpy as np


def collate(rows, labels, pad):
    ids = keras.utils.pad_sequences(rows, padding="post", value=pad, dtype="float32")
    mask = keras.utils.pad_sequences([[1] * len(row) for row in rows], padding="post")
    return {"token_ids": ids, "padding_mask": mask}, np.array(labels)


# %% [wrong] one thing instead of a pair
import keras


def collate(rows, labels, pad):
    ids = keras.utils.pad_sequences(rows, padding="post", value=pad)
    mask = keras.utils.pad_sequences([[1] * len(row) for row in rows], padding="post")
    return {"token_ids": ids, "padding_mask": mask}


# %% [wrong] sorted by length
import keras
import numpy as np


def collate(rows, labels, pad):
    rows = sorted(rows, key=len, reverse=True)
    ids = keras.utils.pad_sequences(rows, padding="post", value=pad)
    mask = keras.utils.pad_sequences([[1] * len(row) for row in rows], padding="post")
    return {"token_ids": ids, "padding_mask": mask}, np.array(labels)
