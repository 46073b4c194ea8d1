"""Configuration: settings of the environment, keys, addresses, limits and logs."""
