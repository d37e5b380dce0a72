"""Chapter 9: other right answers, and wrong ones that are no listed misconception."""

_TORCH_LORA = """
import torch

class Addition(torch.nn.Module):
    def __init__(self, features, outputs, rank):
        super().__init__()
        self.down = torch.nn.Linear(features, rank, bias=False)
        self.up = torch.nn.Linear(rank, outputs, bias=False)
        self.up.weight.data.zero_()

    def forward(self, x):
        BODY

def lora(layer, rank, alpha):
    for p in layer.parameters():
        p.requires_grad = False
    return [Addition(layer.in_features, layer.out_features, rank), SCALE]
"""
_KERAS_LORA = """
import keras

class Addition(keras.layers.Layer):
    def __init__(self, outputs, rank):
        super().__init__()
        self.down = keras.layers.Dense(rank, use_bias=False)
        self.up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")

    def call(self, x):
        BODY

def lora(layer, rank, alpha):
    layer.trainable = False
    return [Addition(layer.units, rank), SCALE]
"""


def _lora(body: str, scale: str = "alpha / rank") -> dict[str, str]:
    return {
        "torch": _TORCH_LORA.replace("BODY", body).replace("SCALE", scale),
        "keras": _KERAS_LORA.replace("BODY", body).replace("SCALE", scale),
    }


_TORCH_MATRICES = """
import torch

class Two(torch.nn.Module):
    def __init__(self, features, rank, outputs):
        super().__init__()
        self.a = torch.nn.Parameter(0.02 * torch.randn(features, rank))
        self.b = torch.nn.Parameter(torch.zeros(rank, outputs))

    def forward(self, x):
        return x @ self.a @ self.b

def lora(layer, rank, alpha):
    for p in layer.parameters():
        p.requires_grad_(False)
    return Two(layer.weight.shape[1], rank, layer.weight.shape[0]), alpha * (1 / rank)
"""
_KERAS_MATRICES = """
import keras
from keras import ops

class Two(keras.layers.Layer):
    def __init__(self, features, rank, outputs):
        super().__init__()
        self.a = self.add_weight(shape=(features, rank), initializer="random_normal")
        self.b = self.add_weight(shape=(rank, outputs), initializer="zeros")

    def call(self, x):
        return ops.matmul(ops.matmul(x, self.a), self.b)

def lora(layer, rank, alpha):
    layer.trainable = False
    return Two(layer.kernel.shape[0], rank, layer.kernel.shape[1]), alpha * (1 / rank)
"""

_ATTENTION = {
    "torch": """
import torch

def attention(query, key, value, tokens):
    q, k, v = (torch.tensor(a)[:, None] for a in (query, key, value))
    mask = torch.tensor(tokens != 0)[:, None, None, :]
    return torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)[:, 0]
""",
    "keras": """
from keras import ops

def attention(query, key, value, tokens):
    scores = ops.einsum("nqd,nkd->nqk", query, key) / float(query.shape[-1]) ** 0.5
    scores = scores + (1 - ops.cast(tokens != 0, "float32"))[:, None, :] * -1e9
    return ops.softmax(scores) @ value
""",
}

