//! `examples/terragrunt`, read by a parser of HCL: what one file takes from another is there.
//! Whether Terragrunt agrees is for it to say, where it is: see `programs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hcl_edit::structure::Body;
use kubeha_tests::example::{Example, configuration, examples, files};
use kubeha_tests::lifecycle::IMAGE_X86_64;
use serde_json::json;

use crate::hcl::{between, blocks, keys, label_of, labels, read, references, text};

/// A folder with `terragrunt.hcl`.
struct Unit {
    folder: PathBuf,
    /// Name of the file in `units` that it includes, and of its module.
    kind: String,
}

fn root() -> PathBuf {
    examples().join("terragrunt")
}

fn units() -> Vec<Unit> {
    let found = files(&root())
        .into_iter()
        .filter(|file| file.ends_with("terragrunt.hcl"));
    found.map(|file| Unit::read(&file)).collect()
}

impl Unit {
    fn read(file: &Path) -> Self {
        let body = read(file);
        let included = |label: &str| {
            let mut includes = body.get_blocks("include");
            let include = includes
                .find(|include| label_of(include) == label)
                .unwrap_or_else(|| panic!("{} includes no {label}", file.display()));
            text(&include.body, "path")
        };
        assert!(
            included("root").contains("\"root.hcl\""),
            "{}",
            file.display()
        );
        let unit = included("unit");
        let kind = between(&unit, "/units/", ".hcl\"");
        Self {
            folder: file.parent().unwrap().to_owned(),
            kind: kind.to_owned(),
        }
    }

    /// The file in `units`.
    fn body(&self) -> Body {
        read(&root().join("units").join(format!("{}.hcl", self.kind)))
    }

    fn module(&self) -> Body {
        let source = text(&blocks(&self.body(), "terraform")[0].body, "source");
        let module = between(&source, "/modules/", "\"");
        read(&root().join("modules").join(module).join("main.tf"))
    }

    /// The names in `locals` of a file in a folder above.
    fn locals(&self, name: &str) -> Body {
        let above = self.folder.ancestors().map(|folder| folder.join(name));
        let file = above.take(4).find(|file| file.exists());
        let file = file.unwrap_or_else(|| panic!("no {name} above {}", self.folder.display()));
        blocks(&read(&file), "locals")[0].body.clone()
    }

    /// The file in `root.hcl` that generates the provider, as this unit gets it.
    fn provider(&self) -> String {
        let text = fs::read_to_string(root().join("root.hcl")).unwrap();
        let mut provider = between(&text, "contents  = <<-EOF\n", "\n  EOF").to_owned();
        for (file, name) in [
            ("environment.hcl", "environment"),
            ("cluster.hcl", "cluster"),
        ] {
            for local in self.locals(file).attributes() {
                let value = local.value.as_str().unwrap_or("not a text");
                let key = format!("${{local.{name}.locals.{}}}", local.key.as_str());
                provider = provider.replace(&key, value);
            }
        }
        let owner = self.folder.strip_prefix(root()).unwrap();
        provider.replace(
            "${path_relative_to_include()}",
            &owner.display().to_string(),
        )
    }
}

#[test]
fn what_one_file_takes_from_another_is_there() {
    let units = units();
    assert_eq!(units.len(), 9, "three clusters of three units");
    for unit in &units {
        let place = unit.folder.display();
        let (body, module) = (unit.body(), unit.module());
        for from in [&read(&root().join("root.hcl")), &body] {
            for reference in references(from) {
                if let [first, file, third, name] = &reference[..]
                    && (first.as_str(), third.as_str()) == ("local", "locals")
                {
                    let locals = unit.locals(&format!("{file}.hcl"));
                    assert!(
                        locals.has_attribute(name),
                        "{place}: {file}.hcl has no {name}"
                    );
                }
            }
        }

        let variables = labels(&module, "variable");
        let given: BTreeSet<_> = match body.get_attribute("inputs") {
            Some(inputs) => keys(&inputs.value),
            None => BTreeSet::new(),
        };
        let unknown: Vec<_> = given.difference(&variables).collect();
        assert!(
            unknown.is_empty(),
            "{place}: no variables of the module: {unknown:?}"
        );
        let needed = blocks(&module, "variable").into_iter();
        let needed = needed.filter(|variable| !variable.body.has_attribute("default"));
        for variable in needed {
            let name = label_of(&variable);
            assert!(given.contains(&name), "{place}: {name} isn't given");
        }

        let taken = references(&body);
        let dependencies = blocks(&body, "dependency");
        let names = labels(&body, "dependency");
        for reference in &taken {
            if let [first, name, ..] = &reference[..]
                && first == "dependency"
            {
                assert!(
                    names.contains(name),
                    "{place}: there is no dependency {name}"
                );
            }
        }
        for dependency in dependencies {
            let name = label_of(&dependency);
            let path = text(&dependency.body, "config_path");
            let other = unit.folder.join("..").join(between(&path, "/../", "\""));
            let other = Unit::read(&other.join("terragrunt.hcl"));
            let outputs = labels(&other.module(), "output");
            let mocked = dependency.body.get_attribute("mock_outputs").unwrap();
            let mocked = keys(&mocked.value);
            let invented: Vec<_> = mocked.difference(&outputs).collect();
            assert!(
                invented.is_empty(),
                "{place}: {name} has no such outputs: {invented:?}"
            );
            for reference in &taken {
                if let [first, of, third, output] = &reference[..]
                    && (first.as_str(), of, third.as_str()) == ("dependency", &name, "outputs")
                {
                    assert!(
                        outputs.contains(output),
                        "{place}: {name} has no output {output}"
                    );
                    assert!(
                        mocked.contains(output),
                        "{place}: {name}.{output} isn't mocked"
                    );
                }
            }
        }
    }
}

