"""Answers to "A table becomes a layer", in any framework: wrong ones."""


# %% [wrong] not a layer: "A layer was asked for"
def embedding_layer(table, trainable):
    return table
