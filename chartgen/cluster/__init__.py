"""A cluster, read through the person's own kubectl: the only road to one, and it can only read."""
