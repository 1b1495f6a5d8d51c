"""Records and their changes."""

from .harness import EmulatorTest, also_on_stock


class Records(EmulatorTest):
    def setUp(self):
        super().setUp()
        zone = self.dns.create_hosted_zone(Name="example.com", CallerReference="once")["HostedZone"]
        self.zone = zone["Id"].rsplit("/", 1)[1]

    def change(self, *changes):
        listed = [{"Action": action, "ResourceRecordSet": record} for action, record in changes]
        answer = self.dns.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": listed})
        return answer["ChangeInfo"]

    def records(self):
        found = self.dns.list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        return [record for record in found if record["Type"] not in ("NS", "SOA")]

    def refused_change(self, *changes):
        listed = [{"Action": action, "ResourceRecordSet": record} for action, record in changes]
        return self.refused(
            "InvalidChangeBatch",
            self.dns.change_resource_record_sets,
            HostedZoneId=self.zone,
            ChangeBatch={"Changes": listed},
        )

    def alias(
        self,
        target="api-0123456789abcdef.elb.us-east-1.amazonaws.com",
        zone="Z26RNL4JYFTOTI",
        name="api.example.com",
    ):
        target = {"DNSName": target, "HostedZoneId": zone, "EvaluateTargetHealth": False}
        return {"Name": name, "Type": "A", "AliasTarget": target}

    def plain(self, *values, name="www.example.com", ttl=60):
        return {
            "Name": name,
            "Type": "A",
            "TTL": ttl,
            "ResourceRecords": [{"Value": value} for value in values],
        }

    @also_on_stock
    def test_an_alias_to_a_network_load_balancer(self):
        self.change(("CREATE", self.alias()))
        record = self.records()[0]
        self.assertEqual(record["Name"], "api.example.com.")
        self.assertEqual(record["AliasTarget"]["HostedZoneId"], "Z26RNL4JYFTOTI")

    def test_an_alias_outside_its_zone(self):
        message = self.refused_change(("CREATE", self.alias(zone="Z2IFOLAFXWLO4F")))
        self.assertIn("does not lie within the target zone", message)

    def test_creating_what_exists(self):
        self.change(("CREATE", self.plain("192.0.2.1")))
        message = self.refused_change(("CREATE", self.plain("192.0.2.2")))
        self.assertIn("but it already exists", message)

    def test_deleting_other_values_than_there_are(self):
        self.change(("CREATE", self.plain("192.0.2.1")))
        self.assertIn("do not match", self.refused_change(("DELETE", self.plain("192.0.2.2"))))
        self.assertIn(
            "was not found", self.refused_change(("DELETE", self.plain("192.0.2.1", name="x.example.com")))
        )
        self.change(("DELETE", self.plain("192.0.2.1")))
        self.assertEqual(self.records(), [])

    def test_a_replaced_record_is_deleted_by_its_present_values(self):
        self.change(("CREATE", self.plain("192.0.2.1")))
        self.change(("UPSERT", self.plain("192.0.2.2")))
        self.refused_change(("DELETE", self.plain("192.0.2.1")))
        self.change(("DELETE", self.plain("192.0.2.2")))

    def test_all_or_nothing(self):
        self.refused_change(
            ("CREATE", self.plain("192.0.2.1")), ("CREATE", self.alias(zone="Z2IFOLAFXWLO4F"))
        )
        self.assertEqual(self.records(), [])

    def test_a_name_outside_the_zone(self):
        self.refused_change(("CREATE", self.plain("192.0.2.1", name="www.notexample.com")))

    def test_a_cname_beside_another_record(self):
        self.change(("CREATE", self.plain("192.0.2.1")))
        cname = {
            "Name": "www.example.com",
            "Type": "CNAME",
            "TTL": 60,
            "ResourceRecords": [{"Value": "example.org"}],
        }
        self.refused_change(("CREATE", cname))

    def test_changes_take_their_time(self):
        change = self.change(("CREATE", self.plain("192.0.2.1")))
        self.assertEqual(change["Status"], "PENDING")
        self.assertEqual(self.status(change), "PENDING")
        self.advance(3)
        self.assertEqual(self.status(change), "INSYNC")
        self.refused("NoSuchChange", self.dns.get_change, Id="C0")

    @also_on_stock
    def test_a_new_zone_is_waited_for(self):
        made = self.dns.create_hosted_zone(Name="example.org", CallerReference="example.org")
        self.assertEqual(self.status(made["ChangeInfo"]), "INSYNC")

    def status(self, change):
        return self.dns.get_change(Id=change["Id"])["ChangeInfo"]["Status"]

    @also_on_stock
    def test_a_zone_with_records_stays(self):
        self.change(("CREATE", self.plain("192.0.2.1")))
        self.refused("HostedZoneNotEmpty", self.dns.delete_hosted_zone, Id=self.zone)
        self.change(("DELETE", self.plain("192.0.2.1")))
        self.dns.delete_hosted_zone(Id=self.zone)
