"""The drawing lab of report and page: networks, moments of their training, test images, and their words."""
