"""A Stripe of our own for development and tests: a server with its own store that imports nothing from the market."""
