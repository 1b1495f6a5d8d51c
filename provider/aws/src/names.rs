//! Names of AWS objects, made from a cluster's.

use aws_lc_rs::digest::{SHA256, digest};

/// The name of a load balancer or target group: `<cluster>-<part>` if AWS takes it, else a
/// name as near to it as AWS takes, with a hash of the whole.
///
/// The same input always gives the same name, and different inputs different ones: the hash has
/// 40 bits, and stands for what was cut off or replaced.
#[must_use]
pub fn elb_name(cluster: &str, part: &str) -> String {
    let plain = format!("{cluster}-{part}");
    if elb_name_problem(&plain).is_none() {
        return plain;
    }
    let hash = short_hash(&plain);
    // One hyphen, no hyphens at the ends, and never "internal-" in front.
    let mut readable = String::from(if plain.starts_with(INTERNAL) {
        "kubeha-"
    } else {
        ""
    });
    for c in plain.chars() {
        if c.is_ascii_alphanumeric() {
            readable.push(c);
        } else if !readable.is_empty() && !readable.ends_with('-') {
            readable.push('-');
        }
    }
    readable.truncate(ELB_MAX - hash.len() - 1);
    match readable.trim_end_matches('-') {
        "" => format!("kubeha-{hash}"),
        readable if readable == INTERNAL.trim_end_matches('-') => format!("kubeha-{hash}"),
        readable => format!("{readable}-{hash}"),
    }
}

/// The name of the target group of a load balancer's listener: `<load balancer>-<port>-<node
/// port>`, with the load balancer's name made shorter if that is too long.
///
/// It holds all that AWS can't change in a target group, so that a listener's next one can stand
/// beside its present one; and it can be [read back](listener_target_group_ports).
#[must_use]
pub fn listener_target_group_name(load_balancer: &str, port: i32, node_port: i32) -> String {
    let prefix = listener_target_group_prefix(load_balancer);
    format!("{prefix}{port}-{node_port}")
}

/// What the names of all target groups of a load balancer's listeners begin with. Others' names may
/// do so too.
#[must_use]
pub fn listener_target_group_prefix(load_balancer: &str) -> String {
    // Two hyphens and two ports of five digits at most.
    const ROOM: usize = ELB_MAX - 12;
    if load_balancer.len() <= ROOM {
        return format!("{load_balancer}-");
    }
    let hash = short_hash(load_balancer);
    let readable: String = load_balancer.chars().take(ROOM - hash.len() - 1).collect();
    format!("{}-{hash}-", readable.trim_end_matches('-'))
}

/// Port and node port of a name that [`listener_target_group_name`] gives for this load balancer;
/// `None` for any other name.
#[must_use]
pub fn listener_target_group_ports(load_balancer: &str, name: &str) -> Option<(i32, i32)> {
    let ports = name.strip_prefix(&listener_target_group_prefix(load_balancer))?;
    let (port, node_port) = ports.split_once('-')?;
    let ports = (port.parse().ok()?, node_port.parse().ok()?);
    // One spelling for each: +80 and 080 are numbers too.
    (listener_target_group_name(load_balancer, ports.0, ports.1) == name).then_some(ports)
}

/// Why AWS won't take a text as the name of a load balancer or target group; `None` if it will.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html>
#[must_use]
pub fn elb_name_problem(name: &str) -> Option<&'static str> {
    if name.is_empty() || name.len() > ELB_MAX {
        Some("it must have 1 to 32 characters")
    } else if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        Some("it may have only letters, digits and hyphens")
    } else if name.starts_with('-') || name.ends_with('-') {
        Some("it must not begin or end with a hyphen")
    } else if name.starts_with(INTERNAL) {
        Some("it must not begin with internal-")
    } else {
        None
    }
}

/// The name of a group and of its launch template: `<cluster>-<part>` if AWS takes it for both,
/// else a name as near to it as AWS takes, with a hash of the whole, as [`elb_name`] has it.
#[must_use]
pub fn group_name(cluster: &str, part: &str) -> String {
    let plain = format!("{cluster}-{part}");
    if group_name_problem(&plain).is_none() {
        return plain;
    }
    let hash = short_hash(&plain);
    let mut readable: String = plain
        .chars()
        .map(|c| if is_group_character(c) { c } else { '-' })
        .collect();
    // All are ASCII now, so that no character is cut in two.
    readable.truncate(GROUP_MAX - hash.len() - 1);
    format!("{readable}-{hash}")
}

/// Why AWS won't take a text as the name of both a group and a launch template; `None` if it
/// will. A template's rule is the stricter one.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html>
#[must_use]
pub fn group_name_problem(name: &str) -> Option<&'static str> {
    if !(GROUP_MIN..=GROUP_MAX).contains(&name.chars().count()) {
        Some("it must have 3 to 128 characters")
    } else if !name.chars().all(is_group_character) {
        Some("it may have only letters, digits and ( ) . - / _")
    } else {
        None
    }
}

fn is_group_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "().-/_".contains(c)
}

const GROUP_MIN: usize = 3;
const GROUP_MAX: usize = 128;

