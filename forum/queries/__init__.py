"""Every read, already limited to what this reader may see."""
