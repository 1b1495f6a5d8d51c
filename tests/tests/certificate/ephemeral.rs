//! Credentials for hours, and the bundle that goes with them.

use std::path::Path;

use kubeha_tests::Traces;
use kubeha_tests::lifecycle::{PROVIDER, Stage};
use serde_json::Value as Json;

use crate::subject::SUBJECT;

/// A configuration that writes what is ephemeral into files, which is the one way to look at it.
fn configuration(folder: &str) -> String {
    format!(
        r#"
        provider "kubeha" {{
          {PROVIDER}
        }}
        resource "kubeha_pki" "this" {{}}
        ephemeral "kubeha_kubeconfig" "admin" {{
          pki_arn = kubeha_pki.this.arn
          host    = "https://api.example.com:6443"
        }}
        ephemeral "kubeha_client_certificate" "jane" {{
          pki_arn               = kubeha_pki.this.arn
          user                  = "jane"
          groups                = ["a", "b"]
          validity_period_hours = 5
        }}
        data "kubeha_certificate_bundle" "this" {{
          parameter_path = kubeha_pki.this.parameter_path
          depends_on     = [kubeha_pki.this]
        }}
        output "pki_arn" {{
          value = kubeha_pki.this.arn
        }}
        output "bundle" {{
          value = data.kubeha_certificate_bundle.this.kubernetes
        }}
        output "same" {{
          value = (data.kubeha_certificate_bundle.this.etcd ==
                   kubeha_pki.this.etcd.trusted_certificates_pem)
        }}
        resource "terraform_data" "look" {{
          provisioner "local-exec" {{
            command = <<-EOT
              printf %s "$KUBECONFIG_TEXT" > {folder}/kubeconfig
              printf %s "$ADMIN_KEY" > {folder}/admin.key
              printf %s "$CERTIFICATE" > {folder}/jane.pem
              printf %s "$KEY" > {folder}/jane.key
              printf %s "$CA" > {folder}/ca.pem
            EOT
            environment = {{
              KUBECONFIG_TEXT = ephemeral.kubeha_kubeconfig.admin.kubeconfig
              ADMIN_KEY       = ephemeral.kubeha_kubeconfig.admin.client_key
              CERTIFICATE     = ephemeral.kubeha_client_certificate.jane.client_certificate
              KEY             = ephemeral.kubeha_client_certificate.jane.client_key
              CA              = ephemeral.kubeha_client_certificate.jane.cluster_ca_certificate
            }}
          }}
        }}
        "#
    )
}

