"""The site: members' pages, the moderators' console and the commands."""
