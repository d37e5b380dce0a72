"""What do the bare words tell? TF-IDF and a logistic regression, without any network.

If a trained network is not clearly better than this, it is broken or not needed.
"""

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

import measures
import split
import task
from settings import Progress

NAME = "logistic regression on words (TF-IDF)"
SHORT, ENOUGH = "words only", "words are enough"
PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0)


def predictions(rows, about, config):
    """Probabilities and class numbers that the words give for the test texts.

    It gets what the network gets: the training texts and their class weights, and the
    validation texts to choose the penalty and the threshold.
    """
    classes = about["classes"]
    parts = [split.of(rows, name) for name in split.SPLITS]
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=1)
    texts = [task.of_rows(part, config) for part in parts]
    try:
        train = words.fit_transform(texts[0])
    except ValueError:  # no words: Chinese in one piece, or signs alone
        words = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        train = words.fit_transform(texts[0])
    held, test = words.transform(texts[1]), words.transform(texts[2])
    labels, held_labels = (measures.numbers(part, classes) for part in parts[:2])
    weights = measures.class_weights(labels, len(classes), config["training"]["class_weights"])
    best, least = None, np.inf
    progress = Progress("Comparing with the bare words", len(PENALTIES))
    for penalty in PENALTIES:
        found = LogisticRegression(C=penalty, max_iter=2000)
        found.fit(train, labels, sample_weight=weights[labels])
        truth = found.predict_proba(held)[np.arange(len(held_labels)), held_labels]
        loss = np.average(-np.log(truth + 1e-12), weights=weights[held_labels])
        if loss < least:
            best, least = found, loss
        progress.step()
    own = {"classes": classes, "positive": about.get("positive")}
    if len(classes) == 2:
        chances, rule = best.predict_proba(held), config["decision"]
        own["threshold"] = measures.chosen_threshold(held_labels, chances, own, rule)
    chances = best.predict_proba(test)
    return chances, measures.decide(chances, own)
