"""Reads a chapter's source and refuses what is wrong with it: every mistake with its line and what to do.

The format is jupytext's MyST Markdown, described in CONTRIBUTING.md. Nothing is executed here; what a cell
records is read off its code. One module for each question:

========================  ==========================================================================
``chapter``               the whole of a chapter, and the order in which it is checked
``front_matter``          title, question, what the reader will be able to do
``cells``, ``tags``       the cells, their options, and whose they are
``ids``                   the names of cells, which stay when the text around them changes
``exercise_cells``        solution and stub of an exercise
``code``                  what of a cell is Python
``recorded``, ``clocks``  the claims that code records, and what they may not come from
``prose``                 headings, markers, and prose that belongs to one framework
``surroundings``          what the converter needs to know of the other chapters
========================  ==========================================================================
"""

from tlcourse.authoring.source.cells import Cell
from tlcourse.authoring.source.chapter import (
    Chapter,
    chapter_paths,
    committed_claims,
    read_chapter,
    read_chapters,
    solutions,
)
from tlcourse.authoring.source.code import python_of
from tlcourse.authoring.source.exercise_cells import STUB, blank, solved
from tlcourse.authoring.source.mistakes import SourceMistakes
from tlcourse.authoring.source.surroundings import context_for

__all__ = [
    "STUB",
    "Cell",
    "Chapter",
    "SourceMistakes",
    "blank",
    "chapter_paths",
    "committed_claims",
    "context_for",
    "python_of",
    "read_chapter",
    "read_chapters",
    "solutions",
    "solved",
]
