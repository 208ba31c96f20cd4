"""The painter of the demonstration pictures: palettes, tools and one module for each family of styles."""
