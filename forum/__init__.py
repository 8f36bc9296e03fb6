"""The site: members' pages, the moderators' console and the commands."""

from forum import lean  # noqa: F401 - first of all
