"""What EC2 offers to launch: images, instance types, zones, key pairs."""

from .harness import IMAGE, REGION, EmulatorTest, also_on_stock

ARM_IMAGE = "ami-12c6146c"


def by(name, *values):
    return [{"Name": name, "Values": list(values)}]


class Catalog(EmulatorTest):
    @also_on_stock
    def test_images_by_filter(self):
        found = self.ec2.describe_images(
            Filters=by("image-id", IMAGE, ARM_IMAGE, "ami-0123456789abcdef0", "nonsense"),
            IncludeDeprecated=True,
        )["Images"]
        self.assertEqual(
            {image["ImageId"]: image["Architecture"] for image in found},
            {IMAGE: "x86_64", ARM_IMAGE: "arm64"},
        )
        for image in found:
            self.assertEqual(image["State"], "available")
            self.assertTrue(image["RootDeviceName"])
            devices = {mapping["DeviceName"] for mapping in image["BlockDeviceMappings"]}
            self.assertIn(image["RootDeviceName"], devices)

    @also_on_stock
    def test_unknown_images_by_id(self):
        self.refused("InvalidAMIID.NotFound", self.ec2.describe_images, ImageIds=["ami-0123456789abcdef0"])

    @also_on_stock
    def test_instance_types_by_filter(self):
        found = self.ec2.describe_instance_types(
            Filters=by("instance-type", "m5.large", "m6g.large", "m5.metal", "none.large")
        )["InstanceTypes"]
        types = {found["InstanceType"]: found for found in found}
        self.assertEqual(set(types), {"m5.large", "m6g.large", "m5.metal"})
        self.assertEqual(types["m5.large"]["ProcessorInfo"]["SupportedArchitectures"], ["x86_64"])
        self.assertEqual(types["m6g.large"]["ProcessorInfo"]["SupportedArchitectures"], ["arm64"])
        self.assertEqual(types["m5.large"]["VCpuInfo"]["DefaultVCpus"], 2)
        self.assertEqual(types["m5.large"]["MemoryInfo"]["SizeInMiB"], 8192)
        self.assertIn("spot", types["m5.large"]["SupportedUsageClasses"])
        self.assertEqual((types["m5.large"]["BareMetal"], types["m5.metal"]["BareMetal"]), (False, True))

    @also_on_stock
    def test_offerings_by_zone(self):
        found = self.ec2.describe_instance_type_offerings(
            LocationType="availability-zone",
            Filters=by("instance-type", "m5.large", "t3.small", "none.large"),
        )["InstanceTypeOfferings"]
        zones = {}
        for offer in found:
            self.assertEqual(offer["LocationType"], "availability-zone")
            zones.setdefault(offer["InstanceType"], set()).add(offer["Location"])
        self.assertEqual(set(zones), {"m5.large", "t3.small"})
        self.assertLessEqual({f"{REGION}{letter}" for letter in "abcd"}, zones["m5.large"])

    @also_on_stock
    def test_key_pairs_by_filter(self):
        for name in ("one", "two"):
            self.ec2.create_key_pair(KeyName=name, KeyType="ed25519")
        found = self.ec2.describe_key_pairs(Filters=by("key-name", "one", "none"))["KeyPairs"]
        self.assertEqual([pair["KeyName"] for pair in found], ["one"])
        self.refused("InvalidKeyPair.NotFound", self.ec2.describe_key_pairs, KeyNames=["none"])

    def test_zones_by_filter(self):
        found = self.ec2.describe_availability_zones(
            Filters=by("zone-name", "us-east-1a", "us-east-1z"), AllAvailabilityZones=True
        )["AvailabilityZones"]
        self.assertEqual([zone["ZoneName"] for zone in found], ["us-east-1a"])
        self.assertEqual(found[0]["ZoneType"], "availability-zone")
        self.assertEqual((found[0]["State"], found[0]["OptInStatus"]), ("available", "opt-in-not-required"))
        self.assertTrue(found[0]["ZoneId"])

    def test_zones_without_opting_in(self):
        usual = self.ec2.describe_availability_zones()["AvailabilityZones"]
        self.assertEqual({zone["ZoneType"] for zone in usual}, {"availability-zone"})
        every = self.ec2.describe_availability_zones(AllAvailabilityZones=True)["AvailabilityZones"]
        local = [zone for zone in every if zone["ZoneType"] == "local-zone"]
        self.assertEqual([zone["ZoneName"] for zone in local], ["us-east-1-bos-1a"])
        self.assertEqual(local[0]["OptInStatus"], "not-opted-in")
        self.assertEqual(len(every), len(usual) + 1)
        vpc, _ = self.network()
        self.refused(
            "InvalidParameterValue",
            self.ec2.create_subnet,
            VpcId=vpc,
            CidrBlock="10.0.9.0/24",
            AvailabilityZone="us-east-1-bos-1a",
        )
