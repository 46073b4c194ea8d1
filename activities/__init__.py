"""What a workflow asks of the world: contracts, ports, and the implementations behind them."""
