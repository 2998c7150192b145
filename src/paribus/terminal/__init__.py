"""What the command line shows: a comparison live, its verdict, and plain tables."""
