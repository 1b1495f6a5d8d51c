//! What AWS's error codes mean, over all services.

/// The object, or one that the call names, doesn't exist.
///
/// EC2 ends such codes in `.NotFound` (and `InvalidGroupId.NotFound` even for another region's),
/// ELB in `NotFound`, Route 53 and IAM begin them with `NoSuch`.
pub(crate) fn is_not_found(code: &str) -> bool {
    let code = bare(code);
    code.ends_with("NotFound") || code.starts_with("NoSuch")
}

/// The same of Auto Scaling, which has one code for all that is wrong with a request and says in
/// words what is: "AutoScalingGroup name not found - ...", "Instance Id not found - ...", "No
/// Lifecycle Hook found with name ...".
pub(crate) fn is_not_found_in_words(code: &str, message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    let missing =
        message.contains("not found") || (message.starts_with("no ") && message.contains(" found"));
    code == "ValidationError" && missing
}

/// AWS asks for fewer calls. The SDK's list, with EC2's own name.
///
/// `LimitExceededException` is on it, but IAM's `LimitExceeded` is about a quota, which no waiting
/// raises.
pub(crate) fn is_throttled(code: &str) -> bool {
    code != "LimitExceeded"
        && matches!(
            bare(code),
            "BandwidthLimitExceeded"
                | "EC2Throttled"
                | "LimitExceeded"
                | "PriorRequestNotComplete"
                | "ProvisionedThroughputExceeded"
                | "RequestLimitExceeded"
                | "RequestThrottled"
                | "SlowDown"
                | "Throttled"
                | "Throttling"
                | "TooManyRequests"
                | "TransactionInProgress"
        )
}

/// The account has all that it may have of something: `VpcLimitExceeded`, `AddressLimitExceeded`,
/// IAM's `LimitExceeded`, ELB's `TooManyLoadBalancers`, Parameter Store's `ParameterLimitExceeded`.
pub(crate) fn is_quota(code: &str) -> bool {
    if is_throttled(code) {
        return false;
    }
    let code = bare(code);
    code.ends_with("LimitExceeded") || code.starts_with("TooMany")
}

/// Something that exists stands in the way.
pub(crate) fn is_conflict(code: &str) -> bool {
    let code = bare(code);
    code.starts_with("Duplicate")
        || code.ends_with(".Duplicate")
        || code.contains("AlreadyExists")
        || code.ends_with("InUse")
        || code.ends_with("Conflict")
        || code.starts_with("ConcurrentModification")
        || matches!(
            code,
            "DependencyViolation"
                | "HostedZoneNotEmpty"
                // Auto Scaling's.
                | "InstanceRefreshInProgress"
                | "ResourceContention"
                | "ScalingActivityInProgress"
        )
}

/// Temporary credentials are past their end.
pub(crate) fn is_expired(code: &str) -> bool {
    matches!(bare(code), "ExpiredToken" | "TokenRefreshRequired")
}

/// The credentials are unknown or the signature doesn't fit.
pub(crate) fn is_rejected(code: &str) -> bool {
    matches!(
        bare(code),
        "AuthFailure"
            | "IncompleteSignature"
            | "InvalidAccessKeyId"
            | "InvalidClientTokenId"
            | "InvalidSignature"
            | "MissingAuthenticationToken"
            | "NotSignedUp"
            | "OptInRequired"
            | "RequestExpired"
            | "SignatureDoesNotMatch"
            | "UnrecognizedClient"
    )
}

/// The credentials are good and may not do this.
pub(crate) fn is_denied(code: &str) -> bool {
    matches!(
        bare(code),
        "AccessDenied" | "UnauthorizedOperation" | "UnauthorizedAccess"
    )
}

/// The code without what protocols put around it: `Client.` of EC2, `Exception` of the JSON and
/// many query services.
fn bare(code: &str) -> &str {
    let code = code.strip_prefix("Client.").unwrap_or(code);
    code.strip_suffix("Exception").unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_found_in_every_service() {
        for code in [
            "LoadBalancerNotFound",
            "TargetGroupNotFound",
            "ListenerNotFound",
            "InvalidSubnetID.NotFound",
            "NoSuchHostedZone",
            "NoSuchEntity",
            "ParameterNotFound",
            "LoadBalancerNotFoundException",
            "InvalidLaunchTemplateId.NotFound",
            "InvalidLaunchTemplateId.VersionNotFound",
            "InvalidLaunchTemplateName.NotFoundException",
            "ActiveInstanceRefreshNotFound",
        ] {
            assert!(is_not_found(code), "{code}");
        }
        assert!(!is_not_found("ValidationError"));
    }

    #[test]
    fn quotas_are_not_throttling() {
        for code in [
            "VpcLimitExceeded",
            "AddressLimitExceeded",
            "LimitExceeded",
            "TooManyLoadBalancers",
            "TooManyTargetGroupsException",
            "ParameterLimitExceeded",
        ] {
            assert!(is_quota(code) && !is_throttled(code), "{code}");
        }
        for code in [
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "LimitExceededException",
            "ValidationError",
        ] {
            assert!(!is_quota(code), "{code}");
        }
    }

    #[test]
    fn not_found_in_words() {
        for message in [
            "AutoScalingGroup name not found - AutoScalingGroup 'prod' not found",
            "Instance Id not found - No managed instance found for instance ID: i-1",
            "No Lifecycle Hook found with name drain for Auto Scaling group prod",
        ] {
            assert!(
                is_not_found_in_words("ValidationError", message),
                "{message}"
            );
            assert!(!is_not_found_in_words("ResourceContention", message));
        }
        for message in [
            "Max bound, 1, must be greater than or equal to min bound, 2",
            "You must use a valid fully-formed launch template.",
            "No such process",
        ] {
            assert!(
                !is_not_found_in_words("ValidationError", message),
                "{message}"
            );
        }
    }

    #[test]
    fn conflicts_and_throttling() {
        for code in [
            "DuplicateLoadBalancerName",
            "DuplicateTargetGroupName",
            "InvalidGroup.Duplicate",
            "ResourceInUse",
            "DependencyViolation",
            "EntityAlreadyExists",
            "AlreadyExists",
            "ConflictException",
            "InvalidLaunchTemplateName.AlreadyExistsException",
            "ScalingActivityInProgress",
            "ResourceContention",
        ] {
            assert!(is_conflict(code), "{code}");
            assert!(!is_throttled(code), "{code}");
        }
        for code in [
            "Throttling",
            "ThrottlingException",
            "RequestLimitExceeded",
            "Client.RequestLimitExceeded",
            "PriorRequestNotComplete",
            "TooManyRequestsException",
            "LimitExceededException",
        ] {
            assert!(is_throttled(code), "{code}");
        }
        assert!(is_throttled("LimitExceededException") && !is_throttled("LimitExceeded"));
    }

    #[test]
    fn credentials() {
        assert!(is_expired("ExpiredToken") && is_expired("ExpiredTokenException"));
        assert!(is_rejected("UnrecognizedClientException"));
        assert!(is_denied("AccessDeniedException") && is_denied("UnauthorizedOperation"));
    }
}
