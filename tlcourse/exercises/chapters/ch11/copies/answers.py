"""Answers to "Which scans belong together?": right ones and wrong ones."""

# %% [right] a loop until nothing changes
import numpy as np


def groups_of(scans, alike):
    n = len(scans)
    rows = scans.reshape(n, -1).astype(float)
    turned = scans[:, :, ::-1].reshape(n, -1).astype(float)
    group = list(range(n))
    changed = True
    while changed:
        changed = False
        for i in range(n):
            for j in range(n):
                near = max(np.corrcoef(rows[i], rows[j])[0, 1], np.corrcoef(rows[i], turned[j])[0, 1])
                if i != j and near >= alike and group[i] != group[j]:
                    group[i] = group[j] = min(group[i], group[j])
                    changed = True
    return group


# %% [right] a graph of networkx's kind, walked by hand
import numpy as np


def groups_of(scans, alike):
    both = np.concatenate([scans, np.flip(scans, axis=2)]).reshape(2 * len(scans), -1)
    n = len(scans)
    near = np.corrcoef(both)[:n]
    near = (near[:, :n] >= alike) | (near[:, n:] >= alike)
    group = np.full(n, -1)
    for start in range(n):
        stack = [start] if group[start] < 0 else []
        while stack:
            row = stack.pop()
            group[row] = start
            stack += [other for other in np.flatnonzero(near[row]) if group[other] < 0]
    return group


# %% [right] powers of the table
import numpy as np


def groups_of(scans, alike):
    x = scans.astype(float)
    x = (x - x.mean(axis=(1, 2), keepdims=True)) / x.std(axis=(1, 2), keepdims=True)
    near = np.zeros((len(x), len(x)), bool)
    for other in (x, x[..., ::-1]):
        near |= np.einsum("ihw,jhw->ij", x, other) / x[0].size >= alike
    for _ in range(len(x)):
        near = near @ near
    return near.argmax(axis=1)


# %% [wrong] mirrored copies missed: "still in two groups"
import numpy as np
from scipy.sparse.csgraph import connected_components


def groups_of(scans, alike):
    near = np.corrcoef(scans.reshape(len(scans), -1)) >= alike
    return connected_components(near)[1]


# %% [wrong] upside down: "stand on their head"
import numpy as np
from scipy.sparse.csgraph import connected_components


def groups_of(scans, alike):
    n = len(scans)
    both = np.concatenate([scans, scans[:, ::-1]]).reshape(2 * n, -1)
    near = np.corrcoef(both)[:n] >= alike
    return connected_components(near[:, :n] | near[:, n:])[1]


# %% [wrong] negatives joined: "bright and dark are exchanged"
import numpy as np
from scipy.sparse.csgraph import connected_components


def groups_of(scans, alike):
    n = len(scans)
    both = np.concatenate([scans, scans[:, :, ::-1]]).reshape(2 * n, -1)
    near = np.abs(np.corrcoef(both)[:n]) >= alike
    return connected_components(near[:, :n] | near[:, n:])[1]


# %% [wrong] links not followed: "has to be closed"
import numpy as np


def groups_of(scans, alike):
    n = len(scans)
    both = np.concatenate([scans, scans[:, :, ::-1]]).reshape(2 * n, -1)
    near = np.corrcoef(both)[:n] >= alike
    near = near[:, :n] | near[:, n:]
    leaders, groups = [], []
    for row in range(n):
        known = [leader for leader in leaders if near[row, leader]]
        groups.append(known[0] if known else row)
        leaders += [] if known else [row]
    return groups


# %% [wrong] too much joined: "do not belong together"
def groups_of(scans, alike):
    return [0] * len(scans)


# %% [wrong] not a group for each scan: "the number of a group for each scan"
import numpy as np


def groups_of(scans, alike):
    n = len(scans)
    both = np.concatenate([scans, scans[:, :, ::-1]]).reshape(2 * n, -1)
    near = np.corrcoef(both)[:n] >= alike
    return np.argwhere(near[:, :n] | near[:, n:])


# %% [wrong] other groups: "in different ones"
def groups_of(scans, alike):
    return list(range(len(scans)))


# %% [wrong] equal pixels only
def groups_of(scans, alike):
    seen = {}
    return [seen.setdefault(scan.tobytes(), len(seen)) for scan in scans]


# %% [wrong] a distance in place of a correlation
import numpy as np
from scipy.sparse.csgraph import connected_components


def groups_of(scans, alike):
    rows = scans.reshape(len(scans), -1) / 255.0
    near = np.linalg.norm(rows[:, None] - rows, axis=2) <= 1 - alike
    return connected_components(near)[1]
