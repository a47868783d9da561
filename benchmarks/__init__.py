"""What chartgen costs as whole processes, beside what a person would run instead: `make bench`."""
