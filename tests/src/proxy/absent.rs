//! Reads answered as though there was nothing.

use http::StatusCode;

use super::action::{Request, Wire};
use super::answer::Answer;
use super::failure::coded;

/// What AWS says when nothing of what is asked for exists.
pub(super) fn answer(request: &Request) -> Answer {
    let refused = match request.service.as_str() {
        "ec2" => ec2(request).map(|code| (StatusCode::BAD_REQUEST, code)),
        "elasticloadbalancing" => {
            elasticloadbalancing(request).map(|code| (StatusCode::BAD_REQUEST, code))
        }
        "iam" => iam(request).map(|code| (StatusCode::NOT_FOUND, code)),
        "route53" => route53(request).map(|code| (StatusCode::NOT_FOUND, code)),
        "ssm" if request.operation == "GetParameter" => {
            Some((StatusCode::BAD_REQUEST, "ParameterNotFound"))
        }
        _ => None,
    };
    match refused {
        Some((status, code)) => coded(request, status, code, "It does not exist"),
        None => empty(request),
    }
}

/// A result without members, which SDKs read as empty lists.
fn empty(request: &Request) -> Answer {
    let operation = &request.operation;
    let body = match request.wire {
        Wire::Ec2 | Wire::RestXml => format!("<{operation}Response/>"),
        Wire::Query => format!("<{operation}Response><{operation}Result/></{operation}Response>"),
        Wire::Json => "{}".to_owned(),
    };
    Answer::of(StatusCode::OK, request.wire, body)
}

/// The parameters that name objects, and the code for one that doesn't exist.
///
/// Source: "Error codes for the Amazon EC2 API".
const EC2: [(&str, &str); 15] = [
    ("AllocationId", "InvalidAllocationID.NotFound"),
    ("GroupId", "InvalidGroup.NotFound"),
    ("ImageId", "InvalidAMIID.NotFound"),
    ("InstanceId", "InvalidInstanceID.NotFound"),
    ("InternetGatewayId", "InvalidInternetGatewayID.NotFound"),
    ("LaunchTemplateId", "InvalidLaunchTemplateId.NotFound"),
    (
        "LaunchTemplateName",
        "InvalidLaunchTemplateName.NotFoundException",
    ),
    ("NatGatewayId", "NatGatewayNotFound"),
    ("NetworkInterfaceId", "InvalidNetworkInterfaceID.NotFound"),
    ("RouteTableId", "InvalidRouteTableID.NotFound"),
    ("SecurityGroupId", "InvalidGroup.NotFound"),
    ("SecurityGroupRuleId", "InvalidSecurityGroupRuleId.NotFound"),
    ("SubnetId", "InvalidSubnetID.NotFound"),
    ("VolumeId", "InvalidVolume.NotFound"),
    ("VpcId", "InvalidVpcID.NotFound"),
];

fn ec2(request: &Request) -> Option<&'static str> {
    EC2.iter()
        .find(|(name, _)| given(request, name).is_some())
        .map(|(_, code)| *code)
}

/// Source: the "Errors" of the Describe operations in the Elastic Load Balancing API Reference, version 2015-12-01.
fn elasticloadbalancing(request: &Request) -> Option<&'static str> {
    const BALANCER: &str = "LoadBalancerNotFound";
    const LISTENER: &str = "ListenerNotFound";
    const TARGETS: &str = "TargetGroupNotFound";
    let named = |name| given(request, name);
    if named("LoadBalancerArns")
        .or_else(|| named("LoadBalancerArn"))
        .is_some()
    {
        Some(BALANCER)
    } else if named("TargetGroupArns")
        .or_else(|| named("TargetGroupArn"))
        .is_some()
    {
        Some(TARGETS)
    } else if named("ListenerArns")
        .or_else(|| named("ListenerArn"))
        .is_some()
    {
        Some(LISTENER)
    } else if named("Names").is_some() {
        Some(if request.operation.contains("TargetGroup") {
            TARGETS
        } else {
            BALANCER
        })
    } else {
        let arn = named("ResourceArns")?;
        Some(match () {
            () if arn.contains(":targetgroup/") => TARGETS,
            () if arn.contains(":listener/") => LISTENER,
            () => BALANCER,
        })
    }
}

fn iam(request: &Request) -> Option<&'static str> {
    let names = ["RoleName", "InstanceProfileName", "PolicyArn", "PolicyName"];
    names
        .iter()
        .any(|name| given(request, name).is_some())
        .then_some("NoSuchEntity")
}

/// A list of records stays a list: the zone is there, the records aren't.
fn route53(request: &Request) -> Option<&'static str> {
    match request.operation.as_str() {
        "GetHostedZone" => Some("NoSuchHostedZone"),
        "GetChange" => Some("NoSuchChange"),
        _ => None,
    }
}

/// The value of a parameter, or of the first element of a list: `Name`, `Name.1` or `Name.member.1`.
fn given<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let parameters = &request.parameters;
    let first = || {
        parameters
            .get(&format!("{name}.1"))
            .or_else(|| parameters.get(&format!("{name}.member.1")))
    };
    parameters.get(name).or_else(first).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(
        service: &str,
        operation: &str,
        wire: Wire,
        parameters: &[(&str, &str)],
    ) -> Option<String> {
        let parameters = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let (service, operation) = (service.to_owned(), operation.to_owned());
        answer(&Request {
            service,
            operation,
            wire,
            parameters,
        })
        .error_code()
    }

    #[test]
    fn named_objects_are_refused_and_searches_are_empty() {
        let vpcs = |parameters| code("ec2", "DescribeVpcs", Wire::Ec2, parameters);
        assert_eq!(
            vpcs(&[("VpcId.1", "vpc-1")]).as_deref(),
            Some("InvalidVpcID.NotFound")
        );
        assert_eq!(vpcs(&[("Filter.1.Name", "vpc-id")]), None);
        let elb = |operation, parameters| {
            code("elasticloadbalancing", operation, Wire::Query, parameters)
        };
        let found = elb("DescribeTargetGroups", &[("Names.member.1", "a")]);
        assert_eq!(found.as_deref(), Some("TargetGroupNotFound"));
        let found = elb(
            "DescribeTags",
            &[("ResourceArns.member.1", "arn:aws:e:r:1:listener/net/a/b/c")],
        );
        assert_eq!(found.as_deref(), Some("ListenerNotFound"));
        assert_eq!(elb("DescribeLoadBalancers", &[]), None);
        assert_eq!(
            code("route53", "GetChange", Wire::RestXml, &[]).as_deref(),
            Some("NoSuchChange")
        );
        assert_eq!(
            code("ssm", "GetParameter", Wire::Json, &[]).as_deref(),
            Some("ParameterNotFound")
        );
        assert_eq!(
            code("iam", "GetRole", Wire::Query, &[("RoleName", "a")]).as_deref(),
            Some("NoSuchEntity")
        );
    }
}
