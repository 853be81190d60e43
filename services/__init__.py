"""The four services. None imports another; they receive each other's events on streams."""
