"""The rule that reaches a verdict, in its editions."""
