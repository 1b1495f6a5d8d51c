//! What logs must not tell, whatever the level: credentials, user data, private keys.

use std::path::PathBuf;

use kubeha_tests::Traces;
use kubeha_tests::emulator::Emulator;
use kubeha_tests::example::Example;
use kubeha_tests::lifecycle::Aws;
use serde_json::json;

const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYSECRETKEY";
const SESSION_TOKEN: &str = "FwoGZXIvYXdzEJrSESSIONTOKEN0123456789/abcdefghijkl=";
const USER_DATA: &str = "#!/bin/sh\nexport JOIN_TOKEN=4f1c021.USERDATAOFNODES7e3\n";

/// A part of it in base64, as launch templates have it: it begins at a multiple of three bytes.
const USER_DATA_IN_BASE64: &str = "VVNFUkRBVEFPRk5PREVT";

/// A site whose terraform logs everything.
pub(crate) struct Logged(PathBuf);

impl Logged {
    /// From now on, with credentials and user data that can be found again.
    pub(crate) fn everything(site: &mut Example) -> Self {
        for name in ["control_plane_user_data", "worker_user_data"] {
            site.variable(name, json!(USER_DATA));
        }
        let log = site.workspace.root().join("provider.log");
        site.workspace
            .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
            .env("AWS_SESSION_TOKEN", SESSION_TOKEN)
            .env("TF_LOG", "trace")
            .env("TF_LOG_PATH", &log);
        Self(log)
    }

    /// Asserts it, of everything that was logged since.
    #[track_caller]
    pub(crate) fn tell_no_secret(&self, keys: &[String]) {
        let log = std::fs::read(&self.0).unwrap();
        assert!(log.len() > 100_000, "{} bytes of log", log.len());
        let mut traces = Traces::default();
        traces.add("the log", log);
        // The log is one: the provider says there what it waits for.
        assert_eq!(traces.with("terraform-provider-kubeha"), ["the log"]);
        for (what, secret) in [
            ("the secret key", SECRET_KEY),
            ("the session token", SESSION_TOKEN),
            ("user data", "USERDATAOFNODES"),
            ("user data in base64", USER_DATA_IN_BASE64),
        ] {
            assert_eq!(traces.with(secret), [""; 0], "{what}");
        }
        assert!(!keys.is_empty());
        assert_eq!(traces.of_keys(keys.iter().map(String::as_str)), [""; 0]);
    }
}

/// The private keys of the cluster's authorities, from Parameter Store.
pub(crate) fn private_keys(site: &Example) -> Vec<String> {
    let aws = Aws::new(Emulator::shared(), &site.account);
    let inventory = site.account.inventory();
    let parameters = inventory.get("parameter").into_iter().flatten();
    let private = parameters.filter(|one| one.name.contains("/private/"));
    private
        .map(|one| {
            let asked = json!({ "Name": one.name, "WithDecryption": true });
            let found = aws.ssm("GetParameter", &asked);
            found["Parameter"]["Value"].as_str().unwrap().to_owned()
        })
        .collect()
}
