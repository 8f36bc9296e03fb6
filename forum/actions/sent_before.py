"""A form sent twice does its work once; what was changed in between must not vanish without a word."""

from __future__ import annotations


class OtherWordsSent(Exception):
    """This very form was sent before, with other words: it came back by the browser's Back button and was changed."""
