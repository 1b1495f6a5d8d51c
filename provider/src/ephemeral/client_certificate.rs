//! `ephemeral "kubeha_client_certificate"`: a client of the API server, for hours.

use tfplug::{Attr, Cx, Diagnostics, EphemeralResource, List, Model, Opened, Result, Secret};

use super::issue::Asked;
use crate::provider::Data;

/// A certificate with which a client of the API server is known for some hours, and its private key.
/// Both are made while Terraform runs, and are in no state and no plan.
///
/// A plan issues one too, as soon as `pki_arn` is known. So what plans needs `ssm:DescribeParameters`,
/// `ssm:GetParameters`, `ssm:GetParameter` and, with a KMS key of yours, `kms:Decrypt`: whoever may
/// plan may sign. The guide about secrets and state says how to keep that out of plans.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct ClientCertificate {
    /// ARN of the `kubeha_pki` that issues it.
    #[tf(required)]
    pki_arn: Attr<String>,
    /// User that Kubernetes sees.
    #[tf(required)]
    user: Attr<String>,
    /// Groups that Kubernetes sees, such as `system:masters`.
    #[tf(optional)]
    groups: Attr<List<String>>,
    /// Hours for which it is valid, 744 at most. Default: 1.
    #[tf(optional, check(range(1..=744)))]
    validity_period_hours: Attr<i64>,
    /// Kind of key: `ECDSA-P256` (the default), `ECDSA-P384`, `RSA-2048`, `RSA-3072` or `RSA-4096`.
    #[tf(optional)]
    key_algorithm: Attr<String>,

    /// The certificate: PEM.
    #[tf(computed)]
    client_certificate: Attr<String>,
    /// Its private key: PEM.
    #[tf(computed, sensitive)]
    client_key: Attr<Secret>,
    /// Certificates of the authorities that the API server's is to be checked against: PEM.
    #[tf(computed)]
    cluster_ca_certificate: Attr<String>,
    /// Until when it is valid (RFC 3339).
    #[tf(computed)]
    validity_end_time: Attr<String>,
}

pub(crate) struct ClientCertificateResource;

impl ClientCertificate {
    fn asked(&self) -> Asked<'_> {
        Asked {
            pki_arn: &self.pki_arn,
            user: &self.user,
            groups: &self.groups,
            hours: self.validity_period_hours,
            algorithm: &self.key_algorithm,
        }
    }
}

impl EphemeralResource for ClientCertificateResource {
    type Data = Data;
    type Model = ClientCertificate;

    fn type_name(&self) -> &'static str {
        "kubeha_client_certificate"
    }

    fn validate(&self, config: &ClientCertificate, out: &mut Diagnostics) {
        config.asked().check(out);
    }

    async fn open(
        &self,
        cx: &Cx<Data>,
        config: ClientCertificate,
    ) -> Result<Opened<ClientCertificate>> {
        let issued = config
            .asked()
            .issue(cx, "Issuing a client certificate")
            .await?;
        let key = issued.key.to_pem();
        Ok(Opened {
            result: ClientCertificate {
                client_certificate: issued.certificate.to_pem().into(),
                client_key: Secret::new(key.to_string()).into(),
                cluster_ca_certificate: issued.trusted.to_pem().into(),
                validity_end_time: issued.certificate.not_after().to_string().into(),
                ..config
            },
            renew_at: None,
        })
    }
}
