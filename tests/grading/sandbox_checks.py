"""Answers that try what they should not, for the sandbox of either framework."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import nbformat
import psutil
import pytest
from commit import FRAMEWORKS, ROOT, just_changed, just_changed_exercise, one_of, rarely, whose_turn
from patience import comes_true

from tlcourse.exercises import Exercise, Job, State, get, judge_observation
from tlcourse.grading.sandbox import jail
from tlcourse.grading.sandbox.imports import imports_of_answers
from tlcourse.grading.sandbox.limits import Limits
from tlcourse.grading.sandbox.proof import PROTECTIONS
from tlcourse.grading.sandbox.sandbox import Sandbox
from tools.processor_time import spent

GRADER = ROOT / "tlcourse" / "grading"
EXERCISE = "ch00-pick-class"
RIGHT = """
import numpy as np

def pick_class(logits, names):
    e = np.exp(logits - logits.max())
    p = e / e.sum()
    return names[int(p.argmax())], float(p.max())
"""
TIGHT = Limits(exercise_seconds=4.0, cpu_seconds=10, memory_bytes=600 * 2**20, processes=60)

# What each does inside the function; all of it costs this answer only.
ABUSE = {
    "an endless loop": ("while True: pass", "timeout", "still running"),
    "a loop that takes no signal": (
        "import signal\n    [signal.signal(s, signal.SIG_IGN) for s in (1, 2, 3, 10, 12, 15)]\n"
        "    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n    while True: pass",
        "timeout",
        "still running",
    ),
    "a sleep": ("import time; time.sleep(1000)", "timeout", "still running"),
    "os._exit": ("import os; os._exit(0)", "died", "os._exit"),
    "a crash": (
        "import numpy as np; np.lib.stride_tricks.as_strided(np.zeros(1), (10**15,), (8,))[10**14]",
        "died",
        "",
    ),
    "an array too large": ("import numpy as np; np.ones((10**6, 10**6))", "error", "MemoryError"),
    "memory bit by bit": (
        "import os\n    for _ in range(3):\n        os.fork()\n"
        "    x = [bytearray(2**20 * 40) for _ in range(12)]\n    import time; time.sleep(60)",
        ("died", "timeout"),
        "",
    ),
    "a fork bomb": (
        "import os\n    while True:\n        try: os.fork()\n        except OSError: pass",
        ("died", "timeout"),
        "",
    ),
    "threads": (
        "import threading, time\n    for _ in range(5000): threading.Thread(target=time.sleep, args=(60,)).start()",
        "error",
        "thread",
    ),
    "a signal to all": (
        "import os; os.kill(-1, 9); os.kill(os.getppid(), 9); os._exit(3)",
        ("died", "error"),
        "",
    ),
    "gigabytes of output": (
        "import os\n    line = 'x' * 2**20\n    for _ in range(1000): print(line); os.write(1, line.encode())\n"
        "    return 'a', 0.5",
        "ok",
        "",
    ),
    "a full disk": (
        "f = open('/tmp/big', 'wb')\n    for _ in range(10000): f.write(b'x' * 2**20)",
        ("died", "error"),
        "",
    ),
    "many files": ("keep = [open('/tmp/%d' % i, 'w') for i in range(10000)]", "error", "OSError"),
    "a daemon": (
        "import os, time\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n"
        "            time.sleep(600)\n        os._exit(0)\n    return 'a', 0.5",
        "ok",
        "",
    ),
    "a giant reply": ("return 'a' * 10**9, 0.5", ("unusable", "error", "died"), ""),
    "higher limits": (
        "import resource\n    resource.setrlimit(resource.RLIMIT_NOFILE, (10**6, 10**6))",
        "error",
        "",
    ),
}

# What must not be possible; each returns normally only if it was.
ESCAPES = {
    "the network": "import socket; socket.create_connection(('127.0.0.1', 22), 1)",
    "another host": "import socket; s = socket.socket(); s.settimeout(1); s.connect(('10.0.0.1', 80))",
    "writing to the programs": "open('/usr/x', 'w')",
    "writing to the packages": "import numpy; open(numpy.__file__, 'a')",
    "mounting": "import subprocess; subprocess.run(['mount', '-t', 'tmpfs', 'none', '/usr'], check=True)",
    "a new user namespace": "import subprocess; subprocess.run(['unshare', '-Ur', 'true'], check=True)",
    "another process's files": "open('/proc/2/environ').read() or 1 / 0",
    "its own memory": "open('/proc/self/mem', 'r+b')",
    "its own memory, by another path": "import os; os.chdir('/proc/self'); open('mem', 'r+b')",
    "its own memory, through NumPy": "import numpy as np; np.fromfile('/proc/self/mem', 'uint8', 8, offset=id(np))",
    "its own memory, in another program": (
        'import os, subprocess, sys; code = f\'open("/proc/{os.getpid()}/mem", "r+b")\'; '
        "subprocess.run([sys.executable, '-c', code], check=True)"
    ),
    "frames": "import sys; sys._getframe(1)",
    "frames, by a name that is a kind of text": (
        "import gc, sys\n    class Path(str):\n        def startswith(self, *a): Path.frame = sys._getframe(1)\n"
        "    open(Path('/dev/null')).close(); Path.frame.f_back"
    ),
    "frames, by an event of its own": (
        "import sys\n    class Any:\n        def __eq__(self, other): Any.frame = sys._getframe(1)\n"
        "    sys.audit('object.__getattr__', 1, Any()); Any.frame.f_back"
    ),
    "frames by inspect": "import inspect; inspect.currentframe().f_back",
    "frames by a traceback": "\n    try: 1 / 0\n    except Exception as e: e.__traceback__.tb_frame",
    "all objects": "import gc; gc.get_objects()",
    "pointers": "import ctypes; ctypes.CDLL(None)",
    "the judges": "from tlcourse.exercises import get; get('ch00-pick-class').judge({}, {})",
    "a folder's judge": "from tlcourse.exercises.chapters.ch04.freeze import judge",
    "a folder's judge, through the registry": "from tlcourse.exercises import get; get('ch04-freeze').judge({}, {})",
    "a folder's answers": "from tlcourse.exercises.chapters.ch04.freeze import answers",
    "a folder's wrong answers": "from tlcourse.exercises import get; get('ch04-freeze').misconceptions[0]",
    "a folder's hints": "from tlcourse.exercises import get; get('ch04-freeze').hints[0]",
    "a folder's files": (
        "from tlcourse.exercises import get; f = get('ch04-freeze').folder;"
        " assert {p.name for p in f.iterdir()} - {'__init__.py', 'probe.py', '__pycache__'}"
    ),
    "the judges' helpers": "from tlcourse.exercises.chapters.ch02.rank.ways import rank_ways",
    "the wrong answers": "from tlcourse.exercises import get; get('ch00-pick-class').misconceptions[0]",
    "the grader": "import tlcourse.grading.model",
}

# Cells that tamper with what the probe measures with, and then answer wrongly.
TAMPERING = {
    "equality": "import numpy as np\nnp.allclose = np.array_equal = lambda *a, **k: True",
    "the serialiser": "import sys\np = sys.modules['tlcourse.exercises.engine.plain']\np.plain = lambda v: {'found': []}\np.to_json = lambda v: '{}'",
    "the observer": "import sys\no = sys.modules['tlcourse.exercises.engine.observe']\no.Observation = None\no.to_json = o.from_json = lambda v: v",
    "builtins": "import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.float = lambda *a: 1.0",
    "the code of a function": "import sys\np = sys.modules['tlcourse.exercises.engine.plain']\np.plain.__code__ = (lambda value: 1).__code__",
    "the code of a function, again and again": (
        "import sys, threading\np = sys.modules['tlcourse.exercises.engine.plain']\ndef work():\n    while True:\n"
        "        p.plain.__code__ = (lambda value: 1).__code__\n"
        "sys.setswitchinterval(1e-6)\nthreading.Thread(target=work, daemon=True).start()"
    ),
    "the defaults of a function": (
        "import sys\nf = sys.modules['tlcourse.exercises.engine.plain'].to_json\nf.__defaults__ = ('{}',) * 9\n"
        "del f.__kwdefaults__"
    ),
    "two names exchanged, in their places": (
        "import sys\nd = vars(sys.modules['tlcourse.exercises.engine.plain'])\nn, v = list(d), list(d.values())\n"
        "i, j = n.index('plain'), n.index('to_json')\nn[i], n[j] = n[j], n[i]\nd.clear()\nd.update(zip(n, v))"
    ),
    "the last names taken away": (
        "import sys\nd = vars(sys.modules['tlcourse.exercises.engine.plain'])\nfor _ in range(5): d.popitem()"
    ),
    "the class of a module": (
        "import sys, types\nclass Lying(types.ModuleType):\n    plain = to_json = allclose = asarray = dumps = property(\n"
        "        lambda self: lambda *a, **k: '{}')\n"
        "for name in ('numpy', 'json', 'tlcourse.exercises.engine.plain'): sys.modules[name].__class__ = Lying"
    ),
    "what decorated functions call": (
        "import sys\nfor module in list(sys.modules.values()):\n"
        "    if getattr(module, '__name__', '').startswith(('numpy', 'torch.nn', 'torch.functional', 'keras')):\n"
        "        for f in list(vars(module).values()):\n"
        "            for cell in (f.__closure__ or ()) if type(f) is type(lambda: 0) else ():\n"
        "                try: cell.cell_contents = lambda *a, **k: '{}'\n                except ValueError: pass"
    ),
    "json": "import json\njson.dumps = lambda *a, **k: '{}'\njson.loads = lambda *a, **k: {}",
    "the exercise": "from tlcourse.exercises import get\nobject.__setattr__(get('ch00-pick-class'), 'probe', lambda *a: {})",
    "modules": "import sys, types\nsys.modules['numpy'] = types.ModuleType('numpy')",
    "check": "import tlcourse.exercises as e\ne.check = lambda *a, **k: 'PASS'\nprint('PASS 3 of 3')",
}
WRONG = "\ndef pick_class(logits, names):\n    return names[0], 1.0\n"


def abuses(framework: str) -> list[str]:
    """Whose turn it is: what limits an answer is the kernel's, whichever framework is loaded."""
    return [name for number, name in enumerate(ABUSE) if whose_turn(number) == framework]


