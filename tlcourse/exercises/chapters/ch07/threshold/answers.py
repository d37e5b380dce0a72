"""Answers to "A threshold for what mistakes cost", in any framework: wrong ones."""


# %% [wrong] one half: "both mistakes cost the same"
def threshold(model, images, labels, missed, needless):
    return 0.5


# %% [wrong] probabilities taken for honest: "These are not: try them"
def threshold(model, images, labels, missed, needless):
    return needless / (needless + missed)


# %% [wrong] yes to all
def threshold(model, images, labels, missed, needless):
    return 0


# %% [wrong] not a number
def threshold(model, images, labels, missed, needless):
    return float("nan")
