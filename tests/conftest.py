"""What every test stands on; the surroundings themselves are made in tests/settings.py."""

pytest_plugins = ["tests.fixtures"]
