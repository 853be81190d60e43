"""The commands people call: `ayllu …`."""
