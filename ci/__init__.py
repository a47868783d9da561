"""What builds and judges the project: its environments and the pinned tools it is tested against."""
