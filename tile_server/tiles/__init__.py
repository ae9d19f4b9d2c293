"""Map tiles: the short route, its archives, palettes and the cells behind them."""
