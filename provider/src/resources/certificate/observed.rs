//! What AWS has, as the state is to show it.

use aws::ssm::{DEFAULT_KEY, Metadata, Parameter};
use aws::tags::Tags;
use pki::{AltName, Certificate, Profile};
use tfplug::{Attr, Cx, List, Result};

use super::model::LeafCertificate;
use super::plan::{certificate_name, key_name};
use super::preflight::issuing;
use super::wish::source;
use crate::authorities::described_id;
use crate::diagnostics::aws_error;
use crate::provider::Data;
use crate::tags;

const READING: &str = "Reading certificate";

/// All that a refresh reads.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed {
    pub(super) key: Option<Metadata>,
    pub(super) certificate: Option<Parameter>,
    pub(super) tags: Vec<(String, Tags)>,
    issuer: Option<Certificate>,
}

impl Observed {
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn read(cx: &Cx<Data>, state: &LeafCertificate) -> Result<Self> {
        let failed = |error: aws::Error| aws_error(READING, &error);
        let ssm = cx.data().clients()?.ssm().await.map_err(failed)?;
        let path = state.parameter_path.get("parameter_path")?;
        let mut observed = Self::look(ssm, path).await.map_err(failed)?;
        let profile = state
            .profile
            .text()
            .and_then(|text| text.parse::<Profile>().ok());
        if let (Ok(Some(source)), Some(profile)) = (source(state), profile) {
            let issuer = issuing(ssm, &source, profile.issuer()).await;
            observed.issuer = issuer.map_err(failed)?;
        }
        Ok(observed)
    }

    /// The parameters and their tags.
    pub(super) async fn look(ssm: &aws::ssm::Ssm, path: &str) -> Result<Self, aws::Error> {
        let names = [key_name(path), certificate_name(path)];
        let [key_name, name] = &names;
        let (key, certificate, of_key, of_certificate) = tokio::try_join!(
            ssm.metadata(key_name),
            ssm.parameter(name),
            ssm.parameter_tags(key_name),
            ssm.parameter_tags(name)
        )?;
        let found = [of_key, of_certificate].into_iter().zip(names);
        let tags = found.filter_map(|(tags, name)| Some((name, tags?)));
        Ok(Self {
            key,
            certificate,
            tags: tags.collect(),
            issuer: None,
        })
    }

    /// The certificate that is there, if it is one for the key that is there.
    pub(super) fn certificate(&self) -> Option<Certificate> {
        let text = self.certificate.as_ref()?.text.as_ref()?;
        let certificate = Certificate::from_pem(text).ok()?;
        let id = described_id(&self.key.as_ref()?.description)?;
        (*certificate.public().id() == id).then_some(certificate)
    }

    /// The state as it is; `None` if there is nothing.
    pub(super) fn into_model(
        self,
        data: &Data,
        mut state: LeafCertificate,
    ) -> Option<LeafCertificate> {
        if self.key.is_none() && self.certificate.is_none() {
            return None;
        }
        let imported = state.certificate_parameter.is_null();
        let path = state.parameter_path.text().unwrap_or_default().to_owned();
        state.certificate_parameter = certificate_name(&path).into();
        state.private_key_parameter = key_name(&path).into();
        let found = self.certificate();
        let version = self.certificate.as_ref().map(|one| one.version);
        match (&found, state.certificate()) {
            (Some(found), _) => {
                show_names(&mut state, found, imported);
                state.show(found);
                state.certificate_parameter_version = version.into();
            }
            _ => state.certificate_parameter_version = Attr::Null,
        }
        let version = self.key.as_ref().map(|key| key.version);
        let known = state.private_key_parameter_version;
        state.private_key_parameter_version = if imported || known == version.into() {
            version.into()
        } else {
            Attr::Null
        };
        if let Some(key) = &self.key {
            let by = key.key_id.clone().filter(|id| id != DEFAULT_KEY);
            state.kms_key_id = by.into();
        }
        let is_foreign = |issuer: &Certificate| {
            found
                .as_ref()
                .is_some_and(|found| !found.names_as_issuer(issuer))
        };
        state.ready_for_renewal = self.issuer.as_ref().is_some_and(is_foreign).into();
        let parts = self.tags.iter().map(|(_, tags)| tags);
        (state.tags, state.tags_all) = tags::read_parts(data, parts, &state.tags, &state.tags_all);
        Some(state)
    }
}

/// What a certificate says where another is in the state: whose it is, its names, its time. Names
/// that its profile brings aren't the configuration's.
fn show_names(state: &mut LeafCertificate, found: &Certificate, imported: bool) {
    let same = state.certificate().is_some_and(|before| before == *found);
    if same {
        return;
    }
    let made = found.not_before().plus_seconds(pki::SKEW_SECONDS);
    state.validity_period_hours = ((found.not_after().0 - made.0) / 3600).into();
    if let Some(algorithm) = found.public().algorithm() {
        state.key_algorithm = algorithm.name().into();
    }
    let profile = state
        .profile
        .text()
        .and_then(|text| text.parse::<Profile>().ok());
    let leaves_open = matches!(
        profile,
        Some(Profile::Client | Profile::KubeletClient | Profile::KubeletServer)
    );
    if leaves_open {
        state.common_name = found.subject().common_name.clone().into();
    }
    if profile == Some(Profile::Client) {
        let groups = &found.subject().organizations;
        state.organizations = list(groups.iter().cloned());
    }
    if !imported && profile.is_none_or(|profile| !profile.is_server()) {
        return;
    }
    let own = found
        .names()
        .iter()
        .filter(|name| !is_of_profile(profile, name));
    let (dns, ips): (Vec<_>, Vec<_>) = own.partition(|name| matches!(name, AltName::Dns(_)));
    state.dns_names = list(dns.into_iter().map(ToString::to_string));
    state.ip_addresses = list(ips.into_iter().map(ToString::to_string));
}

fn list(texts: impl Iterator<Item = String>) -> Attr<List<String>> {
    let texts: Vec<_> = texts.collect();
    if texts.is_empty() {
        Attr::Null
    } else {
        Attr::Known(List::from_iter(texts))
    }
}

/// Names that every certificate of a profile has, but for the API server's address, which can't be
/// told from others.
fn is_of_profile(profile: Option<Profile>, name: &AltName) -> bool {
    let local = ["localhost", "127.0.0.1", "::1"];
    let text = name.to_string();
    match profile {
        Some(Profile::EtcdServer | Profile::EtcdPeer) => local.contains(&text.as_str()),
        Some(Profile::Apiserver) => {
            local.contains(&text.as_str())
                || text == "kubernetes"
                || text == "kubernetes.default"
                || text.starts_with("kubernetes.default.svc")
        }
        _ => false,
    }
}
