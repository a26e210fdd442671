"""The floor, for the server."""

from tests.bench.floor import create_floor

app = create_floor()
