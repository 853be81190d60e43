"""The four services. None imports another; they hear each other on streams."""
