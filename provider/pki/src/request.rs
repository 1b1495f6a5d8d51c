//! What a certificate is asked for, held to the rules of its profile.

use std::collections::BTreeSet;

use ipnet::IpNet;

use crate::names::{AltName, first_address};
use crate::profile::Whose;
use crate::{Certificate, Moment, Profile, SKEW_SECONDS, Subject, SubjectInvalid, Usage, Validity};

/// A wish for a certificate, as somebody writes it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The sort of certificate.
    pub profile: Profile,
    /// CN, where the profile leaves it open.
    pub common_name: Option<String>,
    /// O, where the profile leaves them open.
    pub organizations: Vec<String>,
    /// Names and addresses beside those that the profile brings.
    pub names: Vec<AltName>,
    /// What only an API server's certificate needs to know.
    pub api_server: Option<ApiServer>,
    /// How long it is valid.
    pub validity: Validity,
}

/// What the names of an API server come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiServer {
    /// The block of services' addresses, whose first is the API server's.
    pub service_block: IpNet,
    /// The cluster's DNS domain, such as `cluster.local`.
    pub domain: String,
}

/// A certificate that can be issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    pub(crate) profile: Profile,
    pub(crate) subject: Subject,
    pub(crate) names: Vec<AltName>,
    pub(crate) validity: Validity,
}

/// What is wrong with a wish.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestInvalid {
    /// A common name that Kubernetes wouldn't know the bearer by.
    #[error("the common name of {0} is always {1:?}")]
    CommonNameIsFixed(Profile, String),
    /// No common name.
    #[error("{0} needs a common name: {1}")]
    CommonNameMissing(Profile, &'static str),
    /// A node's name that the node authorizer doesn't take.
    #[error("{0:?} is no node: the common name is system:node: and the node's name in lower case")]
    NoNode(String),
    /// Groups that Kubernetes wouldn't look for.
    #[error("the organizations of {0} are fixed")]
    OrganizationsAreFixed(Profile),
    /// A subject that can't be.
    #[error(transparent)]
    Subject(#[from] SubjectInvalid),
    /// Names of what is no server.
    #[error("{0} is for clients, which have no DNS names and addresses")]
    NamesOfAClient(Profile),
    /// A server that nobody could reach by a name in its certificate.
    #[error("{0} needs at least one DNS name or IP address by which others reach it")]
    NamesMissing(Profile),
    /// A name that stands there twice.
    #[error("{0} is named twice")]
    NameTwice(AltName),
    /// A wildcard for what is one machine.
    #[error("{0}: {1} is for one machine, so it takes no wildcard")]
    Wildcard(AltName, Profile),
    /// An API server without the block of services.
    #[error("{0} needs the block of services' addresses: pods reach the API server by its first")]
    ApiServerMissing(Profile),
    /// The block of services where none is needed.
    #[error("{0} has no use for the block of services' addresses")]
    ApiServerOfAnother(Profile),
    /// A block without room.
    #[error("the block of services {0} has no address for the API server")]
    NoFirstAddress(IpNet),
    /// A domain that is no DNS name.
    #[error("the cluster's domain {0:?} is no DNS name")]
    Domain(String),
    /// A certificate that outlives what signs it, and would end with it.
    #[error(
        "it would be valid until {end}, but its authority ends before, at {authority}: make it \
         shorter, or renew the authority"
    )]
    OutlivesAuthority {
        /// The end asked for.
        end: Moment,
        /// The authority's.
        authority: Moment,
    },
}

impl RequestInvalid {
    /// The attribute that has to change.
    #[must_use]
    pub fn attribute(&self) -> &'static str {
        match self {
            Self::CommonNameIsFixed(..) | Self::CommonNameMissing(..) | Self::NoNode(_) => {
                "common_name"
            }
            Self::OrganizationsAreFixed(_) | Self::Subject(SubjectInvalid::Twice(_)) => {
                "organizations"
            }
            Self::Subject(_) => "common_name",
            Self::NameTwice(AltName::Ip(_)) => "ip_addresses",
            Self::NamesOfAClient(_)
            | Self::NamesMissing(_)
            | Self::NameTwice(_)
            | Self::Wildcard(..) => "dns_names",
            Self::ApiServerMissing(_) | Self::ApiServerOfAnother(_) | Self::NoFirstAddress(_) => {
                "service_cidr"
            }
            Self::Domain(_) => "cluster_domain",
            Self::OutlivesAuthority { .. } => "validity_period_hours",
        }
    }
}

