"""What runs in processes of its own: contenders (b) to (d), and what intake is compared with."""
