"""The engine against answers that are blank, broken, odd or hostile. No framework is imported here."""

from __future__ import annotations

import io
import random
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from toy_exercises import MEAN, TABLE

from tlcourse.errors import UnknownNameError
from tlcourse.exercises import (
    MISSING,
    Observation,
    State,
    Verdict,
    add_module,
    check,
    forget,
    hint,
    judge_observation,
    load_answer,
    observe_in_process,
    progress,
)
from tlcourse.exercises.engine import notebook
from tlcourse.exercises.engine.cells import running
from tlcourse.exercises.engine.loading import run_answer
from tlcourse.exercises.engine.patience import patience


@pytest.fixture(autouse=True)
def _fresh():
    add_module("toy_exercises")
    forget()
    yield
    forget()


def outcome(answer, exercise=MEAN):
    inputs = exercise.draw(3)
    return judge_observation(exercise, observe_in_process(exercise, answer, inputs, "torch"), inputs)


def written(source, exercise=MEAN):
    inputs = exercise.draw(3)
    answer, failed = load_answer(exercise, textwrap.dedent(source))
    return judge_observation(
        exercise, failed or observe_in_process(exercise, answer, inputs, "torch"), inputs
    )


def no_points(report):
    return report.points == 0 and report.state in (State.NOT_YET, State.ERROR)


# --- right answers, in every dress ---


@pytest.mark.parametrize("wrap", [float, np.float64, np.asarray, lambda v: np.array([v]), lambda v: v + 0])
def test_a_number_may_be_a_python_float_a_numpy_scalar_or_an_array_with_one_number(wrap):
    assert outcome(lambda x: wrap(x.mean())).state is State.PASS


def test_full_marks():
    report = outcome(lambda x: sum(x) / len(x))
    assert (report.state, report.points, report.max_points) == (State.PASS, 2, 2)
    assert "✓ PASS" in str(report)


def test_a_callable_object_and_a_bound_method_are_answers():
    class Mean:
        def __call__(self, x):
            return x.mean()

        def method(self, x):
            return x.mean()

    assert outcome(Mean()).state is State.PASS
    assert outcome(Mean().method).state is State.PASS


# --- blank ---


def empty(x):
    """Only a docstring."""


def returns_dots(x):
    y = x + 1
    del y
    return ...


def passes(x):
    pass


@pytest.mark.parametrize("stub", [MISSING, ..., empty, returns_dots, passes, lambda x: None])
def test_blank_is_not_attempted(stub):
    report = outcome(stub)
    assert (report.state, report.points) == (State.NOT_ATTEMPTED, 0)
    assert 'hint("ch90-mean")' in str(report)


def test_three_dots_are_not_attempted():
    assert (
        written('def mean(x):\n    """The mean."""\n    ...  # your code here\n').state is State.NOT_ATTEMPTED
    )


def test_code_below_three_dots_was_attempted():
    report = written(
        """
        def mean(x):
            ...  # your code here
            return total / len(x)
        """
    )
    assert report.state is State.ERROR
    assert "name 'total' is not defined on line 4" in str(report)


def test_a_function_that_forgot_its_return_was_attempted():
    def forgot(x):
        x.mean()

    report = outcome(forgot)
    assert report.state is State.NOT_YET
    assert "return" in str(report)


def test_a_name_error_without_a_gap_is_an_error():
    assert written("def mean(x):\n    return total / len(x)\n").state is State.ERROR


# --- broken ---


def test_an_exception_is_told_with_the_line_of_the_learners_code():
    report = written(
        """
        def helper(v):
            return v[100]

        def mean(x):
            y = x.sum()
            return helper(x) + y
        """
    )
    assert report.state is State.ERROR
    assert "`mean` raised IndexError" in report.problem
    assert "on line 3: `return v[100]`" in report.problem
    assert report.advice
    assert "observe.py" not in str(report)


def test_a_wrong_signature_says_so():
    report = written("def mean():\n    return 1\n")
    assert report.state is State.ERROR
    assert "`mean` could not be called as the exercise says" in report.problem
    assert "arguments" in report.advice


