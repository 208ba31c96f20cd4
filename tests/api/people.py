"""Callers in their usual roles."""

import pytest

from tests.api.calls import Caller
from tests.factories.accounts import ModeratorFactory, SellerFactory, UserFactory


@pytest.fixture
def nobody():
    return Caller()


@pytest.fixture
def seller(db):
    return Caller(SellerFactory())


@pytest.fixture
def rival(db):
    """Another seller."""
    return Caller(SellerFactory())


@pytest.fixture
def buyer(db):
    return Caller(UserFactory())


@pytest.fixture
def stranger(db):
    """Another buyer."""
    return Caller(UserFactory())


@pytest.fixture
def moderator(db):
    return Caller(ModeratorFactory())
