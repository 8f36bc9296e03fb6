"""A large invented community, for measuring: the same tables, constraints and record as real use, filled in bulk.

What comes in great numbers is inserted many rows at a time; what happens to a few of them (queue, reports,
decisions, the audit, the digests of each hour) goes through the same verbs as on the site.
"""
