"""Answers to "The label-efficiency ratio", in any framework: right ones and wrong ones."""

# %% [right] NumPy, the first segment that reaches it
import numpy as np


def label_ratio(sizes, random, pretrained, n):
    x, y = np.array(sizes, float), np.array(random)
    target = np.array(pretrained)[x == n][0]
    hits = np.flatnonzero(y >= target)
    if len(hits) == 0:
        return x.max() / n, np.True_
    i = hits[0]
    return np.interp(target, y[i - 1 : i + 1], x[i - 1 : i + 1]) / n, np.False_


# %% [right] a while loop
def label_ratio(sizes, random, pretrained, n):
    target = dict(zip(sizes, pretrained))[n]
    i = 0
    while i < len(sizes) and random[i] < target:
        i += 1
    if i == len(sizes):
        return [max(sizes) / n, True]
    share = (target - random[i - 1]) / (random[i] - random[i - 1])
    return [(sizes[i - 1] * (1 - share) + sizes[i] * share) / n, False]


# %% [right] a running maximum, then np.interp; 0 and 1 for no and yes
import numpy as np


def label_ratio(sizes, random, pretrained, n):
    target = pretrained[list(sizes).index(n)]
    if max(random) < target:
        return sizes[-1] / n, 1
    grid = np.linspace(sizes[0], sizes[-1], 200_001)
    line = np.interp(grid, sizes, random)
    return grid[np.argmax(line >= target)] / n, 0


# %% [wrong] ratio of accuracies: "compares two accuracies"
import numpy as np


def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]
    return target / random[sizes.index(n)], False


# %% [wrong] rounded up to a measured size: "the first size measured that is enough"
import numpy as np


def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]

    for size, accuracy in zip(sizes, random):
        if accuracy >= target:
            return size / n, False
    return sizes[-1] / n, True


# %% [wrong] reached what was never reached: "It never did"
import numpy as np


def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]
    return np.interp(target, random, sizes) / n, False


# %% [wrong] a curve that dips: "This curve dips"
import numpy as np


def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]

    if target > max(random):
        return sizes[-1] / n, True
    pairs = list(zip(sizes, sizes[1:], random, random[1:]))[::-1]
    for x0, x1, y0, y1 in pairs:
        if y0 < target <= y1:
            return (x0 + (x1 - x0) * (target - y0) / (y1 - y0)) / n, False


# %% [wrong] extrapolated: "do not continue the line beyond its last point"
import numpy as np


def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]

    for x0, x1, y0, y1 in zip(sizes, sizes[1:], random, random[1:]):
        if y0 < target <= y1:
            return (x0 + (x1 - x0) * (target - y0) / (y1 - y0)) / n, False
    slope, base = np.polyfit(sizes, random, 1)
    return max((target - base) / slope, sizes[-1] * 1.3) / n, True


# %% [wrong] no return at the end
def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]
    for x0, x1, y0, y1 in zip(sizes, sizes[1:], random, random[1:]):
        if y0 < target <= y1:
            return (x0 + (x1 - x0) * (target - y0) / (y1 - y0)) / n, False


# %% [wrong] nan for never
def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]
    for x0, x1, y0, y1 in zip(sizes, sizes[1:], random, random[1:]):
        if y0 < target <= y1:
            return (x0 + (x1 - x0) * (target - y0) / (y1 - y0)) / n, False
    return float("nan"), True


# %% [wrong] only the number
def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]
    for x0, x1, y0, y1 in zip(sizes, sizes[1:], random, random[1:]):
        if y0 < target <= y1:
            return (x0 + (x1 - x0) * (target - y0) / (y1 - y0)) / n
    return sizes[-1] / n


# %% [wrong] the target of the wrong size
def label_ratio(sizes, random, pretrained, n):
    target = pretrained[0]
    for x0, x1, y0, y1 in zip(sizes, sizes[1:], random, random[1:]):
        if y0 < target <= y1:
            return (x0 + (x1 - x0) * (target - y0) / (y1 - y0)) / n, False
    return sizes[-1] / n, True
