"""What an attacker tries, on loopback and bounded: each must be refused, and nothing may break."""
