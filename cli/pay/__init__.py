"""Behind `maanwerk pay`: payments of debtors, and money on no invoice."""
