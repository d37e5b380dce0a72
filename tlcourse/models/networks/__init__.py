"""The course's own two networks, EfficientNet-Lite0 and the small CNN, built in either framework.

Names, shapes and random starts of their tensors are plain data, in `tlcourse.models.architecture`.
"""
