"""Gateways: the outside systems. The outbox and the dossier folder need no account anywhere."""
