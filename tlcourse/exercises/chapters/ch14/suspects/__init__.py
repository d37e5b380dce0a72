"""Which labels are wrong? A head that has not learned them says."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Find the wrong labels", points=3, answer="suspects", trains=7)
