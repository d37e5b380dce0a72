"""The texts that are nearest to a question, by the cosine of their vectors."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Search by meaning",
    points=2,
    answer="search",
    solved_by=("tlcourse.language.search.search", "tlcourse.embeddings.vectors.WordVectors.nearest"),
)
