"""Serves moto, corrected or as it is, with an endpoint for tests beside it."""
