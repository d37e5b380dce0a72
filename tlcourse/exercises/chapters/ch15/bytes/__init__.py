"""A convolution's weights rounded to 8 bits, with a scale for each output channel."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Weights in 8 bits", points=3, answer="in_bytes")
