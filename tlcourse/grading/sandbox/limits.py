"""How much of the machine one answer may use."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Limits"]

MIB = 1024**2


@dataclass(frozen=True)
class Limits:
    """Limits of one answer's process tree; what is exceeded costs that answer only.

    Attributes
    ----------
    exercise_seconds, submission_seconds : float
        Wall seconds for one answer, and for all answers of a student.
    cpu_seconds : int
        Processor seconds of one process.
    memory_bytes : int
        Resident memory of the tree above what the imported framework takes; also the writable memory that
        one process may ask for, so that an array that is far too large is a MemoryError.
    processes : int
        Processes and threads; the frameworks start some twenty threads themselves.
    open_files : int
    file_bytes, scratch_bytes : int
        One file, and each of the scratch folders (home, /tmp, /dev/shm).
    reply_bytes : int
        What may come back from one answer.
    """

    exercise_seconds: float = 60.0
    submission_seconds: float = 300.0
    cpu_seconds: int = 120
    memory_bytes: int = 3072 * MIB
    processes: int = 128
    open_files: int = 512
    file_bytes: int = 64 * MIB
    scratch_bytes: int = 128 * MIB
    reply_bytes: int = 48 * MIB

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers by name."""
        return asdict(self)
