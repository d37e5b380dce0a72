"""A `Dataset` as each framework wants its batches: a ``DataLoader`` or a ``tf.data.Dataset``.

`tlcourse.data.Dataset.torch_loader` and `.tf_dataset` are the ways in. Both sides have one function,
``view``, and the same arguments give the same examples in the same order.
"""