def job(source: str, seed: int = 5) -> Job:
    return Job(EXERCISE, source, get(EXERCISE).draw(seed))


def without_a_framework(view: Path) -> None:
    """Take the framework out of what a jail will show: for tests of the jail, which starts in a tenth of the time."""
    sandbox = view / "grading" / "sandbox"
    for name, what, instead in (
        ("zygote.py", "*_PRELOADED[framework], *_LIBRARIES", '"numpy",'),
        ("zygote.py", 'importlib.import_module(f"tlcourse.{name}._{framework}")', "pass"),
        ("zygote.py", "in imports:", "in ():"),
        ("child.py", 'tlcourse.start(exercise.chapter, framework=framework, seed=request["seed"])', "pass"),
    ):
        source = (sandbox / name).read_text()
        assert source.count(what) == 1, f"{name} has no line {what}"
        (sandbox / name).write_text(source.replace(what, instead))


def show_no_framework(
    patch: pytest.MonkeyPatch, build: Callable[[Path, str], object] = jail.build_view
) -> None:
    """Let jails show the package as ``build`` makes it, `without_a_framework`."""

    def bare(to: Path, chapter: str) -> None:
        build(to, chapter)
        without_a_framework(to)

    patch.setattr(jail, "build_view", bare)


def verdict(observation, seed: int = 5):
    return judge_observation(get(EXERCISE), observation, get(EXERCISE).draw(seed))


