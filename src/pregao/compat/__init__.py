"""The HTTP paths of five earlier systems."""
