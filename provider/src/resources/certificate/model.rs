//! The attributes of `kubeha_certificate`.

use tfplug::{Attr, List, Map, Model};

/// A certificate that one of a cluster's authorities issues, with its private key in Parameter
/// Store: for members of an external etcd, static nodes and other clients. Nodes of the cluster have
/// theirs issued by themselves.
///
/// Within `early_renewal_hours` of its end, and when its authority has another key, the next plan
/// issues it anew, for the key it has.
#[derive(Clone, Debug, Default, PartialEq, Model)]
#[tf(rules(
    ExactlyOne(&["pki_arn", "ca_certificate_parameter"]),
    Together(&["ca_certificate_parameter", "ca_private_key_parameter"]),
))]
pub(crate) struct LeafCertificate {
    /// Name of the cluster. Default: the provider's.
    #[tf(
        optional,
        computed,
        plan(use_state_for_unknown(), requires_replace_if(
            "Changing this forces replacement.",
            |prior, _| !prior.is_null(), // an imported one may not say yet
        ))
    )]
    pub(crate) cluster_name: Attr<String>,
    /// What tells it from the cluster's others: letters, digits and `_.-`.
    #[tf(
        required,
        check(pattern("[A-Za-z0-9_.-]{1,128}", "1 to 128 letters, digits and _ . -")),
        plan(requires_replace())
    )]
    pub(crate) name: Attr<String>,
    /// What it is for, under kubeadm's names: `etcd-server`, `etcd-peer`,
    /// `etcd-healthcheck-client`, `apiserver-etcd-client`, `apiserver`, `apiserver-kubelet-client`,
    /// `front-proxy-client`, `admin`, `controller-manager`, `scheduler`, `kubelet-client`,
    /// `kubelet-server`, or `client` for any other client of the API server. It decides the
    /// authority, the usages, and most of the subject.
    #[tf(
        required,
        check(one_of([
            "etcd-server",
            "etcd-peer",
            "etcd-healthcheck-client",
            "apiserver-etcd-client",
            "apiserver",
            "apiserver-kubelet-client",
            "front-proxy-client",
            "admin",
            "controller-manager",
            "scheduler",
            "kubelet-client",
            "kubelet-server",
            "client",
        ])),
        plan(requires_replace())
    )]
    pub(crate) profile: Attr<String>,
    /// ARN of the `kubeha_pki` that issues it.
    #[tf(optional)]
    pub(crate) pki_arn: Attr<String>,
    /// Name of the parameter that has the certificate of another authority that issues it.
    #[tf(optional)]
    pub(crate) ca_certificate_parameter: Attr<String>,
    /// Name of the parameter that has that authority's private key.
    #[tf(optional)]
    pub(crate) ca_private_key_parameter: Attr<String>,

    /// User that Kubernetes sees. Only for `client`, and for kubelets, whose it is
    /// `system:node:<node>`.
    #[tf(optional)]
    pub(crate) common_name: Attr<String>,
    /// Groups that Kubernetes sees. Only for `client`.
    #[tf(optional)]
    pub(crate) organizations: Attr<List<String>>,
    /// DNS names of a server, beside those that its profile brings.
    #[tf(optional, check(count(1..)))]
    pub(crate) dns_names: Attr<List<String>>,
    /// IP addresses of a server, beside those that its profile brings.
    #[tf(optional, check(count(1..)))]
    pub(crate) ip_addresses: Attr<List<String>>,
    /// Block of services' addresses, whose first is the API server's. Only for `apiserver`. Not
    /// stored: the certificate has what comes of it.
    #[tf(optional, write_only, check(cidr()))]
    pub(crate) service_cidr: Attr<String>,
    /// DNS domain of the cluster. Only for `apiserver`. Default: `cluster.local`. Not stored: the
    /// certificate has what comes of it.
    #[tf(optional, write_only)]
    pub(crate) cluster_domain: Attr<String>,

    /// Kind of key: `ECDSA-P256`, `ECDSA-P384`, `RSA-2048`, `RSA-3072` or `RSA-4096`.
    #[tf(default = "ECDSA-P256", plan(requires_replace()))]
    pub(crate) key_algorithm: Attr<String>,
    /// Hours for which it is valid. It can't outlive its authority.
    #[tf(default = 8760)]
    pub(crate) validity_period_hours: Attr<i64>,
    /// Hours before its end from which plans renew it; 0 for never. Default: 720, 30 days, or half
    /// of `validity_period_hours` if that is less. Not stored: it is about plans.
    #[tf(optional, write_only)]
    pub(crate) early_renewal_hours: Attr<i64>,
    /// Where it is in Parameter Store: `certificate` and `private_key` below this. Default:
    /// `/kubeha/<cluster_name>/certificates/<name>`.
    #[tf(optional, computed, plan(use_state_for_unknown(), requires_replace()))]
    pub(crate) parameter_path: Attr<String>,
    /// Id, ARN or alias of the KMS key that encrypts the private key. Default: AWS's own key for
    /// parameters. The credentials need `kms:Encrypt` and `kms:Decrypt` on one of yours.
    #[tf(optional)]
    pub(crate) kms_key_id: Attr<String>,

    /// Tags of both parameters.
    #[tf(optional)]
    pub(crate) tags: Attr<Map<String>>,
    /// Tags of both parameters, the provider's `default_tags` included.
    #[tf(computed)]
    pub(crate) tags_all: Attr<Map<String>>,

    /// The certificate: PEM.
    #[tf(computed)]
    pub(crate) certificate_pem: Attr<String>,
    /// SHA-256 of it, in hexadecimal.
    #[tf(computed)]
    pub(crate) fingerprint: Attr<String>,
    /// Its serial number, in hexadecimal.
    #[tf(computed)]
    pub(crate) serial_number: Attr<String>,
    /// From when on it is valid (RFC 3339).
    #[tf(computed)]
    pub(crate) validity_start_time: Attr<String>,
    /// Until when it is valid (RFC 3339).
    #[tf(computed)]
    pub(crate) validity_end_time: Attr<String>,
    /// Whether its authority has another key by now, so that the next apply issues it anew.
    #[tf(computed)]
    pub(crate) ready_for_renewal: Attr<bool>,
    /// Name of the parameter that has the certificate.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) certificate_parameter: Attr<String>,
    /// Version of that parameter; null if it is gone, or isn't as it was written here.
    #[tf(computed)]
    pub(crate) certificate_parameter_version: Attr<i64>,
    /// Name of the parameter that has the private key.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) private_key_parameter: Attr<String>,
    /// Version of that parameter; null if it is gone, or isn't as it was written here.
    #[tf(computed)]
    pub(crate) private_key_parameter_version: Attr<i64>,
}

