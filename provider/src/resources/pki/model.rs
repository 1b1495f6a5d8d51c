//! The attributes of `kubeha_pki`.

use tfplug::{Attr, Map, Model, Secret};

/// A cluster's public key infrastructure: the authorities of Kubernetes, etcd and the front proxy,
/// and the key pair that signs service accounts' tokens.
///
/// Private keys are made here and go straight to Parameter Store, encrypted. No state, plan or log
/// has them: a refresh compares versions and what is public, and doesn't decrypt. They are decrypted
/// only to sign, in an apply.
///
/// An authority within `early_renewal_hours` of its end is renewed with the key it has, so all that
/// it signed stays valid. Another key comes by a `rotation`.
#[derive(Clone, Debug, Default, PartialEq, Model)]
#[tf(rules(
    Together(&["kubernetes_private_key_pem_wo", "kubernetes_private_key_wo_version"]),
    Together(&["etcd_private_key_pem_wo", "etcd_private_key_wo_version"]),
    Together(&["front_proxy_private_key_pem_wo", "front_proxy_private_key_wo_version"]),
    Together(&["service_account_private_key_pem_wo", "service_account_private_key_wo_version"]),
))]
pub(crate) struct ClusterPki {
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
    /// Where all of it is in Parameter Store. Default: `/kubeha/<cluster_name>/pki`. Below it,
    /// `public` is for every node, `private` for the control plane.
    #[tf(optional, computed, plan(use_state_for_unknown(), requires_replace()))]
    pub(crate) parameter_path: Attr<String>,
    /// Id, ARN or alias of the KMS key that encrypts private keys. Default: AWS's own key for
    /// parameters. A change encrypts them anew. The credentials need `kms:Encrypt` and `kms:Decrypt`
    /// on one of yours.
    #[tf(optional)]
    pub(crate) kms_key_id: Attr<String>,

    /// What keys are made from now on: `ECDSA-P256` (the default), `ECDSA-P384`, `RSA-2048`,
    /// `RSA-3072` or `RSA-4096`. Existing ones stay as they are. Not stored: the keys themselves
    /// tell.
    #[tf(optional, write_only)]
    pub(crate) key_algorithm: Attr<String>,
    /// Hours for which authorities' certificates are valid that are made from now on. Default:
    /// 87600, ten years. Not stored: the certificates themselves tell.
    #[tf(optional, write_only)]
    pub(crate) validity_period_hours: Attr<i64>,
    /// Hours before an authority's end from which plans renew it; 0 for never. Default: 8760, a
    /// year, or half of `validity_period_hours` if that is less. Not stored: it is about plans.
    #[tf(optional, write_only)]
    pub(crate) early_renewal_hours: Attr<i64>,

    /// How far a new key has come, by the part it is for: `kubernetes`, `etcd`, `front-proxy` or
    /// `service-account`. Each step is an apply of its own.
    #[tf(
        optional,
        check(keys(one_of(["kubernetes", "etcd", "front-proxy", "service-account"])))
    )]
    pub(crate) rotation: Attr<Map<Rotation>>,

    /// Private key of the Kubernetes authority, if you bring your own: PEM, without a passphrase. It
    /// is for the generation that this apply makes.
    #[tf(optional, write_only)]
    pub(crate) kubernetes_private_key_pem_wo: Attr<Secret>,
    /// To be changed together with `kubernetes_private_key_pem_wo`.
    #[tf(optional)]
    pub(crate) kubernetes_private_key_wo_version: Attr<i64>,
    /// Certificate for a key that you bring. Without one, it is made.
    #[tf(optional)]
    pub(crate) kubernetes_certificate_pem: Attr<String>,
    /// Private key of the etcd authority, if you bring your own: PEM, without a passphrase. It is
    /// for the generation that this apply makes.
    #[tf(optional, write_only)]
    pub(crate) etcd_private_key_pem_wo: Attr<Secret>,
    /// To be changed together with `etcd_private_key_pem_wo`.
    #[tf(optional)]
    pub(crate) etcd_private_key_wo_version: Attr<i64>,
    /// Certificate for a key that you bring. Without one, it is made.
    #[tf(optional)]
    pub(crate) etcd_certificate_pem: Attr<String>,
    /// Private key of the front proxy's authority, if you bring your own: PEM, without a passphrase.
    /// It is for the generation that this apply makes.
    #[tf(optional, write_only)]
    pub(crate) front_proxy_private_key_pem_wo: Attr<Secret>,
    /// To be changed together with `front_proxy_private_key_pem_wo`.
    #[tf(optional)]
    pub(crate) front_proxy_private_key_wo_version: Attr<i64>,
    /// Certificate for a key that you bring. Without one, it is made.
    #[tf(optional)]
    pub(crate) front_proxy_certificate_pem: Attr<String>,
    /// Private key that signs service accounts' tokens, if you bring your own: PEM, without a
    /// passphrase. It is for the generation that this apply makes.
    #[tf(optional, write_only)]
    pub(crate) service_account_private_key_pem_wo: Attr<Secret>,
    /// To be changed together with `service_account_private_key_pem_wo`.
    #[tf(optional)]
    pub(crate) service_account_private_key_wo_version: Attr<i64>,

    /// Tags of all parameters.
    #[tf(optional)]
    pub(crate) tags: Attr<Map<String>>,
    /// Tags of all parameters, the provider's `default_tags` included.
    #[tf(computed)]
    pub(crate) tags_all: Attr<Map<String>>,

    /// ARN of `parameter_path`: what credentials and certificates are issued from.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) arn: Attr<String>,
    /// The authority of the API server, its clients, and kubelets.
    #[tf(computed)]
    pub(crate) kubernetes: Attr<AuthorityState>,
    /// The authority of etcd.
    #[tf(computed)]
    pub(crate) etcd: Attr<AuthorityState>,
    /// The authority of the proxy in front of extension API servers.
    #[tf(computed)]
    pub(crate) front_proxy: Attr<AuthorityState>,
    /// The key pair that signs service accounts' tokens.
    #[tf(computed)]
    pub(crate) service_account: Attr<KeyPairState>,
}

