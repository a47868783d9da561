"""Examinations before an install: of what is going to be made, and of the place that it is going to."""
