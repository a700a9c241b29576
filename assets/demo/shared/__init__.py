"""Types and helpers that the backend and its side projects have in common."""
