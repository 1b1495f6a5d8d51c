//! A client's certificate, issued now.

use pki::{
    Algorithm, Authority, Bundle, Certificate, Part, PrivateKey, Profile, Request, Serial, Validity,
};
use tfplug::{Attr, Cx, Diagnostic, Diagnostics, List, Result};

use crate::authorities::{Layout, Store, now, pki_error};
use crate::diagnostics::{aws_error, sentence};
use crate::provider::Data;

/// Hours that it is valid unless somebody says otherwise: as long as an apply may take.
const HOURS: i64 = 1;
/// The longest, in hours: what lives longer is no business of one run of Terraform.
pub(super) const MAX_HOURS: i64 = 24 * 31;

/// Who asks, and for whom.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) pki_arn: &'a Attr<String>,
    pub(super) user: &'a Attr<String>,
    pub(super) groups: &'a Attr<List<String>>,
    pub(super) hours: Attr<i64>,
    pub(super) algorithm: &'a Attr<String>,
}

/// What was issued.
#[derive(Debug)]
pub(super) struct Issued {
    pub(super) certificate: Certificate,
    pub(super) key: PrivateKey,
    pub(super) trusted: Bundle,
}

impl Asked<'_> {
    /// What can't be, told before anything is asked of AWS.
    pub(super) fn check(&self, out: &mut Diagnostics) {
        if let Some(Err(error)) = self.algorithm.text().map(str::parse::<Algorithm>) {
            out.push(fault(&error.to_string(), "key_algorithm"));
        }
        let groups = self.groups();
        let is_known = !self.user.is_unknown() && !self.groups.is_unknown();
        if is_known
            && let Some(user) = self.user.text()
            && let Err(wrong) = request(user, groups, HOURS)
        {
            for one in wrong {
                let attribute = match one.attribute() {
                    "organizations" => "groups",
                    _ => "user",
                };
                out.push(fault(&one.to_string(), attribute));
            }
        }
    }

    fn groups(&self) -> Vec<String> {
        let groups = self.groups.known().into_iter().flat_map(|groups| &groups.0);
        groups
            .filter_map(|one| one.text().map(str::to_owned))
            .collect()
    }

    /// # Errors
    /// The authority can't sign, or not for so long.
    pub(super) async fn issue(&self, cx: &Cx<Data>, doing: &str) -> Result<Issued> {
        let mut errors = Diagnostics::new();
        self.check(&mut errors);
        errors.into_result()?;
        let arn = self.pki_arn.get("pki_arn")?;
        let layout = Layout::of_arn(arn).ok_or_else(|| {
            let text = format!("\"{arn}\" is no ARN of a kubeha_pki: take its \"arn\".");
            Diagnostic::error(doing, text).at("pki_arn")
        })?;
        let algorithm = self.algorithm.text().and_then(|text| text.parse().ok());
        let hours = self.hours.into_known().unwrap_or(HOURS);
        let leaf = request(self.user.get("user")?, self.groups(), hours).map_err(|wrong| {
            let wrong = wrong
                .iter()
                .map(|one| fault(&one.to_string(), one.attribute()));
            wrong.collect::<Diagnostics>()
        })?;
        let ssm = cx.data().clients()?.ssm().await;
        let ssm = ssm.map_err(|error| aws_error(doing, &error))?;
        let (authority, trusted): (Authority, Bundle) = Store::new(ssm, &layout)
            .signer(doing, Part::Kubernetes)
            .await?;
        let failed = |error: pki::Error| match &error {
            pki::Error::Request(wrong) => {
                let text = format!("The certificate can't be issued: {wrong}.");
                Diagnostic::error(doing, text).at(wrong.attribute())
            }
            _ => pki_error(doing, "The certificate", &error),
        };
        let key = PrivateKey::generate(algorithm.unwrap_or_default()).map_err(failed)?;
        let serial = Serial::random().map_err(failed)?;
        let issued = authority.issue(&leaf, key.public(), now(), &serial);
        Ok(Issued {
            certificate: issued.map_err(failed)?,
            key,
            trusted,
        })
    }
}

fn request(
    user: &str,
    groups: Vec<String>,
    hours: i64,
) -> std::result::Result<pki::Leaf, Vec<pki::RequestInvalid>> {
    let validity = Validity::hours(hours.clamp(1, MAX_HOURS));
    let Ok(validity) = validity else {
        return Err(Vec::new());
    };
    let request = Request {
        profile: Profile::Client,
        common_name: Some(user.to_owned()),
        organizations: groups,
        names: Vec::new(),
        api_server: None,
        validity,
    };
    request.check()
}

fn fault(text: &str, attribute: &str) -> Diagnostic {
    Diagnostic::error(format!("Invalid {attribute}"), sentence(text)).at(attribute)
}
