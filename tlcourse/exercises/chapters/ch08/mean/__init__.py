"""The mean of a text's vectors as a part of a network, padding left out."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="One vector for a text",
    points=4,
    answer="mean_layer",
    solved_by=(
        "tlcourse.embeddings.layers.masked_mean",
        "tlcourse.embeddings.layers._torch.MeanReader.forward",
        "tlcourse.embeddings.layers._keras.MeanReader.call",
    ),
)
