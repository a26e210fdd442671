"""Commands of the reporting team, each a call of one service."""
