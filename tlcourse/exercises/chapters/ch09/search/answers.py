"""Answers to "Search by meaning", in any framework: right ones and wrong ones."""


# %% [right] sorted
def search(query, texts, k):
    def cosine(i):
        return float(texts[i] @ query) / float((texts[i] ** 2).sum()) ** 0.5

    return sorted(range(len(texts)), key=cosine, reverse=True)[:k]


# %% [right] scikit-learn
import numpy as np
from sklearn.metrics.pairwise import cosine_similarity


def search(query, texts, k):
    return np.argsort(cosine_similarity(query[None], texts)[0])[::-1][:k].tolist()


# %% [right] an index of neighbours
from sklearn.neighbors import NearestNeighbors


def search(query, texts, k):
    index = NearestNeighbors(n_neighbors=k, metric="cosine").fit(texts)
    return index.kneighbors(query[None], return_distance=False)[0]


# %% [wrong] worst first: "Start with the nearest"
import numpy as np


def search(query, texts, k):
    cosines = texts @ query / (np.linalg.norm(texts, axis=1) * np.linalg.norm(query))
    return np.argsort(cosines)[-k:]


# %% [wrong] worst of all: "the farthest away"
import numpy as np


def search(query, texts, k):
    cosines = texts @ query / (np.linalg.norm(texts, axis=1) * np.linalg.norm(query))
    return np.argsort(cosines)[:k]


# %% [wrong] dot product: "which favour long vectors"
import numpy as np


def search(query, texts, k):
    return np.argsort(-(texts @ query))[:k]


# %% [wrong] the distance: "the distances between the points"
import numpy as np


def search(query, texts, k):
    return np.argsort(np.linalg.norm(texts - query, axis=1))[:k]


# %% [wrong] scores in place of rows: "Row numbers were asked for"
import numpy as np


def search(query, texts, k):
    cosines = texts @ query / (np.linalg.norm(texts, axis=1) * np.linalg.norm(query))
    return np.sort(cosines)[::-1][:k]


# %% [wrong] not so many: "Return `k` of them"
import numpy as np


def search(query, texts, k):
    cosines = texts @ query / (np.linalg.norm(texts, axis=1) * np.linalg.norm(query))
    return np.argsort(-cosines)


# %% [wrong] no such row: "and there are rows 0 to"
def search(query, texts, k):
    return [len(texts) + i for i in range(k)]


# %% [wrong] no return
def search(query, texts, k):
    cosines = texts @ query


# %% [wrong] one row
def search(query, texts, k):
    return int((texts @ query).argmax())


# %% [wrong] the first
def search(query, texts, k):
    return list(range(k))


# %% [wrong] vectors
def search(query, texts, k):
    return texts[:k]
