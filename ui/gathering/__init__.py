"""The pieces of the page Your dataset: gather songs, check them, and use them."""