def inside(body: str) -> str:
    return f"def pick_class(logits, names):\n    {body}\n"


def abuse_costs_one_answer(sandbox: Sandbox, name: str) -> None:
    body, kinds, words = ABUSE[name]
    began = spent()
    first, bad, last = sandbox.observe([job(RIGHT), job(inside(body)), job(RIGHT)])
    took = spent() - began
    details = f"{name}: {bad.kind}: {bad.problem} ({took:.1f} processor seconds)"
    assert verdict(first).state is State.PASS, details
    assert verdict(last).state is State.PASS, f"{details}; after it {last}"
    assert bad.kind in ((kinds,) if isinstance(kinds, str) else kinds), details
    assert words in bad.problem, details
    assert verdict(bad).points == 0 or bad.kind == "ok", details
    assert took < 8 * TIGHT.exercise_seconds, details  # whatever else the machine does
    # The zygote is the only one left in there.
    (zygote,) = psutil.Process(sandbox._jail._launched.pid).children()
    assert comes_true(lambda: not zygote.children(recursive=True)), details


def the_jail_was_proved(sandbox: Sandbox) -> None:
    """With this framework loaded each protection was attacked, and held."""
    sandbox.observe([job(RIGHT)])
    assert set(sandbox.protections) <= set(PROTECTIONS.values())
    assert {
        PROTECTIONS[n] for n in ("files", "secrets", "limits", "network", "process", "view", "rights")
    } <= {*sandbox.protections}


