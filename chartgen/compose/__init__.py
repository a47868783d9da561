"""Compose files to app.yaml and back."""