def test_a_syntax_error_has_its_line():
    report = written("def mean(x):\n    return (1\n")
    assert report.state is State.ERROR
    assert "SyntaxError" in report.problem
    assert "line 2" in report.problem


class RudeError(BaseException):
    def __str__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    "error", [SystemExit, KeyboardInterrupt, GeneratorExit, RecursionError, RudeError, StopIteration]
)
def test_no_exception_gets_out_of_a_check(error):
    def mean(x):
        raise error

    report = outcome(mean)
    assert report.state is State.ERROR
    assert error.__name__ in report.problem


def test_an_endless_recursion_is_an_error():
    def mean(x):
        return mean(x)

    assert outcome(mean).state is State.ERROR


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        ("0.5", "text"),
        (None, "nothing"),
        ([1.0, 2.0], "a list"),
        ({"mean": 1.0}, "a dict"),
        (np.ones(3), "an array"),
        (True, "True or False"),
    ],
)
def test_what_is_no_number_is_named(value, words):
    report = outcome(lambda x: value)
    assert report.state is State.NOT_YET
    assert words in str(report)


# --- hostile ---


class AlwaysEqual:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1

    def __float__(self):
        return 1.0

    def __array__(self, *args, **kwargs):
        return np.ones(1)

    def __abs__(self):
        return 0

    def __sub__(self, other):
        return 0

    def __le__(self, other):
        return True


