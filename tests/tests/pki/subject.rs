//! What the life-cycle harness needs to know of a PKI.

use kubeha_tests::lifecycle::calls::Measured;
use kubeha_tests::lifecycle::{Calls, Lifecycle, Network, Phase, Size, Stage, Vanishing, Waiting};
use serde_json::{Value as Json, json};

use crate::drifts::{DRIFT, DRIFTLESS};
use crate::parameters::{PATH, delete, foreign, private, public, put};

const BROUGHT: &str = "what is brought along has tests of its own: it can't be imported";

pub(crate) static SUBJECT: Lifecycle = Lifecycle {
    resource: "kubeha_pki",
    arguments,
    one_more: "tags = { team = \"a\" }",
    import_id: |_, values| values["parameter_path"].as_str().unwrap().to_owned(),
    never_set: &[
        ("kubernetes_private_key_pem_wo", BROUGHT),
        ("kubernetes_private_key_wo_version", BROUGHT),
        ("kubernetes_certificate_pem", BROUGHT),
        ("etcd_private_key_pem_wo", BROUGHT),
        ("etcd_private_key_wo_version", BROUGHT),
        ("etcd_certificate_pem", BROUGHT),
        ("front_proxy_private_key_pem_wo", BROUGHT),
        ("front_proxy_private_key_wo_version", BROUGHT),
        ("front_proxy_certificate_pem", BROUGHT),
        ("service_account_private_key_pem_wo", BROUGHT),
        ("service_account_private_key_wo_version", BROUGHT),
    ],
    vanishing: &[
        Vanishing {
            what: "a certificate",
            delete: |aws, _| delete(aws, &[public("kubernetes")]),
            planned: &["update"],
        },
        Vanishing {
            what: "public keys",
            delete: |aws, _| delete(aws, &[public("service-account")]),
            planned: &["update"],
        },
        Vanishing {
            what: "a certificate that somebody wrote over",
            delete: |aws, _| {
                put(
                    aws,
                    &public("front-proxy"),
                    &foreign("kubernetes-front-proxy-ca").1,
                )
            },
            planned: &["update"],
        },
        Vanishing {
            what: "a certificate that is none any more",
            delete: |aws, _| put(aws, &public("kubernetes"), "nothing"),
            planned: &["update"],
        },
        Vanishing {
            what: "all of it",
            delete: |aws, _| {
                for part in ["kubernetes", "etcd", "front-proxy", "service-account"] {
                    delete(aws, &[public(part), private(part, 1), private(part, 2)]);
                }
            },
            planned: &["create"],
        },
    ],
    drift: DRIFT,
    driftless: DRIFTLESS,
    waits: &[Waiting {
        what: "for the certificates to be visible",
        phase: Phase::Create,
        after: "ssm:PutParameter",
        nth: 9,
        polls: "ssm:GetParameters",
    }],
    calls: &[
        Calls {
            phase: Measured::Create,
            writes: &[("ssm:PutParameter", 9)],
            // The writes; metadata and public texts at plan and at apply; the ARN.
            floor: 9 + 4 + 1,
        },
        Calls {
            phase: Measured::Refresh,
            writes: &[],
            // Metadata, public texts, and the tags of each parameter.
            floor: 2 + 9,
        },
        Calls {
            phase: Measured::Update,
            writes: &[("ssm:AddTagsToResource", 8)],
            // A refresh and the writes.
            floor: 2 + 8 + 8,
        },
        Calls {
            phase: Measured::Destroy,
            writes: &[("ssm:DeleteParameters", 1)],
            // A refresh and the writes.
            floor: 2 + 9 + 1,
        },
    ],
};

fn arguments(_: &Network, size: Size) -> String {
    match size {
        Size::Minimal => String::new(),
        Size::Full => format!(
            r#"
            cluster_name          = "acc"
            parameter_path        = "{PATH}"
            kms_key_id            = "alias/acc"
            key_algorithm         = "ECDSA-P384"
            validity_period_hours = 8760
            early_renewal_hours   = 720
            rotation              = {{ etcd = {{ generation = 2, step = "stage" }} }}
            tags                  = {{ team = "a", env = "test" }}
            timeouts {{
              create = "4m"
              update = "4m"
              delete = "4m"
            }}
            "#
        ),
        Size::Changed => r#"
            kms_key_id            = "alias/other"
            validity_period_hours = 17520
            early_renewal_hours   = 0
            rotation              = {
              etcd            = { generation = 2, step = "promote" }
              service-account = { generation = 2, step = "stage" }
            }
            tags                  = { team = "b" }
            "#
        .to_owned(),
    }
}

/// Sets a tag of all parts.
pub(crate) fn set_tag(stage: &Stage, key: &str, value: &str) {
    for name in names(&stage.values()) {
        let asked = json!({
            "ResourceType": "Parameter", "ResourceId": name,
            "Tags": [{ "Key": key, "Value": value }],
        });
        stage.aws.ssm("AddTagsToResource", &asked);
    }
}

/// Names of all parameters in a state.
pub(crate) fn names(values: &Json) -> Vec<String> {
    let mut names = Vec::new();
    for (part, name) in [
        ("kubernetes", "certificate_parameter"),
        ("etcd", "certificate_parameter"),
        ("front_proxy", "certificate_parameter"),
        ("service_account", "public_key_parameter"),
    ] {
        let part = &values[part];
        names.push(part[name].as_str().unwrap().to_owned());
        let keys = part["private_key_versions"].as_object().unwrap();
        names.extend(keys.keys().cloned());
    }
    names
}
