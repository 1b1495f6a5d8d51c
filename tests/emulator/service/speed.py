"""Remembers answers that moto works out anew for each call or account. They never change while it runs."""

import functools

from moto import backends
from moto.core import responses
from moto.core.base_backend import AccountSpecificBackend


def remember():
    """Call once, before the first request and after the corrections are in place."""
    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)
    # moto's own memory is keyed by the account, too, and so empty for each new one.
    find = AccountSpecificBackend._generate_regions.__wrapped__
    known = {}

    def regions(self, service_name):
        if service_name not in known:
            known[service_name] = find(self, service_name)
        return list(known[service_name])

    AccountSpecificBackend._generate_regions = regions
