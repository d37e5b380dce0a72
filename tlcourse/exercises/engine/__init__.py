"""The engine of the exercises: what an author of an exercise imports, all of it from here.

>>> from tlcourse.exercises.engine import About, always, plain, read, right, show, total, wrong

=====================  ===================================================================================
what an exercise is    `About` in a folder's ``__init__.py``; `Exercise`, `Misconception` without a folder
inputs                 `mixed`, `shuffled`, `turned`, `words`; `photographs`, `coloured`; `tiny`, a network
a network handed over  `gauge`: what it was fed with, in which mode, and whether it stayed as it was;
                       `late`: its late part and a new head, which an answer trains, for one task or two;
                       `frozen`: what it makes of images, made once
a probe                `plain`, `plain_array`, `plain_items`, `plain_number`; `describe`, `one_line`
what a probe may raise `NotPlainError`
what it may keep       `random_state_kept` around what it makes once: the random numbers stay the same
a judge reads          `array`, `number`, `read_array`, `Predicted`, `WrongAnswerError`; `tiny`
a judge compares       `close`, `told_apart`
a judge's table        `right`, `wrong`, `always`, `read`, `stopped`, `total`
what a judge says      `show`, `show_number`, `listed`; `Finding`, `Verdict`
without a table        `earned`, `missed`, `finding`, `score`
=====================  ===================================================================================

The other modules run an answer (`cells`, `observe`, `jobs`, `runner`), judge what came of it (`report`) and
are what a notebook calls (`notebook`).
"""

from tlcourse.exercises.engine import frozen, gauge, late, photographs, tiny
from tlcourse.exercises.engine.cases import mixed, shuffled, turned, words
from tlcourse.exercises.engine.colours import coloured
from tlcourse.exercises.engine.folder import About
from tlcourse.exercises.engine.judging import (
    array,
    close,
    describe,
    finding,
    listed,
    number,
    one_line,
    plain_array,
    plain_items,
    plain_number,
    read_array,
    score,
    show,
    show_number,
    told_apart,
)
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict, WrongAnswerError
from tlcourse.exercises.engine.plain import NotPlainError, plain
from tlcourse.exercises.engine.predictions import Predicted
from tlcourse.exercises.engine.random_state import random_state_kept
from tlcourse.exercises.engine.table import always, earned, missed, read, right, stopped, total, wrong

__all__ = [
    "About",
    "Exercise",
    "Finding",
    "Misconception",
    "NotPlainError",
    "Predicted",
    "Verdict",
    "WrongAnswerError",
    "always",
    "array",
    "close",
    "coloured",
    "describe",
    "earned",
    "finding",
    "frozen",
    "gauge",
    "late",
    "listed",
    "missed",
    "mixed",
    "number",
    "one_line",
    "photographs",
    "plain",
    "plain_array",
    "plain_items",
    "plain_number",
    "random_state_kept",
    "read",
    "read_array",
    "right",
    "score",
    "show",
    "show_number",
    "shuffled",
    "stopped",
    "tiny",
    "told_apart",
    "total",
    "turned",
    "words",
    "wrong",
]
