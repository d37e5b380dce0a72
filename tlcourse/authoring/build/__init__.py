"""``tlcourse build``: every chapter to notebooks/ and solutions/, executing what changed and losing nothing.

=============  ====================================================================================
``course``     all chapters in both frameworks
``solutions``  whether a solution has to be executed, its execution, what it takes over from the last one
``times``      how long a chapter takes, for its opening box
``learners``   a learner's notebook, and the work that somebody did in it
``gone``       notebooks and claims of chapters that are gone
``files``      writing a file, or comparing it in a check
``report``     what was done
=============  ====================================================================================

``python -m tlcourse.authoring.build`` does the same without the command line's niceties.
"""

from tlcourse.authoring.build.course import build
from tlcourse.authoring.build.report import BuildReport

__all__ = ["BuildReport", "build"]
