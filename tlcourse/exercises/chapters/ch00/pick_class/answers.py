"""Answers to "From logits to a class and its probability", in any framework: right ones and wrong ones."""

# %% [right] scipy
from scipy.special import softmax


def pick_class(logits, names):
    share = softmax(logits)
    best = share.argmax()
    return [names[best], share[best]]


# %% [right] math, a loop, a dict
import math


def pick_class(logits, names):
    top = max(logits)
    total = 0.0
    for z in logits:
        total += math.exp(z - top)
    by_name = dict(zip(names, logits))
    return max(by_name, key=by_name.get), 1 / total


# %% [right] log-sum-exp
import numpy as np


def pick_class(logits, names):
    best = np.argmax(logits)
    p = np.exp(logits[best] - np.logaddexp.reduce(logits))
    return np.array(names)[best], np.float32(p)


# %% [wrong] logit as probability: "that is the logit itself"
import numpy as np


def pick_class(logits, names):
    best = int(np.argmax(logits))
    return names[best], float(logits[best])


# %% [wrong] sigmoid instead of softmax: "the sigmoid of one logit"
import numpy as np


def pick_class(logits, names):
    best = int(np.argmax(logits))
    return names[best], float(1 / (1 + np.exp(-logits[best])))


# %% [wrong] divides logits by their sum: "divided by their sum"
import numpy as np


def pick_class(logits, names):
    best = np.argmax(logits)
    return names[best], logits[best] / np.sum(logits)


# %% [wrong] softmax overflows: "overflows"
import numpy as np


def pick_class(logits, names):
    p = np.exp(logits) / np.exp(logits).sum()
    best = int(p.argmax())
    return names[best], p[best]


# %% [wrong] index: "Look it up in `names`"
import numpy as np


def pick_class(logits, names):
    p = np.exp(logits - logits.max())
    p = p / p.sum()
    return int(p.argmax()), float(p.max())


# %% [wrong] picks the smallest: "the smallest of the row"
import numpy as np


def pick_class(logits, names):
    p = np.exp(logits - logits.max())
    p = p / p.sum()
    return names[int(p.argmin())], p.max()


# %% [wrong] percentage: "a percentage"
import numpy as np


def pick_class(logits, names):
    p = np.exp(logits - max(logits))
    p = p / p.sum()
    return names[p.argmax()], 100 * p.max()


# %% [wrong] no return
def pick_class(logits, names):
    best = logits.argmax()


# %% [wrong] a string for the probability
from scipy.special import softmax


def pick_class(logits, names):
    p = softmax(logits)
    return names[p.argmax()], f"{p.max():.4f}"


# %% [wrong] overflow hidden by nan_to_num
import numpy as np


def pick_class(logits, names):
    e = np.exp(logits)
    p = np.nan_to_num(e / e.sum())
    return names[logits.argmax()], p.max()


# %% [wrong] the order turned round
from scipy.special import softmax


def pick_class(logits, names):
    p = softmax(logits)
    return p.max(), names[p.argmax()]
