"""Answers to "False alarms an hour": right ones and wrong ones."""

# %% [right] halfway between two scores
import numpy as np


def threshold_for(scores, keyword, seconds, per_hour):
    best = np.array([max(row) for row in scores])
    others = np.sort(best[~keyword])[::-1]
    k = int(per_hour * len(others) * seconds / 3600 + 1e-9)
    threshold = (others[k] + others[k - 1]) / 2 if k else others[0] + 1e-6
    return threshold, np.mean(best[keyword] < threshold)


# %% [right] trying all scores
import numpy as np


def threshold_for(scores, keyword, seconds, per_hour):
    best = scores.max(1)
    hours = (~keyword).sum() * seconds / 3600
    for threshold in np.sort(np.append(best[~keyword], best.max() + 1e-6)):
        if np.sum(best[~keyword] >= threshold) <= per_hour * hours + 1e-9:
            return float(threshold), float(np.mean(best[keyword] < threshold))


# %% [right] in tensors of rows
import numpy as np


def threshold_for(scores, keyword, seconds, per_hour):
    best = np.max(scores, axis=1)
    allowed = int(np.floor(per_hour * np.sum(~keyword) * seconds / 3600 + 1e-9))
    threshold = np.partition(best[~keyword], -allowed - 1)[-allowed - 1] + 1e-9
    return np.array(threshold), 1 - np.mean(best[keyword] >= threshold)


# %% [wrong] windows counted: "You count windows"
import numpy as np


def threshold_for(scores, keyword, seconds, per_hour):
    others = np.sort(scores[~keyword].ravel())[::-1]
    k = int(per_hour * (~keyword).sum() * seconds / 3600 + 1e-9)
    threshold = np.nextafter(others[k], 2)
    return threshold, np.mean(scores.max(axis=1)[keyword] < threshold)


# %% [wrong] keywords counted: "among those that you count"
import numpy as np


def threshold_for(scores, keyword, seconds, per_hour):
    best = np.sort(scores.max(axis=1))[::-1]
    k = int(per_hour * len(best) * seconds / 3600 + 1e-9)
    threshold = np.nextafter(best[k], 2)
    return threshold, np.mean(scores.max(axis=1)[keyword] < threshold)


# %% [wrong] not an hour: "How long are the clips"
import numpy as np


def threshold_for(scores, keyword, seconds, per_hour):
    best = scores.max(axis=1)
    threshold = np.nextafter(np.sort(best[~keyword])[::-1][int(per_hour)], 2)
    return threshold, np.mean(best[keyword] < threshold)


# %% [wrong] too strict: "would miss fewer"
import numpy as np


def threshold_for(scores, keyword, seconds, per_hour):
    best = scores.max(axis=1)
    threshold = best[~keyword].max() + 1e-6
    return threshold, np.mean(best[keyword] < threshold)


# %% [wrong] too many alarms: "too many"
import numpy as np


def threshold_for(scores, keyword, seconds, per_hour):
    best = scores.max(axis=1)
    threshold = np.quantile(best[keyword], 0.05)
    return threshold, np.mean(best[keyword] < threshold)


# %% [wrong] found for missed: "that were found"
import numpy as np


def threshold_for(scores, keyword, seconds, per_hour):
    best = scores.max(axis=1)
    others = np.sort(best[~keyword])[::-1]
    k = int(per_hour * len(others) * seconds / 3600 + 1e-9)
    threshold = np.nextafter(others[k], 2)
    return threshold, np.mean(best[keyword] >= threshold)


# %% [wrong] one half
import numpy as np


def threshold_for(scores, keyword, seconds, per_hour):
    return 0.5, np.mean(scores.max(axis=1)[keyword] < 0.5)


# %% [wrong] the highest accuracy
import numpy as np


def threshold_for(scores, keyword, seconds, per_hour):
    best = scores.mean(axis=1)
    tried = np.linspace(0, 1, 101)
    right = [np.mean((best >= one) == keyword) for one in tried]
    threshold = tried[int(np.argmax(right))]
    return threshold, np.mean(best[keyword] < threshold)
