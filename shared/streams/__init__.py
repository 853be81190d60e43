"""Redis streams: reading them in groups, publishing, partitions, and what could not be used."""
