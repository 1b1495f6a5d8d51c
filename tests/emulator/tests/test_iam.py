"""Roles, instance profiles, their names, limits and tags."""

import json

from .harness import EmulatorTest, also_on_stock

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def policy(size=0):
    """A policy document of at least so many characters."""
    statement = {"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*", "Sid": "x" * size}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class IamTest(EmulatorTest):
    def role(self, name="node", **settings):
        settings.setdefault("AssumeRolePolicyDocument", TRUST)
        return self.iam.create_role(RoleName=name, **settings)["Role"]

    def profile(self, name="node", **settings):
        return self.iam.create_instance_profile(InstanceProfileName=name, **settings)["InstanceProfile"]

    def managed_policy(self, name="extra"):
        return self.iam.create_policy(PolicyName=name, PolicyDocument=policy())["Policy"]["Arn"]


class Roles(IamTest):
    @also_on_stock
    def test_a_role_is_read_back(self):
        self.role(Path="/k8s/", Description="what for", Tags=[{"Key": "Team", "Value": "a"}])
        found = self.iam.get_role(RoleName="node")["Role"]
        self.assertEqual(found["Path"], "/k8s/")
        self.assertEqual(found["Description"], "what for")
        self.assertEqual(found["AssumeRolePolicyDocument"], json.loads(TRUST))
        self.assertEqual(found["Tags"], [{"Key": "Team", "Value": "a"}])

    @also_on_stock
    def test_what_is_in_use_stays(self):
        self.role()
        self.iam.put_role_policy(RoleName="node", PolicyName="own", PolicyDocument=policy())
        self.refused("DeleteConflict", self.iam.delete_role, RoleName="node")
        self.iam.delete_role_policy(RoleName="node", PolicyName="own")
        arn = self.managed_policy()
        self.iam.attach_role_policy(RoleName="node", PolicyArn=arn)
        self.refused("DeleteConflict", self.iam.delete_role, RoleName="node")
        self.iam.detach_role_policy(RoleName="node", PolicyArn=arn)
        self.profile()
        self.iam.add_role_to_instance_profile(InstanceProfileName="node", RoleName="node")
        self.refused("DeleteConflict", self.iam.delete_role, RoleName="node")
        self.refused("DeleteConflict", self.iam.delete_instance_profile, InstanceProfileName="node")

    def test_names_and_paths(self):
        for name in ("a b", "x" * 65, "a/b"):
            self.refused("ValidationError", self.role, name=name)
        for path in ("x", "/x", "//" + "x" * 511):
            self.refused("ValidationError", self.role, Path=path)

    def test_case_makes_no_other_name(self):
        self.role("Node")
        self.refused("EntityAlreadyExists", self.role, name="nODE")

    def test_trust_policies_are_checked(self):
        self.refused("MalformedPolicyDocument", self.role, AssumeRolePolicyDocument="{}")

    def test_inline_policies_share_their_size(self):
        self.role()
        self.iam.put_role_policy(RoleName="node", PolicyName="one", PolicyDocument=policy(6000))
        two = {"RoleName": "node", "PolicyName": "two"}
        self.refused("LimitExceeded", self.iam.put_role_policy, PolicyDocument=policy(6000), **two)
        self.iam.put_role_policy(PolicyDocument=policy(3000), **two)
        # What is replaced doesn't count.
        self.iam.put_role_policy(RoleName="node", PolicyName="one", PolicyDocument=policy(6500))

    def test_ten_attached_policies(self):
        self.role()
        arns = [self.managed_policy(f"p{number}") for number in range(11)]
        for arn in arns[:10]:
            self.iam.attach_role_policy(RoleName="node", PolicyArn=arn)
        self.iam.attach_role_policy(RoleName="node", PolicyArn=arns[0])
        self.refused("LimitExceeded", self.iam.attach_role_policy, RoleName="node", PolicyArn=arns[10])

    def test_aws_has_policies_of_its_own(self):
        self.role()
        arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
        self.assertEqual(self.iam.get_policy(PolicyArn=arn)["Policy"]["Path"], "/")
        self.iam.attach_role_policy(RoleName="node", PolicyArn=arn)
        self.refused("NoSuchEntity", self.iam.get_policy, PolicyArn=arn + "2")

    def test_a_boundary_must_exist(self):
        self.role()
        missing = f"arn:aws:iam::{self.account}:policy/missing"
        set_boundary = self.iam.put_role_permissions_boundary
        self.refused("NoSuchEntity", set_boundary, RoleName="node", PermissionsBoundary=missing)
        arn = self.managed_policy()
        set_boundary(RoleName="node", PermissionsBoundary=arn)
        found = self.iam.get_role(RoleName="node")["Role"]["PermissionsBoundary"]
        self.assertEqual(found["PermissionsBoundaryArn"], arn)


class Profiles(IamTest):
    @also_on_stock
    def test_one_role(self):
        self.role("one")
        self.role("two")
        self.profile()
        self.iam.add_role_to_instance_profile(InstanceProfileName="node", RoleName="one")
        add = self.iam.add_role_to_instance_profile
        self.refused("LimitExceeded", add, InstanceProfileName="node", RoleName="two")
        found = self.iam.get_instance_profile(InstanceProfileName="node")["InstanceProfile"]
        self.assertEqual([role["RoleName"] for role in found["Roles"]], ["one"])

    def test_a_role_that_is_not_in_it(self):
        self.role()
        self.profile()
        remove = self.iam.remove_role_from_instance_profile
        self.refused("NoSuchEntity", remove, InstanceProfileName="node", RoleName="node")

    def test_names(self):
        for name in ("a b", "x" * 129):
            self.refused("ValidationError", self.profile, name=name)


class Tags(IamTest):
    def test_keys_differ_by_more_than_case(self):
        twice = [{"Key": "Team", "Value": "a"}, {"Key": "team", "Value": "b"}]
        self.refused("InvalidInput", self.profile, Tags=twice)
        self.role(Tags=twice[:1])
        self.profile(Tags=twice[:1])
        self.iam.tag_role(RoleName="node", Tags=twice[1:])
        self.iam.tag_instance_profile(InstanceProfileName="node", Tags=twice[1:])
        role = self.iam.get_role(RoleName="node")["Role"]
        profile = self.iam.get_instance_profile(InstanceProfileName="node")["InstanceProfile"]
        self.assertEqual(role["Tags"], twice[1:])
        self.assertEqual(profile["Tags"], twice[1:])
        self.iam.untag_role(RoleName="node", TagKeys=["TEAM"])
        self.iam.untag_instance_profile(InstanceProfileName="node", TagKeys=["TEAM"])
        self.assertEqual(self.iam.list_role_tags(RoleName="node")["Tags"], [])
        profile = self.iam.get_instance_profile(InstanceProfileName="node")["InstanceProfile"]
        self.assertEqual(profile["Tags"], [])


class Visibility(IamTest):
    def test_what_is_made_is_seen_later(self):
        self.admin("settings", iam_seconds=10)
        self.role()
        self.profile()
        self.refused("NoSuchEntity", self.iam.get_role, RoleName="node")
        self.refused("NoSuchEntity", self.iam.get_instance_profile, InstanceProfileName="node")
        self.advance(10)
        self.iam.get_role(RoleName="node")
        self.iam.add_role_to_instance_profile(InstanceProfileName="node", RoleName="node")
        get = self.iam.get_instance_profile
        self.assertEqual(get(InstanceProfileName="node")["InstanceProfile"]["Roles"], [])
        self.advance(10)
        self.assertEqual(len(get(InstanceProfileName="node")["InstanceProfile"]["Roles"]), 1)
