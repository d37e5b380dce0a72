"""A classifier on word vectors, trained on reviews and asked about tweets, whose labels the judge keeps."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="From reviews to tweets",
    points=3,
    answer="classify",
    solved_by=(
        "tlcourse.embeddings.classifier.text_classifier",
        "tlcourse.training.fit",
        "tlcourse.training.fit_head",
        "tlcourse.heads.fit",
    ),
    trains=6,
)
