"""Pages for staff: review, audit, administration."""
