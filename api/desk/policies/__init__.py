"""The rules that are in force, the manual made of them, and the creditors who chose them."""
