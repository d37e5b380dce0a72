"""Cells as learners leave them, to be checked in a real kernel and graded: the two have to agree.

Each case is what stands in a notebook of chapter 0 between its set-up and its end: code cells in order, CHECK
where the check cell of ``ch00-pick-class`` is. ``due`` is the outcome in both.
"""

from __future__ import annotations

from dataclasses import dataclass

CHECK = "<check>"
RIGHT = '''import numpy as np

def pick_class(logits, names):
    """The likeliest class and its probability."""
    e = np.exp(logits - logits.max())
    p = e / e.sum()
    i = int(p.argmax())
    return names[i], float(p[i])  # right?
'''
WRONG = "def pick_class(logits, names):\n    return names[0], 1.0\n"
LEANING = """def pick_class(logits, names):
    p = soft(logits)
    return names[int(p.argmax())], float(p.max())
"""
SOFT = "def soft(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()\n"
STUB = '''def pick_class(logits, names):
    """The name of the likeliest class and its probability, a number from 0 to 1."""
    ...  # your code here
'''
PASS, NOT_YET, ERROR, BLANK = "PASS", "NOT YET", "ERROR", "NOT ATTEMPTED"


@dataclass(frozen=True)
class Case:
    """``answer`` says which of the cells carries the exercise's mark."""

    cells: tuple[str, ...]
    due: str = PASS
    answer: int = 0
    words: str = ""


def _one(cell: str, due: str = PASS, words: str = "") -> Case:
    return Case((cell, CHECK), due, words=words)


def _above(cell: str, answer: str, due: str = PASS) -> Case:
    return Case((cell, answer, CHECK), due, answer=1)


