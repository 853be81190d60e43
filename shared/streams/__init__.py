"""Redis streams: reading them in groups, publishing, partitions, dead letters."""