#[test]
fn each_kind_of_unit_is_valid_with_the_provider_it_gets() {
    let mut seen = BTreeSet::new();
    for unit in units() {
        if !seen.insert(unit.kind.clone()) {
            continue;
        }
        let workspace = configuration(&format!("terragrunt/modules/{}", unit.kind));
        let provider = unit.provider();
        assert!(!provider.contains("${"), "{provider}");
        workspace.file("provider.tf", &provider);
        for (at, file) in files(&root()).iter().enumerate() {
            if file.extension().is_some_and(|extension| extension == "hcl") {
                let text = fs::read_to_string(file).unwrap();
                workspace.file(&format!("formatted/{at}.tf"), &text);
            }
        }
        workspace
            .run(&["fmt", "-check", "-diff", "-recursive", "formatted"])
            .succeeds();
        workspace.run(&["validate"]).succeeds();
    }
    assert_eq!(Vec::from_iter(seen), ["network", "nodes", "pki"]);
}

/// Terragrunt hands values from unit to unit; here terraform does, in one state, with the same
/// expressions.
#[test]
fn a_cluster_s_units_make_a_cluster_together() {
    let example = Example::new("terragrunt/modules", |_| json!({}));
    let units = units();
    let units = || {
        units
            .iter()
            .filter(|unit| unit.folder.ends_with(format!("batch/{}", unit.kind)))
    };
    let first = units().next().unwrap();
    let object = |name: &str| {
        let locals = first.locals(&format!("{name}.hcl"));
        format!("  {name} = {{\n    locals = {{\n{locals}\n    }}\n  }}\n")
    };
    let mut main = first.provider();
    main += &format!(
        "\nlocals {{\n{}{}}}\n",
        object("environment"),
        object("cluster")
    );
    for unit in units() {
        let (kind, body) = (&unit.kind, unit.body());
        main += &format!("module \"{kind}\" {{\n  source = \"./{kind}\"\n");
        let inputs = body.get_attribute("inputs");
        for (key, value) in inputs
            .into_iter()
            .flat_map(|inputs| inputs.value.as_object().unwrap())
        {
            main += &format!(
                "  {} = {}\n",
                key.as_ident().unwrap().as_str(),
                value.expr()
            );
        }
        main += "}\n";
        for dependency in labels(&body, "dependency") {
            let outputs = format!("dependency.{dependency}.outputs.");
            main = main.replace(&outputs, &format!("module.{dependency}."));
        }
    }
    // The emulator's region, account and image.
    for (ours, here) in [
        ("eu-west-1", "us-east-1"),
        ("222222222222", example.account.id()),
        ("ami-0123456789abcdef0", IMAGE_X86_64),
    ] {
        main = main.replace(ours, here);
    }
    main += "terraform {\n  required_providers {\n    kubeha = { source = \"kubeha/kubeha\" }\n  }\n}\n";
    example.workspace.main(&main);
    example.workspace.run(&["get"]).succeeds();
    example.stands();
    let groups = example
        .account
        .inventory()
        .remove("auto-scaling-group")
        .unwrap();
    let names: BTreeSet<_> = groups.into_iter().map(|group| group.name).collect();
    assert_eq!(
        Vec::from_iter(names),
        [
            "prod-batch-control-plane",
            "prod-batch-worker-general",
            "prod-batch-worker-spot"
        ]
    );
    example.goes();
}
