//! No private key is anywhere but in Parameter Store, in whatever form.

use std::path::Path;

use kubeha_tests::lifecycle::{Desk, PROVIDER, Stage};

use crate::parameters::{foreign, get};
use crate::subject::{SUBJECT, names};

/// What a key looks like in the forms that it may come in.
fn forms(pem: &str) -> Vec<Vec<u8>> {
    let lines: Vec<&str> = pem
        .lines()
        .filter(|line| !line.starts_with("---"))
        .collect();
    let der = base64(&lines.concat());
    let mut forms = vec![
        pem.as_bytes().to_vec(),
        lines.concat().into_bytes(),
        der.clone(),
    ];
    // The last line may be as short as chance has it.
    forms.extend(
        lines
            .iter()
            .filter(|line| line.len() > 40)
            .map(|line| line.as_bytes().to_vec()),
    );
    // Of an elliptic curve, the number itself: the octets of RFC 5915.
    for length in [32_u8, 48] {
        let mark = [4, length];
        let found = der.windows(2).position(|pair| pair == mark);
        let number = found.and_then(|at| der.get(at + 2..at + 2 + usize::from(length)));
        if let Some(number) = number {
            let hex: String = number.iter().map(|byte| format!("{byte:02x}")).collect();
            forms.extend([
                number.to_vec(),
                hex.to_uppercase().into_bytes(),
                hex.into_bytes(),
            ]);
        }
    }
    forms
}

fn base64(text: &str) -> Vec<u8> {
    let digit = |c: u8| {
        let all = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        all.iter()
            .position(|one| *one == c)
            .map(|at| u32::try_from(at).unwrap())
    };
    let digits: Vec<u32> = text.bytes().filter_map(digit).collect();
    let mut bytes = Vec::new();
    for four in digits.chunks(4) {
        let bits = four.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - four.len()));
        let three = [bits >> 16 & 255, bits >> 8 & 255, bits & 255];
        let whole = three.iter().take(four.len() - 1);
        bytes.extend(whole.map(|byte| u8::try_from(*byte).unwrap()));
    }
    bytes
}

/// All files of a folder.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if let Ok(bytes) = std::fs::read(&path) {
            found.push((path.display().to_string(), bytes));
        }
    }
}

fn apply(desk: &Desk, said: &mut Vec<(String, Vec<u8>)>) {
    for arguments in [
        &["plan", "-out=planned"][..],
        &["apply", "planned"],
        &["show", "-json"],
        &["plan", "-refresh-only"],
    ] {
        let outcome = desk.run(arguments).succeeds();
        let text = outcome.stdout() + &outcome.stderr();
        said.push((arguments.join(" "), text.into_bytes()));
    }
}

#[test]
fn no_private_key_is_in_state_plan_backup_log_or_output() {
    let stage = Stage::new(&SUBJECT);
    let mut environment = stage.account.environment(&stage.proxy.url()).to_vec();
    let logs = stage.workspace().path("logs");
    environment.push(("TF_LOG", "trace".to_owned()));
    environment.push(("TF_LOG_PATH", logs.display().to_string()));
    let desk = stage.desk_in(environment);
    let (brought, certificate) = foreign("brought");
    let brought_along = format!(
        "kubernetes_private_key_pem_wo = file(\"key.pem\")\n\
         kubernetes_private_key_wo_version = 1\nkubernetes_certificate_pem = {}\n",
        serde_json::json!(certificate)
    );
    let mut said = Vec::new();
    let key = stage.workspace().path("key.pem");
    std::fs::write(&key, &brought).unwrap();
    let brought_along = brought_along.replace("key.pem", &key.display().to_string());
    for more in [
        "key_algorithm = \"RSA-2048\"\nrotation = { etcd = { generation = 2, step = \"stage\" } }",
        "kms_key_id = \"alias/a\"\nrotation = { etcd = { generation = 2, step = \"promote\" } }",
    ] {
        desk.write(PROVIDER, &format!("{brought_along}{more}"));
        apply(&desk, &mut said);
    }
    let keys: Vec<_> = names(&desk.values())
        .into_iter()
        .filter(|name| name.contains("/private/"))
        .map(|name| get(&stage.aws, &name))
        .collect();
    assert_eq!(keys.len(), 5);
    assert!(keys.contains(&brought));
    files(desk.workspace().root(), &mut said);
    let log = std::fs::read(&logs).unwrap();
    assert!(log.len() > 100_000, "{} bytes of log", log.len());
    said.push(("the log".to_owned(), log));
    // The state is among the files: what is public is found in it.
    let has = |text: &[u8], needle: &[u8]| text.windows(needle.len()).any(|part| part == needle);
    assert!(
        said.iter()
            .any(|(_, text)| has(text, b"-----BEGIN CERTIFICATE-----"))
    );
    for key in &keys {
        for form in forms(key) {
            for (place, text) in &said {
                assert!(!has(text, &form), "a private key is in {place}");
            }
        }
    }
}

#[test]
fn a_refresh_decrypts_nothing() {
    let stage = Stage::new(&SUBJECT);
    stage.write(PROVIDER, "");
    stage.apply().succeeds();
    stage.proxy.clear();
    stage.plan_is_empty("created");
    let calls = stage.proxy.counts();
    assert!(calls.contains_key("ssm:DescribeParameters"), "{calls:?}");
    // GetParameters asks for what is public, and says that nothing is to be decrypted.
    assert!(!calls.contains_key("ssm:GetParameter"), "{calls:?}");
    assert!(!calls.contains_key("ssm:GetParametersByPath"), "{calls:?}");
}
