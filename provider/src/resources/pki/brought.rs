//! Keys and certificates that the user brings along.

use pki::{Certificate, Part, PrivateKey};
use tfplug::{Attr, Diagnostic, Diagnostics, Secret};

use super::model::ClusterPki;

/// The attributes of one part that bring a key along.
#[derive(Debug)]
pub(super) struct Brought<'a> {
    key: &'a Attr<Secret>,
    pub(super) version: Attr<i64>,
    /// `None` where there are no certificates.
    certificate: Option<&'a Attr<String>>,
}

/// What was brought along.
#[derive(Debug, Default)]
pub(super) struct Pair {
    pub(super) key: Option<PrivateKey>,
    pub(super) certificate: Option<Certificate>,
}

impl<'a> Brought<'a> {
    pub(super) fn of(part: Part, model: &'a ClusterPki) -> Self {
        let (key, version, certificate) = match part {
            Part::Kubernetes => (
                &model.kubernetes_private_key_pem_wo,
                model.kubernetes_private_key_wo_version,
                Some(&model.kubernetes_certificate_pem),
            ),
            Part::Etcd => (
                &model.etcd_private_key_pem_wo,
                model.etcd_private_key_wo_version,
                Some(&model.etcd_certificate_pem),
            ),
            Part::FrontProxy => (
                &model.front_proxy_private_key_pem_wo,
                model.front_proxy_private_key_wo_version,
                Some(&model.front_proxy_certificate_pem),
            ),
            Part::ServiceAccount => (
                &model.service_account_private_key_pem_wo,
                model.service_account_private_key_wo_version,
                None,
            ),
        };
        Self {
            key,
            version,
            certificate,
        }
    }

    /// Reads what is known of it.
    ///
    /// # Errors
    /// A key or certificate that can't be used, or that don't belong together, at its attribute.
    pub(super) fn read(&self, part: Part) -> Result<Pair, Diagnostics> {
        let mut errors = Diagnostics::new();
        let mut fault = |attribute: String, error: pki::Error| {
            let text = format!("\"{attribute}\" can't be used: {error}.");
            errors
                .push(Diagnostic::error("Invalid key or certificate", text).at(attribute.as_str()));
        };
        let key = self.key.known().and_then(|text| {
            let key = PrivateKey::from_pem(text.expose());
            key.map_err(|error| fault(key_attribute(part), error)).ok()
        });
        let certificate = self.certificate.and_then(Attr::text).and_then(|text| {
            let read = Certificate::from_pem(text);
            read.map_err(|error| fault(certificate_attribute(part), error))
                .ok()
        });
        if let (Some(certificate), Some(key)) = (&certificate, &key) {
            // Whether they can be an authority together.
            let key = PrivateKey::from_pem(&key.to_pem());
            let together = key.and_then(|key| pki::Authority::new(certificate.clone(), key));
            if let Err(error) = together {
                fault(certificate_attribute(part), error);
            }
        }
        errors.into_result().map(|_| Pair { key, certificate })
    }
}

/// `etcd_private_key_pem_wo`.
pub(super) fn key_attribute(part: Part) -> String {
    format!("{}_private_key_pem_wo", underscored(part))
}

/// `etcd_private_key_wo_version`.
pub(super) fn version_attribute(part: Part) -> String {
    format!("{}_private_key_wo_version", underscored(part))
}

/// `etcd_certificate_pem`.
pub(super) fn certificate_attribute(part: Part) -> String {
    format!("{}_certificate_pem", underscored(part))
}

/// A part's name as attributes have it.
pub(super) fn underscored(part: Part) -> String {
    part.name().replace('-', "_")
}
