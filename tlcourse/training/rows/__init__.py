"""Training on rows of numbers that are ready to be read: the loop behind `fit_head` and `tlcourse.heads.fit`.

``_torch`` and ``_keras`` have the same functions. ``fit(model, x, y, recipe)`` trains a model of rows float32
(N, D) in place and gives a `History`; ``linear(weights)`` makes the model of `fit_head`, and
``weights_and_bias(model)`` reads it out.
"""
