"""Sample reports about made-up households of Cajamarca."""
