"""Remembers what moto works out anew for each call, account or member of an answer. It never changes while it runs."""

import functools

import xmltodict
from moto import backends
from moto.core import responses
from moto.core.base_backend import AccountSpecificBackend
from moto.core.serialize import DEFAULT_ALIAS_PROVIDERS, XFormedAttributePicker


def remember():
    """Call once, before the first request and after the corrections are in place."""
    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)
    # It looks at each character of each element's name in each answer; the names are those of AWS's models.
    xmltodict._validate_name = functools.cache(xmltodict._validate_name)
    _remember_attributes()
    _remember_regions()


def _remember_attributes():
    """A member of an answer is looked for in moto's object under several names, which take longer to make than to try.
    They depend on the member and the object's class, so each member's shape, which lives as long as its model, gets
    them by key and class."""
    find = XFormedAttributePicker.get_possible_keys

    def get_possible_keys(self, context):
        if self.alias_providers is not DEFAULT_ALIAS_PROVIDERS:
            return find(self, context)
        known = context.shape.__dict__.setdefault("_possible_keys", {})
        kind = (context.key, type(context.obj))
        if kind not in known:
            known[kind] = tuple(dict.fromkeys(find(self, context)))
        return known[kind]

    XFormedAttributePicker.get_possible_keys = get_possible_keys


def _remember_regions():
    """moto's own memory is keyed by the account, too, and so empty for each new one."""
    find = AccountSpecificBackend._generate_regions.__wrapped__
    known = {}

    def regions(self, service_name):
        if service_name not in known:
            known[service_name] = find(self, service_name)
        return list(known[service_name])

    AccountSpecificBackend._generate_regions = regions
