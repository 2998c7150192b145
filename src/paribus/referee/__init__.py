"""Loops of edits: what is kept, what is discarded, and what that may cost in errors."""
