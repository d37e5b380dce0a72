"""Chapter 2: other right answers, and wrong ones that are no listed misconception."""

_PREPARE = """
import numpy as np

FREE = ["apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0"]
CLOSED = ["cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only"]

def prepare(picture, card, commercial):
    name = str(card.get("licence", "")).lower()
    if name not in FREE + ([] if commercial else CLOSED):
        return None
    low, high = card["range"]
    BODY
"""
_KNN = """
import numpy as np

def knn_accuracy(features, labels, k):
    x = features / np.linalg.norm(features, axis=1, keepdims=True)
    near = x @ x.T
    np.fill_diagonal(near, -2)
    order = np.argsort(near, axis=1)[:, ::-1][:, :k]
    right = [np.bincount(labels[row]).argmax() == y for row, y in zip(order, labels)]
    return BACK
"""
_TORCH_SAFE = """
import hashlib
import torch
from safetensors import safe_open

def load_safely(path, sha256):
    with open(path, "rb") as file:
        if HASH:
            raise ValueError("another file")
    if path.endswith(".pth"):
        return torch.load(path, map_location="cpu", weights_only=True)
    with safe_open(path, "pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}
"""
_KERAS_SAFE = """
import hashlib
import keras

def load_safely(path, sha256):
    with open(path, "rb") as file:
        if HASH:
            raise ValueError("another file")
    return keras.models.load_model(path, compile=False)
"""


def _safe(test: str) -> dict[str, str]:
    return {"torch": _TORCH_SAFE.replace("HASH", test), "keras": _KERAS_SAFE.replace("HASH", test)}


def _prepare(*body: str) -> str:
    return _PREPARE.replace("BODY", "\n    ".join(body))


_DIGEST = "hashlib.file_digest(file, 'sha256').hexdigest()"
_DONE = (
    "x = np.interp(picture, [0, 255], [low, high])",
    "x = np.flip(x, 2) if card['channels'] == 'BGR' else x",
    "x = (x - card['mean']) / card['std']",
)
_LAST = "return np.moveaxis(x, 2, 0) if card['layout'] == 'CHW' else x"

RIGHT = {
    "ch02-card": [
        ("np.interp and np.flip", _prepare(*_DONE, _LAST)),
        (
            "nested lists",
            _prepare(*_DONE, _LAST.replace("np.moveaxis(x, 2, 0)", "np.moveaxis(x, 2, 0).tolist()")),
        ),
        (
            "tensors",
            {
                "torch": _prepare(
                    "import torch",
                    "x = torch.from_numpy(picture).float() / 255 * (high - low) + low",
                    "x = x.flip(2) if card['channels'] == 'BGR' else x",
                    "x = (x - torch.tensor(card['mean'])) / torch.tensor(card['std'])",
                    "return x.permute(2, 0, 1) if card['layout'] == 'CHW' else x",
                ),
                "keras": _prepare(
                    "import tensorflow as tf",
                    "x = tf.cast(picture, tf.float32) / 255 * (high - low) + low",
                    "x = tf.reverse(x, [2]) if card['channels'] == 'BGR' else x",
                    "x = (x - card['mean']) / card['std']",
                    "return tf.transpose(x, [2, 0, 1]) if card['layout'] == 'CHW' else x",
                ),
            },
        ),
    ],
    "ch02-safe": [
        ("a digest of the open file", _safe(f"{_DIGEST} != sha256")),
        ("hmac's comparison", _safe(f"not __import__('hmac').compare_digest({_DIGEST}, sha256)")),
    ],
    "ch02-choose": [
        (
            "pandas",
            """
import pandas as pd

def choose(candidates, ms, mb):
    table = pd.DataFrame(candidates)
    table = table[(table["ms"] <= ms) & (table["mb"] <= mb)].sort_values(["top1", "ms"], ascending=[False, True])
    return None if table.empty else table["name"].iloc[0]
""",
        ),
        (
            "a loop",
            """
def choose(candidates, ms, mb):
    best = None
    for c in candidates:
        if c["ms"] > ms or c["mb"] > mb:
            continue
        if best is None or c["top1"] > best["top1"] or (c["top1"] == best["top1"] and c["ms"] < best["ms"]):
            best = c
    return best and best["name"]
""",
        ),
        (
            "sorts its list in place, NumPy text",
            """
import numpy as np

def choose(candidates, ms, mb):
    candidates.sort(key=lambda c: (-c["top1"], c["ms"]))
    return next((np.str_(c["name"]) for c in candidates if c["ms"] <= ms and c["mb"] <= mb), None)
""",
        ),
    ],
    "ch02-count": [
        (
            "by name, or trainable for a moment",
            {
                "torch": """
from collections import Counter

def count(model):
    found = Counter()
    for name, p in model.named_parameters():
        found[name.split(".")[0]] += p.nelement()
    return found
""",
                "keras": """
def count(model):
    out = {}
    for layer in model.layers:
        was = [(l, l.trainable) for l in layer._flatten_layers()]
        layer.trainable = True
        out[layer.name] = sum(v.value.numpy().size for v in layer.trainable_weights)
        for l, flag in was[::-1]:
            l.trainable = flag
        for l, flag in was[1:]:
            l.trainable = flag
    return out
""",
            },
        ),
        (
            "NumPy integers",
            {
                "torch": """
import numpy as np

def count(model):
    return {n: np.sum([np.prod(p.shape) for p in b.parameters()]) for n, b in model.named_children()}
""",
                "keras": """
import numpy as np

def count(model):
    return {b.name: np.sum([np.prod(w.shape) for w in b.weights if "moving" not in w.path]) for b in model.layers}
""",
            },
        ),
    ],
    "ch02-knn": [
        ("NumPy", _KNN.replace("BACK", "np.mean(right)")),
        (
            "scikit-learn's neighbours",
            """
import numpy as np
from sklearn.neighbors import NearestNeighbors

def knn_accuracy(features, labels, k):
    near = NearestNeighbors(n_neighbors=k, metric="cosine").fit(features).kneighbors(return_distance=False)
    votes = labels[near]
    said = [min(set(v), key=lambda c: (-list(v).count(c), c)) for v in votes.tolist()]
    return sum(int(a == b) for a, b in zip(said, labels)) / len(labels)
""",
        ),
    ],
    "ch02-rank": [
        (
            "scipy",
            "from scipy import stats\n\ndef rank_correlation(scores, accuracies):\n    return stats.spearmanr(scores, accuracies).statistic\n",
        ),
        (
            "pandas",
            "import pandas as pd\n\ndef rank_correlation(scores, accuracies):\n    return pd.Series(scores).corr(pd.Series(accuracies), method='spearman')\n",
        ),
        (
            "the formula, in a list",
            """
def rank_correlation(scores, accuracies):
    n = len(scores)
    rank = lambda x: [sum(other < one for other in x) for one in x]
    d = sum((int(a) - int(b)) ** 2 for a, b in zip(rank(scores), rank(accuracies)))
    return [1 - 6 * d / (n * (n * n - 1))]
""",
        ),
    ],
}

