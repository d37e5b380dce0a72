"""How the memory of an answer's processes is watched, from outside."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from tlcourse.grading.sandbox import watching
from tlcourse.grading.sandbox.limits import Limits
from tlcourse.grading.sandbox.watching import exceeded_limit

MB = 2**20
LIMITS = Limits(memory_bytes=700 * MB, processes=60)


class Process:
    """As psutil's: what it shares is most of what it has, and to tell them apart takes a while."""

    def __init__(self, private: int, shared: int = 900, seconds: float = 0.0) -> None:
        self.private, self.shared, self.seconds, self.looks = private, shared, seconds, 0

    def memory_info(self) -> Any:
        return SimpleNamespace(rss=(self.private + self.shared) * MB)

    def memory_full_info(self) -> Any:
        time.sleep(self.seconds)
        self.looks += 1
        return SimpleNamespace(uss=self.private * MB)


class Gone(Process):
    def memory_full_info(self) -> Any:
        raise psutil.NoSuchProcess(1)


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ([Process(100)], None),
        ([Process(200), Process(300)], None),
        ([Process(800)], "memory"),
        ([Process(400), Process(400)], "memory"),
        ([Process(400), Gone(400)], None),
        ([Process(1)] * 62, "processes"),
    ],
)
def test_private_memory_is_what_counts(inside, told):
    sentence = exceeded_limit(inside, LIMITS, {})
    assert (told in sentence) if told else sentence is None, sentence


def test_one_look_is_short_and_the_next_ones_take_the_others():
    """Sixty processes of an answer that keep the machine busy: 20 MB each, which are 1.2 GB."""
    inside, private = [Process(20, seconds=0.03) for _ in range(60)], {}
    sentences = []
    while not any(sentences) and len(sentences) < 20:
        begun = time.monotonic()
        sentences.append(exceeded_limit(inside, LIMITS, private))
        assert time.monotonic() - begun < watching._LOOK + 0.5
    assert "memory" in sentences[-1]
    assert len(sentences) > 1
    assert max(process.looks for process in inside) == 1
    # Those that have ended no longer count, and their places are taken by others.
    assert exceeded_limit(inside[:20], LIMITS, private) is None
    for process in inside[:20]:
        process.private = 100
    assert any(exceeded_limit(inside[:20], LIMITS, private) for _ in range(20))
