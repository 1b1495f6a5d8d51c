//! What the state has of a part, alike for authorities and the key pair.

use std::collections::BTreeMap;

use pki::rotation::{Position, Step};
use pki::{Bundle, Part, Trusted};
use tfplug::{Attr, Map};

use super::model::{AuthorityState, ClusterPki, KeyPairState};
use crate::authorities::Layout;

/// A part as it was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PartState {
    /// The newest generation.
    pub(super) generation: Option<u32>,
    /// How far that has come; `None` between two steps.
    pub(super) step: Option<Step>,
    pub(super) signing: Option<u32>,
    pub(super) bundle: Option<Bundle>,
    /// `None` if the parameter is gone, or isn't as it was written.
    pub(super) version: Option<i64>,
    /// Versions of private keys by generation, in the same way.
    pub(super) keys: BTreeMap<u32, Option<i64>>,
}

impl PartState {
    /// What a state has; `None` if it has nothing of the part yet.
    pub(super) fn of(part: Part, layout: &Layout, state: &ClusterPki) -> Option<Self> {
        let (generation, step, signing, text, version, keys) = match authority(part, state) {
            Some(Attr::Known(one)) => (
                one.generation,
                &one.step,
                one.signing_generation,
                &one.trusted_certificates_pem,
                one.certificate_parameter_version,
                &one.private_key_versions,
            ),
            Some(_) => return None,
            None => {
                let one = state.service_account.known()?;
                (
                    one.generation,
                    &one.step,
                    one.signing_generation,
                    &one.trusted_public_keys_pem,
                    one.public_key_parameter_version,
                    &one.private_key_versions,
                )
            }
        };
        let number = |number: Attr<i64>| u32::try_from(number.into_known()?).ok();
        let keys = keys.known().into_iter().flat_map(|keys| &keys.0);
        Some(Self {
            generation: number(generation),
            step: step.text().and_then(|step| step.parse().ok()),
            signing: number(signing),
            bundle: text
                .text()
                .and_then(|text| Bundle::from_pem(part, text).ok()),
            version: version.into_known(),
            keys: keys
                .filter_map(|(name, version)| {
                    Some((layout.generation(part, name)?, version.into_known()))
                })
                .collect(),
        })
    }

    pub(super) fn position(&self) -> Option<Position> {
        Some(Position {
            generation: self.generation?,
            step: self.step?,
        })
    }

    pub(super) fn stand(&mut self, at: Option<Position>) {
        self.step = at.map(|at| at.step);
        if let Some(at) = at {
            self.generation = Some(at.generation);
            self.signing = Some(at.signer());
        }
    }

    /// Writes it into a state.
    pub(super) fn put(&self, part: Part, layout: &Layout, state: &mut ClusterPki) {
        let signer = self.bundle.as_ref().and_then(Bundle::signer);
        let versions: BTreeMap<_, _> = self
            .keys
            .iter()
            .map(|(generation, version)| (layout.private(part, *generation), (*version).into()))
            .collect();
        let pem = signer.map(Trusted::to_pem);
        let all = self.bundle.as_ref().map(Bundle::to_pem);
        let algorithm = signer.and_then(|one| one.public().algorithm());
        let algorithm: Attr<String> = algorithm.map(|one| one.name().to_owned()).into();
        let key = self.signing.map(|signing| layout.private(part, signing));
        let step = self.step.map(|step| step.name().to_owned());
        let [generation, signing] = [self.generation, self.signing].map(|one| one.map(i64::from));
        let certificate = signer.and_then(Trusted::certificate);
        let authority = || AuthorityState {
            generation: generation.into(),
            step: step.clone().into(),
            signing_generation: signing.into(),
            certificate_pem: pem.clone().into(),
            trusted_certificates_pem: all.clone().into(),
            fingerprint: certificate.map(pki::Certificate::fingerprint).into(),
            public_key_hash: certificate
                .map(|one| format!("sha256:{}", one.public().fingerprint()))
                .into(),
            key_algorithm: algorithm.clone(),
            validity_start_time: certificate.map(|one| one.not_before().to_string()).into(),
            validity_end_time: certificate.map(|one| one.not_after().to_string()).into(),
            certificate_parameter: layout.public(part).into(),
            certificate_parameter_version: self.version.into(),
            private_key_parameter: key.clone().into(),
            private_key_versions: Attr::Known(Map(versions.clone())),
        };
        match part {
            Part::Kubernetes => state.kubernetes = authority().into(),
            Part::Etcd => state.etcd = authority().into(),
            Part::FrontProxy => state.front_proxy = authority().into(),
            Part::ServiceAccount => {
                state.service_account = Attr::Known(KeyPairState {
                    generation: generation.into(),
                    step: step.into(),
                    signing_generation: signing.into(),
                    public_key_pem: pem.into(),
                    trusted_public_keys_pem: all.into(),
                    key_algorithm: algorithm,
                    public_key_parameter: layout.public(part).into(),
                    public_key_parameter_version: self.version.into(),
                    private_key_parameter: key.into(),
                    private_key_versions: Attr::Known(Map(versions)),
                });
            }
        }
    }
}

/// The attribute of an authority; `None` for the key pair.
fn authority(part: Part, state: &ClusterPki) -> Option<&Attr<AuthorityState>> {
    match part {
        Part::Kubernetes => Some(&state.kubernetes),
        Part::Etcd => Some(&state.etcd),
        Part::FrontProxy => Some(&state.front_proxy),
        Part::ServiceAccount => None,
    }
}

/// Whether a part's attribute is open in a plan.
pub(super) fn is_open(part: Part, plan: &ClusterPki) -> bool {
    match authority(part, plan) {
        Some(one) => one.is_unknown(),
        None => plan.service_account.is_unknown(),
    }
}

/// Opens a part's attribute in a plan.
pub(super) fn open(part: Part, plan: &mut ClusterPki) {
    match part {
        Part::Kubernetes => plan.kubernetes = Attr::Unknown,
        Part::Etcd => plan.etcd = Attr::Unknown,
        Part::FrontProxy => plan.front_proxy = Attr::Unknown,
        Part::ServiceAccount => plan.service_account = Attr::Unknown,
    }
}

/// Leaves a part's attribute as it is.
pub(super) fn keep(part: Part, plan: &mut ClusterPki, prior: &ClusterPki) {
    match part {
        Part::Kubernetes => plan.kubernetes = prior.kubernetes.clone(),
        Part::Etcd => plan.etcd = prior.etcd.clone(),
        Part::FrontProxy => plan.front_proxy = prior.front_proxy.clone(),
        Part::ServiceAccount => plan.service_account = prior.service_account.clone(),
    }
}
