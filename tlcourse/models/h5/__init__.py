"""Keras's own files of weights (.weights.h5, .h5, .keras): one side only, as PyTorch does not read them."""
