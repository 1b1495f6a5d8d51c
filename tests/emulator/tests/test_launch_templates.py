"""Launch templates and their versions."""

from .harness import EmulatorTest, also_on_stock, user_data


class Templates(EmulatorTest):
    def version(self, template, number):
        found = self.ec2.describe_launch_template_versions(LaunchTemplateId=template, Versions=[number])
        return found["LaunchTemplateVersions"][0]

    @also_on_stock
    def test_launching_from_a_later_version_with_user_data(self):
        _, subnets = self.network()
        template = self.launch_template(UserData=user_data("one"))
        self.template_version(template, UserData=user_data("two"))
        instance = self.ec2.run_instances(
            LaunchTemplate={"LaunchTemplateId": template, "Version": "2"},
            SubnetId=subnets[0],
            MinCount=1,
            MaxCount=1,
        )["Instances"][0]["InstanceId"]
        found = self.ec2.describe_instance_attribute(InstanceId=instance, Attribute="userData")["UserData"][
            "Value"
        ]
        self.assertEqual(found, user_data("two"))

    def test_deleting_versions_keeps_the_numbers_of_others(self):
        template = self.launch_template()
        for _ in range(3):
            self.template_version(template)
        answer = self.ec2.delete_launch_template_versions(LaunchTemplateId=template, Versions=["1", "2", "9"])
        gone = [item["VersionNumber"] for item in answer["SuccessfullyDeletedLaunchTemplateVersions"]]
        left = [item["VersionNumber"] for item in answer["UnsuccessfullyDeletedLaunchTemplateVersions"]]
        self.assertEqual((gone, left), ([2], [1, 9]))
        self.refused("InvalidLaunchTemplateId.VersionNotFound", self.version, template=template, number="2")
        self.assertEqual(self.version(template, "3")["VersionNumber"], 3)
        self.assertEqual(self.template_version(template), "5")
        self.assertEqual(self.version(template, "$Latest")["VersionNumber"], 5)

    def test_a_version_from_a_source(self):
        template = self.launch_template(UserData=user_data("one"), KeyName="k")
        self.ec2.create_launch_template_version(
            LaunchTemplateId=template, SourceVersion="1", LaunchTemplateData={"InstanceType": "t3.large"}
        )
        data = self.version(template, "2")["LaunchTemplateData"]
        self.assertEqual(
            (data["InstanceType"], data["KeyName"], data["UserData"]), ("t3.large", "k", user_data("one"))
        )

    def test_user_data_that_is_too_long_or_not_base64(self):
        self.launch_template("fits", UserData=user_data("x" * 16_384))
        self.refused(
            "InvalidParameterValue", self.launch_template, name="long", UserData=user_data("x" * 16_385)
        )
        self.refused("InvalidUserData.Malformed", self.launch_template, name="bad", UserData="***")

    def test_unknown_ids_and_bad_names(self):
        unknown = ["lt-0123456789abcdef0"]
        self.refused(
            "InvalidLaunchTemplateId.NotFound", self.ec2.describe_launch_templates, LaunchTemplateIds=unknown
        )
        self.refused(
            "InvalidLaunchTemplateId.NotFound", self.ec2.delete_launch_template, LaunchTemplateId=unknown[0]
        )
        self.refused("InvalidLaunchTemplateName.MalformedException", self.launch_template, name="a b")

    def test_its_own_tags_are_not_those_of_instances(self):
        own = [{"ResourceType": "launch-template", "Tags": [{"Key": "owner", "Value": "a"}]}]
        data = {"ImageId": "ami-1", "InstanceType": "t3.small"}
        template = self.ec2.create_launch_template(
            LaunchTemplateName="nodes", TagSpecifications=own, LaunchTemplateData=data
        )
        template = template["LaunchTemplate"]["LaunchTemplateId"]
        self.assertNotIn("TagSpecifications", self.version(template, "1")["LaunchTemplateData"])
        self.ec2.create_tags(Resources=[template], Tags=[{"Key": "more", "Value": "b"}])
        found = self.ec2.describe_launch_templates(LaunchTemplateIds=[template])["LaunchTemplates"][0]["Tags"]
        self.assertEqual({tag["Key"] for tag in found}, {"owner", "more"})

    @also_on_stock
    def test_the_default_version(self):
        template = self.launch_template()
        self.ec2.create_launch_template_version(
            LaunchTemplateId=template, LaunchTemplateData={"InstanceType": "t3.large"}
        )
        self.ec2.modify_launch_template(LaunchTemplateId=template, DefaultVersion="2")
        self.assertEqual(self.version(template, "$Default")["VersionNumber"], 2)
