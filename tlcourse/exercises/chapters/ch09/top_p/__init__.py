"""How probable each token is to come next, by temperature and top-p."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="The next token",
    points=3,
    answer="next_probabilities",
    solved_by=("tlcourse.language.sampling.next_probabilities",),
)
