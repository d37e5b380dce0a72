"""A table of vectors becomes the first layer of a network."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="A table becomes a layer",
    points=4,
    answer="embedding_layer",
    solved_by=(
        "tlcourse.embeddings.layers.embedding",
        "tlcourse.embeddings.layers._torch.embedding",
        "tlcourse.embeddings.layers._keras.embedding",
    ),
)
