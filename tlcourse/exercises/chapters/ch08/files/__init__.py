"""Files of vectors that others wrote, in the four formats that one meets, read by gensim."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Vectors from somebody else",
    points=4,
    answer="load",
    solved_by=("tlcourse.embeddings.files.read_vectors",),
)