#[test]
fn credentials_are_made_in_the_first_apply_and_kept_nowhere() {
    let stage = Stage::new(&SUBJECT);
    let folder = std::env::temp_dir().join(format!("kubeha-issued-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let text = configuration(&folder.display().to_string());
    stage.workspace().main(&text);
    // Nothing exists yet, and still it can be planned.
    stage.plan().succeeds();
    stage.apply().succeeds();
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let verify = std::process::Command::new("openssl")
        .args([
            "verify",
            "-purpose",
            "sslclient",
            "-CAfile",
            "ca.pem",
            "jane.pem",
        ])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(verify.status.success(), "{verify:?}");
    let subject = std::process::Command::new("openssl")
        .args(["x509", "-in", "jane.pem", "-noout", "-subject"])
        .current_dir(&folder)
        .output()
        .unwrap();
    let subject = String::from_utf8_lossy(&subject.stdout).into_owned();
    assert!(subject.contains("O = a, O = b, CN = jane"), "{subject}");
    let kubeconfig = read("kubeconfig");
    for words in [
        "server: \"https://api.example.com:6443\"",
        "- name: \"acc\"",
        "user: \"kubernetes-admin\"",
        "client-key-data: ",
    ] {
        assert!(kubeconfig.contains(words), "no {words} in the kubeconfig");
    }
    let state = stage.run(&["state", "pull"]).succeeds().stdout();
    let key = read("jane.key");
    let lines: Vec<_> = key
        .lines()
        .filter(|line| !line.starts_with("---"))
        .collect();
    let encoded = kubeconfig.split("client-key-data: ").nth(1).unwrap();
    let encoded = encoded.lines().next().unwrap();
    assert!(!state.contains(lines[0]) && !state.contains(encoded));
    let outputs = stage.run(&["output", "-json"]).succeeds().json();
    assert_eq!(outputs["same"]["value"], Json::Bool(true));
    assert_eq!(outputs["bundle"]["value"], Json::String(read("ca.pem")));
    stage.plan_is_empty("made");
    std::fs::remove_dir_all(&folder).unwrap();
    actions_are_documented(&stage, &outputs["pki_arn"]["value"]);
}

/// Compares what is called to read and to open each with `iam-actions.txt` of its example.
fn actions_are_documented(stage: &Stage, arn: &Json) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    for (folder, block) in [
        (
            "data-sources/kubeha_certificate_bundle",
            "data \"kubeha_certificate_bundle\" \"this\" {}".to_owned(),
        ),
        (
            "ephemeral-resources/kubeha_kubeconfig",
            format!(
                "ephemeral \"kubeha_kubeconfig\" \"this\" {{\n  pki_arn = {arn}\n  \
                 host = \"https://api.example.com:6443\"\n}}"
            ),
        ),
        (
            "ephemeral-resources/kubeha_client_certificate",
            format!(
                "ephemeral \"kubeha_client_certificate\" \"this\" {{\n  pki_arn = {arn}\n  \
                 user = \"jane\"\n}}"
            ),
        ),
    ] {
        let desk = stage.another_desk();
        let provider = format!("provider \"kubeha\" {{\n  {PROVIDER}\n}}\n");
        desk.workspace().main(&(provider + &block));
        stage.proxy.clear();
        desk.run(&["plan"]).succeeds();
        let counts = stage.proxy.counts();
        let called: String = counts.keys().map(|call| format!("{call}\n")).collect();
        let file = examples.join(folder).join("iam-actions.txt");
        assert_eq!(called, std::fs::read_to_string(&file).unwrap(), "{folder}");
    }
}

#[test]
fn no_private_key_is_in_state_plan_log_or_output() {
    let stage = Stage::new(&SUBJECT);
    let folder = std::env::temp_dir().join(format!("kubeha-traced-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut environment = stage.account.environment(&stage.proxy.url()).to_vec();
    environment.push(("TF_LOG", "trace".to_owned()));
    environment.push(("TF_LOG_PATH", folder.join("log").display().to_string()));
    let desk = stage.desk_in(environment);
    let more = "resource \"kubeha_certificate\" \"jane\" {\n  name = \"jane\"\n  profile = \
                \"client\"\n  common_name = \"jane\"\n  pki_arn = kubeha_pki.this.arn\n}\n";
    let text = configuration(&folder.display().to_string());
    desk.workspace().main(&(text + more));
    let mut traces = Traces::default();
    for arguments in [
        &["plan", "-out=planned"][..],
        &["apply", "planned"],
        &["show", "-json"],
    ] {
        let outcome = desk.run(arguments).succeeds();
        traces.add(arguments.join(" "), outcome.stdout() + &outcome.stderr());
    }
    traces.add_folder(desk.workspace().root());
    traces.add("the log", std::fs::read(folder.join("log")).unwrap());
    let asked = serde_json::json!({
        "Name": "/kubeha/acc/certificates/jane/private_key", "WithDecryption": true,
    });
    let stored = stage.aws.ssm("GetParameter", &asked)["Parameter"]["Value"].clone();
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let public = traces.with("BEGIN CERTIFICATE");
    for place in ["work/terraform.tfstate", "show -json"] {
        assert!(public.contains(&place), "{place}: {public:?}");
    }
    assert!(traces.with("kubeha_kubeconfig.admin").contains(&"the log"));
    assert!(
        traces
            .with("kubeha_kubeconfig")
            .contains(&"work/planned!tfconfig/m-/main.tf")
    );
    let stored = stored.as_str().unwrap().to_owned();
    let keys = [read("jane.key"), read("admin.key"), stored];
    assert_eq!(traces.of_keys(keys.iter().map(String::as_str)), [""; 0]);
    // And as the kubeconfig has it: the PEM once more in Base64.
    let encoded = read("kubeconfig");
    let encoded = encoded.split("client-key-data: ").nth(1).unwrap();
    let encoded = encoded.lines().next().unwrap();
    assert!(encoded.len() > 100, "{} characters", encoded.len());
    assert_eq!(traces.with(encoded), [""; 0]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_can_not_be_is_told_at_plan() {
    let stage = Stage::new(&SUBJECT);
    let configuration = |arguments: &str| {
        format!(
            "provider \"kubeha\" {{\n{PROVIDER}\n}}\nephemeral \"kubeha_client_certificate\" \"x\" \
             {{\npki_arn = \"arn:aws:s3:::x\"\n{arguments}\n}}\n"
        )
    };
    for (arguments, says) in [
        ("user = \"\"", "Invalid user"),
        ("user = \"a\"\ngroups = [\"b\", \"b\"]", "named twice"),
        (
            "user = \"a\"\nkey_algorithm = \"rsa\"",
            "Invalid key_algorithm",
        ),
        (
            "user = \"a\"\nvalidity_period_hours = 745",
            "validity_period_hours",
        ),
        ("user = \"a\"", "is no ARN of a kubeha_pki"),
    ] {
        stage.workspace().main(&configuration(arguments));
        stage.plan().fails().says(says);
    }
}
