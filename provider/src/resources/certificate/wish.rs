//! What is asked for, in the terms of the `pki` crate.

use pki::{Algorithm, AltName, ApiServer, Leaf, Profile, Renewal, Request, Validity};
use tfplug::{Attr, Diagnostic, Diagnostics, List, Path, Result};

use super::model::LeafCertificate;
use crate::authorities::{Layout, Source, path_problem};
use crate::diagnostics::sentence;

/// Thirty days, as cert-manager and kops have it at the least.
const RENEWAL_HOURS: i64 = 720;
const DOMAIN: &str = "cluster.local";

/// A certificate to be had.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) leaf: Leaf,
    pub(super) algorithm: Algorithm,
    pub(super) renewal: Renewal,
}

impl Wish {
    /// Reads a plan, and of the configuration what isn't stored; `None` as long as part of it isn't
    /// known.
    ///
    /// # Errors
    /// What can't be, each at its attribute.
    pub(super) fn of(plan: &LeafCertificate, config: &LeafCertificate) -> Result<Option<Self>> {
        let mut errors = Diagnostics::new();
        let mut fault = |path: Path, text: String| {
            errors.push(Diagnostic::error("Invalid certificate", sentence(&text)).at(path));
        };
        let algorithm = plan.key_algorithm.text().map(str::parse::<Algorithm>);
        let algorithm = algorithm.and_then(|parsed| {
            parsed
                .map_err(|error| fault("key_algorithm".into(), error.to_string()))
                .ok()
        });
        let hours = plan.validity_period_hours.into_known();
        let validity = hours.and_then(|hours| {
            let validity = Validity::hours(hours);
            validity
                .map_err(|error| fault("validity_period_hours".into(), error.to_string()))
                .ok()
        });
        let early = config.early_renewal_hours.into_known();
        let early = early.unwrap_or_else(|| RENEWAL_HOURS.min(hours.unwrap_or_default() / 2));
        let renewal = validity.and_then(|validity| {
            Renewal::early(early, validity)
                .map_err(|error| fault("early_renewal_hours".into(), error.to_string()))
                .ok()
        });
        let mut names = Vec::new();
        for (attribute, texts, read) in [
            ("dns_names", &plan.dns_names, AltName::dns as fn(&str) -> _),
            ("ip_addresses", &plan.ip_addresses, AltName::ip),
        ] {
            for (index, text) in known(texts).into_iter().enumerate() {
                match read(&text) {
                    Ok(name) => names.push(name),
                    Err(error) => {
                        fault(Path::attribute(attribute).index(index), error.to_string());
                    }
                }
            }
        }
        let block = config.service_cidr.text().map(str::parse);
        let block = block.and_then(|parsed| {
            parsed
                .map_err(|_| fault("service_cidr".into(), "It is no block of addresses".into()))
                .ok()
        });
        let profile = plan
            .profile
            .text()
            .and_then(|text| text.parse::<Profile>().ok());
        if !is_known(plan, config) || errors.has_errors() {
            return errors.into_result().map(|_| None);
        }
        let (Some(profile), Some(algorithm), Some(validity), Some(renewal)) =
            (profile, algorithm, validity, renewal)
        else {
            return Ok(None);
        };
        let request = Request {
            profile,
            common_name: plan.common_name.text().map(str::to_owned),
            organizations: known(&plan.organizations),
            names,
            api_server: block.map(|service_block| ApiServer {
                service_block,
                domain: config.cluster_domain.text().unwrap_or(DOMAIN).to_owned(),
            }),
            validity,
        };
        match request.check() {
            Ok(leaf) => Ok(Some(Self {
                leaf,
                algorithm,
                renewal,
            })),
            Err(wrong) => {
                let wrong = wrong.iter().map(|one| {
                    let text = sentence(&one.to_string());
                    Diagnostic::error("Invalid certificate", text).at(one.attribute())
                });
                Err(wrong.collect())
            }
        }
    }
}

fn is_known(plan: &LeafCertificate, config: &LeafCertificate) -> bool {
    let lists = [&plan.organizations, &plan.dns_names, &plan.ip_addresses];
    let all = |list: &Attr<List<String>>| match list {
        Attr::Unknown => false,
        Attr::Null => true,
        Attr::Known(list) => list.0.iter().all(|one| !one.is_unknown()),
    };
    lists.into_iter().all(all)
        && !plan.common_name.is_unknown()
        && !config.service_cidr.is_unknown()
        && !config.cluster_domain.is_unknown()
}

fn known(list: &Attr<List<String>>) -> Vec<String> {
    let list = list.known().into_iter().flat_map(|list| &list.0);
    list.filter_map(|one| one.text().map(str::to_owned))
        .collect()
}

/// Who issues it, once that is known.
///
/// # Errors
/// An ARN or name that can't be.
pub(super) fn source(model: &LeafCertificate) -> Result<Option<Source>> {
    let fault =
        |attribute: &str, text: String| Diagnostic::error("Invalid authority", text).at(attribute);
    if let Some(arn) = model.pki_arn.text() {
        return match Layout::of_arn(arn) {
            Some(layout) => Ok(Some(Source::Pki(layout))),
            None => {
                let text = format!("\"{arn}\" is no ARN of a kubeha_pki: take its \"arn\".");
                Err(fault("pki_arn", text).into())
            }
        };
    }
    let names = (
        model.ca_certificate_parameter.text(),
        model.ca_private_key_parameter.text(),
    );
    let (Some(certificate), Some(key)) = names else {
        return Ok(None);
    };
    for (attribute, name) in [
        ("ca_certificate_parameter", certificate),
        ("ca_private_key_parameter", key),
    ] {
        // A name without slashes is one too.
        let full = format!("/{}", name.trim_start_matches('/'));
        if let Some(problem) = path_problem(&full) {
            let text = format!("\"{name}\" can't be a parameter's name: {problem}.");
            return Err(fault(attribute, text).into());
        }
    }
    Ok(Some(Source::Parameters {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
    }))
}
