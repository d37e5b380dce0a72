"""The training loop and the forward pass: ``_torch`` and ``_keras``, with the same two functions.

``fit(model, train, val, recipe)`` trains in place and gives a `History`. ``forward(model, inputs, ...)``
gives the model's outputs in inference mode. `tlcourse.training` checks what a learner passes before it calls
them.
"""
