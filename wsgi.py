"""The application, for servers and for the `flask` command."""

from portal.app import start

app = start()
