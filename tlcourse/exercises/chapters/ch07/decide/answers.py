"""Answers to "The log's decision": right ones and wrong ones."""

# %% [right] a loop over resamples
import numpy as np


def decide(before, after, modules, resamples, rng):
    d = after - before
    names = np.unique(modules)
    cells = {name: d[modules == name] for name in names}
    means = [
        np.concatenate([cells[name] for name in rng.choice(names, len(names))]).mean()
        for _ in range(resamples)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    return low, high, low > 0


# %% [right] pandas, and a weight for each module
import numpy as np
import pandas as pd


def decide(before, after, modules, resamples, rng):
    table = pd.DataFrame({"d": after - before, "module": modules}).groupby("module").d.agg(["sum", "size"])
    m = len(table)
    weights = rng.multinomial(m, np.full(m, 1 / m), resamples)
    means = np.sort(weights @ table["sum"].to_numpy() / (weights @ table["size"].to_numpy()))
    low, high = means[int(0.025 * resamples)], means[int(0.975 * resamples)]
    return [float(low), float(high), int(low > 0)]


# %% [right] the mean of the modules' means
import numpy as np


def decide(before, after, modules, resamples, rng):
    means = np.array([(after - before)[modules == name].mean() for name in set(modules.tolist())])
    drawn = means[rng.integers(len(means), size=(resamples, len(means)))].mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return low, high, bool(low > 0)


# %% [wrong] cells drawn one by one: "Cells of one module are alike"
import numpy as np


def decide(before, after, modules, resamples, rng):
    d = after - before
    means = [d[rng.integers(0, len(d), len(d))].mean() for _ in range(resamples)]
    low, high = np.quantile(means, [0.025, 0.975])
    return low, high, low > 0


# %% [wrong] not paired: "Draw the same ones for both"
import numpy as np


def decide(before, after, modules, resamples, rng):
    _, place = np.unique(modules, return_inverse=True)
    count = np.bincount(place)
    m = len(count)

    def drawn(hits):
        rows = rng.integers(0, m, (resamples, m))
        return np.bincount(place, hits)[rows].sum(1) / count[rows].sum(1)

    low, high = np.quantile(drawn(after) - drawn(before), [0.025, 0.975])
    return low, high, low > 0


# %% [wrong] another generator: "generators of the same seed"
import numpy as np


def decide(before, after, modules, resamples, rng):
    _, place = np.unique(modules, return_inverse=True)
    total, count = np.bincount(place, after - before), np.bincount(place)
    rows = np.random.randint(0, len(count), (resamples, len(count)))
    low, high = np.quantile(total[rows].sum(1) / count[rows].sum(1), [0.025, 0.975])
    return low, high, low > 0


# %% [wrong] without replacement: "with replacement"
import numpy as np


def decide(before, after, modules, resamples, rng):
    d = after - before
    means = np.round([d[rng.permutation(len(d))].mean() for _ in range(resamples)], 12)
    low, high = np.quantile(means, [0.025, 0.975])
    return low, high, low > 0


# %% [wrong] the other way round: "before minus after"
import numpy as np


def decide(before, after, modules, resamples, rng):
    _, place = np.unique(modules, return_inverse=True)
    total, count = np.bincount(place, before - after), np.bincount(place)
    rows = rng.integers(0, len(count), (resamples, len(count)))
    low, high = np.quantile(total[rows].sum(1) / count[rows].sum(1), [0.025, 0.975])
    return low, high, high < 0


# %% [wrong] five at each end: "cut off 2.5 %"
import numpy as np


def decide(before, after, modules, resamples, rng):
    _, place = np.unique(modules, return_inverse=True)
    total, count = np.bincount(place, after - before), np.bincount(place)
    rows = rng.integers(0, len(count), (resamples, len(count)))
    low, high = np.quantile(total[rows].sum(1) / count[rows].sum(1), [0.05, 0.95])
    return low, high, low > 0


# %% [wrong] keeps what is better on average: "better on average"
import numpy as np


def decide(before, after, modules, resamples, rng):
    _, place = np.unique(modules, return_inverse=True)
    total, count = np.bincount(place, after - before), np.bincount(place)
    rows = rng.integers(0, len(count), (resamples, len(count)))
    low, high = np.quantile(total[rows].sum(1) / count[rows].sum(1), [0.025, 0.975])
    return low, high, after.mean() > before.mean()


# %% [wrong] beyond zero either way: "surely worse"
import numpy as np


def decide(before, after, modules, resamples, rng):
    _, place = np.unique(modules, return_inverse=True)
    total, count = np.bincount(place, after - before), np.bincount(place)
    rows = rng.integers(0, len(count), (resamples, len(count)))
    low, high = np.quantile(total[rows].sum(1) / count[rows].sum(1), [0.025, 0.975])
    return low, high, not low < 0 < high


# %% [wrong] half as many modules
import numpy as np


def decide(before, after, modules, resamples, rng):
    _, place = np.unique(modules, return_inverse=True)
    total, count = np.bincount(place, after - before), np.bincount(place)
    rows = rng.integers(0, len(count), (resamples, len(count) // 2))
    low, high = np.quantile(total[rows].sum(1) / count[rows].sum(1), [0.025, 0.975])
    return low, high, low > 0


# %% [wrong] the accuracy of one model
import numpy as np


def decide(before, after, modules, resamples, rng):
    means = after[rng.integers(0, len(after), (resamples, len(after)))].mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return low, high, low > 0


# %% [wrong] the difference alone
def decide(before, after, modules, resamples, rng):
    return after.mean() - before.mean()


# %% [wrong] no return
def decide(before, after, modules, resamples, rng):
    d = after - before
