"""Behind `maanwerk case`: finds cases, tells them something, shows them."""
