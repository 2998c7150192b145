"""What the report and the lab page share in the browser: ES modules, their words and data, and the style's tokens."""