/// The name of a role: `<cluster>-<part>` if IAM takes it, else a name as near to it as IAM takes,
/// with a hash of the whole. IAM takes it for an instance profile too.
///
/// The same input always gives the same name, and different inputs different ones, as with
/// [`elb_name`].
#[must_use]
pub fn role_name(cluster: &str, part: &str) -> String {
    let plain = format!("{cluster}-{part}");
    if role_name_problem(&plain).is_none() {
        return plain;
    }
    let hash = short_hash(&plain);
    let readable: String = plain
        .chars()
        .map(|c| if is_role_character(c) { c } else { '-' })
        .take(ROLE_MAX - hash.len() - 1)
        .collect();
    format!("{readable}-{hash}")
}

/// Why IAM won't take a text as the name of a role; `None` if it will.
///
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
#[must_use]
pub fn role_name_problem(name: &str) -> Option<&'static str> {
    if name.is_empty() || name.len() > ROLE_MAX {
        Some("it must have 1 to 64 characters")
    } else if !name.chars().all(is_role_character) {
        Some("it may have only letters, digits and _ + = , . @ -")
    } else {
        None
    }
}

fn is_role_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}

/// The name of a security group: `<cluster>-<part>` if EC2 takes it, else a name as near to it as EC2
/// takes, with a hash of the whole, as with [`elb_name`].
#[must_use]
pub fn security_group_name(cluster: &str, part: &str) -> String {
    let plain = format!("{cluster}-{part}");
    if security_group_name_problem(&plain).is_none() {
        return plain;
    }
    let hash = short_hash(&plain);
    let prefix = if plain.starts_with(GROUP_ID) {
        "kubeha-"
    } else {
        ""
    };
    let readable: String = prefix
        .chars()
        .chain(plain.trim_start().chars())
        .map(|c| if is_description_character(c) { c } else { '-' })
        .take(SECURITY_GROUP_MAX - hash.len() - 1)
        .collect();
    format!("{readable}-{hash}")
}

/// Why EC2 won't take a text as the name of a security group; `None` if it will.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html>
#[must_use]
pub fn security_group_name_problem(name: &str) -> Option<&'static str> {
    if name.is_empty() || name.len() > SECURITY_GROUP_MAX {
        Some("it must have 1 to 255 characters")
    } else if !name.chars().all(is_description_character) || name.trim() != name {
        Some(
            "it may have only letters, digits, inner spaces and . _ - : / ( ) # , @ [ ] + = & ; { } ! $ *",
        )
    } else if name.starts_with(GROUP_ID) {
        Some("it must not begin with sg-")
    } else {
        None
    }
}

fn is_description_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c)
}

const SECURITY_GROUP_MAX: usize = 255;
const GROUP_ID: &str = "sg-";

const ROLE_MAX: usize = 64;

const ELB_MAX: usize = 32;
const INTERNAL: &str = "internal-";

