"""A pytest plugin that notes the processor seconds of every test, its kernels and other processes included.

``-p tools.processor_time`` writes them into the JUnit report, as the property ``processor_seconds`` of each
test, and prints the files and the tests that cost most. Wall time says how busy the machine was; this says
what a test costs. A fixture that several tests share is on the account of the first.

    python -m pytest -p tools.processor_time --dearest 20 tests/freezing
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Generator
from typing import Any

import psutil
import pytest

from tlcourse.authoring.processor_time import spent_by

PROPERTY = "processor_seconds"


def spent() -> float:
    """Processor seconds of this process so far, and of all that it started, ended or still running."""
    total = time.process_time()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total += ended.ru_utime + ended.ru_stime
    return total + sum(spent_by(child) for child in psutil.Process().children())


class Account:
    """What each test cost, from one teardown to the next."""

    def __init__(self, dearest: int) -> None:
        self.dearest = dearest
        self.before = self.start = spent()
        self.tests: Counter[str] = Counter()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self.before = spent()  # what was collected is no test's
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Generator[None, object, object]:
        if call.when == "teardown":
            now = spent()
            self.tests[item.nodeid] = seconds = max(0.0, now - self.before)
            self.before = now
            item.user_properties.append((PROPERTY, round(seconds, 3)))
        return (yield)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        files: Counter[str] = Counter()
        for test, seconds in self.tests.items():
            files[test.partition("::")[0]] += seconds
        write = terminalreporter.write_line
        write(f"processor seconds: {spent():.0f}, of which {sum(files.values()):.0f} in tests")
        for counted in (files, self.tests):
            for name, seconds in counted.most_common(self.dearest):
                if seconds >= 1:
                    write(f"  {seconds:7.1f} {name[:120]}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--dearest", type=int, default=8, help="print so many of the files and tests that cost most"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Account(config.getoption("dearest")), "processor-seconds")
