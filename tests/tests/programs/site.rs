//! An account, a workspace in it, and files with what Parameter Store has.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use kubeha_tests::Workspace;
use kubeha_tests::emulator::{Account, Emulator};
use kubeha_tests::lifecycle::Aws;
use serde_json::{Value as Json, json};

pub(crate) struct Site {
    pub(crate) workspace: Workspace,
    aws: Aws,
    _account: Account,
}

/// A certificate and its private key, in files.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Site {
    pub(crate) fn new(mut workspace: Workspace) -> Self {
        let emulator = Emulator::shared();
        let account = emulator.account();
        for (name, value) in account.environment(emulator.url()) {
            workspace.env(name, value);
        }
        Self {
            workspace,
            aws: Aws::new(emulator, &account),
            _account: account,
        }
    }

    /// The text of a parameter, decrypted.
    #[track_caller]
    pub(crate) fn parameter(&self, name: &str) -> String {
        let asked = json!({ "Name": name, "WithDecryption": true });
        let answer = self.aws.ssm("GetParameter", &asked);
        text(&answer["Parameter"]["Value"]).to_owned()
    }

    /// Writes what is below the path of a `kubeha_certificate` into files, as a machine would.
    #[track_caller]
    pub(crate) fn fetch(&self, path: &str) -> Pair {
        let file = |kind: &str| {
            let name = format!("{}-{kind}.pem", path.rsplit('/').next().unwrap());
            self.write(&name, &self.parameter(&format!("{path}/{kind}")))
        };
        Pair {
            certificate: file("certificate"),
            key: file("private_key"),
        }
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, contents: &str) -> PathBuf {
        self.workspace.file(name, contents);
        self.workspace.path(name)
    }

    /// Outputs of the configuration.
    pub(crate) fn outputs(&self) -> Json {
        self.workspace.state()["values"]["outputs"].clone()
    }
}

/// A string of JSON.
#[track_caller]
pub(crate) fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// As an argument.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A port of an address that nobody has.
pub(crate) fn free_port(address: &str) -> u16 {
    let listener = TcpListener::bind((address, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
