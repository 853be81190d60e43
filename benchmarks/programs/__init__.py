"""What contenders (b) to (e) run: one process for each service, `python -m benchmarks.programs.<module> <service>`."""
