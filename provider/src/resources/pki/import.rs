//! Finds existing authorities by their path.

use aws::ownership::{CLUSTER_KEY, KIND_KEY};
use tfplug::{Cx, Diagnostic, Result};

use super::KIND;
use super::model::ClusterPki;
use super::observed::tags_of;
use crate::authorities::{Layout, Store, path_problem};
use crate::diagnostics::aws_error;
use crate::provider::Data;

const IMPORTING: &str = "Importing PKI";

/// # Errors
/// The id is no path, or there is nothing of a PKI below it.
pub(super) async fn import(cx: &Cx<Data>, id: &str) -> Result<ClusterPki> {
    let wrong = |text: String| Diagnostic::error(IMPORTING, text);
    if let Some(problem) = path_problem(id) {
        let text =
            format!("\"{id}\" is no path of parameters, such as /kubeha/prod/pki: {problem}.");
        return Err(wrong(text).into());
    }
    let failed = |error: aws::Error| aws_error(IMPORTING, &error);
    let ssm = cx.data().clients()?.ssm().await.map_err(failed)?;
    let layout = Layout::new(id);
    let seen = Store::new(ssm, &layout).look().await.map_err(failed)?;
    if seen.is_empty() {
        let text = format!("There are no authorities below \"{id}\" in Parameter Store.");
        return Err(wrong(text).into());
    }
    let tags = tags_of(ssm, &seen).await.map_err(failed)?;
    for (name, tags) in &tags {
        if let Some(kind) = tags.get(KIND_KEY).filter(|kind| *kind != KIND) {
            let text = format!(
                "\"{name}\" is another part of a cluster: {kind}. Give the PKI's own \
                 path, such as /kubeha/prod/pki."
            );
            return Err(wrong(text).into());
        }
    }
    let cluster = tags.iter().find_map(|(_, tags)| tags.get(CLUSTER_KEY));
    let cluster_name = match cluster {
        Some(cluster) => cluster.as_str().into(),
        None => cx.data().cluster_name().clone(),
    };
    Ok(ClusterPki {
        cluster_name,
        parameter_path: id.into(),
        ..ClusterPki::default()
    })
}
