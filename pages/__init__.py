"""How the pages and pictures in `docs/` are made that commands write: benchmarks, durability and chaos."""
