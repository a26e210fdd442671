"""The reporting portal of the New Urban Agenda."""
