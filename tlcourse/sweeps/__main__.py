"""``python -m tlcourse.sweeps``: see ``engine.main``."""

import sys

from tlcourse.sweeps.engine import main

if __name__ == "__main__":
    sys.exit(main())
