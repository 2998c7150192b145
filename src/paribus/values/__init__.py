"""Floor 0: the frozen values that flow through Paribus. No torch, no files, no clock."""
