//! How each attribute of a PKI can change behind Terraform's back.

use kubeha_tests::lifecycle::{Aws, Drift};
use serde_json::json;

use crate::parameters::{blocks, delete, get, private, public, put, put_secret};

/// The cases.
pub(crate) const DRIFT: &[Drift] = &[
    Drift {
        also: &["kubernetes", "etcd", "front_proxy", "service_account"],
        ..Drift::of("kms_key_id", "of one key", |aws, _, _| {
            let name = private("kubernetes", 1);
            put_secret(aws, &name, &get(aws, &name), Some("alias/theirs"));
        })
    },
    Drift {
        also: &["etcd"],
        ..Drift::of("rotation.step", "promoted by hand", |aws, _, _| {
            let name = public("etcd");
            let mut both = blocks(&get(aws, &name));
            both.reverse();
            put(aws, &name, &both.concat());
        })
    },
    Drift {
        also: &["etcd", "rotation.step"],
        ..Drift::of("rotation.generation", "withdrawn by hand", |aws, _, _| {
            let name = public("etcd");
            let both = blocks(&get(aws, &name));
            put(aws, &name, &both[0]);
            delete(aws, &[private("etcd", 2)]);
        })
    },
    Drift::tags("of a certificate, another value", |aws, _, _| {
        tag(aws, &public("etcd"), "team", "z");
    }),
    Drift::tags("of a private key, one more", |aws, _, _| {
        tag(aws, &private("kubernetes", 1), "more", "z");
    }),
    Drift::tags("of a private key, one less", |aws, _, _| {
        let asked = json!({
            "ResourceType": "Parameter", "ResourceId": private("front-proxy", 1), "TagKeys": ["env"],
        });
        aws.ssm("RemoveTagsFromResource", &asked);
    }),
];

const NOT_STORED: &str = "not stored: it is about what is made from now on";
const BROUGHT: &str = "not read back: the generation's key and certificate are";

/// What can't drift.
pub(crate) const DRIFTLESS: &[(&str, &str)] = &[
    (
        "cluster_name",
        "not AWS's: it stands in a mark of ownership, which is set when it is made",
    ),
    ("parameter_path", "parameters can't be renamed"),
    ("key_algorithm", NOT_STORED),
    ("validity_period_hours", NOT_STORED),
    ("early_renewal_hours", NOT_STORED),
    ("kubernetes_private_key_pem_wo", NOT_STORED),
    ("kubernetes_private_key_wo_version", BROUGHT),
    ("kubernetes_certificate_pem", BROUGHT),
    ("etcd_private_key_pem_wo", NOT_STORED),
    ("etcd_private_key_wo_version", BROUGHT),
    ("etcd_certificate_pem", BROUGHT),
    ("front_proxy_private_key_pem_wo", NOT_STORED),
    ("front_proxy_private_key_wo_version", BROUGHT),
    ("front_proxy_certificate_pem", BROUGHT),
    ("service_account_private_key_pem_wo", NOT_STORED),
    ("service_account_private_key_wo_version", BROUGHT),
];

fn tag(aws: &Aws, name: &str, key: &str, value: &str) {
    let asked = json!({
        "ResourceType": "Parameter", "ResourceId": name,
        "Tags": [{ "Key": key, "Value": value }],
    });
    aws.ssm("AddTagsToResource", &asked);
}
