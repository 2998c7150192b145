"""Two crossed factors: what each does, alone and together."""
