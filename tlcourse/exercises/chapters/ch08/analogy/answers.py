"""Answers to "An analogy": right ones and wrong ones."""

# %% [right] by hand


def analogy(vectors, a, b, c):
    unit = {word: vectors.get_vector(word, norm=True) for word in vectors.index_to_key}
    target = unit[b] - unit[a] + unit[c]
    return max((w for w in unit if w not in (a, b, c)), key=lambda w: unit[w] @ target)


# %% [right] pairs of vectors and weights
def analogy(vectors, a, b, c):
    target = vectors.get_mean_vector([a, b, c], weights=[-1, 1, 1], pre_normalize=True)
    for word, _ in vectors.similar_by_vector(target, topn=10):
        if word not in {a, b, c}:
            return word


# %% [right] a matrix


def analogy(vectors, a, b, c):
    m = vectors.get_normed_vectors()
    at = [vectors.key_to_index[w] for w in (a, b, c)]
    scores = m @ (m[at[1]] - m[at[0]] + m[at[2]])
    scores[at] = -9
    return vectors.index_to_key[int(scores.argmax())]


# %% [wrong] a word of the question: "leave a, b and c out"
def analogy(vectors, a, b, c):
    target = vectors.get_mean_vector([a, b, c], weights=[-1, 1, 1], pre_normalize=True)
    return vectors.similar_by_vector(target, topn=1)[0][0]


# %% [wrong] the wrong sign: "from a to b"
def analogy(vectors, a, b, c):
    return vectors.most_similar(positive=[a, c], negative=[b], topn=1)[0][0]


# %% [wrong] c taken off: "It looks as if c is taken off"
def analogy(vectors, a, b, c):
    return vectors.most_similar(positive=[b], negative=[a, c], topn=1)[0][0]


# %% [wrong] not of length 1: "bring a, b and c to length 1"
def analogy(vectors, a, b, c):
    near = vectors.similar_by_vector(vectors[b] - vectors[a] + vectors[c], topn=10)
    return [word for word, _ in near if word not in (a, b, c)][0]


# %% [wrong] the farthest: "the smallest cosine"
def analogy(vectors, a, b, c):
    return vectors.most_similar(positive=[b, c], negative=[a], topn=len(vectors))[-1][0]


# %% [wrong] not a word: "A word was asked for"
def analogy(vectors, a, b, c):
    return vectors.most_similar(positive=[b, c], negative=[a], topn=1)[0]


# %% [wrong] nearest to a
def analogy(vectors, a, b, c):
    return vectors.most_similar(a, topn=1)[0][0]


# %% [wrong] always the first word
def analogy(vectors, a, b, c):
    return vectors.index_to_key[0]


# %% [wrong] a made-up word
def analogy(vectors, a, b, c):
    return "queen"
