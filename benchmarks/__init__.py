"""What the site costs, measured: `make bench`. Nothing here is part of what runs for people."""
