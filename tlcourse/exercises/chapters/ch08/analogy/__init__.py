"""An analogy, asked of gensim's vectors."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="An analogy",
    points=3,
    answer="analogy",
    solved_by=("tlcourse.embeddings.vectors.WordVectors.analogy",),
)
