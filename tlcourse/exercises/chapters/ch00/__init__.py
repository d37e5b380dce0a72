"""The exercises of chapter 0, in the order in which learners meet them."""

ORDER = ("draw_per_class", "pick_class", "load_and_predict")
