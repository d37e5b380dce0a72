"""What the sweeps of several topics share: images and their features, the trainer, chosen rates."""
