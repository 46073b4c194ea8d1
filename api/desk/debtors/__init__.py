"""Debtors at the desk: the list, and the page of one."""
