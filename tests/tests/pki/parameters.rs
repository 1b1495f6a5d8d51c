//! Parameters behind Terraform's back.

use kubeha_tests::lifecycle::Aws;
use serde_json::json;

pub(crate) const PATH: &str = "/kubeha/acc/pki";

/// The name of a public parameter.
pub(crate) fn public(part: &str) -> String {
    let kind = if part == "service-account" {
        "public_key"
    } else {
        "certificate"
    };
    format!("{PATH}/public/{part}/{kind}")
}

/// The name of a private key's parameter.
pub(crate) fn private(part: &str, generation: u32) -> String {
    format!("{PATH}/private/{part}/private_key_{generation}")
}

/// The text of a parameter, decrypted.
#[track_caller]
pub(crate) fn get(aws: &Aws, name: &str) -> String {
    let asked = json!({ "Name": name, "WithDecryption": true });
    let answer = aws.ssm("GetParameter", &asked);
    answer["Parameter"]["Value"].as_str().unwrap().to_owned()
}

/// Writes over a public parameter.
#[track_caller]
pub(crate) fn put(aws: &Aws, name: &str, text: &str) {
    let asked = json!({ "Name": name, "Value": text, "Type": "String", "Overwrite": true });
    aws.ssm("PutParameter", &asked);
}

/// Writes over a private key, or makes one.
#[track_caller]
pub(crate) fn put_secret(aws: &Aws, name: &str, text: &str, key: Option<&str>) {
    let mut asked =
        json!({ "Name": name, "Value": text, "Type": "SecureString", "Overwrite": true });
    if let Some(key) = key {
        asked["KeyId"] = key.into();
    }
    aws.ssm("PutParameter", &asked);
}

#[track_caller]
pub(crate) fn delete(aws: &Aws, names: &[String]) {
    aws.ssm("DeleteParameters", &json!({ "Names": names }));
}

/// The PEM blocks of a text.
pub(crate) fn blocks(text: &str) -> Vec<String> {
    let blocks = text.split_inclusive("-----\n").collect::<Vec<_>>();
    // Each block ends with its second such line.
    blocks.chunks(2).map(<[&str]>::concat).collect()
}

/// A private key and a certificate for it, of OpenSSL's making.
pub(crate) fn foreign(subject: &str) -> (String, String) {
    let folder = std::env::temp_dir().join(format!("kubeha-pki-{}", fresh()));
    std::fs::create_dir(&folder).unwrap();
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new("openssl")
            .args(arguments)
            .current_dir(&folder)
            .output()
            .expect("openssl is installed");
        assert!(output.status.success(), "{output:?}");
    };
    run(&[
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-out",
        "key.pem",
    ]);
    let subject = format!("/CN={subject}");
    run(&[
        "req", "-x509", "-key", "key.pem", "-days", "30", "-subj", &subject, "-out", "ca.pem",
    ]);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let pair = (read("key.pem"), read("ca.pem"));
    std::fs::remove_dir_all(&folder).unwrap();
    pair
}

fn fresh() -> String {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!(
        "{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
