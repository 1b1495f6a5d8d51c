//! No private key is anywhere but in Parameter Store, in whatever form.

use kubeha_tests::Traces;
use kubeha_tests::lifecycle::{PROVIDER, Stage};
use serde_json::json;

use crate::parameters::{foreign, get};
use crate::subject::{SUBJECT, names};

#[test]
fn no_private_key_is_in_state_plan_backup_log_or_output() {
    let stage = Stage::new(&SUBJECT);
    let mut environment = stage.account.environment(&stage.proxy.url()).to_vec();
    let logs = stage.workspace().path("logs");
    environment.push(("TF_LOG", "trace".to_owned()));
    environment.push(("TF_LOG_PATH", logs.display().to_string()));
    let desk = stage.desk_in(environment);
    let (brought, certificate) = foreign("brought");
    let file = stage.workspace().path("key.pem");
    std::fs::write(&file, &brought).unwrap();
    let brought_along = format!(
        "kubernetes_private_key_pem_wo = file({})\nkubernetes_private_key_wo_version = 1\n\
         kubernetes_certificate_pem = {}\n",
        json!(file.display().to_string()),
        json!(certificate)
    );
    let mut traces = Traces::default();
    // Each apply of a key that is made, brought along, staged, encrypted anew, or promoted.
    for more in [
        "key_algorithm = \"RSA-2048\"\nrotation = { etcd = { generation = 2, step = \"stage\" } }",
        "kms_key_id = \"alias/a\"\nrotation = { etcd = { generation = 2, step = \"promote\" } }",
    ] {
        desk.write(PROVIDER, &format!("{brought_along}{more}"));
        for arguments in [
            &["plan", "-out=planned"][..],
            &["apply", "planned"],
            &["show", "-json"],
            &["plan", "-refresh-only"],
        ] {
            let outcome = desk.run(arguments).succeeds();
            traces.add(arguments.join(" "), outcome.stdout() + &outcome.stderr());
        }
    }
    let keys: Vec<_> = names(&desk.values())
        .into_iter()
        .filter(|name| name.contains("/private/"))
        .map(|name| get(&stage.aws, &name))
        .collect();
    assert_eq!(keys.len(), 5);
    assert!(keys.contains(&brought));
    traces.add_folder(desk.workspace().root());
    traces.add("the log", std::fs::read(&logs).unwrap());
    // Whatever could have them is what was searched.
    let public = traces.with("BEGIN CERTIFICATE");
    for place in [
        "work/terraform.tfstate",
        "work/terraform.tfstate.backup",
        "work/planned!tfstate",
        "work/planned!tfplan",
        "show -json",
    ] {
        assert!(public.contains(&place), "{place}: {public:?}");
    }
    assert!(
        traces
            .with("kubeha_pki.this: applying")
            .contains(&"the log")
    );
    assert_eq!(traces.of_keys(keys.iter().map(String::as_str)), [""; 0]);
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
