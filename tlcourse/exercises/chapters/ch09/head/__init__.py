"""A frozen encoder, the masked mean of its vectors, dropout, and a linear layer that learns."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="A new head on a frozen encoder",
    points=4,
    answer="add_head",
    solved_by=(
        "tlcourse.embeddings.layers.masked_mean",
        "tlcourse.embeddings.layers._torch.MeanReader.forward",
        "tlcourse.embeddings.layers._keras.MeanReader.call",
    ),
)
