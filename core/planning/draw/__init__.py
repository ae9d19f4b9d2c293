"""The draw: candidates, chances, lottery, hold-outs, and the modes for comparison."""
