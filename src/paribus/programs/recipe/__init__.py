"""The built-in program: a recipe, trained on LeNet and its relatives."""

# What its runs need, torch above all, and without loading anything: commands have a server load it before all else.
PRELOAD = ("paribus.programs.recipe.worker", "paribus.programs.recipe.program")
