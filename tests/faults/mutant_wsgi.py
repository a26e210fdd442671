"""The portal with the fault that the environment names, for the server."""

import os

from portal.app import create_app
from tests.faults.mutants import MUTANTS, PLANTED

app = create_app()
PLANTED[os.environ[MUTANTS]]()
