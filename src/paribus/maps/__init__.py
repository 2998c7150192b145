"""How far a verdict reaches: the same comparison, small, in each cell of a grid."""
