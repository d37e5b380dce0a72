"""BatchNorm's statistics taken from other images, in PyTorch."""

import torch
from restated_checks import check_the_first_layer

from tlcourse.sweeps.shared.restated import _torch


def maps(network, x):
    with torch.no_grad():
        return network.conv_stem(x).permute(0, 2, 3, 1).cpu().numpy()


def test_the_statistics_are_averages_over_the_batches():
    check_the_first_layer(
        "torch",
        _torch.restate,
        maps,
        lambda network: [a.cpu().numpy().copy() for a in (network.bn1.running_mean, network.bn1.running_var)],
    )
