"""Corrections to moto's Elastic Load Balancing v2."""
