"""Running the service: workers, reload, limits of connections, health, metrics, administration."""
