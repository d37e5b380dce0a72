"""Executes a solution in a fresh kernel, and cleans its outputs so that they can be committed.

===========  ========================================================================
``run``      a notebook from top to bottom: the kernel, its environment, the result
``meter``    the processor seconds of each cell, and the limits of a cell
``failure``  which cell failed, on which line of the source, and why
``outputs``  outputs without what differs from run to run
``paths``    no output may show a path of this machine
===========  ========================================================================

What runs inside the kernel's process is `tlcourse.authoring.kernel`.
"""

from tlcourse.authoring.execute.failure import ExecutionError
from tlcourse.authoring.execute.paths import machine_paths
from tlcourse.authoring.execute.run import Execution, execute, on_gpu

__all__ = ["Execution", "ExecutionError", "execute", "machine_paths", "on_gpu"]