RIGHT = {
    "ch09-attention": [
        ("the framework's", _ATTENTION),
        (
            "text by text",
            """
import numpy as np

def attention(query, key, value, tokens):
    out = np.zeros_like(value)
    for i, n in enumerate((tokens != 0).sum(axis=1)):
        s = query[i] @ key[i, :n].T / query.shape[2] ** 0.5
        w = np.exp(s)
        out[i] = (w / w.sum(1, keepdims=True)) @ value[i, :n]
    return out
""",
        ),
    ],
    "ch09-search": [
        (
            "sorted",
            """
def search(query, texts, k):
    def cosine(i):
        return float(texts[i] @ query) / float((texts[i] ** 2).sum()) ** 0.5
    return sorted(range(len(texts)), key=cosine, reverse=True)[:k]
""",
        ),
        (
            "scikit-learn",
            """
import numpy as np
from sklearn.metrics.pairwise import cosine_similarity

def search(query, texts, k):
    return np.argsort(cosine_similarity(query[None], texts)[0])[::-1][:k].tolist()
""",
        ),
    ],
    "ch09-lora": [
        (
            "B is made before A, and is turned",
            {
                "torch": """
import torch

class LoRA(torch.nn.Module):
    def __init__(self, d_in, d_out, r):
        super().__init__()
        self.B = torch.nn.Parameter(torch.zeros(d_out, r))
        self.A = torch.nn.Parameter(torch.empty(r, d_in))
        torch.nn.init.kaiming_uniform_(self.A, a=5**0.5)

    def forward(self, x):
        return torch.nn.functional.linear(x, self.B @ self.A)

def lora(layer, rank, alpha):
    layer.weight.requires_grad = False
    layer.bias.requires_grad = False
    return LoRA(layer.in_features, layer.out_features, rank), torch.tensor(alpha / rank)
""",
                "keras": """
import keras

class LoRA(keras.layers.Layer):
    def __init__(self, d_in, d_out, r):
        super().__init__()
        self.B = self.add_weight(shape=(d_out, r), initializer="zeros", name="B")
        self.A = self.add_weight(shape=(r, d_in), initializer="he_uniform", name="A")

    def call(self, x):
        return keras.ops.matmul(x, keras.ops.transpose(keras.ops.matmul(self.B, self.A)))

def lora(layer, rank, alpha):
    layer.trainable = False
    d_in, d_out = layer.kernel.shape
    return LoRA(d_in, d_out, rank), float(alpha) / rank
""",
            },
        ),
        ("a class", _lora("return self.up(self.down(x))")),
        ("matrices", {"torch": _TORCH_MATRICES, "keras": _KERAS_MATRICES}),
    ],
    "ch09-next": [
        (
            "a loop",
            """
import numpy as np

def next_probabilities(logits, temperature, top_p):
    p = np.exp(logits / temperature)
    p /= p.sum()
    kept, total = np.zeros(len(p)), 0.0
    for i in sorted(range(len(p)), key=lambda i: -p[i]):
        kept[i] = p[i]
        total += p[i]
        if total >= top_p:
            break
    return list(kept / total)
""",
        ),
        (
            "ranks",
            """
import numpy as np

def next_probabilities(logits, temperature, top_p):
    z = np.asarray(logits, float) / temperature
    p = np.exp(z - z.max())
    p = p / p.sum()
    ranks = (-p).argsort(kind="stable").argsort(kind="stable")
    ordered = np.sort(p)[::-1]
    before = np.concatenate([[0.0], ordered.cumsum()[:-1]])  # what the likelier ones have together
    p = np.where(before[ranks] < top_p, p, 0.0)
    return p / p.sum()
""",
        ),
    ],
    "ch09-perplexity": [
        (
            "a loop",
            """
import math

def perplexity_of(logits, tokens):
    total = 0.0
    for row, token in zip(logits[:-1].tolist(), tokens[1:].tolist()):
        total += math.log(sum(math.exp(v) for v in row)) - row[token]
    return math.exp(total / (len(tokens) - 1))
""",
        ),
        (
            "a geometric mean",
            """
import numpy as np

def perplexity_of(logits, tokens):
    e = np.exp(logits.astype("float64"))
    p = [e[i, t] / e[i].sum() for i, t in enumerate(tokens[1:])]
    return np.prod(p) ** (-1 / len(p))
""",
        ),
    ],
    "ch09-summary": [
        (
            "sorted",
            """
import numpy as np

def summary(vectors, k):
    units = [v / np.linalg.norm(v) for v in vectors]
    whole = sum(units)
    best = sorted(range(len(units)), key=lambda i: -(units[i] @ whole))
    return sorted(best[:k])
""",
        ),
        (
            "ranks",
            """
import numpy as np

def summary(vectors, k):
    units = vectors / np.sqrt((vectors ** 2).sum(1))[:, None]
    near = (units @ units.T).mean(axis=1)
    return np.flatnonzero(near >= np.sort(near)[-k])
""",
        ),
    ],
}

_WRONG_LORA = [
    ("tanh inside", "return self.up(FW.tanh(self.down(x)))", "alpha / rank"),
    ("scaled by a number of its own", "return 2.5 * self.up(self.down(x))", "alpha / rank"),
    ("by the root of the rank", "return self.up(self.down(x))", "alpha / rank**0.5"),
]

