"""Corrections to moto's EC2."""
