//! Security groups and their rules: requests as they go out, answers as AWS gives them.

use std::sync::Arc;

use super::*;
use crate::tags::Tags;
use crate::testing::Script;

fn ec2<B: Into<String>>(answers: impl IntoIterator<Item = (u16, B)>) -> (Arc<Ec2>, Script) {
    let script = Script::new(answers);
    let config = aws_sdk_ec2::config::Builder::from(&script.sdk()).build();
    (Arc::new(Ec2::new(Client::from_conf(config))), script)
}

fn answer(operation: &str, result: &str) -> (u16, String) {
    let body = format!(
        "<{operation}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>r-1</requestId>{result}</{operation}Response>"
    );
    (200, body)
}

fn permission(protocol: &str, ports: Option<(i32, i32)>, peer: RulePeer) -> Permission {
    Permission {
        is_egress: false,
        protocol: protocol.to_owned(),
        ports,
        peer,
    }
}

fn new(permission: Permission) -> NewRule {
    NewRule {
        permission,
        description: "why".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn rules_go_out_together_with_tags_and_descriptions() {
    let (ec2, script) = ec2([answer(
        "AuthorizeSecurityGroupIngress",
        "<return>true</return>",
    )]);
    let peers = [
        RulePeer::Group("sg-2".to_owned()),
        RulePeer::Cidr("10.0.0.0/8".to_owned()),
        RulePeer::Cidr("2001:db8::/32".to_owned()),
    ];
    let mut rules: Vec<_> = peers
        .map(|peer| new(permission("tcp", Some((443, 444)), peer)))
        .into();
    let any = RulePeer::Group("sg-1".to_owned());
    rules.push(new(permission("4", None, any)));
    let tags = Tags::from([("a".to_owned(), "b".to_owned())]);
    ec2.authorize("sg-1", false, &rules, &tags).await.unwrap();
    let request = &script.requests()[0];
    for part in [
        "GroupId=sg-1",
        "IpPermissions.1.IpProtocol=tcp",
        "IpPermissions.1.FromPort=443",
        "IpPermissions.1.ToPort=444",
        "IpPermissions.1.Groups.1.GroupId=sg-2",
        "IpPermissions.1.Groups.1.Description=why",
        "IpPermissions.2.IpRanges.1.CidrIp=10.0.0.0%2F8",
        "IpPermissions.3.Ipv6Ranges.1.CidrIpv6=2001%3Adb8%3A%3A%2F32",
        "IpPermissions.4.IpProtocol=4",
        "TagSpecification.1.ResourceType=security-group-rule",
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
    assert!(!request.contains("IpPermissions.4.FromPort"), "{request}");
}

#[tokio::test(start_paused = true)]
async fn rules_of_several_groups_cost_one_call_and_mean_the_same_however_aws_spells_them() {
    let rule = |id: &str, group: &str, rest: &str| {
        format!(
            "<item><securityGroupRuleId>{id}</securityGroupRuleId><groupId>{group}</groupId>\
             <isEgress>false</isEgress>{rest}<description>why</description></item>"
        )
    };
    let ports = |protocol: &str, from: i32, to: i32| {
        format!(
            "<ipProtocol>{protocol}</ipProtocol><fromPort>{from}</fromPort><toPort>{to}</toPort>"
        )
    };
    let net = "<cidrIpv4>10.0.0.0/8</cidrIpv4>";
    let other = "<referencedGroupInfo><groupId>sg-9</groupId></referencedGroupInfo>";
    let list = "<prefixListId>pl-1</prefixListId>";
    let set = [
        rule("sgr-1", "sg-1", &(ports("6", 1, 2) + net)),
        rule("sgr-2", "sg-2", &(ports("4", 0, 0) + other)),
        rule("sgr-3", "sg-1", &(ports("-1", -1, -1) + list)),
        rule(
            "sgr-4",
            "sg-1",
            "<ipProtocol>icmp</ipProtocol><cidrIpv6>::/0</cidrIpv6>",
        ),
        // Of nobody: nothing can be said of it.
        rule("sgr-5", "sg-1", &ports("tcp", 1, 1)),
    ]
    .concat();
    let set = format!("<securityGroupRuleSet>{set}</securityGroupRuleSet>");
    let (ec2, script) = ec2([answer("DescribeSecurityGroupRules", &set)]);
    let (one, two, three) = tokio::join!(
        ec2.security_group_rules_of("sg-1"),
        ec2.security_group_rules_of("sg-2"),
        ec2.security_group_rules_of("sg-3"),
    );
    assert_eq!(script.requests().len(), 1);
    let permissions = |found: Result<Vec<SecurityGroupRule>, Error>| -> Vec<Permission> {
        found
            .unwrap()
            .into_iter()
            .map(|one| one.permission)
            .collect()
    };
    assert_eq!(
        permissions(one),
        [
            permission("tcp", Some((1, 2)), RulePeer::Cidr("10.0.0.0/8".to_owned())),
            permission("-1", None, RulePeer::PrefixList("pl-1".to_owned())),
            permission("icmp", Some((-1, -1)), RulePeer::Cidr("::/0".to_owned())),
        ]
    );
    let in_ip = permission("4", None, RulePeer::Group("sg-9".to_owned()));
    assert_eq!(permissions(two), [in_ip]);
    assert_eq!(permissions(three), []);
}

#[tokio::test(start_paused = true)]
async fn groups_are_found_by_their_names_in_their_vpcs() {
    let group = |id: &str, vpc: &str, name: &str| {
        format!(
            "<item><groupId>{id}</groupId><vpcId>{vpc}</vpcId><groupName>{name}</groupName></item>"
        )
    };
    // Asked for crosswise, AWS answers more than was asked for.
    let set = group("sg-1", "vpc-1", "a") + &group("sg-2", "vpc-2", "a");
    let set = format!("<securityGroupInfo>{set}</securityGroupInfo>");
    let (ec2, script) = ec2([answer("DescribeSecurityGroups", &set)]);
    let (one, two) = tokio::join!(
        ec2.security_group_named("vpc-1", "a"),
        ec2.security_group_named("vpc-2", "b"),
    );
    assert_eq!(script.requests().len(), 1);
    assert_eq!(one.unwrap().map(|group| group.id).as_deref(), Some("sg-1"));
    assert_eq!(two.unwrap(), None);
}
