"""The comparisons themselves, a module for each topic: what a row does, its grid, its tolerances."""
