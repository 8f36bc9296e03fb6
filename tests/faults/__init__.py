"""What breaks, and what people see then."""
