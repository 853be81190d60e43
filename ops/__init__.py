"""The `ayllu` command: start it, feed it, watch it, put it right."""
