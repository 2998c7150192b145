"""A command of any language as a program: its words, with the values of fields in their places, give figures."""
