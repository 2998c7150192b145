"""How values are said in a language: sentences, numbers, units, Korean particles, and the catalogues."""
