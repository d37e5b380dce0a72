"""Networks of several markets, averaged into one: weights and statistics, by the number of payments."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Average what the markets send", points=3, answer="average", returns=False)
