"""Values as people write them: amounts, dates, contacts, links."""
