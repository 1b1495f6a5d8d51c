//! `examples/terragrunt` in the hands of Terragrunt.

use std::process::{Command, Stdio};

use kubeha_tests::example::configuration;

#[test]
#[ignore = "needs terragrunt: make test-programs"]
fn terragrunt_finds_its_files_valid() {
    let workspace = configuration("terragrunt");
    for arguments in [&["hcl", "fmt", "--check"][..], &["hcl", "validate"]] {
        // Terragrunt runs terraform by itself, in the same surroundings.
        let surroundings = workspace.command(&[]);
        let mut command = Command::new("terragrunt");
        command.args(arguments).current_dir(workspace.path(""));
        for (name, value) in surroundings.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        let output = command.stdin(Stdio::null()).output();
        let missing = output
            .as_ref()
            .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
        assert!(
            !missing,
            "terragrunt is missing, so this test has not run. Install it, or leave \
             `make test-programs` out."
        );
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
    }
}
