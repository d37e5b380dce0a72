"""What a stage reads, and training texts in the order of one epoch."""

import model  # first: it quietens TensorFlow

import numpy as np
import tensorflow as tf

import tokens


def of_stage(network, stage, data):
    """What a stage trains, and what it reads.

    The first stage trains the head on features: the frozen encoder gives the same ones in
    each epoch.
    """
    if stage == "deeper":
        return network, data
    names, about = ("train", "validation"), data["about"]
    both = {name: model.features(network, data[name], about) for name in names}
    return model.head_alone(network), {**data, **both}


def batches(data, config, seed):
    """Triples of inputs, class numbers and weights; each batch as long as its longest text."""
    labels, size = data["train_labels"], config["training"]["batch"]
    order = np.random.default_rng(seed).permutation(len(labels))
    if isinstance(data["train"], np.ndarray):
        parts = [order[begin : begin + size] for begin in range(0, len(order), size)]
    else:
        parts = tokens.batches(data["train"], order.tolist(), size)

    def each():
        for places in parts:
            if isinstance(data["train"], np.ndarray):
                inputs = data["train"][places]
            else:
                lists = [data["train"][place] for place in places]
                inputs, _ = tokens.padded(lists, data["about"]["padding"], 16)
            yield inputs, labels[places], data["weights"][labels[places]]

    kind = tf.float32 if isinstance(data["train"], np.ndarray) else tf.int32
    shape = (None, data["train"].shape[1] if kind == tf.float32 else None)
    signature = (
        tf.TensorSpec(shape, kind),
        tf.TensorSpec((None,), tf.int64),
        tf.TensorSpec((None,), tf.float32),
    )
    found = tf.data.Dataset.from_generator(each, output_signature=signature)
    return found.apply(tf.data.experimental.assert_cardinality(len(parts)))
