"""The `ayllu` command: start Ayllu, send reports, watch it, repair it."""
