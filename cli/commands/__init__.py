"""The commands, one file each: arguments, and what is behind them."""
