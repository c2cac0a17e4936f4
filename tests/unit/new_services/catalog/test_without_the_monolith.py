"""What must stand when the monolith and the layer against it are deleted."""

import subprocess
import sys

PROBE = """
import sys

class Deleted:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(("legacy_monolith", "new_services.anticorruption")):
            raise ModuleNotFoundError(f"{name} is deleted", name=name)

sys.meta_path.insert(0, Deleted())
import new_services.catalog.app
import new_services.catalog.__main__
"""


def test_the_catalog_imports():
    subprocess.run([sys.executable, "-c", PROBE], check=True, timeout=60)
