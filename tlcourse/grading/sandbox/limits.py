"""How much time, memory and space may one submission use?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tlcourse.exercises.engine.patience import CHECK_SECONDS, TRAINING_SECONDS

__all__ = ["Limits"]

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """What one submission may use; the defaults fit PyTorch and TensorFlow on two cores.

    Attributes
    ----------
    exercise_seconds : float
        Wall time of one exercise, its setup included.
    training_seconds : float
        Processor time of an exercise that trains, in place of wall time.
    submission_seconds : float
        Wall time of all exercises of a submission (of those that train, processor time); what is left over
        counts as "timeout".
    cpu_seconds : float
        Processor time of one process.
    memory_bytes : int
        Resident memory of all processes of one exercise together, **above** what they share with the process
        that imported the framework (0.6 to 1 GB, paid once for a grading worker). Files in the scratch
        folders count too: they are in memory.
    processes : int
        Processes **and threads** of one exercise (TensorFlow starts some twenty threads for itself).
    open_files : int
        Open files of one process.
    file_bytes : int
        Size of one file.
    scratch_bytes : int
        Each of the scratch home, /tmp and /dev/shm.
    reply_bytes : int
        What may come back from one exercise.
    """

    exercise_seconds: float = CHECK_SECONDS
    training_seconds: float = TRAINING_SECONDS
    submission_seconds: float = 300.0
    cpu_seconds: float = 180.0
    memory_bytes: int = 4096 * MIB
    processes: int = 128
    open_files: int = 512
    file_bytes: int = 64 * MIB
    scratch_bytes: int = 128 * MIB
    reply_bytes: int = 48 * MIB

    def as_dict(self) -> dict[str, Any]:
        """The limits by name, as plain numbers."""
        return asdict(self)
