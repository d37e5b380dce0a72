"""Answers to "From reviews to tweets", in any framework: right ones and wrong ones."""

# %% [right] a logistic regression
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def classify(texts, labels, vectors, new_texts):
    def means(texts):
        return np.array(
            [np.mean([vectors[w] for w in t.split() if w in vectors] or [np.zeros(50)], 0) for t in texts]
        )

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    return model.fit(means(texts), labels).predict(means(new_texts)).tolist()


# %% [wrong] numbers mixed up: "under numbers that are not the labels'"
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def classify(texts, labels, vectors, new_texts):
    def means(texts):
        return np.array(
            [np.mean([vectors[w] for w in t.split() if w in vectors] or [np.zeros(50)], 0) for t in texts]
        )

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000)).fit(
        means(texts), labels
    )
    return model.predict_proba(means(new_texts)).argsort(1)[:, 0]


# %% [wrong] one class for all: "Every tweet gets class"
import numpy as np


def classify(texts, labels, vectors, new_texts):
    return np.full(len(new_texts), np.bincount(labels).argmax())


# %% [wrong] counts of words
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def classify(texts, labels, vectors, new_texts):
    model = make_pipeline(
        TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2)), LogisticRegression(C=100, max_iter=1000)
    )
    return model.fit(texts, labels).predict(new_texts)


# %% [wrong] words that get other words' vectors
import numpy as np
from sklearn.linear_model import LogisticRegression


def classify(texts, labels, vectors, new_texts):
    def means(texts, shift):
        rows = [
            [(vectors.key_to_index[w] + shift) % len(vectors) for w in t.split() if w in vectors]
            for t in texts
        ]
        return np.array([vectors.vectors[row].mean(0) if row else np.zeros(50) for row in rows])

    return LogisticRegression(max_iter=1000).fit(means(texts, 0), labels).predict(means(new_texts, 1))


# %% [wrong] labels in another order
import numpy as np
from sklearn.linear_model import LogisticRegression


def classify(texts, labels, vectors, new_texts):
    def means(texts):
        return np.array(
            [np.mean([vectors[w] for w in t.split() if w in vectors] or [np.zeros(50)], 0) for t in texts]
        )

    return LogisticRegression(max_iter=1000).fit(means(texts), np.sort(labels)).predict(means(new_texts))
