"""One corpus of notebooks, both ways: `check` in a real kernel, and the grader with its sandbox."""

from __future__ import annotations

import queue
import re
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel
from jupyter_corpus import CASES, CHECK

from tlcourse.exercises import PUBLIC_SEED
from tlcourse.grading.guard import rebuild
from tlcourse.grading.judging import Task, judge_task
from tlcourse.grading.reading import read_notebook
from tlcourse.grading.record import grade_id_of, load_record

ROOT = Path(__file__).parents[2]
EXERCISE = "ch00-pick-class"
SETUP = """import tlcourse
from tlcourse.exercises import check, hint, progress
tlcourse.start("00", framework={!r})
"""


class Kernel:
    """A real IPython kernel; names are forgotten between cases."""

    def __init__(self, framework: str) -> None:
        self.framework = framework
        self.manager, self.client = start_new_kernel(kernel_name="python3", startup_timeout=120)

    def run(self, code: str) -> str:
        """What a cell showed."""
        message = self.client.execute(code, allow_stdin=False)
        shown = []
        while True:
            try:
                reply = self.client.get_iopub_msg(timeout=120)
            except queue.Empty:
                raise AssertionError(f"the kernel does not answer: {code}") from None
            if reply["parent_header"].get("msg_id") != message:
                continue
            content = reply["content"]
            if reply["msg_type"] == "status" and content["execution_state"] == "idle":
                return "\n".join(shown)
            shown += [content.get("text", ""), content.get("data", {}).get("text/plain", "")]
            shown += content.get("traceback", [])

    def check(self, cells) -> str:
        self.run("%reset -f")
        self.run(SETUP.format(self.framework))
        shown = ""
        for cell in cells:
            if cell == CHECK:
                shown = self.run(f"check({EXERCISE!r})")
            else:
                self.run(cell)
        return shown

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def submitted(case, framework):
    """The chapter's notebook with the case's cells in place of the exercise's own."""
    record = load_record(ROOT, "00", framework)
    notebook = nbformat.from_dict(nbformat.v4.new_notebook(metadata=record.notebook.metadata))
    first = case.cells.index(CHECK)
    for cell in record.notebook.cells:
        name = grade_id_of(cell)
        if name != EXERCISE:
            notebook.cells.append(cell)
        for i, source in enumerate(case.cells):
            here = name == EXERCISE if i < first else name == f"{EXERCISE}-check"
            if not here or source == CHECK:
                continue
            own = nbformat.v4.new_code_cell(source)
            if i == case.answer:
                own.id, own.metadata = cell.id, cell.metadata
            notebook.cells.append(own)
    return nbformat.writes(notebook).encode()


def graded(case, framework):
    record = load_record(ROOT, "00", framework)
    rebuilt = rebuild(read_notebook(submitted(case, framework), "00"), record)
    stubs = {e.id: record.stub(e.id) for e in record.exercises}
    task = Task("ada", "00", framework, rebuilt.answers, stubs, PUBLIC_SEED)
    return next(mark for mark in judge_task(task).marks if mark.exercise_id == EXERCISE)


def agree(kernel: Kernel, name: str) -> None:
    """The notebook's verdict and the grader's are the one due."""
    case = CASES[name]
    mark, shown = graded(case, kernel.framework), kernel.check(case.cells)
    both = f"{name}\n--- notebook:\n{shown}\n--- grader:\n{mark.report}"
    states = re.findall(r"^[✓◐✗!○] (PASS|PARTLY|NOT YET|ERROR|NOT ATTEMPTED) ", shown, re.MULTILINE)
    assert mark.state.value == case.due, both
    assert states == [case.due], both
    assert case.words in str(mark.report), both
