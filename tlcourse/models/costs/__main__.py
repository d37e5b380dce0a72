"""``python -m tlcourse.models.costs NAME FRAMEWORK``: what a network costs, measured in this process."""

from __future__ import annotations

import os
import sys

from tlcourse.models.costs import main

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
main(sys.argv[1:])