/// How far a new key has come.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct Rotation {
    /// Number of the key: 1 for the first, and one more for each new one.
    #[tf(required, check(range(1..=1_000_000)))]
    pub(crate) generation: Attr<i64>,
    /// `stage`: it is trusted beside the one before, which goes on signing. `promote`: it signs, the
    /// one before is still trusted. `retire`: the one before is trusted no more, and its key is
    /// deleted. Until then each step can be taken back.
    #[tf(required, check(one_of(["stage", "promote", "retire"])))]
    pub(crate) step: Attr<String>,
}

/// An authority.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct AuthorityState {
    /// The newest key's number.
    #[tf(computed)]
    pub(crate) generation: Attr<i64>,
    /// How far that has come; null between two steps.
    #[tf(computed)]
    pub(crate) step: Attr<String>,
    /// Number of the key that signs.
    #[tf(computed)]
    pub(crate) signing_generation: Attr<i64>,
    /// Certificate that signs: PEM.
    #[tf(computed)]
    pub(crate) certificate_pem: Attr<String>,
    /// Certificates that are trusted, the one that signs in front: PEM. All but in a rotation there
    /// is one.
    #[tf(computed)]
    pub(crate) trusted_certificates_pem: Attr<String>,
    /// SHA-256 of the certificate that signs, in hexadecimal.
    #[tf(computed)]
    pub(crate) fingerprint: Attr<String>,
    /// `sha256:` and the SHA-256 of its public key: what kubeadm's
    /// `--discovery-token-ca-cert-hash` takes.
    #[tf(computed)]
    pub(crate) public_key_hash: Attr<String>,
    /// Kind of its key, such as `ECDSA-P256`.
    #[tf(computed)]
    pub(crate) key_algorithm: Attr<String>,
    /// From when on it is valid (RFC 3339).
    #[tf(computed)]
    pub(crate) validity_start_time: Attr<String>,
    /// Until when it is valid (RFC 3339).
    #[tf(computed)]
    pub(crate) validity_end_time: Attr<String>,
    /// Name of the parameter that has the trusted certificates.
    #[tf(computed)]
    pub(crate) certificate_parameter: Attr<String>,
    /// Version of that parameter; null if it is gone, or isn't as it was written here.
    #[tf(computed)]
    pub(crate) certificate_parameter_version: Attr<i64>,
    /// Name of the parameter that has the private key that signs.
    #[tf(computed)]
    pub(crate) private_key_parameter: Attr<String>,
    /// Versions of all private keys' parameters, by their names; null for one that is gone, or isn't
    /// as it was written here.
    #[tf(computed)]
    pub(crate) private_key_versions: Attr<Map<i64>>,
}

/// A key pair.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct KeyPairState {
    /// The newest key's number.
    #[tf(computed)]
    pub(crate) generation: Attr<i64>,
    /// How far that has come; null between two steps.
    #[tf(computed)]
    pub(crate) step: Attr<String>,
    /// Number of the key that signs.
    #[tf(computed)]
    pub(crate) signing_generation: Attr<i64>,
    /// Public key of the one that signs: PEM.
    #[tf(computed)]
    pub(crate) public_key_pem: Attr<String>,
    /// Public keys that are trusted, of the one that signs in front: PEM.
    #[tf(computed)]
    pub(crate) trusted_public_keys_pem: Attr<String>,
    /// Kind of the key, such as `ECDSA-P256`.
    #[tf(computed)]
    pub(crate) key_algorithm: Attr<String>,
    /// Name of the parameter that has the trusted public keys.
    #[tf(computed)]
    pub(crate) public_key_parameter: Attr<String>,
    /// Version of that parameter; null if it is gone, or isn't as it was written here.
    #[tf(computed)]
    pub(crate) public_key_parameter_version: Attr<i64>,
    /// Name of the parameter that has the private key that signs.
    #[tf(computed)]
    pub(crate) private_key_parameter: Attr<String>,
    /// Versions of all private keys' parameters, by their names; null for one that is gone, or isn't
    /// as it was written here.
    #[tf(computed)]
    pub(crate) private_key_versions: Attr<Map<i64>>,
}
