"""A real Kubernetes of two nodes on one machine, from package registries alone, and images to run on it."""