/// Eight characters of base 32, lower case, of the text's SHA-256.
fn short_hash(text: &str) -> String {
    const ALPHABET: [char; 32] = [
        'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r',
        's', 't', 'u', 'v', 'w', 'x', 'y', 'z', '2', '3', '4', '5', '6', '7',
    ];
    let hash = digest(&SHA256, text.as_bytes());
    let bits = hash
        .as_ref()
        .iter()
        .take(5)
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    (0..8)
        .filter_map(|i| ALPHABET.get(usize::try_from(bits >> (35 - 5 * i) & 31).ok()?))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_that_fits_stays() {
        assert_eq!(elb_name("prod", "api"), "prod-api");
        assert_eq!(
            elb_name(&"x".repeat(28), "api"),
            format!("{}-api", "x".repeat(28))
        );
    }

    #[test]
    fn a_listener_s_target_group_tells_its_ports() {
        let name = listener_target_group_name("prod-service", 443, 30443);
        assert_eq!(name, "prod-service-443-30443");
        let ports = |name| listener_target_group_ports("prod-service", name);
        assert_eq!(ports(&name), Some((443, 30443)));
        for other in [
            "prod-service",
            "prod-service-443",
            "prod-service-0443-30443",
            "prod-service-+443-30443",
            "prod-service-443-30443-1",
            "prod-service-2-443-30443",
            "prod-443-30443",
        ] {
            assert_eq!(ports(other), None, "{other}");
        }
        assert_eq!(
            listener_target_group_name(&"x".repeat(32), 65535, 65535),
            PINNED_TARGET_GROUP
        );
    }

    /// Pinned: another name would orphan every object that exists.
    #[test]
    fn names_never_change() {
        assert_eq!(
            elb_name("a-cluster-with-a-rather-long-name", "api"),
            PINNED_LONG
        );
        assert_eq!(elb_name("prod.example.com", "api"), PINNED_DOTS);
        assert_eq!(elb_name("internal-prod", "api"), PINNED_INTERNAL);
    }
    const PINNED_LONG: &str = "a-cluster-with-a-rather-snalnxcx";
    const PINNED_DOTS: &str = "prod-example-com-api-5s3pcd7a";
    const PINNED_INTERNAL: &str = "kubeha-internal-prod-ap-34yd55be";
    const PINNED_TARGET_GROUP: &str = "xxxxxxxxxxx-yyxemfn5-65535-65535";

    /// Pinned likewise.
    #[test]
    fn names_of_roles_never_change() {
        assert_eq!(role_name("prod", "worker"), "prod-worker");
        assert_eq!(
            role_name("prod.example.com", "worker"),
            "prod.example.com-worker"
        );
        let long = "x".repeat(60);
        assert_eq!(
            role_name(&long, "control-plane"),
            format!("{}-qurzzsiw", "x".repeat(55))
        );
        assert_eq!(role_name("a b", "worker"), "a-b-worker-x5hhgs4w");
    }

    /// Pinned likewise.
    #[test]
    fn names_of_security_groups_never_change() {
        let name = |cluster: &str| security_group_name(cluster, "worker");
        assert_eq!(name("prod"), "prod-worker");
        assert_eq!(name("prod/eu (a)"), "prod/eu (a)-worker");
        assert_eq!(name("sg-prod"), "kubeha-sg-prod-worker-r7bctzal");
        assert_eq!(name("pr\u{f6}d"), "pr-d-worker-svrl7x5h");
        let long = "x".repeat(250);
        assert_eq!(name(&long), format!("{}-2a4m3uk3", "x".repeat(246)));
        for cluster in ["prod", "sg-", " prod ", "pr\u{f6}d", &long, "\u{1F600}", ""] {
            assert_eq!(
                security_group_name_problem(&name(cluster)),
                None,
                "{cluster}"
            );
        }
    }

    #[test]
    fn roles_of_different_clusters_have_different_names() {
        let long = "x".repeat(70);
        let names = [
            role_name("a b", "worker"),
            role_name("a-b", "worker"),
            role_name("a/b", "worker"),
            role_name(&long, "worker"),
            role_name(&long, "control-plane"),
            role_name(&"x".repeat(71), "worker"),
        ];
        let distinct: BTreeMap<_, _> = names.iter().map(|name| (name, ())).collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
    }

    #[test]
    fn what_is_cut_or_replaced_still_tells_names_apart() {
        let long = "a-cluster-with-a-rather-long-name";
        let names: Vec<_> = [
            (long, "api"),
            (long, "svc"),
            ("a-cluster-with-a-rather-long-name-2", "api"),
            ("a.b", "api"),
            ("a_b", "api"),
            ("a-b", "api"),
            ("internal", "api"),
            ("..", ".."),
        ]
        .map(|(cluster, part)| elb_name(cluster, part))
        .into();
        let distinct: BTreeMap<_, _> = names.iter().map(|name| (name, ())).collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
    }

    #[test]
    fn groups_keep_what_both_their_objects_take() {
        assert_eq!(group_name("prod", "workers"), "prod-workers");
        assert_eq!(group_name("prod.example.com", "cp"), "prod.example.com-cp");
        assert_eq!(group_name("internal", "a"), "internal-a");
        let long = "x".repeat(126);
        assert_eq!(group_name(&long, "a"), format!("{long}-a"));
        assert_eq!(group_name("prod", "blue green"), PINNED_SPACE);
        assert_eq!(
            group_name(&long, "ab"),
            format!("{}-{PINNED_CUT}", "x".repeat(119))
        );
        assert_ne!(group_name(&long, "ab"), group_name(&long, "ac"));
    }
    const PINNED_SPACE: &str = "prod-blue-green-bf6747tr";
    const PINNED_CUT: &str = "zqjigd5u";

    proptest! {
        #[test]
        fn aws_takes_every_group_name(cluster in "\\PC{0,140}", part in "\\PC{0,8}") {
            let name = group_name(&cluster, &part);
            prop_assert_eq!(group_name_problem(&name), None, "{}", name);
        }

        #[test]
        fn aws_takes_every_name(cluster in "\\PC{0,60}", part in "[a-z-]{0,8}") {
            let name = elb_name(&cluster, &part);
            prop_assert_eq!(elb_name_problem(&name), None, "{}", name);
        }

        #[test]
        fn iam_takes_every_name(cluster in "\\PC{0,80}", part in "[a-z-]{0,13}") {
            let name = role_name(&cluster, &part);
            prop_assert_eq!(role_name_problem(&name), None, "{}", name);
        }

        #[test]
        fn aws_takes_a_listener_s_target_group_and_it_tells_its_ports(
            balancer in "[a-hj-z0-9]([a-z0-9-]{0,30}[a-z0-9])?",
            port in 1..=65535,
            node_port in 1..=65535,
        ) {
            let name = listener_target_group_name(&balancer, port, node_port);
            prop_assert_eq!(elb_name_problem(&name), None, "{}", &name);
            let ports = listener_target_group_ports(&balancer, &name);
            prop_assert_eq!(ports, Some((port, node_port)));
        }

        #[test]
        fn aws_takes_every_name_near_the_reserved(tail in "[-a]{0,30}") {
            let name = elb_name(&format!("internal{tail}"), "api");
            prop_assert_eq!(elb_name_problem(&name), None, "{}", name);
        }
    }
}
