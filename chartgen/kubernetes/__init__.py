"""What Kubernetes accepts: schemas of every supported version, and the limits only a server knows."""
