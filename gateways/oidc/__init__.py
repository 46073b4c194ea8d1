"""A provider of OpenID Connect, by which people sign in at the desk as they do elsewhere."""
