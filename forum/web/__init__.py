"""Shared web parts: identity, guards, headers, errors, paging."""
