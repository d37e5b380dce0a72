"""placeholder while the engine's tests are written"""

SWEEPS: tuple = ()
