"""Pages for members and for people without an account."""
