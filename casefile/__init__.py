"""The case file: facts, ledger, inbox, messages, tasks and views, kept in a database."""
