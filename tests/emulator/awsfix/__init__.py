"""Corrections that bring moto closer to what AWS documents, one concern per module.

`corrections.install()` checks moto's sources and applies all of them.
"""
