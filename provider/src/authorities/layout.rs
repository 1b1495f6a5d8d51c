//! Names of the parameters: DESIGN.md says why they are so, and node roles' policies rely on it.

use pki::Part;

/// How deep names of parameters may go.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>
const MAX_LEVELS: usize = 15;
/// How deep the path may be: below it come part, authority and kind.
const MAX_PATH_LEVELS: usize = MAX_LEVELS - 3;
/// The longest path. Names have 1011 characters at most, the part of AWS in their ARNs included,
/// and the longest below a path has some 50.
const MAX_PATH_LENGTH: usize = 900;

/// Where the authorities of one cluster are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    path: String,
}

impl Layout {
    pub(crate) fn new(path: impl Into<String>) -> Self {
        Self { path: path.into() }
    }

    /// The layout whose ARN this is: `arn:aws:ssm:eu-west-1:123456789012:parameter/kubeha/prod/pki`.
    pub(crate) fn of_arn(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        if parts.next() != Some("arn") || parts.nth(1) != Some("ssm") {
            return None;
        }
        let path = parts.nth(2)?.strip_prefix("parameter")?;
        path_problem(path).is_none().then(|| Self::new(path))
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// What is trusted of a part: what signs in front.
    pub(crate) fn public(&self, part: Part) -> String {
        let kind = match part {
            Part::ServiceAccount => "public_key",
            _ => "certificate",
        };
        format!("{}/public/{part}/{kind}", self.path)
    }

    /// The private key of a generation.
    pub(crate) fn private(&self, part: Part, generation: u32) -> String {
        format!("{}{generation}", self.private_of(part))
    }

    /// Where all private keys are.
    pub(crate) fn all_private(&self) -> String {
        format!("{}/private", self.path)
    }

    /// The generation of a private key of this name.
    pub(crate) fn generation(&self, part: Part, name: &str) -> Option<u32> {
        let number = name.strip_prefix(&self.private_of(part))?;
        let generation = number.parse().ok()?;
        // One name for each generation.
        (self.private(part, generation) == name).then_some(generation)
    }

    fn private_of(&self, part: Part) -> String {
        format!("{}/private/{part}/private_key_", self.path)
    }
}

/// Where a cluster's authorities are unless somebody says otherwise.
pub(crate) fn default_path(cluster: &str) -> String {
    format!("/kubeha/{cluster}/pki")
}

/// What is wrong with a path.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html>
pub(crate) fn path_problem(path: &str) -> Option<String> {
    let Some(rest) = path.strip_prefix('/') else {
        return Some("it must begin with /".to_owned());
    };
    let levels: Vec<_> = rest.split('/').collect();
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let first = rest.to_ascii_lowercase();
    if levels.iter().any(|level| level.is_empty()) {
        Some("it must not end with / or have two in a row".to_owned())
    } else if levels.len() > MAX_PATH_LEVELS {
        Some(format!("it may have {MAX_PATH_LEVELS} levels"))
    } else if path.len() > MAX_PATH_LENGTH {
        Some(format!("it may have {MAX_PATH_LENGTH} characters"))
    } else if !levels.iter().all(|level| level.chars().all(is_name)) {
        Some("between slashes there may be only letters, digits and _ . -".to_owned())
    } else if first.starts_with("aws") || first.starts_with("ssm") {
        Some("names that begin with aws or ssm are AWS's own".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        let layout = Layout::new("/kubeha/prod/pki");
        let name = layout.private(Part::FrontProxy, 2);
        assert_eq!(name, "/kubeha/prod/pki/private/front-proxy/private_key_2");
        assert_eq!(layout.generation(Part::FrontProxy, &name), Some(2));
        assert_eq!(layout.generation(Part::Etcd, &name), None);
        for odd in ["02", "+2", "", "x", "99999999999"] {
            let name = format!("/kubeha/prod/pki/private/etcd/private_key_{odd}");
            assert_eq!(layout.generation(Part::Etcd, &name), None, "{name}");
        }
        assert_eq!(
            layout.public(Part::ServiceAccount),
            "/kubeha/prod/pki/public/service-account/public_key"
        );
    }

    #[test]
    fn an_arn_leads_to_its_path() {
        let of = |arn: &str| Layout::of_arn(arn).map(|layout| layout.path().to_owned());
        let arn = "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/a/b";
        assert_eq!(of(arn).as_deref(), Some("/a/b"));
        for arn in [
            "",
            "/a/b",
            "arn:aws:s3:::parameter/a",
            "arn:aws:ssm:r:1:document/a",
        ] {
            assert_eq!(of(arn), None, "{arn}");
        }
    }

    #[test]
    fn paths_are_parameter_store_s() {
        for path in ["/kubeha/prod/pki", "/a", "/a.b-c_d/E"] {
            assert_eq!(path_problem(path), None, "{path}");
        }
        let deep = "/a".repeat(13);
        for path in [
            "", "a", "/", "/a/", "/a//b", "/a b", "/aws/x", "/SSM", &deep,
        ] {
            assert!(path_problem(path).is_some(), "{path:?}");
        }
    }
}
