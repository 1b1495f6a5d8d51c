//! Networks: requests as they go out, answers as AWS gives them, malformed ones too.

use std::sync::Arc;

use aws_sdk_ec2::config::retry::RetryConfig;

use super::*;
use crate::ownership::CLUSTER_KEY;
use crate::tags::Tags;
use crate::testing::Script;

/// A client that tries each call three times.
fn ec2<B: Into<String>>(answers: impl IntoIterator<Item = (u16, B)>) -> (Arc<Ec2>, Script) {
    let script = Script::new(answers);
    let config = aws_sdk_ec2::config::Builder::from(&script.sdk())
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .build();
    (Arc::new(Ec2::new(Client::from_conf(config))), script)
}

fn answer(operation: &str, result: &str) -> (u16, String) {
    let body = format!(
        "<{operation}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>r-1</requestId>{result}</{operation}Response>"
    );
    (200, body)
}

fn refusal(status: u16, code: &str) -> (u16, String) {
    let body = format!(
        "<Response><Errors><Error><Code>{code}</Code><Message>text of AWS</Message></Error>\
         </Errors><RequestID>r-9</RequestID></Response>"
    );
    (status, body)
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn tag_set(pairs: &[(&str, &str)]) -> String {
    let item = |(key, value): &(&str, &str)| {
        format!("<item><key>{key}</key><value>{value}</value></item>")
    };
    let items: String = pairs.iter().map(item).collect();
    format!("<tagSet>{items}</tagSet>")
}

const VPC: &str = "<vpc><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/16</cidrBlock></vpc>";

#[tokio::test(start_paused = true)]
async fn a_create_whose_answer_is_lost_is_not_repeated() {
    for status in [500, 503] {
        let (ec2, script) = ec2([refusal(status, "Unavailable"), answer("CreateVpc", VPC)]);
        let error = ec2
            .create_vpc("10.0.0.0/16", &Tags::new())
            .await
            .unwrap_err();
        assert!(error.effect_unknown(), "{error}");
        assert_eq!(script.requests().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttled_create_is_repeated() {
    let throttled = || refusal(503, "RequestLimitExceeded");
    let (one, script) = ec2([throttled(), throttled(), answer("CreateVpc", VPC)]);
    let vpc = one.create_vpc("10.0.0.0/16", &Tags::new()).await.unwrap();
    assert_eq!(vpc.id, "vpc-1");
    assert_eq!(script.requests().len(), 3);

    let (other, _) = ec2([throttled(), throttled(), throttled()]);
    let error = other.allocate_address(&Tags::new()).await.unwrap_err();
    assert!(error.is_throttled(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_create_with_a_token_is_repeated_with_the_same() {
    let made = "<natGateway><natGatewayId>nat-1</natGatewayId></natGateway>";
    let (ec2, script) = ec2([
        refusal(500, "InternalError"),
        answer("CreateNatGateway", made),
    ]);
    let tags = Tags::new();
    let id = ec2.create_nat_gateway("subnet-1", "eipalloc-1", &tags);
    assert_eq!(id.await.unwrap(), "nat-1");
    let token = |request: &String| {
        let token = request.split('&').find(|pair| pair.contains("ClientToken"));
        token.map(str::to_owned)
    };
    let requests = script.requests();
    let tokens: Vec<_> = requests.iter().map(token).collect();
    assert!(tokens[0].is_some() && tokens[0] == tokens[1], "{tokens:?}");
}

#[tokio::test(start_paused = true)]
async fn objects_are_tagged_in_the_call_that_makes_them() {
    let (ec2, script) = ec2([answer("CreateVpc", VPC)]);
    let marks = tags(&[(CLUSTER_KEY, "prod")]);
    ec2.create_vpc("10.0.0.0/16", &marks).await.unwrap();
    let request = &script.requests()[0];
    for part in [
        "TagSpecification.1.ResourceType=vpc",
        "TagSpecification.1.Tag.1.Key=kubeha.io%2Fcluster",
        "TagSpecification.1.Tag.1.Value=prod",
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_in_several_vpcs_costs_one_call() {
    let subnet = |id: &str, vpc: &str| {
        format!(
            "<item><subnetId>{id}</subnetId><vpcId>{vpc}</vpcId>\
             <availabilityZone>eu-west-1a</availabilityZone><cidrBlock>10.0.0.0/20</cidrBlock>\
             <mapPublicIpOnLaunch>true</mapPublicIpOnLaunch>{}</item>",
            tag_set(&[("a", "b")])
        )
    };
    let set = format!(
        "<subnetSet>{}{}{}</subnetSet>",
        subnet("subnet-1", "vpc-1"),
        subnet("subnet-2", "vpc-2"),
        subnet("subnet-3", "vpc-1")
    );
    let (ec2, script) = ec2([answer("DescribeSubnets", &set)]);
    let (one, two, none) = tokio::join!(
        ec2.subnets_of("vpc-1"),
        ec2.subnets_of("vpc-2"),
        ec2.subnets_of("vpc-3")
    );
    let ids = |found: Result<Vec<Subnet>, Error>| -> Vec<_> {
        found.unwrap().into_iter().map(|one| one.id).collect()
    };
    let one = one.unwrap();
    assert!(one[0].map_public_ip_on_launch);
    assert_eq!(one[0].tags, tags(&[("a", "b")]));
    assert_eq!(ids(Ok(one)), ["subnet-1", "subnet-3"]);
    assert_eq!((ids(two).len(), ids(none).len()), (1, 0));
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn those_of_a_cluster_are_found_by_their_mark() {
    let gateway = |id: &str, cluster: &str| {
        format!(
            "<item><internetGatewayId>{id}</internetGatewayId>{}</item>",
            tag_set(&[(CLUSTER_KEY, cluster)])
        )
    };
    let set = format!(
        "<internetGatewaySet>{}{}</internetGatewaySet>",
        gateway("igw-1", "prod"),
        gateway("igw-2", "dev")
    );
    let (ec2, script) = ec2([answer("DescribeInternetGateways", &set)]);
    let found = ec2.internet_gateways_of_cluster("prod").await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].id.as_str(), &found[0].vpc_id), ("igw-1", &None));
    assert!(script.requests()[0].contains("tag%3Akubeha.io%2Fcluster"));
}

#[tokio::test(start_paused = true)]
async fn a_default_route_is_told_from_the_others() {
    let route = |destination: &str, target: &str| {
        format!(
            "<item><destinationCidrBlock>{destination}</destinationCidrBlock>{target}\
             <state>blackhole</state></item>"
        )
    };
    let set = format!(
        "<routeTableSet><item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId>\
         <routeSet>{}{}</routeSet><associationSet>\
         <item><routeTableAssociationId>assoc-1</routeTableAssociationId><main>false</main>\
         <subnetId>subnet-1</subnetId></item></associationSet></item>\
         <item><routeTableId>rtb-2</routeTableId><vpcId>vpc-1</vpcId><associationSet>\
         <item><routeTableAssociationId>assoc-2</routeTableAssociationId><main>true</main></item>\
         </associationSet></item></routeTableSet>",
        route("10.0.0.0/16", "<gatewayId>local</gatewayId>"),
        route("0.0.0.0/0", "<natGatewayId>nat-1</natGatewayId>")
    );
    let (ec2, _) = ec2([answer("DescribeRouteTables", &set)]);
    let tables = ec2.route_tables_of("vpc-1").await.unwrap();
    let expected = DefaultRoute {
        target: "nat-1".to_owned(),
        is_blackhole: true,
    };
    assert_eq!(tables[0].default_route, Some(expected));
    assert_eq!(tables[0].associations["subnet-1"], "assoc-1");
    assert!(!tables[0].is_main && tables[1].is_main);
    assert_eq!(tables[1].default_route, None);
}

#[tokio::test(start_paused = true)]
async fn nat_gateways_tell_their_state_and_reason() {
    let gateway = |state: &str, more: &str| {
        format!(
            "<item><natGatewayId>nat-1</natGatewayId><vpcId>vpc-1</vpcId>\
             <subnetId>subnet-1</subnetId><state>{state}</state>{more}<natGatewayAddressSet><item>\
             <allocationId>eipalloc-1</allocationId><networkInterfaceId>eni-1</networkInterfaceId>\
             </item></natGatewayAddressSet></item>"
        )
    };
    let reason = "<failureCode>x</failureCode><failureMessage>no gateway</failureMessage>";
    let set = format!(
        "<natGatewaySet>{}{}{}</natGatewaySet>",
        gateway("available", ""),
        gateway("failed", reason),
        gateway("deleting", "")
    );
    let (ec2, _) = ec2([answer("DescribeNatGateways", &set)]);
    let found = ec2.nat_gateways_of("vpc-1").await.unwrap();
    let alive: Vec<_> = found.iter().map(NatGateway::is_alive).collect();
    assert_eq!(alive, [true, false, false]);
    assert_eq!(
        found[1].state,
        NatGatewayState::Failed("no gateway".to_owned())
    );
    assert_eq!(found[0].allocation_id.as_deref(), Some("eipalloc-1"));
    assert_eq!(found[0].network_interface_ids, ["eni-1"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_is_deleted() {
    for code in ["InvalidSubnetID.NotFound", "InvalidSubnetId.NotFound"] {
        let (ec2, _) = ec2([refusal(400, code)]);
        ec2.delete_subnet("subnet-1").await.unwrap();
    }
    let (ec2_, _) = ec2([refusal(400, "Gateway.NotAttached")]);
    ec2_.detach_internet_gateway("igw-1", "vpc-1")
        .await
        .unwrap();
    let (ec2_, _) = ec2([refusal(400, "DependencyViolation")]);
    let error = ec2_.delete_vpc("vpc-1").await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn answers_without_what_the_api_promises_are_errors() {
    let (one, _) = ec2([answer("CreateVpc", "<vpc/>")]);
    let error = one.create_vpc("10.0.0.0/16", &Tags::new()).await;
    assert!(error.unwrap_err().to_string().contains("has no VPC"));
    let (other, _) = ec2([answer("AllocateAddress", "")]);
    let error = other.allocate_address(&Tags::new()).await;
    assert!(error.unwrap_err().to_string().contains("allocation id"));
    let (third, _) = ec2([
        answer("DescribeVpcAttribute", "<vpcId>vpc-1</vpcId>"),
        answer("DescribeVpcAttribute", "<vpcId>vpc-1</vpcId>"),
    ]);
    assert!(third.vpc_dns("vpc-1").await.is_err());
    let (gone, _) = ec2([
        refusal(400, "InvalidVpcID.NotFound"),
        refusal(400, "InvalidVpcID.NotFound"),
    ]);
    assert_eq!(gone.vpc_dns("vpc-1").await.unwrap(), None);
}

#[test]
fn an_interface_says_whose_it_is() {
    let interface = |instance: Option<&str>, description: &str| NetworkInterface {
        id: "eni-1".to_owned(),
        vpc_id: "vpc-1".to_owned(),
        subnet_id: "subnet-1".to_owned(),
        description: description.to_owned(),
        instance_id: instance.map(str::to_owned),
    };
    assert_eq!(
        interface(None, "ELB net/x").to_string(),
        "eni-1 (ELB net/x)"
    );
    assert_eq!(
        interface(Some("i-1"), "Primary").to_string(),
        "eni-1 (instance i-1)"
    );
    assert_eq!(interface(None, "").to_string(), "eni-1");
}
