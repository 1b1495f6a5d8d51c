//! The examples of the reference pages: each is valid by itself.

use std::fs;

use hcl_edit::structure::Body;
use kubeha_tests::example::{examples, files};
use kubeha_tests::kubeha;

/// The folders with an example for each type.
const KINDS: [&str; 5] = [
    "provider",
    "resources",
    "data-sources",
    "functions",
    "ephemeral-resources",
];

/// All in one run of terraform, each as a module of its own: variables get values that aren't known, as
/// they would be, and imports lead into the modules.
#[test]
fn those_of_the_reference_pages_are_valid() {
    let workspace = kubeha();
    let requires = workspace.read("providers.tf");
    let mut main = "variable \"any\" {\n  type = any\n}\n".to_owned();
    let mut examples_found = 0;
    for file in KINDS.iter().flat_map(|kind| files(&examples().join(kind))) {
        if file.extension().is_none_or(|extension| extension != "tf") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let folder = file.parent().unwrap();
        let module = folder.file_name().unwrap().to_str().unwrap();
        if file.ends_with("import.tf") {
            main += &text.replace("to = kubeha_", &format!("to = module.{module}.kubeha_"));
            continue;
        }
        let name = file.file_name().unwrap().to_str().unwrap();
        workspace.file(&format!("{module}/{name}"), &text);
        if !text.contains("required_providers") {
            workspace.file(&format!("{module}/providers.tf"), &requires);
        }
        let body: Body = text.parse().unwrap();
        main += &format!("module \"{module}\" {{\n  source = \"./{module}\"\n");
        for variable in body.get_blocks("variable") {
            main += &format!("  {} = var.any\n", variable.labels[0].as_str());
        }
        main += "}\n";
        examples_found += 1;
    }
    assert!(examples_found >= 19, "{examples_found}: one for each type");
    workspace.main(&main);
    workspace.run(&["get"]).succeeds();
    workspace.run(&["validate"]).succeeds();
}
