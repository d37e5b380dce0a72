"""An answer that gives nothing back is told of `return`; whatever can be called is watched at each call."""

import toy_exercises

from tlcourse.exercises import Report, State, judge_observation, load_answer, observe_in_process


def checked(source: str, exercise=toy_exercises.MEAN) -> Report:
    inputs = exercise.draw(3)
    answer, failed = load_answer(exercise, source)
    return judge_observation(
        exercise, failed or observe_in_process(exercise, answer, inputs, "torch"), inputs
    )


def test_printing_in_place_of_returning_is_told_so():
    report = checked("def mean(x):\n    print(x.mean())\n")
    assert report.state is State.NOT_YET
    assert report.points == 0
    assert "printed something and returned nothing" in str(report)
    assert "`return`" in "\n".join(report.messages)
    assert report.misconceptions == ("no return",)


def test_an_answer_without_a_return_is_told_so():
    report = checked("def mean(x):\n    m = x.mean()\n")
    assert report.state is State.NOT_YET
    assert "ends without a `return`" in "\n".join(report.messages)
    assert report.misconceptions == ("no return",)
    # A value that is wrong in another way gets the judge's own message, whatever was printed.
    report = checked("def mean(x):\n    print('done')\n    return x.sum()\n")
    assert "Your mean is" in str(report)


def test_an_answer_that_has_nothing_to_return_is_judged():
    import dataclasses

    works = dataclasses.replace(
        toy_exercises.MEAN,
        id="ch92-fill",
        returns=False,
        probe=lambda answer, inputs, framework: {
            "value": (lambda x: (answer(x), x[0].item())[1])(inputs["x"])
        },
    )
    report = checked("def mean(x):\n    x[:] = x.mean()\n", works)
    assert report.state is State.PASS, report


def test_a_callable_of_any_kind_is_followed_from_call_to_call():
    sources = {
        "object": "class Mean:\n    def __call__(self, x):\n        return x.mean()\nmean = Mean()\n",
        "class": "class mean:\n    def __new__(cls, x):\n        return x.mean()\n",
        "partial": "from functools import partial\nmean = partial(lambda k, x: x.mean(), 1)\n",
        "function": "def mean(x):\n    return x.mean()\n",
    }
    for name, source in sources.items():
        noted: list[int] = []
        inputs = toy_exercises.MEAN.draw(3)
        answer, failed = load_answer(toy_exercises.MEAN, source)
        assert failed is None
        seen = observe_in_process(
            toy_exercises.MEAN, answer, inputs, "torch", after_call=lambda noted=noted: noted.append(1)
        )
        assert judge_observation(toy_exercises.MEAN, seen, inputs).state is State.PASS, name
        assert noted == [1], name
