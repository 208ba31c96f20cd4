"""The demonstration catalogue: listings, people and pictures made by us."""
