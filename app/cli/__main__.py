"""``python -m app.cli`` is the command ``earlyhelp``."""

import sys

from app.cli import main

sys.exit(main())
