"""Tables, one module a noun; `portal.models.registry` imports them all."""
