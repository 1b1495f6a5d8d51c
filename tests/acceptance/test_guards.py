# SPDX-License-Identifier: Apache-2.0
"""What the acceptance driver refuses, and what it says of a run. Calls nothing."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cases import CASES  # noqa: E402
from endpoint import MADE_UP_ACCOUNT, Refused, check_account, endpoint  # noqa: E402
from life import FAILED, LEFT_OUT, NOT_AVAILABLE, NOT_IMPLEMENTED, Life, headline  # noqa: E402
from marks import Invalid, Prefix  # noqa: E402
from table import exit_code, table  # noqa: E402

HERE = Path(__file__).resolve().parent
PERSON = {
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_PROFILE": "production",
    "AWS_REGION": "eu-west-1",
    "AWS_ENDPOINT_URL_EC2": "http://elsewhere",
}


class Endpoints(unittest.TestCase):
    def test_an_address_of_this_machine_never_gets_the_person_s_credentials(self):
        for text in ["http://127.0.0.1:4566", "http://localhost:1", "http://[::1]:1", "https://s3.localhost:2"]:
            with self.subTest(text):
                where = endpoint(text, PERSON)
                self.assertFalse(where.is_aws)
                self.assertEqual(where.environment["AWS_ACCESS_KEY_ID"], MADE_UP_ACCOUNT)
                self.assertNotIn("AWS_PROFILE", where.environment)
                self.assertNotIn("AWS_ENDPOINT_URL_EC2", where.environment)

    def test_all_else_may_be_aws_and_needs_the_account(self):
        for text in [
            "aws",
            "https://ec2.eu-west-1.amazonaws.com",
            "https://vpce-1.ec2.vpce.amazonaws.com",
            "http://10.0.0.1:4566",
            "http://localhost.example.com:4566",
            "http://127.0.0.1.example.com",
        ]:
            with self.subTest(text):
                with self.assertRaises(Refused) as refused:
                    endpoint(text, PERSON)
                self.assertIn("KUBEHA_ACCEPTANCE_ACCOUNT", str(refused.exception))
                named = PERSON | {"KUBEHA_ACCEPTANCE_ACCOUNT": "123456789012"}
                where = endpoint(text, named)
                self.assertTrue(where.is_aws)
                self.assertNotIn("AWS_ENDPOINT_URL_EC2", where.environment)

    def test_an_account_is_twelve_digits(self):
        for account in ["", "1", "prod", "12345678901a", "1234567890123"]:
            with self.assertRaises(Refused):
                endpoint("aws", PERSON | {"KUBEHA_ACCEPTANCE_ACCOUNT": account})

    def test_credentials_of_another_account_are_refused(self):
        check_account("123456789012", "123456789012")
        with self.assertRaises(Refused):
            check_account("123456789012", "210987654321")

    def test_what_is_no_endpoint_is_refused(self):
        for text in ["", "prod", "127.0.0.1:4566", "ftp://127.0.0.1"]:
            with self.assertRaises(Refused):
                endpoint(text, PERSON | {"KUBEHA_ACCEPTANCE_ACCOUNT": "123456789012"})


class Prefixes(unittest.TestCase):
    def test_a_prefix_fits_every_name(self):
        longest = Prefix("a" * 16)
        for case in CASES:
            self.assertLessEqual(len(longest.cluster(case.short) + "-service"), 32)
        for text in ["", "ab", "A1b", "1ab", "a-b", "a" * 17, "a*"]:
            with self.assertRaises(Invalid):
                Prefix(text)

    def test_only_objects_with_both_marks_are_of_a_run(self):
        prefix = Prefix("acc1")
        cluster, owner = "kubeha.io/cluster", "kubeha.io/owner"
        self.assertTrue(prefix.owns(prefix.marks("net")))
        for tags in [
            {},
            {cluster: "acc1-net"},
            {owner: prefix.owner},
            {cluster: "acc1-net", owner: "platform/prod"},
            {cluster: "acc12-net", owner: prefix.owner},
            {cluster: "acc1-net", owner: "kubeha-acceptance/acc12"},
        ]:
            self.assertFalse(prefix.owns(tags), tags)

    def test_runs_without_a_prefix_have_prefixes_of_their_own(self):
        self.assertNotEqual(Prefix.random().text, Prefix.random().text)


class Tables(unittest.TestCase):
    def test_every_case_is_told_with_why_it_ended(self):
        lives = [
            Life("network", steps=["create", "destroy"]),
            Life("pki", FAILED, steps=["create"], why="Creating PKI"),
            Life("api", NOT_AVAILABLE, why="elbv2 answers 501"),
            Life("examples/complete", LEFT_OUT, why="because"),
        ]
        text = "\n".join(table(lives))
        for words in ["create; Creating PKI", "elbv2 answers 501", "because"]:
            self.assertIn(words, text)
        self.assertIn("1 passed, 1 failed, 1 not available there, 1 left out", text)

    def test_a_run_in_which_nothing_ran_does_not_pass(self):
        passed, missing = Life("a"), Life("b", NOT_AVAILABLE)
        self.assertEqual(exit_code([passed, missing]), 0)
        self.assertEqual(exit_code([passed, Life("c", FAILED)]), 1)
        self.assertEqual(exit_code([missing]), 1)
        self.assertEqual(exit_code([]), 1)

    def test_the_first_error_is_the_headline(self):
        said = "a plan\n╷\n│ Error: Creating network\n│ \n│   with kubeha_network.this,\n╵\n│ Error: Other\n"
        self.assertEqual(headline(said), "Creating network")

    def test_a_call_that_is_not_there_is_told_from_one_that_fails(self):
        for said in ["(HTTP status 501)", "not included in your current license plan", "code NotImplemented"]:
            self.assertTrue(NOT_IMPLEMENTED.search(said))
        for said in ["HTTP status 500", "code InvalidParameter", "port 5012", "i-0501"]:
            self.assertFalse(NOT_IMPLEMENTED.search(said), said)


class Configurations(unittest.TestCase):
    def test_every_resource_has_a_case_and_every_case_a_configuration(self):
        resources = {path.name for path in (HERE.parent.parent / "examples" / "resources").iterdir()}
        self.assertEqual({case.type for case in CASES}, resources)
        for case in CASES:
            text = (HERE / "configurations" / f"{case.name}.tf").read_text()
            self.assertIn(f'resource "{case.type}" "this"', text)
            self.assertTrue("var.changed" in text or "local.tags" in text, case.name)


if __name__ == "__main__":
    unittest.main()
