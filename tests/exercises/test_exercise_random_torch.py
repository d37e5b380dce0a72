"""A check leaves PyTorch's generator where it was, and takes tensors for numbers."""

import torch
from toy_exercises import MEAN

from tlcourse.exercises import State, judge_observation, observe_in_process
from tlcourse.exercises.engine import plain


def test_a_check_does_not_move_the_generator():
    def mean(x):
        torch.rand(5)
        torch.manual_seed(9)
        return torch.from_numpy(x).mean()

    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    inputs = MEAN.draw(3)
    report = judge_observation(MEAN, observe_in_process(MEAN, mean, inputs, "torch"), inputs)
    assert report.state is State.PASS
    assert torch.equal(torch.rand(3), expected)


def test_tensors_are_plain():
    assert plain(torch.tensor(0.5, requires_grad=True)) == 0.5
    assert plain({"x": torch.ones(2, dtype=torch.bfloat16)})["x"].tolist() == [1.0, 1.0]
