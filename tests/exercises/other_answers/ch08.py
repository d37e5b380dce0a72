"""Chapter 8: other right answers, and wrong ones that are no listed misconception."""

_TORCH_LAYER = """
import torch

def embedding_layer(table, trainable):
    layer = torch.nn.Embedding(len(table), table.shape[1], padding_idx=0)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(table))
    BODY
"""
_KERAS_LAYER = """
import keras
import numpy as np

def embedding_layer(table, trainable):
    layer = keras.layers.Embedding(len(table), table.shape[1], mask_zero=True,
                                   embeddings_initializer=keras.initializers.Constant(table))
    BODY
"""


def _layer(torch: str, keras: str) -> dict[str, str]:
    return {"torch": _TORCH_LAYER.replace("BODY", torch), "keras": _KERAS_LAYER.replace("BODY", keras)}


_TENSOR_MEAN = {
    "torch": """
import torch

def text_vectors(vectors, tokens):
    v, t = torch.tensor(vectors), torch.tensor(tokens)
    mask = (t != 0).unsqueeze(-1).float()
    return (v * mask).sum(1) / mask.sum(1).clamp(min=1)
""",
    "keras": """
from keras import ops

def text_vectors(vectors, tokens):
    mask = ops.cast(ops.expand_dims(ops.not_equal(tokens, 0), -1), "float32")
    return ops.sum(vectors * mask, 1) / ops.maximum(ops.sum(mask, 1), 1.0)
""",
}

RIGHT = {
    "ch08-analogy": [
        (
            "a matrix",
            """
import numpy as np

def analogy(vectors, a, b, c):
    words = list(vectors)
    m = np.stack([vectors[w] for w in words])
    m = m / np.linalg.norm(m, axis=1, keepdims=True)
    at = [words.index(w) for w in (a, b, c)]
    scores = m @ (m[at[1]] - m[at[0]] + m[at[2]])
    scores[at] = -9
    return words[scores.argmax()]
""",
        ),
        (
            "sorted",
            """
def analogy(vectors, a, b, c):
    def unit(w):
        return vectors[w] / (vectors[w] ** 2).sum() ** 0.5
    target = unit(b) - unit(a) + unit(c)
    order = sorted(vectors, key=lambda w: float(unit(w) @ target), reverse=True)
    return [w for w in order if w not in {a, b, c}][0]
""",
        ),
    ],
    "ch08-subwords": [
        (
            "a loop",
            """
def ngrams(word, shortest, longest):
    text, found = "<" + word + ">", []
    for start in range(len(text)):
        for stop in range(start + shortest, min(start + longest, len(text)) + 1):
            found.append(text[start:stop])
    return found
""",
        ),
        (
            "a generator",
            """
def ngrams(word, shortest, longest):
    text = "<{}>".format(word)
    for n in range(shortest, longest + 1):
        yield from ("".join(part) for part in zip(*(text[i:] for i in range(n))))
""",
        ),
    ],
    "ch08-encode": [
        (
            "lists",
            """
def encode(texts, index, length):
    rows = [[index.get(w, 1) for w in t[:length]] for t in texts]
    return [row + [0] * (length - len(row)) for row in rows]
""",
        ),
        (
            "place by place",
            """
import numpy as np

def encode(texts, index, length):
    out = np.zeros((len(texts), length))
    for i, text in enumerate(texts):
        for j, word in enumerate(text):
            if j < length:
                out[i, j] = index[word] if word in index else 1
    return out.astype(int)
""",
        ),
    ],
    "ch08-mean": [
        ("tensors", _TENSOR_MEAN),
        (
            "text by text",
            """
import numpy as np

def text_vectors(vectors, tokens):
    zero = np.zeros(vectors.shape[2])
    return np.array([v[t > 0].mean(axis=0) if t.any() else zero for v, t in zip(vectors, tokens)])
""",
        ),
    ],
    "ch08-layer": [
        (
            "copied in",
            _layer(
                "layer.weight.requires_grad = bool(trainable)\n    return layer",
                "layer.trainable = trainable\n    return layer",
            ),
        ),
        (
            "frozen afterwards",
            _layer(
                "if not trainable:\n        layer.requires_grad_(False)\n    return layer",
                "layer(np.zeros((1, 1), 'int32'))\n    if not trainable:\n        layer.trainable = False\n    return layer",
            ),
        ),
    ],
    "ch08-transfer": [
        (
            "a loop",
            """
def transfer_loss(accuracy):
    k = len(accuracy)
    return [[accuracy[j][j] - accuracy[i][j] for j in range(k)] for i in range(k)]
""",
        ),
        (
            "pandas",
            """
import numpy as np
import pandas as pd

def transfer_loss(accuracy):
    return -(pd.DataFrame(accuracy) - np.diagonal(accuracy))
""",
        ),
    ],
}

