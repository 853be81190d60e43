"""What each durability setting costs: the same batches through this project's own write path, the settings in turns."""
