"""What the sweeps of several topics share: pictures and their features, the trainer, chosen rates."""