WRONG = {
    "ch08-analogy": [
        ("no return", "def analogy(vectors, a, b, c):\n    target = vectors[b] - vectors[a] + vectors[c]\n"),
        (
            "the vector itself",
            "def analogy(vectors, a, b, c):\n    return vectors[b] - vectors[a] + vectors[c]\n",
        ),
        ("always the first word", "def analogy(vectors, a, b, c):\n    return next(iter(vectors))\n"),
        ("a made-up word", "def analogy(vectors, a, b, c):\n    return 'queen'\n"),
        (
            "nearest to c",
            """
import numpy as np

def analogy(vectors, a, b, c):
    unit = {w: v / np.linalg.norm(v) for w, v in vectors.items()}
    return min((w for w in unit if w not in (a, b, c)), key=lambda w: -abs(unit[w] @ unit[a]) )
""",
        ),
    ],
    "ch08-subwords": [
        ("no return", "def ngrams(word, shortest, longest):\n    text = f'<{word}>'\n"),
        ("letters", "def ngrams(word, shortest, longest):\n    return list(f'<{word}>')\n"),
        ("one text", "def ngrams(word, shortest, longest):\n    return f'<{word}>'\n"),
        ("numbers", "def ngrams(word, shortest, longest):\n    return [1, 2, 3]\n"),
        (
            "prefixes only",
            "def ngrams(word, shortest, longest):\n    return [f'<{word}>'[:n] for n in range(shortest, longest + 1)]\n",
        ),
    ],
    "ch08-encode": [
        ("no return", "def encode(texts, index, length):\n    rows = []\n"),
        ("all zeros", "def encode(texts, index, length):\n    return [[0] * length for _ in texts]\n"),
        (
            "numbers from 0",
            "def encode(texts, index, length):\n    return [([max(index.get(w, 1) - 1, 0) for w in t] + [0] * length)[:length] for t in texts]\n",
        ),
        (
            "the other axis",
            "import numpy as np\n\ndef encode(texts, index, length):\n    return np.array([([index.get(w, 1) for w in t] + [0] * length)[:length] for t in texts]).T\n",
        ),
        ("words", "def encode(texts, index, length):\n    return texts\n"),
    ],
    "ch08-mean": [
        ("no return", "def text_vectors(vectors, tokens):\n    mask = tokens != 0\n"),
        ("the first word", "def text_vectors(vectors, tokens):\n    return vectors[:, 0]\n"),
        ("one mean for all", "def text_vectors(vectors, tokens):\n    return vectors.mean(axis=(0, 1))\n"),
        (
            "a maximum",
            "def text_vectors(vectors, tokens):\n    return (vectors * (tokens != 0)[..., None]).max(axis=1)\n",
        ),
        (
            "zeros",
            "import numpy as np\n\ndef text_vectors(vectors, tokens):\n    return np.zeros((len(vectors), vectors.shape[2]))\n",
        ),
    ],
    "ch08-layer": [
        ("no return", _layer("pass", "pass")),
        ("the table itself", "def embedding_layer(table, trainable):\n    return table\n"),
        (
            "scaled",
            _layer(
                "layer.weight.data *= 0.5\n    layer.weight.requires_grad = bool(trainable)\n    return layer",
                "layer.build((None, None))\n    layer.set_weights([0.5 * table])\n    layer.trainable = trainable\n    return layer",
            ),
        ),
        ("a class", _layer("return torch.nn.Embedding", "return keras.layers.Embedding")),
    ],
    "ch08-transfer": [
        ("no return", "def transfer_loss(accuracy):\n    own = accuracy.diagonal()\n"),
        (
            "one number",
            "def transfer_loss(accuracy):\n    return accuracy.diagonal().mean() - accuracy.mean()\n",
        ),
        ("zeros", "def transfer_loss(accuracy):\n    return accuracy * 0\n"),
        ("from one", "def transfer_loss(accuracy):\n    return 1 - accuracy\n"),
        (
            "a vector",
            "def transfer_loss(accuracy):\n    return accuracy.diagonal() - accuracy.mean(axis=0)\n",
        ),
    ],
}
