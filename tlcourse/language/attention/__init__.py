"""Attention, for Keras alone: in PyTorch the course runs the library ``transformers``, which has its own."""
