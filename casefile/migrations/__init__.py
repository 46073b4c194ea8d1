"""Migrations of the case file, run by alembic."""
