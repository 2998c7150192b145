"""What goes into a paper or a build's log: tables as Markdown, LaTeX and CSV, and a methods section with citations."""
