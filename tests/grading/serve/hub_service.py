"""`tlcourse serve ... --hub`, started by a real JupyterHub, with the quick judge in place of the jail's."""

from __future__ import annotations

import small_class

import tlcourse.grading.service.app as app
import tlcourse.grading.service.hub as hub
from tlcourse.commands.cli import app as command
from tlcourse.grading.service.worker import Judges

if __name__ == "__main__":
    app.Judges = lambda served, jobs=None: Judges(served, small_class.quick, jobs)
    hub.SECONDS = 1  # how long an answer of the Hub counts
    command()
