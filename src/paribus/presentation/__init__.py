"""Floor 5: figures, report, terminal, and every word that people read, in Korean and English."""
