"""IMA ADPCM, four bits a sample: the coder of 1992 that WAV files know as format 17.

Each sample is the one before plus a step of one of 89 sizes; four bits say how much of the step, and the next
step's size follows from them. Every block of 505 samples begins anew, so all blocks are coded side by side.
"""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

from tlcourse.errors import DataError

__all__ = ["decode", "encode"]

BLOCK = 256
"""Bytes of a block: a head of four, then two samples a byte."""
IN_BLOCK = (BLOCK - 4) * 2 + 1
_INDEX = np.array([-1, -1, -1, -1, 2, 4, 6, 8] * 2, np.int64)
# fmt: off
_STEPS = np.array([
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80,
    88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544,
    598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024,
    3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899,
    15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
], np.int64)
# fmt: on
_HEAD = struct.Struct("<4sI4s4sIHHIIHHHH4sII4sI")

Samples = npt.NDArray[np.int16]


def _moved(
    value: npt.NDArray[np.int64], index: npt.NDArray[np.int64], code: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The next sample of each block and the index of its next step."""
    step = _STEPS[index]
    change = (step >> 3) + (code & 1) * (step >> 2) + (code >> 1 & 1) * (step >> 1) + (code >> 2 & 1) * step
    value = np.clip(value + np.where(code & 8, -change, change), -32768, 32767)
    return value, np.clip(index + _INDEX[code], 0, 88)


def encode(sound: Samples, rate: int) -> bytes:
    """A WAV file with a sound in IMA ADPCM, the last block filled up with zeros.

    Parameters
    ----------
    sound : int16 array (N,)
        Mono.
    rate : int
        Samples a second.

    Examples
    --------
    >>> tone = np.round(9000 * np.sin(np.arange(2000) / 5)).astype(np.int16)
    >>> len(encode(tone, 8000)) < 0.6 * tone.nbytes
    True
    """
    count = -(-len(sound) // IN_BLOCK)
    filled = np.zeros(count * IN_BLOCK, np.int64)
    filled[: len(sound)] = sound
    blocks = filled.reshape(count, IN_BLOCK)
    best = np.full(count, np.inf)
    bytes_of = np.zeros((count, BLOCK), np.uint8)
    for start in range(0, 89, 8):  # the first step's size that serves the block best
        index, value = np.full(count, start), blocks[:, 0]
        codes, lost = np.zeros((count, IN_BLOCK - 1), np.int64), np.zeros(count)
        for place in range(1, IN_BLOCK):
            difference = blocks[:, place] - value
            code = np.minimum(7, 4 * np.abs(difference) // _STEPS[index]) | np.where(difference < 0, 8, 0)
            value, index = _moved(value, index, code)
            codes[:, place - 1] = code
            lost += (blocks[:, place] - value) ** 2
        better = lost < best
        best[better] = lost[better]
        packed = np.zeros((count, BLOCK), np.uint8)
        packed[:, :2] = blocks[:, :1].astype("<i2").view(np.uint8)
        packed[:, 2] = start
        packed[:, 4:] = codes[:, ::2] | codes[:, 1::2] << 4
        bytes_of[better] = packed[better]
    data = bytes_of.tobytes()
    head = _HEAD.pack(
        b"RIFF", _HEAD.size - 8 + len(data), b"WAVE", b"fmt ", 20, 17, 1, rate, rate * BLOCK // IN_BLOCK,
        BLOCK, 4, 2, IN_BLOCK, b"fact", 4, len(sound), b"data", len(data),
    )  # fmt: skip
    return head + data


def decode(file: bytes) -> Samples:
    """The samples of a WAV file that `encode` wrote: int16 (N,).

    Raises
    ------
    DataError
        For any other file.

    Examples
    --------
    >>> tone = np.round(9000 * np.sin(np.arange(2000) / 5)).astype(np.int16)
    >>> int(np.abs(decode(encode(tone, 8000)).astype(int) - tone).max()) < 900
    True
    """
    try:
        fields = _HEAD.unpack_from(file)
    except struct.error:
        fields = ()
    if len(fields) < 18 or fields[2] != b"WAVE" or fields[5:7] != (17, 1) or fields[9] != BLOCK:
        raise DataError(
            "This is no WAV file in IMA ADPCM, mono, with blocks of 256 bytes.", "Give what `encode` wrote."
        )
    samples, data = fields[15], np.frombuffer(file, np.uint8, offset=_HEAD.size)
    blocks = data.reshape(-1, BLOCK)
    value = np.ascontiguousarray(blocks[:, :2]).view("<i2")[:, 0].astype(np.int64)
    index = blocks[:, 2].astype(np.int64)
    sound = np.empty((IN_BLOCK, len(blocks)), np.int16)
    sound[0] = value
    for place in range(IN_BLOCK - 1):
        code = (blocks[:, 4 + place // 2] >> (4 * (place % 2)) & 15).astype(np.int64)
        value, index = _moved(value, index, code)
        sound[place + 1] = value
    return sound.T.reshape(-1)[:samples]