WRONG = {
    "ch02-card": [
        ("no return", _prepare(*_DONE)),
        ("text", _prepare("return 'ready'")),
        ("not a number", _prepare(*_DONE, _LAST.replace("else x", "else x * np.nan"))),
        ("divided by 256", _prepare(_DONE[0].replace("255", "256"), "x = x * 0.97", *_DONE[1:], _LAST)),
        ("endless", _prepare("while True:", "    yield picture")),
    ],
    "ch02-safe": [
        ("no return", "def load_safely(path, sha256):\n    open(path, 'rb').read()\n"),
        ("always refuses", "def load_safely(path, sha256):\n    raise ValueError('no')\n"),
        ("the last digits only", _safe(f"{_DIGEST}[-1:] not in sha256")),
        ("endless", "def load_safely(path, sha256):\n    while True:\n        yield path\n"),
    ],
    "ch02-choose": [
        ("no return", "def choose(candidates, ms, mb):\n    max(c['top1'] for c in candidates)\n"),
        ("the row", "def choose(candidates, ms, mb):\n    return candidates[0]\n"),
        ("always the first", "def choose(candidates, ms, mb):\n    return candidates[0]['name']\n"),
        ("a list", "def choose(candidates, ms, mb):\n    return [c['name'] for c in candidates]\n"),
        ("endless", "def choose(candidates, ms, mb):\n    while True:\n        yield 'oak'\n"),
    ],
    "ch02-count": [
        ("no return", "def count(model):\n    dict()\n"),
        ("a number", "def count(model):\n    return 1234\n"),
        (
            "not a number",
            {
                "torch": "def count(model):\n    return {n: float('nan') for n, _ in model.named_children()}\n",
                "keras": "def count(model):\n    return {b.name: float('nan') for b in model.layers}\n",
            },
        ),
        (
            "one too many",
            {
                "torch": "def count(model):\n    return {n: 1 + sum(p.numel() for p in b.parameters()) for n, b in model.named_children()}\n",
                "keras": "def count(model):\n    return {b.name: 1 + b.count_params() for b in model.layers}\n",
            },
        ),
        ("endless", "def count(model):\n    while True:\n        yield 'stem', 1\n"),
    ],
    "ch02-knn": [
        ("no return", "def knn_accuracy(features, labels, k):\n    features @ features.T\n"),
        ("a count", _KNN.replace("BACK", "sum(right)")),
        ("the errors", _KNN.replace("BACK", "1 - np.mean(right)")),
        ("each picture", _KNN.replace("BACK", "right")),
        ("not a number", _KNN.replace("BACK", "np.mean(right) * np.nan")),
    ],
    "ch02-rank": [
        ("no return", "def rank_correlation(scores, accuracies):\n    scores.argsort()\n"),
        ("not a number", "def rank_correlation(scores, accuracies):\n    return float('nan')\n"),
        (
            "the matrix",
            "import numpy as np\n\ndef rank_correlation(scores, accuracies):\n    return np.corrcoef(scores, accuracies)\n",
        ),
        (
            "scipy's whole result",
            "from scipy import stats\n\ndef rank_correlation(scores, accuracies):\n    return tuple(stats.spearmanr(scores, accuracies))\n",
        ),
        ("always 1", "def rank_correlation(scores, accuracies):\n    return 1.0\n"),
        ("endless", "def rank_correlation(scores, accuracies):\n    while True:\n        yield 1\n"),
    ],
}
