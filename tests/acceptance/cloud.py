# SPDX-License-Identifier: Apache-2.0
"""AWS as the cases see it past the provider: which services answer, and what the cases stand on."""

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

IMAGE_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
# A harmless call of each service.
PROBES = {
    "autoscaling": ("describe_auto_scaling_groups", {}),
    "ec2": ("describe_vpcs", {}),
    "elbv2": ("describe_load_balancers", {}),
    "iam": ("list_roles", {}),
    "route53": ("list_hosted_zones", {}),
    "ssm": ("describe_parameters", {}),
}


class Cloud:
    """An endpoint's services."""

    def __init__(self, endpoint):
        self._endpoint = endpoint
        self._clients = {}

    def client(self, service):
        if service not in self._clients:
            settings = {"region_name": self._endpoint.region, "endpoint_url": self._endpoint.url}
            if not self._endpoint.is_aws:
                settings["aws_access_key_id"] = self._endpoint.environment["AWS_ACCESS_KEY_ID"]
                settings["aws_secret_access_key"] = self._endpoint.environment["AWS_SECRET_ACCESS_KEY"]
                # No proxy stands before what listens on this machine.
                settings["config"] = Config(proxies={}, retries={"max_attempts": 3})
            self._clients[service] = boto3.client(service, **settings)
        return self._clients[service]

    def account(self):
        return self.client("sts").get_caller_identity()["Account"]

    def missing(self):
        """{service: what it answers} of those that aren't there."""
        missing = {}
        for service, (call, arguments) in PROBES.items():
            try:
                getattr(self.client(service), call)(**arguments)
            except ClientError as error:
                status = error.response["ResponseMetadata"].get("HTTPStatusCode")
                if status != 501:
                    raise SystemExit(f"acceptance: {service} refuses {call}: {error}") from None
                missing[service] = "501"
            except BotoCoreError as error:
                raise SystemExit(f"acceptance: {service} doesn't answer: {error}") from None
        return missing

    def zones(self, wanted):
        """Names of that many zones of the region."""
        answer = self.client("ec2").describe_availability_zones()["AvailabilityZones"]
        names = sorted(
            zone["ZoneName"]
            for zone in answer
            # Emulators don't always say what kind of zone it is. A local zone's name ends in digits and a letter.
            if zone.get("ZoneType", "availability-zone") == "availability-zone" and zone["ZoneName"].count("-") == 2
        )
        if len(names) < wanted:
            raise SystemExit(f"acceptance: the region has {len(names)} zones, {wanted} are needed")
        return names[:wanted]

    def image(self):
        """An image for x86_64: AWS's own, as its parameter says; where there is no such image, any."""
        filters = [{"Name": "architecture", "Values": ["x86_64"]}]
        try:
            named = self.client("ssm").get_parameter(Name=IMAGE_PARAMETER)["Parameter"]["Value"]
            # An emulator may have AWS's parameters and images of its own.
            if self.client("ec2").describe_images(Filters=[*filters, {"Name": "image-id", "Values": [named]}])["Images"]:
                return named
        except ClientError:
            pass  # no such parameter, or no such service
        images = self.client("ec2").describe_images(Filters=filters)["Images"]
        if not images:
            raise SystemExit("acceptance: there is no image for x86_64")
        return min(image["ImageId"] for image in images)

    def hosted_zone(self, domain, marks):
        """Makes one, marked, and returns its id."""
        route53 = self.client("route53")
        made = route53.create_hosted_zone(Name=domain, CallerReference=domain)["HostedZone"]["Id"]
        zone = made.removeprefix("/hostedzone/")
        tags = [{"Key": key, "Value": value} for key, value in marks.items()]
        route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=tags)
        return zone
