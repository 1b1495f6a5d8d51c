//! Which pages there are, and whether those on disk are them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use terraform_provider_kubeha::Kubeha;

use crate::error::Error;
use crate::marked;
use crate::page::{self, Examples};
use crate::pictures::pictures;

/// The folders that hold generated pages and nothing else. Guides stand beside them.
const FOLDERS: [&str; 5] = [
    "data-sources",
    "ephemeral-resources",
    "functions",
    "images",
    "resources",
];

/// Where pages stand that people write, but for the examples they show: this folder and `docs/`
/// itself, and the README.
const GUIDES: &str = "guides";
const README: &str = "../README.md";

/// The provider's own page, generated, among those of `docs/` itself.
const INDEX: &str = "index.md";

/// Pages by their path below `docs/`.
type Pages = BTreeMap<String, String>;

/// Writes every page, and removes those of things the provider no longer offers.
pub(crate) fn write(root: &Path) -> Result<(), Error> {
    let docs = root.join("docs");
    let pages = pages(root)?;
    for name in stale(&docs, &pages)? {
        let path = docs.join(name);
        fs::remove_file(&path).map_err(|source| Error::File { path, source })?;
    }
    for (name, text) in pages {
        let path = docs.join(name);
        let folder = path.parent().unwrap_or(&docs);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .map_err(|source| Error::File {
                path: path.clone(),
                source,
            })?;
    }
    Ok(())
}

/// Compares every page with the one on disk.
pub(crate) fn check(root: &Path) -> Result<(), Error> {
    let docs = root.join("docs");
    let pages = pages(root)?;
    let mut drift: Vec<String> = stale(&docs, &pages)?
        .into_iter()
        .map(|name| format!("docs/{name} (stale)"))
        .collect();
    for (name, text) in &pages {
        match fs::read_to_string(docs.join(name)) {
            Ok(found) if found == *text => {}
            Ok(_) => drift.push(format!("docs/{name} (differs)")),
            Err(_) => drift.push(format!("docs/{name} (missing)")),
        }
    }
    if drift.is_empty() {
        Ok(())
    } else {
        Err(Error::Drift(drift))
    }
}

fn pages(root: &Path) -> Result<Pages, Error> {
    let problems = tfplug::problems(Kubeha);
    if !problems.is_empty() {
        return Err(Error::Schemas(problems));
    }
    let reference = tfplug::reference(Kubeha);
    let examples = Examples::new(root.join("examples"));
    let mut pages = Pages::new();
    let mut guides = String::new();
    for (name, text) in written(&root.join("docs"))? {
        if name.starts_with(GUIDES) {
            guides.push_str(&page::guide_line(&name, &text));
        }
        let text = marked::with_examples(&name, &text, &examples)?;
        pages.insert(name, text);
    }
    pages.insert(
        INDEX.to_owned(),
        page::provider(&reference.provider, &guides, &examples)?,
    );
    for (kind, schemas) in [
        (&page::RESOURCE, &reference.resources),
        (&page::DATA_SOURCE, &reference.data_sources),
        (&page::EPHEMERAL_RESOURCE, &reference.ephemeral_resources),
    ] {
        for (name, schema) in schemas {
            let file = format!("{}/{}.md", kind.folder, page::short(name));
            pages.insert(file, page::schema(kind, name, schema, &examples)?);
        }
    }
    for (name, function) in &reference.functions {
        let file = format!("functions/{name}.md");
        pages.insert(file, page::function(name, function, &examples)?);
    }
    pages.extend(pictures()?);
    Ok(pages)
}

/// The pages that people write, as they are.
fn written(docs: &Path) -> Result<Pages, Error> {
    let mut names = vec![README.to_owned()];
    names.extend(markdown(docs, "")?);
    names.extend(markdown(docs, &format!("{GUIDES}/"))?);
    let mut pages = Pages::new();
    for name in names {
        let path = docs.join(&name);
        match fs::read_to_string(&path) {
            Ok(text) => {
                pages.insert(name, text);
            }
            // A folder of examples alone has none: the tests'.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(Error::File { path, source }),
        }
    }
    Ok(pages)
}

/// The names of a folder's pages, with `prefix`, which is the folder's name, before each.
fn markdown(docs: &Path, prefix: &str) -> Result<Vec<String>, Error> {
    let path = docs.join(prefix);
    let Ok(entries) = fs::read_dir(&path) else {
        return Ok(Vec::new());
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|source| Error::File {
            path: path.clone(),
            source,
        })?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") && name != INDEX {
            names.push(format!("{prefix}{name}"));
        }
    }
    Ok(names)
}

/// Pages on disk that belong to nothing.
fn stale(docs: &Path, pages: &Pages) -> Result<Vec<String>, Error> {
    let mut stale = Vec::new();
    for folder in FOLDERS {
        let path = docs.join(folder);
        let Ok(entries) = fs::read_dir(&path) else {
            continue;
        };
        for entry in entries {
            let entry = entry.map_err(|source| Error::File {
                path: path.clone(),
                source,
            })?;
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if !pages.contains_key(&name) {
                stale.push(name);
            }
        }
    }
    stale.sort();
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy_of_examples() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        std::os::unix::fs::symlink(examples, root.path().join("examples")).unwrap();
        root
    }

    #[test]
    fn written_pages_pass_the_check() {
        let root = copy_of_examples();
        write(root.path()).unwrap();
        check(root.path()).unwrap();
    }

    #[test]
    fn drift_is_found_and_named() {
        let root = copy_of_examples();
        write(root.path()).unwrap();
        let docs = root.path().join("docs");
        fs::write(docs.join("data-sources/topology.md"), "other").unwrap();
        fs::write(docs.join("functions/gone.md"), "stale").unwrap();
        fs::remove_file(docs.join("functions/quorum.md")).unwrap();
        let Err(Error::Drift(drift)) = check(root.path()) else {
            panic!("no drift")
        };
        assert_eq!(
            drift,
            [
                "docs/functions/gone.md (stale)",
                "docs/data-sources/topology.md (differs)",
                "docs/functions/quorum.md (missing)",
            ]
        );
        write(root.path()).unwrap();
        check(root.path()).unwrap();
    }
}
