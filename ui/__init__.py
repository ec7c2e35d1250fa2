"""What the pages share: session state, cached calls into the core, and the pieces of each page.

A page with more than its file has a package of its own (`ui.quiz`, `ui.train`, ...).  `shell` is the frame of every
page, `cached` the only place where calls into the core are cached, and `state` holds the keys of the session state.
"""
