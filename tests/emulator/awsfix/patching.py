"""Replaces functions of moto, after checking that they are the ones the replacement was written for."""

import functools
import hashlib
import inspect
import json
from pathlib import Path

SOURCES = Path(__file__).with_name("moto_sources.json")


class MotoChanged(Exception):
    """A function of moto isn't the one its correction was written for."""


_replacements = []
_additions = []


def replaces(owner, name=None):
    """Marks a function as the replacement of `owner.<name>` (its own name unless given).

    The replacement receives moto's own function as its first argument, then what moto's would have received.
    A property is replaced by its getter. Of two replacements of one function, the later receives the earlier.
    """

    def mark(function):
        _replacements.append((owner, name or function.__name__, function))
        return function

    return mark


def adds(owner, name=None):
    """Marks a function as a method that `owner` lacks."""

    def mark(function):
        _additions.append((owner, name or function.__name__, function))
        return function

    return mark


def expected_sources():
    """The hashes recorded for the functions that are replaced."""
    return json.loads(SOURCES.read_text(encoding="utf-8"))


def found_sources():
    """The hashes of the same functions in the moto that is installed."""
    return {_label(owner, name): _source_hash(owner, name) for owner, name, _ in _replacements}


def check_sources():
    """Raises MotoChanged, naming every function that differs from the recorded one."""
    expected, found = expected_sources(), found_sources()
    wrong = sorted(label for label, value in found.items() if expected.get(label) != value)
    wrong += sorted(
        _label(owner, name) + " (now exists in moto)" for owner, name, _ in _additions if hasattr(owner, name)
    )
    if wrong:
        raise MotoChanged(
            "moto differs from the version these corrections were written for: " + ", ".join(wrong)
        )


def install():
    """Puts every replacement and addition in place. Call once, after `check_sources`."""
    for owner, name, function in _replacements:
        original = inspect.getattr_static(owner, name)
        if isinstance(original, property):
            setattr(owner, name, property(_with_original(function, original.fget), original.fset))
        else:
            setattr(owner, name, _with_original(function, original))
    for owner, name, function in _additions:
        setattr(owner, name, function)


def _with_original(function, original):
    @functools.wraps(original)
    def corrected(*args, **kwargs):
        return function(original, *args, **kwargs)

    return corrected


def _label(owner, name):
    return f"{owner.__module__}.{owner.__qualname__}.{name}"


def _source_hash(owner, name):
    found = inspect.getattr_static(owner, name, None)
    if found is None:
        return "missing"
    source = inspect.getsource(found.fget if isinstance(found, property) else found)
    return hashlib.sha256(source.encode("utf-8")).hexdigest()
