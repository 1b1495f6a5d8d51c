//! `ephemeral "kubeha_kubeconfig"`: the way into a cluster, for hours.

use pki::Kubeconfig;
use tfplug::{Attr, Cx, Diagnostics, EphemeralResource, List, Model, Opened, Result, Secret};

use super::issue::Asked;
use crate::provider::Data;

/// A kubeconfig that needs no program beside it, and its parts as the `kubernetes` and `helm`
/// providers take them. The certificate in it is made while Terraform runs, valid for some hours, and
/// in no state and no plan.
///
/// A plan issues one too, as soon as `pki_arn` is known. So what plans needs `ssm:DescribeParameters`,
/// `ssm:GetParameters`, `ssm:GetParameter` and, with a KMS key of yours, `kms:Decrypt`: whoever may
/// plan may sign. The guide about secrets and state says how to keep that out of plans.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct KubeconfigModel {
    /// ARN of the `kubeha_pki` that issues the certificate.
    #[tf(required)]
    pki_arn: Attr<String>,
    /// URL of the API server, such as `endpoint` of a `kubeha_api_load_balancer`.
    #[tf(required)]
    host: Attr<String>,
    /// Name of the cluster in it. Default: the provider's `cluster_name`.
    #[tf(optional)]
    cluster_name: Attr<String>,
    /// User that Kubernetes sees. Default: `kubernetes-admin`.
    #[tf(optional)]
    user: Attr<String>,
    /// Groups that Kubernetes sees. Default: `system:masters`, which may do anything, if `user` isn't
    /// set either; else none.
    #[tf(optional)]
    groups: Attr<List<String>>,
    /// Hours for which the certificate is valid, 744 at most. Default: 1.
    #[tf(optional, check(range(1..=744)))]
    validity_period_hours: Attr<i64>,
    /// Kind of key: `ECDSA-P256` (the default), `ECDSA-P384`, `RSA-2048`, `RSA-3072` or `RSA-4096`.
    #[tf(optional)]
    key_algorithm: Attr<String>,

    /// Certificates of the authorities that the API server's is to be checked against: PEM.
    #[tf(computed)]
    cluster_ca_certificate: Attr<String>,
    /// The user's certificate: PEM.
    #[tf(computed)]
    client_certificate: Attr<String>,
    /// Its private key: PEM.
    #[tf(computed, sensitive)]
    client_key: Attr<Secret>,
    /// All of it: YAML.
    #[tf(computed, sensitive)]
    kubeconfig: Attr<Secret>,
    /// Until when the certificate is valid (RFC 3339).
    #[tf(computed)]
    validity_end_time: Attr<String>,
}

pub(crate) struct KubeconfigResource;

const ADMIN: &str = "kubernetes-admin";
const MASTERS: &str = "system:masters";

/// Who is asked for, with what goes without saying.
#[derive(Debug)]
struct Who {
    user: Attr<String>,
    groups: Attr<List<String>>,
}

impl KubeconfigModel {
    fn who(&self) -> Who {
        let user = match &self.user {
            Attr::Null => ADMIN.into(),
            user => user.clone(),
        };
        let groups = match &self.groups {
            // A user that is named gets nobody's rights unasked.
            Attr::Null if self.user.is_null() => Attr::Known(List::from_iter([MASTERS.to_owned()])),
            groups => groups.clone(),
        };
        Who { user, groups }
    }

    fn asked<'a>(&'a self, who: &'a Who) -> Asked<'a> {
        Asked {
            pki_arn: &self.pki_arn,
            user: &who.user,
            groups: &who.groups,
            hours: self.validity_period_hours,
            algorithm: &self.key_algorithm,
        }
    }
}

impl EphemeralResource for KubeconfigResource {
    type Data = Data;
    type Model = KubeconfigModel;

    fn type_name(&self) -> &'static str {
        "kubeha_kubeconfig"
    }

    fn validate(&self, config: &KubeconfigModel, out: &mut Diagnostics) {
        config.asked(&config.who()).check(out);
    }

    async fn open(
        &self,
        cx: &Cx<Data>,
        config: KubeconfigModel,
    ) -> Result<Opened<KubeconfigModel>> {
        let who = config.who();
        let issued = config.asked(&who).issue(cx, "Issuing a kubeconfig").await?;
        let cluster = match &config.cluster_name {
            Attr::Null => cx.data().cluster_name(),
            name => name,
        };
        let authorities = issued.trusted.to_pem();
        let text = Kubeconfig {
            cluster: cluster.text().unwrap_or("kubernetes"),
            server: config.host.get("host")?,
            authorities: &authorities,
            certificate: &issued.certificate,
            key: &issued.key,
        }
        .text();
        Ok(Opened {
            result: KubeconfigModel {
                client_certificate: issued.certificate.to_pem().into(),
                client_key: Secret::new(issued.key.to_pem().to_string()).into(),
                kubeconfig: Secret::new(text.to_string()).into(),
                validity_end_time: issued.certificate.not_after().to_string().into(),
                cluster_ca_certificate: authorities.into(),
                ..config
            },
            renew_at: None,
        })
    }
}
