"""A case at the desk: its page, and the forms by which it is told something."""
