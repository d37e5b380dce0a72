"""A network of a large market goes on learning in a new one; hidden payments tell how well."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Move a network to a new market", points=3, answer="move", returns=False, trains=6)
