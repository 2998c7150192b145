"""The figures that only recipes have, and what each is drawn from."""
