"""What comes in over HTTP from outside: webhooks of providers."""
