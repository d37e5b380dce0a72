"""The PyTorch view of a `Dataset`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from tlcourse.data.dataset import Dataset, Indices, Transform
from tlcourse.data.order import batches
from tlcourse.errors import ShapeError

__all__ = ["view"]


class _Rows(TorchDataset):
    """Gives a whole batch for an array of rows: one slice of numpy instead of B small ones."""

    def __init__(self, data: Dataset, transform: Transform | None) -> None:
        self.data = data
        self.transform = transform

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, rows: Indices) -> tuple[torch.Tensor, torch.Tensor]:
        images: Any = self.data.images[rows]
        if self.transform is not None:
            images = self.transform(images)
        if not isinstance(images, torch.Tensor):
            images = np.asarray(images)
            if images.ndim != 4 or images.shape[3] != 3:
                raise ShapeError(
                    f"The transform returned shape {images.shape}.",
                    "Return a numpy array (B, height, width, 3), or a torch tensor of any shape.",
                )
            images = torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2)))
        return images, torch.from_numpy(self.data.labels[rows])


class _Batches:
    """The batches of one epoch; each new pass over it is the next epoch."""

    def __init__(self, count: int, batch_size: int, shuffle: bool, seed: int) -> None:
        self.arguments = (count, batch_size, shuffle, seed)
        self.epoch = 0
        self.length = len(batches(count, batch_size, False, seed, 0))

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Indices]:
        epoch, self.epoch = self.epoch, self.epoch + 1
        yield from batches(*self.arguments, epoch=epoch)


def view(
    data: Dataset, batch_size: int, shuffle: bool = False, seed: int = 0, transform: Transform | None = None
) -> DataLoader:
    """A ``DataLoader`` over all rows of a data set.

    Parameters
    ----------
    data : Dataset
    batch_size : int
        The last batch of an epoch may be smaller.
    shuffle : bool
        A new permutation each epoch (each pass over the loader), fixed by ``seed`` and the number of the
        epoch.
    transform : callable, optional
        Takes a uint8 batch (B, height, width, 3) and returns an array of that layout, or a torch tensor,
        which is passed on as it is.

    Returns
    -------
    DataLoader
        Gives ``(images, labels)``: (B, 3, height, width), uint8 without a transform; int64 (B,).

    Examples
    --------
    >>> from tlcourse.data import digits
    >>> images, labels = next(iter(view(digits(), batch_size=4)))
    >>> images.shape, images.dtype, labels.tolist()
    (torch.Size([4, 3, 8, 8]), torch.uint8, [0, 1, 2, 3])
    """
    sampler = _Batches(len(data), batch_size, shuffle, seed)
    # batch_size=None: the sampler gives whole batches already.
    return DataLoader(_Rows(data, transform), sampler=sampler, batch_size=None)
