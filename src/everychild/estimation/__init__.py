"""From survey and recipes to estimates with their errors, and from these to observations."""
