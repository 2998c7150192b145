"""A program that is somebody's own function: its keyword parameters are the fields, what it returns are the figures."""
