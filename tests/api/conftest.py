from tests.api.people import buyer, moderator, nobody, rival, seller, stranger

__all__ = ["buyer", "moderator", "nobody", "rival", "seller", "stranger"]
