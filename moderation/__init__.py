"""Judgement and record. Imports neither Flask nor `forum`, so it can be tested, replayed and audited alone."""
