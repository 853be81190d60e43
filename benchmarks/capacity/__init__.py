"""What a district, a country, and all countries would need: measured costs, assumptions, and simple arithmetic."""
