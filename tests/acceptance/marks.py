# SPDX-License-Identifier: Apache-2.0
"""How a run's objects are told from everybody else's: names and tags that hold its prefix.

The sweeper removes only what bears both tags. The owner of a production cluster never begins like this, so that no
prefix, however chosen, can reach one.
"""

import re
import secrets

CLUSTER_KEY = "kubeha.io/cluster"
OWNER_KEY = "kubeha.io/owner"
OWNER = "kubeha-acceptance/"


class Invalid(Exception):
    """The prefix can't be one."""


class Prefix:
    """A run's prefix."""

    def __init__(self, text):
        # Load balancers' names have 32 characters: prefix, case and "-service".
        if not re.fullmatch(r"[a-z][a-z0-9]{2,15}", text):
            raise Invalid(f"{text!r} is no prefix: 3 to 16 lower case letters and digits, a letter first")
        self.text = text

    @classmethod
    def random(cls):
        return cls(f"acc{secrets.token_hex(4)}")

    @property
    def owner(self):
        return OWNER + self.text

    def cluster(self, short):
        return f"{self.text}-{short}"

    def marks(self, short):
        """The tags of what isn't made by the provider."""
        return {CLUSTER_KEY: self.cluster(short), OWNER_KEY: self.owner}

    def owns(self, tags):
        """Whether these tags are of this run."""
        return tags.get(OWNER_KEY) == self.owner and tags.get(CLUSTER_KEY, "").startswith(f"{self.text}-")

    def __str__(self):
        return self.text
