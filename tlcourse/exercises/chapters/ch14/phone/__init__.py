"""Files as phones and drawing programs write them, read as the network is to see them."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="What a phone saves",
    points=3,
    answer="read_image",
    solved_by=("tlcourse.data.decoding.read_image", "tlcourse.data.decoding.decode"),
)
