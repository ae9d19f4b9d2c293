"""The slow and flexible path: crops, statistics and pictures, made at the request."""
