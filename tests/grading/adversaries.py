"""A class of students who tamper, cheat, break things, or do right in an odd way; each with the verdict due.

Chapter 0; one of its exercises is tampered with, the others are answered right.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from tlcourse.exercises import all_exercises
from tlcourse.grading.record import Record, grade_id_of
from tlcourse.grading.sample import fill

ROOT = Path(__file__).parents[2]
DRAW, PICK, LOAD = "ch00-draw-per-class", "ch00-pick-class", "ch00-load-and-predict"
WRONG_PICK = "def pick_class(logits, names):\n    return names[0], 1.0\n"
WRONG_DRAW = "def draw_per_class(labels, n, seed):\n    return list(range(n))\n"
_POINTS = {exercise.id: float(exercise.points) for exercise in all_exercises("00")}
FULL = sum(_POINTS.values())
PUBLIC = FULL - _POINTS[PICK]  # of the other exercises
LEAST = _POINTS[DRAW]  # of one: some hand in two answers, the other one wrong


@dataclass(frozen=True)
class Adversary:
    """``points`` are those due; None: what the wrong answer gets honestly, which is less than full marks. A
    broken file has ``words`` of the reason why it is not graded.
    """

    name: str
    write: Callable[[Path, Record, dict[str, str]], None]
    points: float | None
    words: str = ""
    note: str = ""


def _saved(
    change: Callable[[Any, dict[str, str]], Any], answers: dict[str, str] | None = None
) -> Callable[..., None]:
    """A notebook with the right answers (or these), changed."""

    def write(folder: Path, record: Record, right: dict[str, str]) -> None:
        notebook = fill(record, {**right, **(answers or {})})
        notebook.metadata.stub = record.stub(PICK)
        notebook = change(notebook, right) or notebook
        text = json.dumps(notebook, default=dict)
        (folder / f"{record.name}.ipynb").write_text(text, encoding="utf-8")

    return write


def _same(notebook: Any, right: dict[str, str]) -> None:
    return None


def _answered(**answers: str) -> Callable[..., None]:
    return _saved(_same, {f"ch00-{name.replace('_', '-')}": text for name, text in answers.items()})


def _pick(body: str, above: str = "") -> Callable[..., None]:
    """The right answers, but for one exercise: what does this and then answers wrongly."""
    text = f"{above}\ndef pick_class(logits, names):\n    {body}\n    return names[0], 1.0\n"
    return _answered(pick_class=text)


def _raw(content: bytes) -> Callable[..., None]:
    def write(folder: Path, record: Record, right: dict[str, str]) -> None:
        (folder / f"{record.name}.ipynb").write_bytes(content)

    return write


def _cells(change: Callable[[list[Any]], list[Any]]) -> Callable[..., None]:
    def apply(notebook: Any, right: dict[str, str]) -> Any:
        notebook.cells = change(list(notebook.cells))
        return notebook

    return _saved(apply)


def _code(source: str) -> Any:
    return nbformat.v4.new_code_cell(source)


def _is_check(cell: Any) -> bool:
    return (grade_id_of(cell) or "").endswith("-check")


def _split(cells: list[Any]) -> list[Any]:
    pieces = []
    for cell in cells:
        if grade_id_of(cell) == PICK:
            lines = cell.source.splitlines()
            first, second = copy.deepcopy(cell), copy.deepcopy(cell)
            first.source, second.source = "\n".join(lines[:3]), "\n".join(lines[3:])
            pieces += [first, second]
        else:
            pieces.append(cell)
    return pieces


def _stripped(cells: list[Any]) -> list[Any]:
    for cell in cells:
        cell.metadata, cell.id = {}, f"x{abs(hash(cell.source)) % 10**8}"
    return cells


def _with_marks(**marks: Any) -> Callable[[list[Any]], list[Any]]:
    def change(cells: list[Any]) -> list[Any]:
        for cell in cells:
            if grade_id_of(cell):
                cell.metadata.nbgrader.update(marks)
        return cells

    return change


def _elsewhere(notebook: Any, right: dict[str, str]) -> None:
    """The stub is left alone, and the answer stands at the end."""
    for cell in notebook.cells:
        if grade_id_of(cell) == PICK:
            cell.source = notebook.metadata.pop("stub")
    notebook.cells.append(_code(right[PICK]))


def _links(folder: Path, record: Record, right: dict[str, str]) -> None:
    (folder / f"{record.name}.ipynb").symlink_to("/etc/passwd")


def _folder(folder: Path, record: Record, right: dict[str, str]) -> None:
    (folder / f"{record.name}.ipynb").mkdir()
    (folder / "note.txt").write_text("my notebook is in the folder")


def _pipe(folder: Path, record: Record, right: dict[str, str]) -> None:
    os.mkfifo(folder / f"{record.name}.ipynb")


def _zip_slip(folder: Path, record: Record, right: dict[str, str]) -> None:
    with zipfile.ZipFile(folder / "work.zip", "w") as bundle:
        bundle.writestr(f"../../{record.name}.ipynb", nbformat.writes(fill(record, right)))


def _zipped(folder: Path, record: Record, right: dict[str, str]) -> None:
    with zipfile.ZipFile(folder / "work.zip", "w") as bundle:
        bundle.writestr(f"my work/{record.name}.ipynb", nbformat.writes(fill(record, right)))


def _beside(folder: Path, record: Record, right: dict[str, str]) -> None:
    _saved(_same)(folder, record, right)
    for name in ("torch.py", "numpy.py", "tlcourse.py", "sitecustomize.py", "conftest.py"):
        (folder / name).write_text("raise SystemExit('this file was run')\n")


def _version(number: int) -> Callable[..., None]:
    def change(notebook: Any, right: dict[str, str]) -> Any:
        return {**notebook, "nbformat": number}

    return _saved(change)


def _old(notebook: Any, right: dict[str, str]) -> Any:
    return nbformat.convert(nbformat.from_dict(notebook), 3)


def _kernel(notebook: Any, right: dict[str, str]) -> None:
    notebook.metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}
    notebook.metadata.language_info = {"name": "R"}


def _chapter(folder: Path, record: Record, right: dict[str, str]) -> None:
    cells = [_code('check("ch03-cut")'), _code("x = 1")]
    (folder / "03-build-the-base-model.ipynb").write_text(
        nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    )


def _checkout(folder: Path, record: Record, right: dict[str, str]) -> None:
    """The whole course, with one wrong answer in it, and the solutions beside it; all saved at one time."""
    for part in ("notebooks", "solutions"):
        shutil.copytree(ROOT / part, folder / "course" / part)
    for name in ("README.md", "tlcourse/__init__.py"):
        (folder / "course" / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / "course" / name)
    path = folder / "course" / "notebooks" / record.framework / f"{record.name}.ipynb"
    path.write_text(nbformat.writes(fill(record, {PICK: WRONG_PICK, DRAW: right[DRAW]})))
    for each in folder.rglob("*"):
        os.utime(each, (1_790_000_000, 1_790_000_000))


def _older_and_blank(folder: Path, record: Record, right: dict[str, str]) -> None:
    _saved(_same)(folder, record, right)
    os.utime(folder / f"{record.name}.ipynb", (1_700_000_000, 1_700_000_000))
    (folder / f"{record.name} (1).ipynb").write_text(nbformat.writes(record.notebook))


def _solution(change: Callable[[str], str] = str) -> Callable[..., None]:
    def write(folder: Path, record: Record, right: dict[str, str]) -> None:
        text = (ROOT / "solutions" / record.framework / f"{record.name}.ipynb").read_text()
        (folder / "my work.ipynb").write_text(change(text))

    return write


def _bad_flag(folder: Path, record: Record, right: dict[str, str]) -> None:
    """A zip with a name that says that it is UTF-8 and is not."""
    with zipfile.ZipFile(folder / "work.zip", "w") as bundle:
        bundle.writestr("\u00e9\u00e9/notes.txt", "x")
        bundle.writestr(f"{record.name}.ipynb", nbformat.writes(fill(record, right)))
    raw = (folder / "work.zip").read_bytes()
    (folder / "work.zip").write_bytes(raw.replace("\u00e9\u00e9".encode(), b"\xe9\xe9\xff\xff"))


def _damaged(folder: Path, record: Record, right: dict[str, str]) -> None:
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(f"{record.name}.ipynb", nbformat.writes(fill(record, right)))
    raw = bytearray((folder / "work.zip").read_bytes())
    raw[200:400] = b"\xff" * 200
    (folder / "work.zip").write_bytes(raw)


def _many(count: int, source: str) -> Callable[..., None]:
    return _saved(lambda notebook, right: notebook.cells.extend(_code(source) for _ in range(count)))


def _as_if_anothers(folder: Path, record: Record, right: dict[str, str]) -> None:
    """Below one's own folder, under names that an LMS or a flat folder would give to another student's work."""
    text = nbformat.writes(fill(record, {PICK: WRONG_PICK, DRAW: right[DRAW]}))
    for name in (
        f"right_1234_5_x/{record.name}.ipynb",
        f"right/{record.name}.ipynb",
        f"{record.name}_right.ipynb",
    ):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def _outputs(notebook: Any, right: dict[str, str]) -> None:
    for cell in notebook.cells:
        if _is_check(cell):
            cell.outputs = [
                nbformat.v4.new_output("execute_result", {"text/plain": "3.0"}, execution_count=1)
            ]


HONEST = (
    Adversary("a-newer-blank-beside-it", _older_and_blank, FULL, note="the only one that was worked in"),
    Adversary("a-bad-flag-in-the-zip", _bad_flag, FULL),
    Adversary("names-of-others", _as_if_anothers, None),
    Adversary("right", _saved(_same), FULL),
    Adversary("blank", lambda f, r, a: (f / f"{r.name}.ipynb").write_text(nbformat.writes(r.notebook)) and None, 0.0),
    Adversary("another-way", _answered(pick_class=(
        "def pick_class(logits, names):\n    from scipy.special import softmax\n    p = softmax(logits)\n"
        "    return names[p.argmax()], p.max()")), FULL),
    Adversary("a-lambda", _answered(pick_class=(
        "import numpy as np\npick_class = lambda l, n: (n[int(np.argmax(l))],"
        " float(1 / np.exp(l - l.max()).sum()))")), FULL),
    Adversary("a-partial", _answered(pick_class=(
        "import functools, numpy as np\ndef both(k, l, n):\n    w = np.exp(k * (l - l.max()))\n"
        "    return n[int(w.argmax())], float(w.max() / w.sum())\npick_class = functools.partial(both, 1)")), FULL),
    Adversary("a-helper-above", _saved(
        lambda nb, right: nb.cells.insert(3, _code("import numpy as xp\nSHIFT = 0\ndef helper(l):\n"
        "    w = xp.exp(l - l.max() + SHIFT)\n    return w / w.sum()")),
        {PICK: "def pick_class(logits, names):\n    p = helper(logits)\n    return names[int(p.argmax())], float(p.max())"}), FULL),
    Adversary("a-helper-below", _saved(
        lambda nb, right: nb.cells.append(_code("def helper(l):\n    w = np.exp(l - l.max())\n    return w / w.sum()")),
        {PICK: "def pick_class(logits, names):\n    p = helper(logits)\n    return names[int(p.argmax())], float(p.max())"}), FULL),
    Adversary("a-table-filled-later", _saved(
        lambda nb, right: nb.cells.insert(3, _code("table = {}\ntable['f'] = lambda l: l - l.max()\nunknown_name")),
        {PICK: "import numpy as np\ndef pick_class(logits, names):\n    w = np.exp(table['f'](logits))\n"
               "    return names[int(w.argmax())], float(w.max() / w.sum())"}), FULL),
    Adversary("prints-and-warns", _answered(pick_class=(
        "import sys, warnings, numpy as np\ndef pick_class(logits, names):\n    print('working', file=sys.stderr)\n"
        "    warnings.warn('careful')\n    print('x' * 10000)\n    w = np.exp(logits - logits.max())\n"
        "    return names[int(w.argmax())], float(w.max() / w.sum())")), FULL),
    Adversary("magics", _answered(pick_class=(
        "%matplotlib inline\n!pip list\nimport numpy as np\ndef pick_class(logits, names):\n"
        "    w = np.exp(logits - logits.max())\n    return names[int(w.argmax())], float(w.max() / w.sum())")), FULL),
    Adversary("timed", _answered(pick_class=(
        "%%time\nimport numpy as np\ndef pick_class(logits, names):\n    w = np.exp(logits - logits.max())\n"
        "    return names[int(w.argmax())], float(w.max() / w.sum())")), FULL),
    Adversary("broken-extra-cells", _cells(lambda cells: [_code("1 / 0"), _code("this is no python"), *cells, _code("%%bash\nrm -rf /")]), FULL),
    Adversary("experiments", _cells(lambda cells: [*cells, _code("import time\nwhile True: time.sleep(1)")]), FULL),
    Adversary("tuples-enums-and-logging", _answered(pick_class=(
        "import collections, dataclasses, enum, logging, typing\nimport numpy as np\n"
        "Pair = collections.namedtuple('Pair', 'name p')\nKind = enum.Enum('Kind', 'A B')\n"
        "class Row(typing.NamedTuple):\n    x: int\n@dataclasses.dataclass\nclass Box:\n    x: int\n"
        "def pick_class(logits, names):\n    logging.warning('here %s', Box(1))\n    w = np.exp(logits - logits.max())\n"
        "    return Pair(names[int(w.argmax())], float(w.max() / w.sum()))")), FULL),
    Adversary("in-a-zip", _zipped, FULL),
    Adversary("files-beside", _beside, FULL),
    Adversary("old-format", _saved(_old), FULL),
    Adversary("byte-order-mark", lambda f, r, a: (f / f"{r.name}.ipynb").write_bytes(
        b"\xef\xbb\xbf" + nbformat.writes(fill(r, a)).encode()) and None, FULL),
    Adversary("one-wrong", _answered(pick_class=WRONG_PICK), None),
    Adversary("all-wrong", _answered(pick_class=WRONG_PICK, draw_per_class=WRONG_DRAW), None),
)  # fmt: skip
TAMPERING = (
    Adversary("no-check-cells", _cells(lambda cells: [c for c in cells if not _is_check(c)]), FULL, note="missing"),
    Adversary("answers-only", _cells(lambda cells: [c for c in cells if grade_id_of(c) in (PICK, DRAW, LOAD)]), FULL),
    Adversary("checks-edited", _saved(lambda nb, right: [c.update(source="'PASS 3 of 3'") for c in nb.cells if _is_check(c)] and None), FULL, note="was changed"),
    Adversary("checks-twice", _cells(lambda cells: [x for c in cells for x in ([c, copy.deepcopy(c)] if _is_check(c) else [c])]), FULL, note="2 times"),
    Adversary("answers-twice", _cells(lambda cells: [x for c in cells for x in ([c, copy.deepcopy(c)] if grade_id_of(c) == PICK else [c])]), FULL, note="2 times"),
    Adversary("split", _cells(_split), FULL, note="2 times"),
    Adversary("reordered", _cells(lambda cells: cells[::-1]), FULL),
    Adversary("metadata-stripped", _cells(_stripped), FULL, note="another cell"),
    Adversary("points-forged", _cells(_with_marks(points=1000)), FULL, note="metadata"),
    Adversary("schema-99", _cells(_with_marks(schema_version=99)), FULL, note="metadata"),
    Adversary("locked", _cells(_with_marks(solution=False, locked=True, grade=False)), FULL, note="metadata"),
    Adversary("metadata-is-text", _saved(lambda nb, right: [c.update(metadata="x") for c in nb.cells] and None), FULL),
    Adversary("answer-elsewhere", _saved(_elsewhere), FULL, note="another cell"),
    Adversary("answer-as-text-cell", _saved(lambda nb, right: [c.update(cell_type="raw") for c in nb.cells if grade_id_of(c) == PICK] and None), FULL, note="no longer a code cell"),
)  # fmt: skip
CHEATING = (
    Adversary("equals-everything", _answered(pick_class=(
        "class Any(str):\n    def __eq__(s, o): return True\n    def __ne__(s, o): return False\n    __hash__ = str.__hash__\n"
        "class Num(float):\n    def __eq__(s, o): return True\n    def __sub__(s, o): return 0.0\n    __rsub__ = __sub__\n"
        "    def __abs__(s): return 0.0\n    def __le__(s, o): return True\n"
        "def pick_class(logits, names):\n    return Any('zzz'), Num(0.123)")), PUBLIC),
    Adversary("prints-a-score", _pick("print('3.0'); print('PASS')"), PUBLIC),
    Adversary("outputs-forged", _saved(lambda nb, right: _outputs(nb, right), {PICK: WRONG_PICK}), None),
    Adversary("patches-check", _pick("pass", "import tlcourse.exercises as e\ne.check = lambda *a, **k: 'PASS'"), None),
    Adversary("patches-numpy", _pick("pass", "import numpy as np\nnp.allclose = np.isclose = np.array_equal = lambda *a, **k: True"), None),
    Adversary("patches-ipython", _pick("pass", "try:\n    get_ipython().input_transformers_post.append(lambda l: ['3.0'])\nexcept NameError: pass"), None),
    Adversary("another-probe", _pick("pass", (
        "from tlcourse.exercises import get\nobject.__setattr__(get('ch00-pick-class'), 'probe', lambda *a: {})")), None),
    Adversary("fake-modules", _pick("pass", "import sys, types\nsys.modules['json'] = sys.modules['base64'] = types.ModuleType('x')"), None),
    Adversary("unlocks-the-audit", _pick("sys._getframe(1)", (
        "import sys\na = sys.modules['tlcourse.grading.sandbox.audit']\na._EVENTS = frozenset()\na._FRAMES = ()")), PUBLIC),
    Adversary("pretends-to-be-a-library", _pick("exec(compile('import sys; sys._getframe(3)', np.__file__, 'exec'), vars(np))",
        "import numpy as np"), PUBLIC),
    Adversary("imports-its-own-file", _pick("import mine; mine.look()", (
        "import sys\nopen('/scratch/mine.py', 'w').write('import sys\\ndef look(): return sys._getframe(2)')\n"
        "sys.path.insert(0, '/scratch')")), PUBLIC),
    Adversary("patches-within-numpy", _pick("pass", (
        "import numpy as np\nfor f in (np.array_equal, np.allclose):\n"
        "    f._implementation.__code__ = (lambda *a, **k: True).__code__")), None),
    Adversary("patches-at-the-last-moment", _answered(pick_class=(
        "import sys\nclass Late(str):\n    def __repr__(self):\n        o = sys.modules['tlcourse.exercises.engine.observe']\n"
        "        o.to_json = o.from_json = lambda v: {}\n        return 'x'\n    __str__ = __repr__\n"
        "def pick_class(logits, names):\n    return [Late('a')], {Late('b'): 1}")), PUBLIC),
    Adversary("patches-by-a-timer", _pick("pass", (
        "import signal, sys\ndef late(*a):\n    o = sys.modules['tlcourse.exercises.engine.plain']\n    o.plain = lambda v: {}\n"
        "signal.signal(signal.SIGALRM, late)\nsignal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)")), None),
    Adversary("asks-the-judge", _answered(pick_class=(
        "def pick_class(logits, names):\n    from tlcourse.exercises import get\n"
        "    return get('ch00-pick-class').judge({}, {})")), PUBLIC),
    Adversary("reads-solutions", _answered(pick_class=(
        "import glob\ndef pick_class(logits, names):\n    return open(glob.glob('/**/00-*.md')[0]).read(), 1.0")), PUBLIC),
    Adversary("looks-into-frames", _answered(pick_class=(
        "import sys\ndef pick_class(logits, names):\n    f = sys._getframe(2)\n    f.f_locals\n    return names[0], 1.0")), PUBLIC),
    Adversary("public-answers", _answered(pick_class=(
        "def pick_class(logits, names):\n    return 'cat', 0.5")), None),
    Adversary("a-whole-checkout", _checkout, None, note="the only one that was worked in"),
    Adversary("shuts-the-door", _pick("import os\n    os.closerange(0, 1000)"), None),
)  # fmt: skip
ABUSE = (
    Adversary("endless", _pick("while True: pass"), PUBLIC),
    Adversary("endless-on-import", _answered(pick_class="while True: pass"), PUBLIC),
    Adversary("endless-in-c", _pick("sum(range(10**12))"), PUBLIC),
    Adversary("memory", _pick("x = []\n    while True: x.append(bytearray(10**8))"), PUBLIC),
    Adversary("forks", _pick("import os\n    while True:\n        try: os.fork()\n        except OSError: pass"), PUBLIC),
    Adversary("exits", _pick("import os; os._exit(0)"), PUBLIC),
    Adversary("raises-exit", _pick("raise SystemExit"), PUBLIC),
    Adversary("kills", _pick("import os\n    os.kill(os.getppid(), 9)\n    os.kill(-1, 9)\n    os._exit(1)"), PUBLIC),
    Adversary("prints-gigabytes", _pick("for _ in range(10**4): print('x' * 10**6)"), None),
    Adversary("fills-the-disk", _pick("f = open('/tmp/x', 'wb')\n    while True: f.write(b'x' * 10**6)"), PUBLIC),
    Adversary("daemon", _pick("import os, time\n    if os.fork() == 0:\n        os.setsid()\n        time.sleep(1000)"), None),
    Adversary("deep-recursion", _pick("import sys\n    sys.setrecursionlimit(10**8)\n    f = lambda: f()\n    f()"), PUBLIC),
)  # fmt: skip
BROKEN = (
    Adversary("many-cells", _many(60_000, "x = 1"), None, "cells, and"),
    Adversary("one-large-cell", _many(1, "x = 1\n" * 1_700_000), None, "characters"),
    Adversary("the-solution", _solution(), None, "notebook of solutions"),
    Adversary("the-solution-unmarked", _solution(lambda text: text.replace("### BEGIN SOLUTION", "# mine")), None, "notebook of solutions"),
    Adversary("damaged-zip", _damaged, None, "cannot be unpacked"),
    Adversary("not-json", _raw(b"{'cells': []}"), None, "not JSON"),
    Adversary("cut-off", _raw(b'{"cells": [{"cell_type": "code", "source": "x'), None, "not JSON"),
    Adversary("empty-file", _raw(b""), None, "empty"),
    Adversary("spaces", _raw(b"  \n\n "), None, "empty"),
    Adversary("utf-16", _raw('{"cells": []}'.encode("utf-16")), None, "UTF-16"),
    Adversary("latin-1", _raw('{"cells": ["é"]}'.encode("latin-1")), None, "not text in UTF-8"),
    Adversary("a-list", _raw(b"[1, 2]"), None, "not a notebook"),
    Adversary("deep", _raw(b"[" * 200_000), None, ""),
    Adversary("no-cells", _raw(b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'), None, "no cells"),
    Adversary("cells-are-text", _raw(b'{"cells": "x", "nbformat": 4}'), None, ""),
    Adversary("another-notebook", _raw(nbformat.writes(nbformat.v4.new_notebook(cells=[_code("import torch\nx = 1")])).encode()), None, "nothing in the notebook"),
    Adversary("giant", _raw(b'{"cells": [' + b" " * 31_000_000 + b"]}"), None, "MB"),
    Adversary("format-5", _version(5), None, "format 5"),
    Adversary("for-r", _saved(_kernel), None, "not for Python"),
    Adversary("wrong-chapter", _chapter, None, "chapter 03"),
    Adversary("link", _links, None, "symbolic link"),
    Adversary("folder", _folder, None, ""),
    Adversary("pipe", _pipe, None, ""),
    Adversary("zip-slip", _zip_slip, None, "leads out"),
    Adversary("no-zip", lambda f, r, a: (f / "work.zip").write_bytes(b"PK nothing") and None, None, "zip"),
    Adversary("only-a-text", lambda f, r, a: (f / "answers.txt").write_text("42") and None, None, "no notebook"),
)  # fmt: skip