def nothing_is_in_reach(sandbox: Sandbox) -> None:
    jobs = [job(inside(f"{body}\n    return 'reached', 0.5")) for body in ESCAPES.values()]
    for name, observation in zip(ESCAPES, sandbox.observe(jobs), strict=True):
        details = f"{name}: {observation.kind}: {observation.problem} {observation.data}"
        assert observation.kind in ("error", "died"), details


def tampering_changes_no_mark(sandbox: Sandbox) -> None:
    jobs = [job(cell + "\n" + answer) for cell in TAMPERING.values() for answer in (WRONG, RIGHT)]
    observations = sandbox.observe(jobs)
    for number, name in enumerate(TAMPERING):
        wrong, right = (verdict(each) for each in observations[2 * number : 2 * number + 2])
        assert wrong.points < wrong.max_points, f"{name}: {wrong}"
        # These break the right answer itself.
        if name not in ("modules", "builtins", "the code of a function, again and again"):
            assert right.state is State.PASS, f"{name}: {right} {observations[2 * number + 1]}"


def the_machine_is_hidden(sandbox: Sandbox) -> None:
    root = Path(__file__).resolve().parents[2]
    paths = [str(root / name) for name in ("solutions", "book", "tests", ".git", "notebooks", "README.md")]
    body = f"import os\n    there = [os.path.exists(p) for p in {paths!r}]\n"
    body += "    return ' '.join([str(any(there)), str(os.getuid()), os.getcwd()]), 0.5"
    (seen,) = sandbox.observe([job(inside(body))])
    assert "False 1000 /scratch" in str(seen.data), seen
    assert all(os.path.exists(path) for path in paths)


def what_right_answers_import_is_there(sandbox: Sandbox) -> None:
    """Imported once, before the first answer; a missing name among it ends nothing."""
    names = {name.partition(":")[0] for name in imports_of_answers(sandbox.chapter, sandbox.framework)}
    assert len(names) > 5
    body = f"import sys\n    return ' '.join(sorted({names!r} - set(sys.modules))) or 'all', 0.5"
    (seen,) = sandbox.observe([job(inside(body))])
    assert "'all'" in str(seen.data), seen


MANY_THREADS = """
import threading

def pick_class(logits, names):
    for _ in range(700):
        one = threading.Thread(target=len, args=('',))
        one.start()
        one.join()
    leave = threading.Event()
    some = [threading.Thread(target=leave.wait) for _ in range(25)]
    for each in some:
        each.start()
    leave.set()
    return 'all', float(len(some))
"""


def threads_are_limited_at_once_and_not_in_sum(sandbox: Sandbox) -> None:
    """An epoch of Keras starts some and ends them; Linux gives numbers below 300 only once."""
    (seen,) = sandbox.observe([job(MANY_THREADS)])
    assert seen.kind == "ok", seen
    assert "25" in str(seen.data), seen


