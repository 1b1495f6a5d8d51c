//! What a cluster has: three authorities that don't trust each other, and the service accounts'
//! key pair.

use std::fmt;

use crate::Subject;

/// One of the things that have keys of their own.
///
/// <https://kubernetes.io/docs/setup/best-practices/certificates/>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The authority of the cluster: of the API server, its clients, and kubelets.
    Kubernetes,
    /// The authority of etcd. Whoever has a certificate of it can read and write all of a cluster,
    /// so it is none of the others.
    Etcd,
    /// The authority of the proxy in front of extension API servers. What it signs may claim to be
    /// any user, so it is none of the others.
    FrontProxy,
    /// The key pair that signs service accounts' tokens. It has no certificate.
    ServiceAccount,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Kubernetes,
        Self::Etcd,
        Self::FrontProxy,
        Self::ServiceAccount,
    ];

    /// The name, as it stands in names of parameters.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kubernetes => "kubernetes",
            Self::Etcd => "etcd",
            Self::FrontProxy => "front-proxy",
            Self::ServiceAccount => "service-account",
        }
    }

    /// What the authority is called in its certificate; `None` for what has no certificate.
    #[must_use]
    pub fn subject(self) -> Option<Subject> {
        let name = match self {
            Self::Kubernetes => "kubernetes-ca",
            Self::Etcd => "etcd-ca",
            Self::FrontProxy => "kubernetes-front-proxy-ca",
            Self::ServiceAccount => return None,
        };
        Some(Subject::fixed(name, &[]))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
