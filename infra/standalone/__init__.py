"""Running on a standalone cluster."""
