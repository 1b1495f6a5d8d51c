//! Route 53's operations on zones, records, changes and tags, by method and path.
//!
//! Source: the "Request Syntax" of each operation in the Amazon Route 53 API Reference, version 2013-04-01.

use http::Method;

/// The operation, or None if it isn't one of these.
pub(super) fn operation(method: &Method, path: &str) -> Option<&'static str> {
    let segments: Vec<&str> = path
        .strip_prefix("/2013-04-01/")?
        .trim_end_matches('/')
        .split('/')
        .collect();
    Some(match (method.as_str(), segments.as_slice()) {
        ("POST", ["hostedzone"]) => "CreateHostedZone",
        ("GET", ["hostedzone"]) => "ListHostedZones",
        ("GET", ["hostedzonesbyname"]) => "ListHostedZonesByName",
        ("GET", ["hostedzonesbyvpc"]) => "ListHostedZonesByVPC",
        ("GET", ["hostedzonecount"]) => "GetHostedZoneCount",
        ("GET", ["hostedzone", _]) => "GetHostedZone",
        ("POST", ["hostedzone", _]) => "UpdateHostedZoneComment",
        ("DELETE", ["hostedzone", _]) => "DeleteHostedZone",
        ("GET", ["hostedzone", _, "rrset"]) => "ListResourceRecordSets",
        ("POST", ["hostedzone", _, "rrset"]) => "ChangeResourceRecordSets",
        ("POST", ["hostedzone", _, "associatevpc"]) => "AssociateVPCWithHostedZone",
        ("POST", ["hostedzone", _, "disassociatevpc"]) => "DisassociateVPCFromHostedZone",
        ("GET", ["change", _]) => "GetChange",
        ("GET", ["tags", _, _]) => "ListTagsForResource",
        ("POST", ["tags", _]) => "ListTagsForResources",
        ("POST", ["tags", _, _]) => "ChangeTagsForResource",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_and_path_decide() {
        assert_eq!(
            operation(&Method::GET, "/2013-04-01/hostedzone/Z1/rrset"),
            Some("ListResourceRecordSets")
        );
        assert_eq!(
            operation(&Method::POST, "/2013-04-01/hostedzone/Z1/rrset/"),
            Some("ChangeResourceRecordSets")
        );
        assert_eq!(
            operation(&Method::GET, "/2013-04-01/change/C1"),
            Some("GetChange")
        );
        assert_eq!(operation(&Method::PUT, "/2013-04-01/change/C1"), None);
        assert_eq!(operation(&Method::GET, "/hostedzone"), None);
    }
}
