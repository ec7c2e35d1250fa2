"""`python -m genre_core`."""

from genre_core.cli import main

raise SystemExit(main())
