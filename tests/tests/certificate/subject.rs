//! What the life-cycle harness needs to know of a certificate.

use kubeha_tests::lifecycle::calls::Measured;
use kubeha_tests::lifecycle::{Calls, Lifecycle, Network, Size, Vanishing};
use serde_json::json;

use crate::drifts::{DRIFT, DRIFTLESS};

pub(crate) const PATH: &str = "/kubeha/acc/certificates/etcd-0";

const OTHER_ISSUER: &str =
    "an authority is named in one way; tests of their own name it in the other";
const OF_CLIENTS: &str = "for clients alone, which have tests of their own";
const OF_API_SERVERS: &str = "for API servers alone, which have tests of their own";

pub(crate) static SUBJECT: Lifecycle = Lifecycle {
    resource: "kubeha_certificate",
    arguments,
    one_more: "tags = { team = \"a\" }",
    import_id: |network, values| {
        let [certificate, key] = &network.authority;
        let path = values["parameter_path"].as_str().unwrap();
        format!("{path},{certificate},{key}")
    },
    never_set: &[
        ("pki_arn", OTHER_ISSUER),
        ("common_name", OF_CLIENTS),
        ("organizations", OF_CLIENTS),
        ("service_cidr", OF_API_SERVERS),
        ("cluster_domain", OF_API_SERVERS),
    ],
    vanishing: &[
        Vanishing {
            what: "the certificate",
            delete: |aws, _| delete(aws, &["certificate"]),
            planned: &["update"],
        },
        Vanishing {
            what: "the private key",
            delete: |aws, _| delete(aws, &["private_key"]),
            planned: &["update"],
        },
        Vanishing {
            what: "a certificate that somebody wrote over",
            delete: |aws, _| {
                let asked = json!({
                    "Name": format!("{PATH}/certificate"), "Value": "nothing", "Type": "String",
                    "Overwrite": true,
                });
                aws.ssm("PutParameter", &asked);
            },
            planned: &["update"],
        },
        Vanishing {
            what: "both",
            delete: |aws, _| delete(aws, &["certificate", "private_key"]),
            planned: &["create"],
        },
    ],
    drift: DRIFT,
    driftless: DRIFTLESS,
    waits: &[],
    calls: &[
        Calls {
            phase: Measured::Create,
            writes: &[("ssm:PutParameter", 2)],
            // The writes; at plan the authority and both names' tags; at apply both parameters and
            // their tags, the authority and its key.
            floor: 2 + 3 + 6,
        },
        Calls {
            phase: Measured::Refresh,
            writes: &[],
            // Metadata, certificate and authority, tags of both.
            floor: 3 + 2,
        },
        Calls {
            phase: Measured::Update,
            writes: &[("ssm:AddTagsToResource", 2)],
            floor: 5 + 4 + 2,
        },
        Calls {
            phase: Measured::Destroy,
            writes: &[("ssm:DeleteParameters", 1)],
            floor: 5 + 1,
        },
    ],
};

fn delete(aws: &kubeha_tests::lifecycle::Aws, kinds: &[&str]) {
    let names: Vec<_> = kinds.iter().map(|kind| format!("{PATH}/{kind}")).collect();
    aws.ssm("DeleteParameters", &json!({ "Names": names }));
}

fn arguments(network: &Network, size: Size) -> String {
    let [certificate, key] = &network.authority;
    let always = format!(
        r#"
        name                     = "etcd-0"
        profile                  = "etcd-server"
        ca_certificate_parameter = "{certificate}"
        ca_private_key_parameter = "{key}"
        "#
    );
    always
        + &match size {
            Size::Minimal => r#"dns_names = ["etcd-0.example.com"]"#.to_owned(),
            Size::Full => format!(
                r#"
                cluster_name          = "acc"
                parameter_path        = "{PATH}"
                dns_names             = ["etcd-0.example.com", "*.etcd.example.com"]
                ip_addresses          = ["10.0.0.5", "fd00::5"]
                key_algorithm         = "ECDSA-P256"
                validity_period_hours = 4380
                early_renewal_hours   = 100
                kms_key_id            = "alias/acc"
                tags                  = {{ team = "a", env = "test" }}
                timeouts {{
                  create = "4m"
                  update = "4m"
                  delete = "4m"
                }}
                "#
            ),
            Size::Changed => r#"
                dns_names             = ["etcd-1.example.com"]
                ip_addresses          = ["10.0.0.6"]
                validity_period_hours = 2190
                early_renewal_hours   = 0
                kms_key_id            = "alias/other"
                tags                  = { team = "b" }
                "#
            .to_owned(),
        }
}
