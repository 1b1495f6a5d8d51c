//! How each attribute of a certificate can change behind Terraform's back.

use kubeha_tests::lifecycle::Drift;
use serde_json::json;

use crate::subject::PATH;

/// The cases.
pub(crate) const DRIFT: &[Drift] = &[
    Drift {
        also: &[
            "certificate_parameter_version",
            "certificate_pem",
            "fingerprint",
            "private_key_parameter_version",
            "serial_number",
            "validity_end_time",
            "validity_start_time",
        ],
        ..Drift::of("kms_key_id", "another", |aws, _, _| {
            let name = format!("{PATH}/private_key");
            let asked = json!({ "Name": name, "WithDecryption": true });
            let text = aws.ssm("GetParameter", &asked)["Parameter"]["Value"].clone();
            let asked = json!({
                "Name": name, "Value": text, "Type": "SecureString", "Overwrite": true,
                "KeyId": "alias/theirs",
            });
            aws.ssm("PutParameter", &asked);
        })
    },
    Drift::tags("of the certificate, another value", |aws, _, _| {
        let asked = json!({
            "ResourceType": "Parameter", "ResourceId": format!("{PATH}/certificate"),
            "Tags": [{ "Key": "team", "Value": "z" }],
        });
        aws.ssm("AddTagsToResource", &asked);
    }),
    Drift::tags("of the private key, one less", |aws, _, _| {
        let asked = json!({
            "ResourceType": "Parameter", "ResourceId": format!("{PATH}/private_key"),
            "TagKeys": ["env"],
        });
        aws.ssm("RemoveTagsFromResource", &asked);
    }),
];

const SIGNED: &str = "signed: a certificate that says something else is another certificate";
const NOT_STORED: &str = "not stored";

/// What can't drift.
pub(crate) const DRIFTLESS: &[(&str, &str)] = &[
    (
        "cluster_name",
        "not AWS's: it stands in a mark of ownership, which is set when it is made",
    ),
    (
        "name",
        "stands in the parameters' names, which can't change",
    ),
    ("parameter_path", "parameters can't be renamed"),
    ("profile", SIGNED),
    ("common_name", SIGNED),
    ("organizations", SIGNED),
    ("dns_names", SIGNED),
    ("ip_addresses", SIGNED),
    ("key_algorithm", SIGNED),
    ("validity_period_hours", SIGNED),
    ("pki_arn", "where it comes from, which isn't read back"),
    (
        "ca_certificate_parameter",
        "where it comes from, which isn't read back",
    ),
    (
        "ca_private_key_parameter",
        "where it comes from, which isn't read back",
    ),
    ("service_cidr", NOT_STORED),
    ("cluster_domain", NOT_STORED),
    ("early_renewal_hours", NOT_STORED),
];
