"""A simulator of a partner region, for trying things out; its residents are made up."""
