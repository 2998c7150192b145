"""The built-in program: a recipe, trained on LeNet and its relatives."""
