"""Ways to the partners who take cases over."""
