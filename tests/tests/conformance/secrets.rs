//! An ephemeral value in a write-only attribute is found nowhere afterwards.

use std::path::Path;
use std::process::Command;

use crate::demo::Demo;

const SECRET: &str = "correct-horse-battery-staple";

const VAULT: &str = r#"
ephemeral "demo_token" "x" { owner = "x" }
resource "demo_vault" "x" {
  name                = "x"
  password_wo         = ephemeral.demo_token.x.value
  password_wo_version = 1
  lock = { key_wo = ephemeral.demo_token.x.value }
}
"#;

/// A vault's configuration, in a cloud that holds the secret.
fn vault(hcl: &str) -> Demo {
    let demo = Demo::new(hcl);
    std::fs::write(demo.cloud().join("secret"), SECRET).unwrap();
    demo
}

/// Whether the secret is in a file's bytes, plainly or as base64.
fn leaks(path: &Path) -> bool {
    let bytes = std::fs::read(path).unwrap();
    // What SECRET makes of base64 text when zero, one or two bytes of a group come before it.
    let forms = [
        SECRET,
        "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZ",
        "NvcnJlY3QtaG9yc2UtYmF0dGVyeS1zdGFwbG",
        "jb3JyZWN0LWhvcnNlLWJhdHRlcnktc3RhcGxl",
    ];
    forms.iter().any(|form| {
        bytes
            .windows(form.len())
            .any(|window| window == form.as_bytes())
    })
}

/// Every file below a directory.
fn files(dir: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn the_secret_is_in_no_plan_state_backup_or_provider_log() {
    let mut demo = vault(VAULT);
    let log = demo.path("provider.log");
    demo.env("TF_LOG_PROVIDER", "TRACE")
        .env("TF_LOG_PATH", &log);
    demo.run(&["plan", "-out=plan.zip"])
        .succeeds()
        .does_not_say(SECRET);
    demo.run(&["apply", "plan.zip"])
        .succeeds()
        .does_not_say(SECRET);
    assert_eq!(
        demo.object("vault-x").unwrap(),
        serde_json::json!({ "password_characters": SECRET.len(), "key_characters": SECRET.len() }),
        "the provider got it"
    );
    demo.plan_is_empty();
    // A second apply makes a backup of the state.
    demo.main(&VAULT.replace("version = 1", "version = 2"));
    demo.apply()
        .succeeds()
        .says("1 changed")
        .does_not_say(SECRET);

    let unpack = ["-m", "zipfile", "-e", "plan.zip", "plan.unpacked"];
    let unpacked = Command::new("python3")
        .args(unpack)
        .current_dir(demo.path(""))
        .status();
    assert!(unpacked.unwrap().success());
    let mut found = Vec::new();
    files(demo.root(), &mut found);
    for needed in [
        "terraform.tfstate",
        "terraform.tfstate.backup",
        "plan.unpacked/tfplan",
        "provider.log",
    ] {
        assert!(
            found.contains(&demo.path(needed)),
            "{needed} isn't there: {found:?}"
        );
    }
    assert!(
        demo.read("provider.log").contains("storing"),
        "the log is of the provider"
    );
    let leaking: Vec<_> = found.iter().filter(|path| leaks(path)).collect();
    assert_eq!(leaking, [&demo.cloud().join("secret")]);
}

#[test]
fn the_search_for_leaks_finds_what_leaks() {
    let dir = Demo::new("");
    // base64 of the secret with zero, one and two bytes before it.
    for (name, text) in [
        ("plain", format!("x{SECRET}x")),
        (
            "base64",
            "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZQ==".to_owned(),
        ),
        (
            "after one",
            "eGNvcnJlY3QtaG9yc2UtYmF0dGVyeS1zdGFwbGU=".to_owned(),
        ),
        (
            "after two",
            "eHhjb3JyZWN0LWhvcnNlLWJhdHRlcnktc3RhcGxl".to_owned(),
        ),
    ] {
        dir.file(name, &text);
        assert!(leaks(&dir.path(name)), "{name}");
    }
}

#[test]
fn a_new_version_hands_the_secret_over_again() {
    let demo = vault(VAULT);
    demo.apply().succeeds();
    std::fs::write(demo.cloud().join("secret"), "shorter").unwrap();
    demo.plan_is_empty();
    demo.main(&VAULT.replace("version = 1", "version = 2"));
    demo.apply().succeeds().says("1 changed");
    assert_eq!(demo.object("vault-x").unwrap()["password_characters"], 7);
    demo.plan_is_empty();
}

#[test]
fn a_write_only_attribute_is_null_in_the_state() {
    let demo = vault(VAULT);
    demo.apply().succeeds();
    let values = demo.values("demo_vault.x");
    assert_eq!(values["password_wo"], serde_json::Value::Null);
    assert_eq!(
        values["lock"],
        serde_json::json!({ "maker": "us", "key_wo": null })
    );
    assert_eq!(values["characters"], SECRET.len());
}

#[test]
fn a_sensitive_computed_value_is_hidden_but_stored() {
    let demo = vault(VAULT);
    demo.apply().succeeds().does_not_say("hush-receipt");
    demo.run(&["state", "show", "demo_vault.x"])
        .succeeds()
        .does_not_say("hush-receipt");
    assert_eq!(demo.values("demo_vault.x")["receipt"], "hush-receipt");
}

#[test]
fn a_secret_without_its_version_is_refused() {
    let demo = vault(&VAULT.replace("password_wo_version = 1", ""));
    demo.plan()
        .fails()
        .says("\"password_wo_version\" must be set, because \"password_wo\" is.");
}
