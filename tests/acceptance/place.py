# SPDX-License-Identifier: Apache-2.0
"""Where one run's cases live: the endpoint, the run's prefix, and the ground they stand on."""

from leftovers import find
from sweep import sweep
from terraform import HERE, ROOT, Failed, Terraform

# The cheapest that runs what AWS's image has.
INSTANCE_TYPE = "t3.small"
GROUND = "ground"
# An emulator's nodes that aren't there by then never will be.
PATIENCE = "90s"


class Place:
    """What every case is given."""

    def __init__(self, endpoint, cloud, prefix, work):
        self.endpoint = endpoint
        self.cloud = cloud
        self.prefix = prefix
        self.work = work
        self.missing = cloud.missing()
        self._ground = {}
        self._terraform = None

    def lacking(self, services):
        """Which of these services aren't there, in words; empty if all are."""
        return ", ".join(f"{service} answers {self.missing[service]}" for service in services if service in self.missing)

    def survey(self):
        """What must be known before anything is made."""
        self._ground = {
            "zones": self.cloud.zones(2),
            "image_id": self.cloud.image(),
            "instance_type": INSTANCE_TYPE,
            "domain": f"{self.prefix}.kubeha-acceptance.net",
        }

    def lay(self):
        """Makes the ground."""
        self._terraform = Terraform(self.work / GROUND, self.endpoint.environment)
        self._terraform.write(common=self.configuration("common"), main=self.configuration("ground"))
        self._terraform.variables(self.variables(GROUND, changed=False))
        self._terraform.apply()
        self._ground |= self._terraform.outputs()
        if "route53" not in self.missing:
            self._ground["hosted_zone_id"] = self.cloud.hosted_zone(self._ground["domain"], self.prefix.marks(GROUND))

    def clear(self):
        """Takes the ground away, and the hosted zone, which isn't Terraform's."""
        try:
            self._terraform.destroy()
        except Failed as failure:
            # Deleting a ground is no case. What the sweeper can't take either is listed in the end.
            print(f"acceptance: the ground wasn't destroyed, so it is swept\n{failure}", flush=True)
        self.sweep(GROUND)

    def left(self, short):
        return find(self.cloud, self.prefix, self.missing, self.prefix.cluster(short))

    def sweep(self, short):
        sweep(self.cloud, self.prefix, self.missing, lambda _: None, self.prefix.cluster(short))

    def configuration(self, name):
        return (HERE / "configurations" / f"{name}.tf").read_text()

    def complete(self):
        """The files of examples/complete by name."""
        files = {file.stem: file.read_text() for file in (ROOT / "examples" / "complete").glob("*.tf")}
        return files if self.endpoint.is_aws else files | {"complete_override": self.configuration("complete_override")}

    def variables(self, short, changed, imported=False):
        """The values of configurations/common.tf. Timeouts are the configuration's alone, so none are imported."""
        return {
            "cluster_name": self.prefix.cluster(short),
            "owner": self.prefix.owner,
            "allowed_account_ids": [self.endpoint.account] if self.endpoint.is_aws else None,
            "ground": self._ground,
            "changed": changed,
            "patience": None if imported or self.endpoint.is_aws else PATIENCE,
        }

    def whole_cluster(self):
        """The variables of examples/complete."""
        return {
            "region": self.endpoint.region,
            "availability_zones": self.cloud.zones(3),
            "image_id": self._ground["image_id"],
            "cluster_name": self.prefix.cluster("whole"),
            "owner": self.prefix.owner,
            "worker_instance_types": ["m7i.xlarge", "m6i.xlarge"],
            "wait_for_healthy_timeout": "5m",
        }
