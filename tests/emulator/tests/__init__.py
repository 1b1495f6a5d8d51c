"""Tests of the emulator: what it corrects, and what it lets tests do."""