CASES = {
    "right": _one(RIGHT),
    "wrong": _one(WRONG, NOT_YET),
    "blank": _one(STUB, BLANK),
    "nothing at all": _one("", BLANK),
    # --- what stops below an answer
    "input below": _one(RIGHT + "\nname = input('x')\n"),
    "a missing file below": _one(RIGHT + "\nimport numpy as np\nmine = np.load('mine.npy')\n"),
    "a failing assert below": _one(RIGHT + "\nassert pick_class(np.zeros(2), ['a', 'b']) == 3\n"),
    "a name of the chapter below": _one(RIGHT + "\nprint(pick_class(scores_of_the_chapter, names))\n"),
    "an exit below": _one(RIGHT + "\nraise SystemExit(1)\n"),
    "a division below, then a helper": _one(
        "def pick_class(logits, names):\n    return helper(logits, names)\n1 / 0\n"
        + RIGHT.replace("pick_class", "helper"),
        ERROR,
    ),
    "an error above": _one("1 / 0\n" + RIGHT, ERROR, "before `pick_class` was defined"),
    # --- what only a notebook has
    "display": _one("display('begin')\n" + RIGHT + "\ndisplay(pick_class)\n"),
    "display inside": _one(RIGHT.replace("    i = int", "    display(p)\n    i = int")),
    "get_ipython": _one("get_ipython().run_line_magic('time', '1 + 1')\n" + RIGHT),
    "the last value": _above("40 + 2", "size = _\n" + RIGHT + "assert size == 42\n"),
    "the last value, in the answer": _above(
        "import numpy as np\nnp.float64(1.0)",
        "one = _\n" + RIGHT.replace("float(p[i])", "float(p[i] * one)"),
    ),
    "await": _one("import asyncio\nawait asyncio.sleep(0)\n" + RIGHT),
    "a value awaited": _one(
        "import asyncio\none = await asyncio.sleep(0, result=1.0)\n"
        + RIGHT.replace("float(p[i])", "float(p[i] * one)")
    ),
    "check inside the answer's cell": _one(RIGHT + "\ncheck('ch00-pick-class')\n"),
    "check above the answer": _one("r = check('ch00-pick-class')\nr.state\n" + RIGHT),
    # --- magics
    "time": _one("%%time\n" + RIGHT),
    "capture": _one("%%capture out\n" + RIGHT),
    "timeit keeps nothing": _one("%%timeit -n 1 -r 1\n" + RIGHT, BLANK),
    "a magic beside code with % and ?": _one(
        "%matplotlib inline\n"
        + RIGHT
        + "left = 7 % 4\nprint('%d rows' % left)\n!true\nnames_of = !echo a\n"
        + "%time x = pick_class(np.ones(2), 'ab')\n"
    ),
    "a magic line inside": _one(RIGHT.replace("    i = int", "    %time j = p.argmax()\n    i = int")),
    "help": _one(RIGHT + "\npick_class?\n"),
    "another language": _one("%%html\n<b>def pick_class</b>", BLANK),
    # --- several attempts
    "copied, the first broken": Case(("def pick_class(logits, names)\n    return\n", RIGHT, CHECK)),
    "copied, the second broken": Case((RIGHT, "def pick_class(logits, names)\n    return\n", CHECK)),
    "the second from the future": Case((WRONG, "from __future__ import annotations\n" + RIGHT, CHECK)),
    "right in a new cell below": Case((WRONG, RIGHT, CHECK)),
    "wrong in a new cell below": Case((RIGHT, WRONG, CHECK), NOT_YET),
    "in a cell above": Case((RIGHT, STUB.replace("def", "# def").split("\n")[0], CHECK), answer=1),
    "defined twice in a cell": _one(WRONG + RIGHT),
    "another name": _one(RIGHT.replace("pick_class", "mine") + "\npick_class = mine\n"),
    "a lambda": _one(
        "import numpy as np\n"
        "soft = lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum()\n"
        "pick_class = lambda z, names: (names[int(np.argmax(z))], float(soft(z).max()))\n"
    ),
    "in a condition": _one("if True:\n" + "".join(f"    {line}\n" for line in RIGHT.splitlines())),
    # --- what is no attempt, and what is one
    "dots above real code": _one(
        "def pick_class(logits, names):\n    ...  # your code here\n    return names[best], 1.0\n",
        ERROR,
        "best",
    ),
    "a missing bracket": _one(
        "def pick_class(logits, names):\n    return names[0, 1.0\n", ERROR, "SyntaxError"
    ),
    "blank after a try": Case((WRONG, "pass", CHECK), NOT_YET),
    "pass": _one("def pick_class(logits, names):\n    pass\n", BLANK),
    # --- what an answer leans on
    "the framework that `start` chose": _one(
        RIGHT.replace(
            "    e = ",
            "    from tlcourse import models\n"
            "    models.load('small_cnn', num_classes=2, weights=None)\n"
            "    e = ",
        )
    ),
    "the chapter that `start` was given": _one(
        "from tlcourse.frameworks.session import current_chapter\n"
        + RIGHT.replace("    e = ", "    assert current_chapter()[:2] in ('00', 'ch')\n    e = ")
    ),
    "a helper above": _above(
        "import numpy as np\ndef soft(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()\n",
        LEANING,
    ),
    "a table that a loop fills": _above(
        "import numpy as np\ntools = {}\nfor name in ('exp', 'sum'):\n    tools[name] = getattr(np, name)\n",
        "def pick_class(z, names):\n    p = tools['exp'](z - z.max())\n    p = p / tools['sum'](p)\n"
        "    return names[int(p.argmax())], float(p.max())\n",
    ),
    "a list that a call fills": _above(
        "steps = []\ndef put(where, what):\n    where.append(what)\nfor k in range(2):\n    put(steps, k)\n",
        RIGHT.replace("    i = int", "    assert steps == [0, 1]\n    i = int"),
    ),
    "a global that a function sets": _above(
        "def prepare():\n    global one\n    one = 1.0\nprepare()\n",
        RIGHT.replace("float(p[i])", "float(p[i] * one)"),
    ),
    "a class above, changed in a with": _above(
        "import contextlib\nclass Box:\n    pass\nbox = Box()\n"
        "with contextlib.nullcontext():\n    box.one = 1.0\n",
        RIGHT.replace("float(p[i])", "float(p[i] * box.one)"),
    ),
    "a helper under a magic": _above(
        "%%time\nimport numpy as np\ndef soft(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()\n",
        LEANING,
    ),
    # --- type hints, and what a cell says of all that come after it
    "hints from another cell": _above(
        "from typing import List, Tuple",
        RIGHT.replace("(logits, names):", "(logits, names: List[str]) -> Tuple[str, float]:"),
    ),
    "a helper with hints from another cell": Case(
        (
            "from typing import Sequence\nimport numpy as np",
            "def soft(z: Sequence[float]):\n    e = np.exp(z - np.max(z))\n    return e / e.sum()\n",
            LEANING,
            CHECK,
        ),
        answer=2,
    ),
    "a future for all": _above(
        "from __future__ import annotations", RIGHT.replace("(logits, names)", "(logits: Array, names)")
    ),
    # --- objects that are filled in other ways
    "a register of functions": Case(
        (
            "REG = {}\ndef register(f):\n    REG[f.__name__] = f\n    return f\n",
            "import numpy as np\n@register\n" + SOFT,
            LEANING.replace("soft(logits)", "REG['soft'](logits)"),
            CHECK,
        ),
        answer=2,
    ),
    "an overloaded answer": _one(
        "import functools, numpy as np\n@functools.singledispatch\ndef pick_class(logits, names):\n"
        "    raise NotImplementedError\n@pick_class.register\ndef _(logits: np.ndarray, names):\n"
        + "".join(f"{line}\n" for line in RIGHT.splitlines()[4:])
    ),
    "filled by a call whose result is kept": _above(
        "def fill(t):\n    t['one'] = 1.0\n    return 1\ntable = {}\nn = fill(table)\n",
        RIGHT.replace("float(p[i])", "float(p[i] * table['one'])"),
    ),
    "fitted": _one(
        "class Model:\n    def fit(self, one):\n        self.one = one\n        return self\nm = Model()\n"
        + RIGHT.replace("float(p[i])", "float(p[i] * m.one)")
        + "\nfitted = m.fit(1.0)\n"
    ),
    "put in by a helper": _above(
        "table = {}\ndef put(k, v):\n    table[k] = v\n[put(k, 1.0) for k in ('one', 'two')]\n",
        RIGHT.replace("float(p[i])", "float(p[i] * table['one'])"),
    ),
    "setattr": _above(
        "class Box: pass\nsetattr(Box, 'one', 1.0)\n", RIGHT.replace("float(p[i])", "float(p[i] * Box.one)")
    ),
    "a builtin's name, rebound": _above(
        "vars = {'one': 1.0}\ndef one():\n    return vars['one']\n",
        RIGHT.replace("float(p[i])", "float(p[i] * one())"),
    ),
    "looked up by text": _above(
        "one = 1.0", RIGHT.replace("float(p[i])", "float(p[i] * globals()['one'] * eval('one'))")
    ),
    # --- in which order
    "a helper mended between answer and check": Case(
        (
            "def soft(z):\n    return z\n",
            LEANING,
            "import numpy as np\ndef soft(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()\n",
            CHECK,
        ),
        answer=1,
    ),
    "an experiment below a passed check": Case((RIGHT, CHECK, WRONG)),
    "a second try below the check": Case((WRONG, CHECK, RIGHT, CHECK)),
    # --- above the answer, what only the learner's machine has
    "the course's own function, looked at": _one(
        "import numpy as np\nfrom tlcourse.probabilities import softmax as theirs\n"
        "print(theirs(np.ones(2)))\n" + RIGHT
    ),
    "a check's points": _one(
        "r = check('ch00-draw-per-class')\nprint(f'{r.points:.1f}', get_ipython().execution_count + 1)\n"
        + RIGHT
    ),
    # --- where the names live
    "pickled": _one(
        "import pickle\nclass Pair:\n    pass\n"
        + RIGHT.replace("    i = int", "    pickle.loads(pickle.dumps(Pair()))\n    i = int")
    ),
    "its own module": _one(
        "import sys\none = 1.0\n"
        + RIGHT.replace("float(p[i])", "float(p[i] * getattr(sys.modules[__name__], 'one'))")
    ),
    "a plot": _one("import matplotlib.pyplot as plt\n" + RIGHT + "\nplt.plot([1, 2])\n"),
    # --- honest code that looks like tampering
    "a printed traceback": _one(
        RIGHT.replace(
            "    i = int",
            "    import traceback\n    try:\n        1 / 0\n    except ZeroDivisionError:\n"
            "        traceback.print_exc()\n        text = traceback.format_exc()\n    i = int",
        )
    ),
    "a logged exception": _one(
        RIGHT.replace(
            "    i = int",
            "    import logging\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n"
            "        logging.exception('no')\n        logging.getLogger('x').error('no', exc_info=e)\n"
            "    i = int",
        )
    ),
    "warnings, named tuples, data classes": _one(
        "import collections, dataclasses, enum, typing, warnings\nP = collections.namedtuple('P', 'name p')\n"
        "class Q(typing.NamedTuple):\n    a: int = 1\n@dataclasses.dataclass\nclass R:\n    a: int = 1\n"
        "class S(enum.Enum):\n    A = 1\nwarnings.warn('careful')\n"
        + RIGHT.replace("return names[i], float(p[i])  # right?", "return tuple(P(names[i], float(p[i])))")
    ),
}
