"""The samples beside the tests are imported by name (importlib mode keeps folders off the path)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
