"""What an outsider needs to check an exported audit: no database, nothing but Python and `cryptography`.

Run it alone with `python -m moderation.proof FILE --public-key KEY`. The audit itself uses the same code to
write, so that what is written and what is checked cannot drift apart.
"""
