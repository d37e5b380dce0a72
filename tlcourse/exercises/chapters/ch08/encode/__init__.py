"""Texts as rows of numbers: a collate function in PyTorch, a TextVectorization in Keras."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Texts as rows of numbers",
    points=3,
    answer="encoder",
    solved_by=("tlcourse.embeddings.tokens.Vocabulary.encode",),
)