WRONG = {
    "ch09-attention": [
        (
            "no return",
            "def attention(query, key, value, tokens):\n    scores = query @ key.transpose(0, 2, 1)\n",
        ),
        ("the values", "def attention(query, key, value, tokens):\n    return value\n"),
        (
            "a plain mean",
            "def attention(query, key, value, tokens):\n    return value * 0 + value.mean(axis=1, keepdims=True)\n",
        ),
        (
            "the scores",
            "def attention(query, key, value, tokens):\n    return query @ key.transpose(0, 2, 1)\n",
        ),
        ("not a number", "def attention(query, key, value, tokens):\n    return value * float('nan')\n"),
    ],
    "ch09-search": [
        ("no return", "def search(query, texts, k):\n    cosines = texts @ query\n"),
        ("one row", "def search(query, texts, k):\n    return int((texts @ query).argmax())\n"),
        ("no such row", "def search(query, texts, k):\n    return [len(texts) + i for i in range(k)]\n"),
        ("the first", "def search(query, texts, k):\n    return list(range(k))\n"),
        ("vectors", "def search(query, texts, k):\n    return texts[:k]\n"),
    ],
    "ch09-lora": [
        ("no return", _lora("return self.up(self.down(x))").copy()),
        ("an activation", _lora("return self.up(abs(self.down(x)))")),
        ("the scale is a word", _lora("return self.up(self.down(x))", "'alpha'")),
        ("the rank is the scale", _lora("return self.up(self.down(x))", "rank")),
        *[
            (
                title,
                {
                    "torch": _lora(body.replace("FW", "torch"), scale)["torch"],
                    "keras": _lora(body.replace("FW", "keras.ops"), scale)["keras"],
                },
            )
            for title, body, scale in _WRONG_LORA
        ],
        (
            "an addition that is frozen as well",
            {
                "torch": _lora("return self.up(self.down(x))")["torch"].replace(
                    "        self.up.weight.data.zero_()\n",
                    "        self.up.weight.data.zero_()\n        self.requires_grad_(False)\n",
                ),
                "keras": _lora("return self.up(self.down(x))")["keras"].replace(
                    "        super().__init__()\n", "        super().__init__(trainable=False)\n"
                ),
            },
        ),
    ],
    "ch09-next": [
        ("no return", "def next_probabilities(logits, temperature, top_p):\n    p = logits / temperature\n"),
        (
            "the most probable only",
            "def next_probabilities(logits, temperature, top_p):\n    return (logits == logits.max()) * 1.0\n",
        ),
        (
            "a token",
            "def next_probabilities(logits, temperature, top_p):\n    return int(logits.argmax())\n",
        ),
        (
            "the logits",
            "def next_probabilities(logits, temperature, top_p):\n    return logits / temperature\n",
        ),
        (
            "uniform",
            "def next_probabilities(logits, temperature, top_p):\n    return [1 / len(logits)] * len(logits)\n",
        ),
    ],
    "ch09-perplexity": [
        ("no return", "def perplexity_of(logits, tokens):\n    p = logits\n"),
        ("one", "def perplexity_of(logits, tokens):\n    return 1.0\n"),
        ("the vocabulary", "def perplexity_of(logits, tokens):\n    return logits.shape[1]\n"),
        (
            "for each token",
            "import numpy as np\n\ndef perplexity_of(logits, tokens):\n    return np.exp(-logits.max(axis=1))\n",
        ),
        ("words", "def perplexity_of(logits, tokens):\n    return 'high'\n"),
    ],
    "ch09-summary": [
        ("no return", "def summary(vectors, k):\n    scores = vectors.mean(axis=1)\n"),
        (
            "the last ones",
            "def summary(vectors, k):\n    return list(range(len(vectors) - k, len(vectors)))\n",
        ),
        ("too many", "def summary(vectors, k):\n    return list(range(len(vectors)))\n"),
        ("no such row", "def summary(vectors, k):\n    return [99] * k\n"),
        ("a mean", "def summary(vectors, k):\n    return vectors.mean(axis=0)[:k]\n"),
    ],
}
for _framework, _source in WRONG["ch09-lora"][0][1].items():
    WRONG["ch09-lora"][0][1][_framework] = _source.replace("    return [Addition", "    [Addition")
