"""What goes between us and partners who take cases over, as far as it is of no one case."""
