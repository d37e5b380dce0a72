"""The published architectures of torchvision, timm and keras.applications, built in either framework."""
