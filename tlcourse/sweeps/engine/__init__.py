"""The engine of the sweeps: what a sweep is, its table, and how rows are run, checked and rehashed.

A notebook reads tables and runs a row (`store`, `live`). The command line's part (`run`, `check`, `rehash`)
is imported from its own modules, so that no notebook depends on it.
"""
