"""Networks made smaller in PyTorch: weights set to zero, channels taken out, a small network taught.

The sweeps that need it run in PyTorch only, so it has one side.
"""
