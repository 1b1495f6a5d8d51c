//! What is said of keys and certificates to come: arguments that aren't stored.

use pki::{Algorithm, Renewal, Validity};
use tfplug::{Diagnostic, Diagnostics, Result};

use super::model::ClusterPki;

/// Ten years, as kubeadm and kops have it.
const VALIDITY_HOURS: i64 = 10 * 365 * 24;
/// A year: time enough for nodes to hear of it, whatever they do.
const RENEWAL_HOURS: i64 = 365 * 24;

/// How keys and certificates are made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) algorithm: Algorithm,
    pub(super) validity: Validity,
    pub(super) renewal: Renewal,
}

impl Settings {
    /// Reads a configuration; what isn't known yet is as if it weren't set.
    ///
    /// # Errors
    /// What can't be, each at its attribute.
    pub(super) fn of(config: &ClusterPki) -> Result<Self> {
        let mut errors = Diagnostics::new();
        let mut fault = |path: &str, text: String| {
            let text = format!("{text}.");
            errors.push(Diagnostic::error(format!("Invalid {path}"), text).at(path));
        };
        let algorithm = match config.key_algorithm.text().map(str::parse) {
            Some(Ok(algorithm)) => algorithm,
            None => Algorithm::default(),
            Some(Err(error)) => {
                fault("key_algorithm", pki::AlgorithmInvalid::to_string(&error));
                Algorithm::default()
            }
        };
        let hours = config.validity_period_hours.into_known();
        let hours = hours.unwrap_or(VALIDITY_HOURS);
        let validity = Validity::hours(hours).map_err(|error| error.to_string());
        let validity = validity
            .map_err(|text| fault("validity_period_hours", text))
            .ok();
        let early = config.early_renewal_hours.into_known();
        let early = early.unwrap_or_else(|| RENEWAL_HOURS.min(hours / 2));
        let renewal = validity.and_then(|validity| {
            let renewal = Renewal::early(early, validity).map_err(|error| error.to_string());
            renewal
                .map_err(|text| fault("early_renewal_hours", text))
                .ok()
        });
        match (validity, renewal) {
            (Some(validity), Some(renewal)) if !errors.has_errors() => Ok(Self {
                algorithm,
                validity,
                renewal,
            }),
            _ => Err(errors),
        }
    }
}
