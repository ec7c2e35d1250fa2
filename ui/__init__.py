"""What the pages share: session state, cached calls into the core, and common pieces of page."""