impl Request {
    /// Holds the wish to the profile's rules.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn check(self) -> Result<Leaf, Vec<RequestInvalid>> {
        let mut wrong = Vec::new();
        let subject = self.subject(&mut wrong);
        let names = self.names(&mut wrong);
        match subject {
            Some(subject) if wrong.is_empty() => Ok(Leaf {
                profile: self.profile,
                subject,
                names,
                validity: self.validity,
            }),
            _ => Err(wrong),
        }
    }

    fn subject(&self, wrong: &mut Vec<RequestInvalid>) -> Option<Subject> {
        let profile = self.profile;
        if !matches!(profile.whose(), Whose::Anyone) && !self.organizations.is_empty() {
            wrong.push(RequestInvalid::OrganizationsAreFixed(profile));
        }
        match (profile.whose(), &self.common_name) {
            (Whose::Fixed(subject), None) => Some(subject),
            (Whose::Fixed(subject), Some(name)) => {
                if *name != subject.common_name {
                    let always = subject.common_name;
                    wrong.push(RequestInvalid::CommonNameIsFixed(profile, always));
                    return None;
                }
                Some(subject)
            }
            (Whose::Node, None) => {
                let why = "system:node: and the node's name";
                wrong.push(RequestInvalid::CommonNameMissing(profile, why));
                None
            }
            (Whose::Node, Some(name)) => {
                let node = name.strip_prefix("system:node:").map(AltName::dns);
                let exact = matches!(&node, Some(Ok(AltName::Dns(node)))
                    if name.ends_with(node.as_str()) && !node.starts_with('*'));
                if !exact {
                    wrong.push(RequestInvalid::NoNode(name.clone()));
                    return None;
                }
                // The group is the client's: only there does Kubernetes look for it.
                let groups: &[&str] = if profile.is_client() {
                    &["system:nodes"]
                } else {
                    &[]
                };
                Some(Subject::fixed(name, groups))
            }
            (Whose::Anyone, None) => {
                let why = "the user that Kubernetes is to see";
                wrong.push(RequestInvalid::CommonNameMissing(profile, why));
                None
            }
            (Whose::Anyone, Some(name)) => {
                let subject = Subject::new(name, self.organizations.clone());
                subject.map_err(|error| wrong.push(error.into())).ok()
            }
        }
    }

    /// The profile's names, then the others, each once.
    fn names(&self, wrong: &mut Vec<RequestInvalid>) -> Vec<AltName> {
        let profile = self.profile;
        let mut given = BTreeSet::new();
        for name in &self.names {
            if !given.insert(name) {
                wrong.push(RequestInvalid::NameTwice(name.clone()));
            }
            if name.is_wildcard() && profile == Profile::KubeletServer {
                wrong.push(RequestInvalid::Wildcard(name.clone(), profile));
            }
        }
        if !profile.is_server() && !given.is_empty() {
            wrong.push(RequestInvalid::NamesOfAClient(profile));
        }
        let mut all = Vec::new();
        match profile {
            Profile::EtcdServer | Profile::EtcdPeer => all.extend(AltName::local()),
            Profile::Apiserver => all.extend(self.of_api_server(wrong)),
            _ => {}
        }
        if profile != Profile::Apiserver && self.api_server.is_some() {
            wrong.push(RequestInvalid::ApiServerOfAnother(profile));
        }
        let reached = profile == Profile::Apiserver || !profile.is_server();
        if !reached && given.into_iter().all(|name| all.contains(name)) {
            wrong.push(RequestInvalid::NamesMissing(profile));
        }
        for name in &self.names {
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
        all
    }

    /// What every API server is called within its cluster, and what it is to itself.
    /// <https://kubernetes.io/docs/setup/best-practices/certificates/#all-certificates>
    fn of_api_server(&self, wrong: &mut Vec<RequestInvalid>) -> Vec<AltName> {
        let Some(server) = &self.api_server else {
            wrong.push(RequestInvalid::ApiServerMissing(self.profile));
            return Vec::new();
        };
        let mut names: Vec<_> = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"]
            .map(|name| AltName::Dns(name.to_owned()))
            .into();
        let full = format!("kubernetes.default.svc.{}", server.domain);
        match AltName::dns(&full) {
            Ok(name) if !server.domain.contains('*') => names.push(name),
            _ => wrong.push(RequestInvalid::Domain(server.domain.clone())),
        }
        names.extend(AltName::local());
        match first_address(server.service_block) {
            Some(address) => names.push(AltName::Ip(address)),
            None => wrong.push(RequestInvalid::NoFirstAddress(server.service_block)),
        }
        names
    }
}

