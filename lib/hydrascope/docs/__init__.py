"""The generated pages of docs/: one module for each, from what it is about to its text."""
