"""Logs, metrics and traces of a service; never with a name."""
