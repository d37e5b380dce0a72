"""``python -m tlcourse.sweeps``: see ``engine.command``."""

import sys

from tlcourse.sweeps.engine.command import main

if __name__ == "__main__":
    sys.exit(main())
