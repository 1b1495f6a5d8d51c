"""Corrections to moto's EC2 Auto Scaling."""
