//! One page: front matter, description, example, reference, import.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use tfplug::FunctionReference;
use tfplug::schema::Schema;

use crate::changes::changes;
use crate::error::Error;
use crate::schema::reference;

/// A kind of thing with a schema.
pub(crate) struct Kind {
    /// As the registry's titles have it.
    title: &'static str,
    /// The folder of its pages and of its examples.
    pub(crate) folder: &'static str,
    /// The file of an example.
    example: &'static str,
    /// In what its calls to AWS were recorded.
    recorded: &'static str,
}

pub(crate) const RESOURCE: Kind = Kind {
    title: "Resource",
    folder: "resources",
    example: "resource.tf",
    recorded: "a recorded life cycle made (create, read, update, import, delete)",
};
pub(crate) const DATA_SOURCE: Kind = Kind {
    title: "Data Source",
    folder: "data-sources",
    example: "data-source.tf",
    recorded: "recorded reads of it made",
};
pub(crate) const EPHEMERAL_RESOURCE: Kind = Kind {
    title: "Ephemeral Resource",
    folder: "ephemeral-resources",
    example: "ephemeral-resource.tf",
    recorded: "a recorded opening of it made; a key in KMS needs `kms:Decrypt` too",
};

/// The files of `examples/`, where the examples of all pages stand.
pub(crate) struct Examples(PathBuf);

impl Examples {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    pub(crate) fn required(&self, file: &str) -> Result<String, Error> {
        self.optional(file)?
            .ok_or_else(|| Error::NoExample(self.0.join(file)))
    }

    fn optional(&self, file: &str) -> Result<Option<String>, Error> {
        let path = self.0.join(file);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text.trim_end().to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::File { path, source }),
        }
    }
}

/// A guide's line on the index page: its title, and what its front matter says of it.
pub(crate) fn guide_line(name: &str, text: &str) -> String {
    let front = text.split("\n---\n").next().unwrap_or_default();
    let title = front.lines().find_map(|line| {
        let quoted = line.strip_prefix("page_title: \"")?;
        quoted.strip_suffix('"')
    });
    let (_, description) = front.split_once("description: |-\n").unwrap_or_default();
    let description: Vec<_> = description.lines().map(str::trim).collect();
    let description = description.join(" ");
    format!("- [{}]({name}): {description}\n", title.unwrap_or(name))
}

/// The index page.
pub(crate) fn provider(
    schema: &Schema,
    guides: &str,
    examples: &Examples,
) -> Result<String, Error> {
    let mut page = front_matter("kubeha Provider", &schema.description);
    let example = examples.required("provider/provider.tf")?;
    let _ = write!(
        page,
        "# kubeha Provider\n\n{}\n\n## Example Usage\n\n```terraform\n{example}\n```\n\n\
         ## Guides\n\n{guides}\n{}",
        schema.description,
        reference(schema)
    );
    Ok(finish(page))
}

/// The page of a resource, data source or ephemeral resource.
pub(crate) fn schema(
    kind: &Kind,
    name: &str,
    schema: &Schema,
    examples: &Examples,
) -> Result<String, Error> {
    let Kind {
        title,
        folder,
        example,
        recorded,
    } = kind;
    let mut page = front_matter(&format!("{name} {title}"), &schema.description);
    let _ = write!(page, "# {name} ({title})\n\n");
    if let Some(instead) = &schema.deprecated {
        let _ = write!(page, "~> **Deprecated.** {instead}\n\n");
    }
    let example = examples.required(&format!("{folder}/{name}/{example}"))?;
    let _ = write!(
        page,
        "{}\n\n## Example Usage\n\n```terraform\n{example}\n```\n\n{}",
        schema.description,
        reference(schema)
    );
    if title == &RESOURCE.title {
        page.push_str(&changes(schema));
    }
    let block = examples.optional(&format!("{folder}/{name}/import.tf"))?;
    let command = examples.optional(&format!("{folder}/{name}/import.sh"))?;
    if block.is_some() || command.is_some() {
        let forms = examples.required(&format!("{folder}/{name}/import-id.txt"))?;
        let forms: Vec<_> = forms.lines().map(|form| format!("`{form}`")).collect();
        let _ = write!(page, "## Import\n\nThe id is {}.\n", forms.join(" or "));
    }
    if let Some(block) = block {
        let _ = write!(
            page,
            "\nWith an `import` block:\n\n```terraform\n{block}\n```\n"
        );
    }
    if let Some(command) = command {
        let _ = write!(page, "\nOn the command line:\n\n```shell\n{command}\n```\n");
    }
    if let Some(actions) = examples.optional(&format!("{folder}/{name}/iam-actions.txt"))? {
        let actions: String = actions
            .lines()
            .map(|line| format!("- `{line}`\n"))
            .collect();
        let _ = write!(
            page,
            "\n## IAM actions\n\nThe calls that {recorded}:\n\n{actions}"
        );
    }
    Ok(finish(page))
}

/// The page of a function.
pub(crate) fn function(
    name: &str,
    function: &FunctionReference,
    examples: &Examples,
) -> Result<String, Error> {
    let mut page = front_matter(&format!("{name} function"), &function.summary);
    let example = examples.required(&format!("functions/{name}/function.tf"))?;
    let _ = write!(
        page,
        "# function: {name}\n\n{}\n\n## Example Usage\n\n```terraform\n{example}\n```\n\n\
         ## Signature\n\n```text\n{}\n```\n\n## Arguments\n\n",
        function.description,
        signature(name, function)
    );
    for (position, parameter) in function.parameters.iter().enumerate() {
        let variadic = if parameter.variadic { ", variadic" } else { "" };
        let nullable = if parameter.allow_null {
            ", nullable"
        } else {
            ""
        };
        let _ = writeln!(
            page,
            "{}. `{}` ({}{variadic}{nullable}) {}",
            position + 1,
            parameter.name,
            parameter.ty,
            parameter.description
        );
    }
    Ok(finish(page))
}

fn signature(name: &str, function: &FunctionReference) -> String {
    let parameters: Vec<_> = function
        .parameters
        .iter()
        .map(|parameter| {
            let dots = if parameter.variadic { "..." } else { "" };
            format!("{} {}{dots}", parameter.name, parameter.ty)
        })
        .collect();
    format!("{name}({}) {}", parameters.join(", "), function.output)
}

/// A type's name without the provider's.
pub(crate) fn short(name: &str) -> &str {
    name.split_once('_').map_or(name, |(_, short)| short)
}

fn front_matter(title: &str, description: &str) -> String {
    let first = description.split("\n\n").next().unwrap_or_default();
    let lines: String = first.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "---\npage_title: \"{title}\"\nsubcategory: \"\"\ndescription: |-\n{lines}---\n\n\
         <!-- Written by \"make docs\" from the provider's schemas. Edit those. -->\n\n"
    )
}

/// One newline at the end of the file.
fn finish(page: String) -> String {
    page.trim_end().to_owned() + "\n"
}
