"""MyST Markdown into what JupyterLab shows well, or into MyST that the site can build for one framework.

JupyterLab renders CommonMark, tables, math and some HTML, and knows no directives or roles; so for notebooks
all of them are turned into these. The site keeps its MyST, but for what one source with two pages makes
impossible: claims have another value in each framework, and labels would be there twice. What cannot be
converted is a mistake with a line, and never left in.

==============  ====================================================================================
``convert``     walks over a cell: fenced blocks to directives, the rest to text
``blocks``      a fenced block, with its options
``directives``  each directive in a notebook; ``quiz`` reads the questions of one
``text``        running text: labels, comments, footnotes, and what is inside lines
``roles``       each role in a notebook
``links``       links and images
``site``        what is changed for the site
``dollars``     which dollars are formulas, and which are money
``spans``       code spans and roles in a text
``context``     what a conversion needs to know, and what it finds
==============  ====================================================================================
"""

from tlcourse.authoring.myst.context import Context
from tlcourse.authoring.myst.convert import convert
from tlcourse.authoring.myst.directives import DIRECTIVES
from tlcourse.authoring.myst.dollars import money
from tlcourse.authoring.myst.roles import ROLES
from tlcourse.authoring.myst.spans import claim_references, labels_in

__all__ = ["DIRECTIVES", "ROLES", "Context", "claim_references", "convert", "labels_in", "money"]
