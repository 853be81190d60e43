"""What only tests, chaos and benchmarks start: replica sets, clusters, and Ayllu itself from outside."""
