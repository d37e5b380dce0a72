"""`nbformat`, which reads and writes notebooks, without a second that it does not need.

nbformat imports jsonschema, and jsonschema imports, if it is installed, a checker of internationalized
addresses (`rfc3987_syntax`, which Jupyter Server brings along) that builds its grammar at import: 1.1 of the
1.3 seconds that ``import nbformat`` takes. No schema of notebooks has such an address, and jsonschema works
without the checker. So it is out of sight while nbformat is imported; others can import it afterwards.
"""

from __future__ import annotations

import sys

__all__ = ["nbformat"]

_CHECKER = "rfc3987_syntax"
_hidden = _CHECKER not in sys.modules
if _hidden:
    # What Python's import system documents for "is not there": an ImportError, which jsonschema expects.
    sys.modules[_CHECKER] = None  # type: ignore[assignment]
try:
    import nbformat
finally:
    if _hidden:
        del sys.modules[_CHECKER]
