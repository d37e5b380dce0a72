"""The shared process of a framework: it answers, goes on after an error, and says how it ended."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from observing import Observer

SCRIPT = """
import sys
from beside import said

def main(what, number="0"):
    print("what a script prints is no answer")
    if what == "raise":
        raise ValueError(said)
    if what == "exit":
        print("last words", file=sys.stderr)
        sys.stderr.flush()
        import os; os._exit(3)
    if what == "stay":
        import threading, time; threading.Thread(target=time.sleep, args=(600,)).start()
    return {"number": int(number), "loaded": sorted({"torch", "keras"} & set(sys.modules))}
"""


def test_it_answers_goes_on_after_an_error_and_says_how_it_ended(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    (tmp_path / "beside.py").write_text("said = 'beside the script'")
    observer = Observer()
    assert observer.call(script, ("answer", "7")) == {"number": 7, "loaded": []}
    with pytest.raises(AssertionError, match="ValueError: beside the script"):
        observer.call(script, ("raise",))
    assert observer.call(script, ("answer", "8"))["number"] == 8
    for _ in range(2):
        with pytest.raises(AssertionError, match=r"script.py ended with status 3: (?s:.*)last words"):
            observer.call(script, ("exit",))
    observer.stop()


def test_it_is_stopped_at_once_whatever_its_own_end_waits_for(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    (tmp_path / "beside.py").write_text("said = ''")
    observer = Observer()
    assert observer.call(script, ("stay", "7"))["number"] == 7
    observer.stop()
    assert observer.process.returncode == -signal.SIGKILL
