"""Figures as values, marks on axes, and the two back ends that draw them: SVG and matplotlib."""
