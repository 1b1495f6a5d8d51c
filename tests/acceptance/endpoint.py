# SPDX-License-Identifier: Apache-2.0
"""Where the cases run, and what must be said before they may run there.

An address of this machine is taken for an emulator, and gets made-up credentials, never the person's own. All else
is taken for AWS: it costs money and can be harmed, so the account must be named.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

ACCOUNT_VARIABLE = "KUBEHA_ACCEPTANCE_ACCOUNT"
# Emulators take twelve digits for the account.
MADE_UP_ACCOUNT = "111122223333"
MADE_UP_REGION = "us-east-1"
OURS = {"emulator": (), "stock": ("--stock",)}


class Refused(Exception):
    """Nothing was called; the text says why, and what to do."""


@dataclass(frozen=True)
class Endpoint:
    """An endpoint that may be used."""

    # None: AWS's own.
    url: str | None
    region: str
    # The account that the person named; None for an emulator.
    account: str | None
    # What AWS clients find in their environment.
    environment: dict
    # Arguments of this repository's emulator, if that is to be started first.
    start: tuple | None = None

    @property
    def is_aws(self):
        return self.account is not None

    def __str__(self):
        return self.url or "AWS"


def endpoint(text, environment):
    """The endpoint that is meant by `text`: emulator, stock, aws, or a URL."""
    if text in OURS:
        return _emulator(None, OURS[text])
    if text == "aws":
        return _aws(None, environment)
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(
            f"{text!r} is no endpoint: say ENDPOINT=emulator (moto with corrections), ENDPOINT=stock (moto as it "
            "is), ENDPOINT=http://127.0.0.1:4566 (any emulator on this machine) or ENDPOINT=aws"
        )
    if _is_this_machine(parts.hostname):
        return _emulator(text, None)
    return _aws(text, environment)


def at(url):
    """An emulator of ours that listens there now."""
    return _emulator(url, None)


def check_account(wanted, found):
    """Refuses an account that isn't the one that was named."""
    if found != wanted:
        raise Refused(f"these credentials are of account {found}, but {ACCOUNT_VARIABLE} is {wanted}: nothing was made")


def _emulator(url, start):
    environment = {
        "AWS_REGION": MADE_UP_REGION,
        "AWS_ACCESS_KEY_ID": MADE_UP_ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    if url:
        environment["AWS_ENDPOINT_URL"] = url
    return Endpoint(url, MADE_UP_REGION, None, environment, start)


def _aws(url, environment):
    where = url or "AWS"
    account = environment.get(ACCOUNT_VARIABLE, "")
    if not re.fullmatch(r"[0-9]{12}", account):
        raise Refused(
            f"{where} isn't an address of this machine, so what is made there may be real and cost money: set "
            f"{ACCOUNT_VARIABLE} to the twelve digits of the account that the cases may use, best one of its own"
        )
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    if not region:
        raise Refused("set AWS_REGION to the region that the cases may use")
    kept = {
        name: value
        for name, value in environment.items()
        if name.startswith("AWS_") and not name.startswith("AWS_ENDPOINT_URL")
    }
    kept["AWS_REGION"] = region
    if url:
        kept["AWS_ENDPOINT_URL"] = url
    return Endpoint(url, region, account, kept)


def _is_this_machine(host):
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
