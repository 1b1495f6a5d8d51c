//! What certificates a cluster needs, under kubeadm's names: issuer, subject, usages.
//! <https://kubernetes.io/docs/setup/best-practices/certificates/>

use std::fmt;
use std::str::FromStr;

use crate::{Part, Subject};

/// A sort of certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// An etcd member, towards its clients. It is a client too: of itself, for the health check of
    /// its gRPC gateway (etcd-io/etcd#9785).
    EtcdServer,
    /// An etcd member, towards the others: each is server and client.
    EtcdPeer,
    /// What asks an etcd member whether it is healthy.
    EtcdHealthcheckClient,
    /// An API server, towards etcd.
    ApiserverEtcdClient,
    /// An API server, towards all who call it.
    Apiserver,
    /// An API server, towards kubelets.
    ApiserverKubeletClient,
    /// An API server, towards extension API servers.
    FrontProxyClient,
    /// A cluster's administrator.
    Admin,
    /// The controller manager, towards the API server.
    ControllerManager,
    /// The scheduler, towards the API server.
    Scheduler,
    /// A kubelet, towards the API server.
    KubeletClient,
    /// A kubelet, towards the API server that calls it.
    KubeletServer,
    /// Any other client of the API server.
    Client,
}

/// A name that is no profile's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of {names}", names = names())]
pub struct ProfileInvalid(String);

/// Whose name is in a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Always the same.
    Fixed(Subject),
    /// A node's: `system:node:` and its name.
    Node,
    /// Whoever is named.
    Anyone,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::EtcdServer,
        Self::EtcdPeer,
        Self::EtcdHealthcheckClient,
        Self::ApiserverEtcdClient,
        Self::Apiserver,
        Self::ApiserverKubeletClient,
        Self::FrontProxyClient,
        Self::Admin,
        Self::ControllerManager,
        Self::Scheduler,
        Self::KubeletClient,
        Self::KubeletServer,
        Self::Client,
    ];

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EtcdServer => "etcd-server",
            Self::EtcdPeer => "etcd-peer",
            Self::EtcdHealthcheckClient => "etcd-healthcheck-client",
            Self::ApiserverEtcdClient => "apiserver-etcd-client",
            Self::Apiserver => "apiserver",
            Self::ApiserverKubeletClient => "apiserver-kubelet-client",
            Self::FrontProxyClient => "front-proxy-client",
            Self::Admin => "admin",
            Self::ControllerManager => "controller-manager",
            Self::Scheduler => "scheduler",
            Self::KubeletClient => "kubelet-client",
            Self::KubeletServer => "kubelet-server",
            Self::Client => "client",
        }
    }

    /// The authority that issues it.
    #[must_use]
    pub fn issuer(self) -> Part {
        match self {
            Self::EtcdServer
            | Self::EtcdPeer
            | Self::EtcdHealthcheckClient
            | Self::ApiserverEtcdClient => Part::Etcd,
            Self::FrontProxyClient => Part::FrontProxy,
            _ => Part::Kubernetes,
        }
    }

    /// Whether TLS servers can show it.
    #[must_use]
    pub fn is_server(self) -> bool {
        matches!(
            self,
            Self::EtcdServer | Self::EtcdPeer | Self::Apiserver | Self::KubeletServer
        )
    }

    /// Whether TLS clients can show it.
    #[must_use]
    pub fn is_client(self) -> bool {
        !matches!(self, Self::Apiserver | Self::KubeletServer)
    }

    pub(crate) fn whose(self) -> Whose {
        const MASTERS: &[&str] = &["system:masters"];
        let (common_name, organizations): (_, &[&str]) = match self {
            Self::EtcdServer => ("kube-etcd", &[]),
            Self::EtcdPeer => ("kube-etcd-peer", &[]),
            Self::EtcdHealthcheckClient => ("kube-etcd-healthcheck-client", &[]),
            Self::ApiserverEtcdClient => ("kube-apiserver-etcd-client", &[]),
            Self::Apiserver => ("kube-apiserver", &[]),
            // kubeadm has kubeadm:cluster-admins here, which only its own binding gives any rights.
            Self::ApiserverKubeletClient => ("kube-apiserver-kubelet-client", MASTERS),
            Self::FrontProxyClient => ("front-proxy-client", &[]),
            Self::Admin => ("kubernetes-admin", MASTERS),
            Self::ControllerManager => ("system:kube-controller-manager", &[]),
            Self::Scheduler => ("system:kube-scheduler", &[]),
            Self::KubeletClient | Self::KubeletServer => return Whose::Node,
            Self::Client => return Whose::Anyone,
        };
        Whose::Fixed(Subject::fixed(common_name, organizations))
    }
}

fn names() -> String {
    Profile::ALL.map(Profile::name).join(", ")
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = ProfileInvalid;

    fn from_str(text: &str) -> Result<Self, ProfileInvalid> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.name() == text)
            .ok_or_else(|| ProfileInvalid(text.to_owned()))
    }
}
