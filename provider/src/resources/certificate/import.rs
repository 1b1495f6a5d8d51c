//! Finds an existing certificate by its path.

use aws::ownership::CLUSTER_KEY;
use tfplug::{Attr, Cx, Diagnostic, Result};

use super::converge::PROFILE;
use super::model::LeafCertificate;
use super::observed::Observed;
use super::plan::certificate_name;
use crate::authorities::path_problem;
use crate::diagnostics::aws_error;
use crate::provider::Data;

const IMPORTING: &str = "Importing certificate";

/// # Errors
/// The id isn't of the documented form, or there is no certificate.
pub(super) async fn import(cx: &Cx<Data>, id: &str) -> Result<LeafCertificate> {
    let wrong = |text: String| Diagnostic::error(IMPORTING, text);
    let mut parts = id.split(',');
    let path = parts.next().unwrap_or_default();
    let (pki_arn, ca_certificate, ca_key) = match (parts.next(), parts.next(), parts.next()) {
        (None, _, _) => (None, None, None),
        (Some(arn), None, _) => (Some(arn), None, None),
        (Some(certificate), Some(key), None) => (None, Some(certificate), Some(key)),
        (Some(_), Some(_), Some(_)) => {
            let text = format!(
                "\"{id}\" has too many parts. It is the path, a comma, and the ARN of the \
                 kubeha_pki that issues it; or the names of the parameters that have an \
                 authority's certificate and private key."
            );
            return Err(wrong(text).into());
        }
    };
    let given = |text: Option<&str>| Attr::from(text.map(str::to_owned));
    if let Some(problem) = path_problem(path) {
        let text = format!(
            "\"{path}\" is no path of parameters, such as /kubeha/prod/certificates/etcd-0: \
             {problem}."
        );
        return Err(wrong(text).into());
    }
    let failed = |error: aws::Error| aws_error(IMPORTING, &error);
    let ssm = cx.data().clients()?.ssm().await.map_err(failed)?;
    let found = Observed::look(ssm, path).await.map_err(failed)?;
    // An unfinished create may have left the key alone.
    let certificate = ssm
        .metadata(&certificate_name(path))
        .await
        .map_err(failed)?;
    let Some(metadata) = certificate.or_else(|| found.key.clone()) else {
        let text = format!("There is no certificate below \"{path}\" in Parameter Store.");
        return Err(wrong(text).into());
    };
    let profile = metadata
        .description
        .split_once(PROFILE)
        .map(|(_, rest)| rest);
    let profile = profile.and_then(|rest| rest.split(',').next());
    let name = path.rsplit('/').next().unwrap_or_default();
    let cluster = found
        .tags
        .iter()
        .find_map(|(_, tags)| tags.get(CLUSTER_KEY));
    let cluster_name = match cluster {
        Some(cluster) => cluster.as_str().into(),
        None => cx.data().cluster_name().clone(),
    };
    Ok(LeafCertificate {
        cluster_name,
        name: name.into(),
        profile: given(profile),
        parameter_path: path.into(),
        pki_arn: given(pki_arn),
        ca_certificate_parameter: given(ca_certificate),
        ca_private_key_parameter: given(ca_key),
        ..LeafCertificate::default()
    })
}
