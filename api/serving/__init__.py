"""Serving HTTP: sockets, limits on what a client may take, start and stop."""
