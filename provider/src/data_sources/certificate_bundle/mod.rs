//! `kubeha_certificate_bundle`: what is trusted in a cluster. All of it is public.

use pki::{Bundle, Part};
use tfplug::{Attr, Cx, DataSource, Diagnostic, Model, Result};

use crate::authorities::{Layout, Store, default_path, path_problem};
use crate::diagnostics::aws_error;
use crate::provider::Data;

const READING: &str = "Reading certificate bundle";

/// What is trusted in a cluster: the certificates of its authorities and the public keys of its
/// service accounts, of which what signs stands in front. In a rotation there are two of each.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct CertificateBundle {
    /// Name of the cluster. Default: the provider's.
    #[tf(optional, computed)]
    cluster_name: Attr<String>,
    /// Where its authorities are in Parameter Store. Default: `/kubeha/<cluster_name>/pki`.
    #[tf(optional, computed)]
    parameter_path: Attr<String>,
    /// Certificates of the Kubernetes authority: PEM.
    #[tf(computed)]
    kubernetes: Attr<String>,
    /// Certificates of the etcd authority: PEM.
    #[tf(computed)]
    etcd: Attr<String>,
    /// Certificates of the front proxy's authority: PEM.
    #[tf(computed)]
    front_proxy: Attr<String>,
    /// Public keys that service accounts' tokens are checked with: PEM.
    #[tf(computed)]
    service_account: Attr<String>,
}

pub(crate) struct CertificateBundleDataSource;

impl DataSource for CertificateBundleDataSource {
    type Data = Data;
    type Model = CertificateBundle;

    fn type_name(&self) -> &'static str {
        "kubeha_certificate_bundle"
    }

    async fn read(&self, cx: &Cx<Data>, config: CertificateBundle) -> Result<CertificateBundle> {
        let cluster_name = match &config.cluster_name {
            Attr::Null => cx.data().cluster_name().clone(),
            name => name.clone(),
        };
        let (path, attribute) = match (config.parameter_path.text(), cluster_name.text()) {
            (Some(path), _) => (path.to_owned(), "parameter_path"),
            (None, Some(cluster)) => (default_path(cluster), "cluster_name"),
            (None, None) => {
                let text = "Set \"cluster_name\" here or in the provider block, or \
                            \"parameter_path\".";
                return Err(Diagnostic::error("Missing cluster name", text)
                    .at("cluster_name")
                    .into());
            }
        };
        if let Some(problem) = path_problem(&path) {
            let text = format!("\"{path}\" can't be a path of parameters: {problem}.");
            let fault = Diagnostic::error("Invalid parameter path", text);
            return Err(fault.at(attribute).into());
        }
        let failed = |error: aws::Error| aws_error(READING, &error);
        let ssm = cx.data().clients()?.ssm().await.map_err(failed)?;
        let layout = Layout::new(path.as_str());
        let texts = Store::new(ssm, &layout).public().await.map_err(failed)?;
        let text = |part: Part| -> Result<Attr<String>> {
            let name = layout.public(part);
            let missing = || {
                let text = format!(
                    "Parameter Store has no \"{name}\" in this region and account. kubeha_pki makes \
                     it: apply that first, and let this refer to its \"parameter_path\"."
                );
                Diagnostic::error(READING, text).at(attribute)
            };
            let found = texts.get(&part).and_then(|one| one.text.as_deref());
            let bundle = Bundle::from_pem(part, found.ok_or_else(missing)?).map_err(|error| {
                let text = format!("\"{name}\" can't be used: {error}.");
                Diagnostic::error(READING, text).at(attribute)
            })?;
            Ok(bundle.to_pem().into())
        };
        Ok(CertificateBundle {
            cluster_name,
            kubernetes: text(Part::Kubernetes)?,
            etcd: text(Part::Etcd)?,
            front_proxy: text(Part::FrontProxy)?,
            service_account: text(Part::ServiceAccount)?,
            parameter_path: path.into(),
        })
    }
}
