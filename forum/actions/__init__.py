"""Every write: one function a verb. The caller opens the transaction; nothing here commits."""
