"""What seeds can show, and how many a question needs."""