impl Leaf {
    /// The sort of certificate.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Whose it is.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The names in it, the profile's first.
    #[must_use]
    pub fn names(&self) -> &[AltName] {
        &self.names
    }

    /// Whether a certificate says all that this one would, of its own time.
    #[must_use]
    pub fn is_met_by(&self, found: &Certificate) -> bool {
        let usages = found.usages();
        let names = |names: &[AltName]| names.iter().cloned().collect::<BTreeSet<_>>();
        let made = found.not_before().plus_seconds(SKEW_SECONDS);
        *found.subject() == self.subject
            && names(found.names()) == names(&self.names)
            && usages.contains(&Usage::Server) == self.profile.is_server()
            && usages.contains(&Usage::Client) == self.profile.is_client()
            && self.validity.end(made) == found.not_after()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(profile: Profile) -> Request {
        Request {
            profile,
            common_name: None,
            organizations: Vec::new(),
            names: Vec::new(),
            api_server: None,
            validity: Validity::hours(24).unwrap(),
        }
    }

    fn names(texts: &[&str]) -> Vec<AltName> {
        let name = |text: &&str| AltName::ip(text).or_else(|_| AltName::dns(text)).unwrap();
        texts.iter().map(name).collect()
    }

    fn wrong(request: Request) -> Vec<String> {
        let wrong = request.check().err().unwrap_or_default();
        wrong.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_api_server_has_the_names_that_all_have() {
        let mut wish = request(Profile::Apiserver);
        wish.api_server = Some(ApiServer {
            service_block: "10.21.0.0/16".parse().unwrap(),
            domain: "cluster.local".into(),
        });
        wish.names = names(&["api.example.com", "localhost", "10.0.0.5"]);
        let leaf = wish.check().unwrap();
        let found: Vec<_> = leaf.names().iter().map(ToString::to_string).collect();
        let expected = [
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
            "localhost",
            "127.0.0.1",
            "::1",
            "10.21.0.1",
            "api.example.com",
            "10.0.0.5",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn an_etcd_member_is_reached_by_others() {
        assert!(wrong(request(Profile::EtcdPeer))[0].contains("at least one"));
        let mut wish = request(Profile::EtcdPeer);
        wish.names = names(&["localhost"]);
        assert!(wrong(wish.clone())[0].contains("at least one"));
        wish.names = names(&["10.0.0.5"]);
        assert_eq!(wish.check().unwrap().names().len(), 4);
    }

    #[test]
    fn clients_have_no_names() {
        let mut wish = request(Profile::Scheduler);
        wish.names = names(&["10.0.0.5"]);
        assert!(wrong(wish)[0].contains("for clients"));
    }

    #[test]
    fn names_are_given_once() {
        let mut wish = request(Profile::EtcdServer);
        wish.names = names(&["ETCD.example.com", "etcd.example.com"]);
        assert_eq!(wrong(wish), ["etcd.example.com is named twice"]);
    }

    #[test]
    fn a_kubelet_takes_no_wildcard() {
        let mut wish = request(Profile::KubeletServer);
        wish.common_name = Some("system:node:a".into());
        wish.names = names(&["*.example.com"]);
        assert!(wrong(wish)[0].contains("wildcard"));
    }

    #[test]
    fn subjects_are_what_kubernetes_looks_for() {
        let mut wish = request(Profile::Admin);
        assert_eq!(
            wish.clone().check().unwrap().subject().organizations,
            ["system:masters"]
        );
        wish.common_name = Some("root".into());
        wish.organizations = vec!["a".into()];
        assert_eq!(wrong(wish).len(), 2);
        let mut node = request(Profile::KubeletClient);
        for name in [
            "ip-10-0-0-1.ec2.internal",
            "system:node:",
            "system:node:A",
            "system:node:*.a",
        ] {
            node.common_name = Some(name.into());
            assert_eq!(wrong(node.clone()).len(), 1, "{name}");
        }
        node.common_name = Some("system:node:ip-10-0-0-1.ec2.internal".into());
        assert_eq!(
            node.check().unwrap().subject().organizations,
            ["system:nodes"]
        );
        assert!(wrong(request(Profile::Client))[0].contains("needs a common name"));
    }
}