def _jailed_in(exercise: Exercise, kind: str) -> str:
    """The framework whose jail judges an exercise's solution ("right") or first wrong answer ("wrong").

    "nobody" in every second commit, unless the exercise or the grader changed lately; where an answer trains,
    in three of four, whatever the grader: what becomes of a score is the same for all of them.
    """
    there = [
        framework
        for framework in exercise.frameworks
        if kind == "right" or exercise.misconceptions[0].source_for(framework) is not None
    ]
    nobody = {"right": "nobody", "wrong": "nobody"}
    turns = [{"right": one, "wrong": other} for one, other in (FRAMEWORKS, FRAMEWORKS[::-1])]
    if not (just_changed_exercise(exercise) or (just_changed(GRADER) and not exercise.trains)):
        turns = rarely(turns, nobody, 4 if exercise.trains else 2)
    turn = one_of(turns, zlib.crc32(exercise.id.encode()))[kind]
    return turn if turn in (*there, "nobody") else there[0]


def every_exercise_is_judged_in_there_as_it_is_outside(sandbox: Sandbox) -> None:
    """Full marks for each chapter's solution, rebuilt from a whole notebook; less for a wrong answer of each.

    Of each exercise the solution in one framework and the wrong answer in the other, by turns.
    """
    from tlcourse.exercises import all_exercises
    from tlcourse.exercises.engine.registry import chapter_number
    from tlcourse.grading.guard import rebuild
    from tlcourse.grading.reading import read_notebook
    from tlcourse.grading.record import load_record
    from tlcourse.grading.sample import fill, right_answers

    root, framework = Path(__file__).resolve().parents[2], sandbox.framework
    for chapter in sorted({chapter_number(e.chapter) for e in all_exercises()}):
        record = load_record(root, chapter, framework)
        solutions = right_answers(root, record)
        right = {e.id: solutions[e.id] for e in record.exercises if _jailed_in(e, "right") == framework}
        wrong = {
            e.id: str(e.misconceptions[0].source_for(framework))
            for e in record.exercises
            if _jailed_in(e, "wrong") == framework
        }
        for answers, full in ((right, True), (wrong, False)):
            if not answers:
                continue
            student = read_notebook(nbformat.writes(fill(record, answers)).encode(), chapter)
            rebuilt = rebuild(student, record)
            assert not rebuilt.notes, rebuilt.notes
            exercises = [e for e in record.exercises if e.id in answers]
            inputs = [e.draw(11) for e in exercises]
            given_in = [a for a in rebuilt.answers if a.exercise_id in answers]
            jobs = [
                Job(a.exercise_id, a.attempts[-1].source, exercise.sent(given), a.attempts[-1].setup)
                for a, exercise, given in zip(given_in, exercises, inputs, strict=True)
            ]
            for exercise, given, seen in zip(exercises, inputs, sandbox.observe(jobs), strict=True):
                report = judge_observation(exercise, seen, given)
                if full:
                    assert report.state is State.PASS, f"{exercise.id}: {report}"
                else:
                    assert report.points < exercise.points, f"{exercise.id}: {report}"


def a_busy_machine_takes_no_points(sandbox: Sandbox) -> None:
    """An answer's seconds are its own: that it has to share a processor with others is not held against it."""
    slow = f"import time\nstart = time.process_time()\nwhile time.process_time() < start + 1.6: pass\n{RIGHT}"
    sandbox.observe([job(RIGHT)])
    core = {min(os.sched_getaffinity(0))}
    spin = [sys.executable, "-c", "while True: pass"]
    (zygote,) = psutil.Process(sandbox._jail._launched.pid).children()
    before = zygote.cpu_affinity()
    zygote.cpu_affinity(sorted(core))
    hogs = [subprocess.Popen(spin, preexec_fn=lambda: os.sched_setaffinity(0, core)) for _ in range(3)]
    try:
        begun = time.monotonic()
        (seen,) = sandbox.observe([job(slow)])
        took = time.monotonic() - begun
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
        zygote.cpu_affinity(before)
    assert took > TIGHT.exercise_seconds, "the machine was not busy enough for this test"
    assert (seen.kind, sandbox.starved) == ("ok", False), seen
