"""Networks that the course builds or changes itself, in either framework.

EfficientNet-Lite0 to 2, SqueezeNet and the small CNN: names, shapes and random starts of their tensors are
plain data, in `tlcourse.models.architecture`, and ``build`` makes the network. Xception in PyTorch is timm's
with Keras's padding, for weights that Keras trained.
"""
