"""Stripe's objects: how each is made and kept, and the API calls on it."""

import importlib
import pkgutil


def load() -> None:
    """Imports every module here, so that its calls and views are registered."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
