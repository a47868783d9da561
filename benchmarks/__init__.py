"""What chartgen costs as whole processes, and what a user would run instead costs on the same work."""