impl LeafCertificate {
    /// Shows a certificate.
    pub(super) fn show(&mut self, certificate: &pki::Certificate) {
        self.certificate_pem = certificate.to_pem().into();
        self.fingerprint = certificate.fingerprint().into();
        self.serial_number = certificate.serial().into();
        self.validity_start_time = certificate.not_before().to_string().into();
        self.validity_end_time = certificate.not_after().to_string().into();
    }

    /// Leaves open what a new certificate will say.
    pub(super) fn open_certificate(&mut self) {
        self.certificate_pem = Attr::Unknown;
        self.fingerprint = Attr::Unknown;
        self.serial_number = Attr::Unknown;
        self.validity_start_time = Attr::Unknown;
        self.validity_end_time = Attr::Unknown;
        self.certificate_parameter_version = Attr::Unknown;
    }

    /// Leaves the certificate as it was.
    pub(super) fn keep_certificate(&mut self, prior: &Self) {
        self.certificate_pem = prior.certificate_pem.clone();
        self.fingerprint = prior.fingerprint.clone();
        self.serial_number = prior.serial_number.clone();
        self.validity_start_time = prior.validity_start_time.clone();
        self.validity_end_time = prior.validity_end_time.clone();
        self.certificate_parameter_version = prior.certificate_parameter_version;
    }

    /// The certificate in a state.
    pub(super) fn certificate(&self) -> Option<pki::Certificate> {
        pki::Certificate::from_pem(self.certificate_pem.text()?).ok()
    }
}
