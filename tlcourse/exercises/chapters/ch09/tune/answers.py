"""Answers to "Tune an encoder", in any framework: wrong ones."""

# %% [wrong] one class for all: "Every text gets class"
import numpy as np


def tune(encoder, ids, labels, new_ids):
    return np.full(len(new_ids), int(labels[0]))


# %% [wrong] counts of tokens
import numpy as np
from sklearn.linear_model import LogisticRegression


def tune(encoder, ids, labels, new_ids):
    def counts(some):
        rows = np.zeros((len(some), 30522), "float32")
        for row, tokens in zip(rows, np.asarray(some)):
            row[tokens[tokens != 0]] = 1
        return rows

    model = LogisticRegression(C=10, max_iter=300).fit(counts(ids), np.asarray(labels))
    return model.predict(counts(new_ids))