class EqualFloat(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__


class EqualArray(np.ndarray):
    def __eq__(self, other):
        return np.array(True)

    def __sub__(self, other):
        return np.zeros(1)

    __rsub__ = __sub__
    __hash__ = None


class EvilRepr:
    def __repr__(self):
        raise SystemExit

    __str__ = __repr__


class LyingClass:
    __class__ = float

    def __float__(self):
        return 0.0


class EvilDict(dict):
    def items(self):
        raise SystemExit


class EvilString(str):
    def __format__(self, spec):
        raise SystemExit


def generator():
    yield 1


@pytest.mark.parametrize(
    "value",
    [
        AlwaysEqual(),
        EqualFloat(5.0),
        np.ones(3).view(EqualArray),
        EvilRepr(),
        LyingClass(),
        EvilDict(a=1),
        EvilString("x"),
        generator(),
        object(),
        len,
        np.array([object()]),
        np.ma.masked_array([1.0], [True]),
        np.zeros(10_000_000),
        list(range(300_000)),
        "x" * 1_000_000,
        10**400,
        1j,
        np.complex128(1),
        b"bytes",
        {(1, 2): 3},
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("exercise", [MEAN, TABLE], ids=lambda e: e.id)
def test_odd_values_get_no_points_and_break_nothing(value, exercise):
    report = outcome(lambda *_: value, exercise)
    assert no_points(report), report
    assert str(report)
    assert report._repr_html_()


def test_a_list_that_holds_itself_ends():
    loop = []
    loop.append(loop)
    assert no_points(outcome(lambda x: loop))


def test_a_learner_that_changes_its_inputs_changes_nothing_of_the_judges():
    inputs = MEAN.draw(3)
    before = inputs["x"].copy()

    def mean(x):
        x[:] = 0.0
        return 0.0

    report = judge_observation(MEAN, observe_in_process(MEAN, mean, inputs, "torch"), inputs)
    assert np.array_equal(inputs["x"], before)
    assert report.state is State.NOT_YET


def test_prints_and_warnings_stay_out_of_the_way(capsys):
    def mean(x):
        import warnings

        print("looking at", len(x))
        warnings.warn("careful", stacklevel=1)
        return x.mean()

    report = outcome(mean)
    assert report.state is State.PASS
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_what_a_wrong_answer_printed_is_shown_and_cut():
    def mean(x):
        print("y" * 10_000_000)
        return 3.0

    report = outcome(mean)
    assert "Your code printed" in str(report)
    assert len(str(report)) < 4000


def test_random_state_goes_on_as_if_no_check_had_run():
    def mean(x):
        np.random.random(5)
        random.random()
        np.random.seed(9)
        return x.mean()

    np.random.seed(1)
    random.seed(1)
    expected = np.random.random(), random.random()
    np.random.seed(1)
    random.seed(1)
    outcome(mean)
    assert (np.random.random(), random.random()) == expected


def test_a_check_says_the_same_twice_even_of_a_random_answer():
    assert str(outcome(lambda x: np.random.random())) == str(outcome(lambda x: np.random.random()))


# --- judges that misbehave ---


@pytest.mark.parametrize(
    ("points", "state"), [(99, State.PASS), (-1, State.NOT_YET), (float("nan"), State.NOT_YET)]
)
def test_points_stay_between_zero_and_full(points, state):
    odd = replace(MEAN, judge=lambda observed, inputs: Verdict(points, ()))
    report = outcome(lambda x: 1.0, odd)
    assert report.state is state
    assert 0 <= report.points <= 2


def test_a_judge_that_fails_gives_no_points_and_does_not_raise():
    odd = replace(MEAN, judge=lambda observed, inputs: observed["nothing"])
    report = outcome(lambda x: 1.0, odd)
    assert (report.state, report.points) == (State.ERROR, 0)
    assert "could not judge" in report.problem


def test_an_unknown_kind_of_observation_is_refused():
    with pytest.raises(UnknownNameError, match="fine"):
        Observation("fine")


# --- check, hint, progress ---


def test_check_finds_the_answer_where_it_is_called():
    def mean(x):
        return x.mean()

    assert check("ch90-mean", framework="torch").state is State.PASS
    del mean
    assert check("ch90-mean", framework="torch").state is State.NOT_ATTEMPTED


def test_check_takes_an_answer():
    assert check("ch90-mean", lambda x: 3.0, framework="torch").state is State.NOT_YET


@pytest.mark.parametrize("call", [check, hint])
def test_an_unknown_exercise_is_named_with_the_nearest(call):
    with pytest.raises(UnknownNameError, match=r"ch90-maen(.|\n)*Did you mean 'ch90-mean'"):
        call("ch90-maen")


def test_hints_come_in_stages_and_the_last_one_stays():
    texts = [str(hint("ch90-mean")) for _ in range(4)]
    assert "Hint 1 of 3" in texts[0]
    assert "Add them up" in texts[0]
    assert "Run the same line again" in texts[0]
    assert "Hint 3 of 3" in texts[2]
    assert "no more" in texts[2]
    assert texts[3] == texts[2]
    assert str(hint("ch91-table")).startswith("Hint 1 of 1")


def test_progress_adds_up():
    check("ch90-mean", lambda x: x.mean(), framework="torch")
    view = progress("90")
    assert (view.points, view.max_points) == (2, 2)
    assert "✓ PASS" in str(view)
    assert "2 of 2" in str(view)
    assert "– not checked" in str(progress(91))
    html = progress(91)._repr_html_()
    assert "&lt;of&gt; ones &amp;" in html
    assert "<of>" not in html


def test_progress_of_no_chapter_is_refused():
    with pytest.raises(UnknownNameError):
        progress("first")


# --- how it looks ---


def test_the_panel_escapes_what_the_learner_made():
    def mean(x):
        raise ValueError("<script>alert(1)</script>")

    html = outcome(mean)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("answer", [lambda x: x.mean(), lambda x: 3.0, lambda x: 1 / 0, ...])
def test_a_state_is_a_word_and_a_symbol(answer):
    report = outcome(answer)
    bundle = report._repr_mimebundle_()
    for form in bundle.values():
        assert report.state.value in form
        assert report.state.symbol in form
    assert "var(--jp-" in bundle["text/html"]
    assert "var(--pst-color-" in bundle["text/html"]


def test_nbgrader_reads_the_points(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert float(outcome(lambda x: x.mean())._repr_mimebundle_()["text/plain"]) == 2.0
    assert float(check("ch90-mean", ..., framework="torch")._repr_mimebundle_()["text/plain"]) == 0.0


def test_nbgrader_validate_fails_on_less_than_full_marks(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert check("ch90-mean", lambda x: x.mean(), framework="torch").points == 2
    for answer in (lambda x: 3.0, ..., lambda x: 1 / 0):
        with pytest.raises(AssertionError, match="The mean"):
            check("ch90-mean", answer, framework="torch")


@pytest.mark.parametrize("colour", ["#1a6b34", "#7a5200", "#1f5fa8", "#a4262c", "#565c64", "#5b3f8c"])
def test_white_reads_on_every_state_colour(colour):
    from tlcourse.exercises.engine import report

    assert colour in Path(report.__file__).read_text()
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) >= 4.5


# --- an answer that does not end


def test_an_endless_answer_is_announced_and_stopped(monkeypatch, capsys):
    def endless(x):
        while True:
            pass

    monkeypatch.setattr(notebook, "CHECK_SECONDS", 1.5)
    monkeypatch.setattr(notebook, "patience", lambda seconds: patience(seconds, notice=0.3))
    report = check("ch90-mean", endless)
    assert report.state is State.ERROR
    assert "still running after 2 s and was stopped" in str(report)
    assert "quicker way" not in str(report)
    assert "This check has been running" in capsys.readouterr().err


def test_an_answer_that_takes_no_notice_of_the_first_interrupt_is_stopped_too(monkeypatch):
    def stubborn(x):
        for _ in range(2):
            try:
                while True:
                    pass
            except KeyboardInterrupt:
                continue
        return 1.0

    monkeypatch.setattr(notebook, "CHECK_SECONDS", 0.6)
    monkeypatch.setattr(notebook, "patience", lambda seconds: patience(seconds, notice=0.3))
    assert "still running" in str(check("ch90-mean", stubborn))


def test_a_quick_answer_is_not_announced(capsys):
    check("ch90-mean", lambda x: float(x.mean()))
    time.sleep(0.1)
    assert capsys.readouterr().err == ""


def test_an_interrupt_of_the_learner_is_told_as_such():
    def stopped(x):
        raise KeyboardInterrupt

    report = check("ch90-mean", stopped)
    assert "You stopped it" in str(report)
    assert "quicker way" not in str(report)


# --- what stands below an answer, or above it, in its cell


GOOD = "def mean(x):\n    return float(x.mean())\n"


@pytest.mark.parametrize(
    ("below", "note"),
    [
        ("open('mine.npy')", "stopped on line 3 (`open('mine.npy')`): FileNotFoundError"),
        ("assert mean is None", "AssertionError"),
        ("raise SystemExit(2)", "SystemExit"),
        ("input('x')", "stopped on line 3"),
        ("print(a_name_of_the_chapter)", ""),
        ("1 + 1", ""),
    ],
)
def test_what_stops_below_an_answer_is_noted_and_costs_nothing(monkeypatch, below, note):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    loaded = run_answer(MEAN, GOOD + below)
    assert loaded.failed is None
    assert loaded.answer(np.array([1.0, 2.0, 6.0])) == 3.0
    assert note in loaded.note
    assert bool(note) == bool(loaded.note)


def test_what_runs_for_ever_below_an_answer_is_stopped(monkeypatch):
    monkeypatch.setattr(running, "_TRAILING", 0.5)
    began = time.process_time()
    loaded = run_answer(MEAN, GOOD + "while True:\n    pass\n")
    assert loaded.answer(np.array([1.0, 2.0, 6.0])) == 3.0
    assert time.process_time() - began < 5


def test_what_an_answer_leans_on_may_not_run_for_ever(monkeypatch):
    monkeypatch.setattr(running, "_SETUP", 0.5)
    loaded = run_answer(MEAN, GOOD, "try:\n    while True:\n        pass\nexcept Exception:\n    pass")
    assert loaded.answer(np.array([1.0, 2.0, 6.0])) == 3.0
    assert "ran too long" in loaded.note


@pytest.mark.parametrize("above", ["import a_package_of_mine", "open('mine.npy')", "name = input('x')"])
def test_what_only_the_learners_machine_has_is_passed_by(monkeypatch, above):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    loaded = run_answer(MEAN, f"{above}\n{GOOD}")
    assert loaded.answer(np.array([1.0, 2.0, 6.0])) == 3.0
    assert "The cell went on without it." in loaded.note


def test_an_error_above_an_answer_is_one_in_the_notebook_too():
    loaded = run_answer(MEAN, f"1 / 0\n{GOOD}")
    assert loaded.answer is MISSING
    assert "ZeroDivisionError" in loaded.failed.problem
