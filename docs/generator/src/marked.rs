//! Text that people write, and the files of `examples/` that it shows.
//!
//! A code block of a configuration stands behind a mark that says what it shows: a whole file,
//! `<!-- examples/complete/main.tf -->`, or one block of it by its first line,
//! `<!-- examples/complete/main.tf: resource "kubeha_pki" "this" -->`. Nothing else may be shown, so
//! that all of it has been run.

use crate::error::Error;
use crate::page::Examples;

const BEGIN: &str = "<!-- examples/";
const END: &str = " -->";
const FENCE: &str = "```";
/// What a configuration is fenced as.
const CONFIGURATIONS: [&str; 2] = ["```terraform", "```hcl"];

/// The text with each code block behind a mark as the file is now. `page` names it in errors.
pub(crate) fn with_examples(page: &str, text: &str, examples: &Examples) -> Result<String, Error> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, marked)) = rest.split_once(BEGIN) {
        all_marked(page, before)?;
        let no_block = || Error::NoBlock {
            page: page.to_owned(),
            mark: marked.lines().next().unwrap_or_default().to_owned(),
        };
        let (mark, after) = marked.split_once(END).ok_or_else(no_block)?;
        let (language, shown) = after
            .trim_start()
            .strip_prefix(FENCE)
            .and_then(|fenced| fenced.split_once('\n'))
            .ok_or_else(no_block)?;
        let after = behind_fence(shown).ok_or_else(no_block)?;
        let example = shown_by(mark, examples)?;
        out.extend([before, BEGIN, mark, END, "\n", FENCE, language, "\n"]);
        out.extend([&example, "\n", FENCE, "\n"]);
        rest = after;
    }
    all_marked(page, rest)?;
    out.push_str(rest);
    Ok(out)
}

/// What follows the line that closes a fenced text. Within its lines there may be backticks.
fn behind_fence(shown: &str) -> Option<&str> {
    let at_once = shown.strip_prefix("```\n");
    at_once.or_else(|| Some(shown.split_once("\n```\n")?.1))
}

/// What a mark asks for.
fn shown_by(mark: &str, examples: &Examples) -> Result<String, Error> {
    let Some((file, head)) = mark.split_once(": ") else {
        return examples.required(mark);
    };
    let text = examples.required(file)?;
    block(&text, head).ok_or_else(|| Error::NoSuchBlock(mark.to_owned()))
}

/// The block that begins with `head`, and the comment above it.
fn block(text: &str, head: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let found = lines.iter().position(|line| line.starts_with(head))?;
    let (above, from) = lines.split_at(found);
    let comment = above
        .iter()
        .rev()
        .take_while(|line| line.starts_with('#'))
        .count();
    let length = from.iter().position(|line| *line == "}")? + 1;
    let shown = lines.iter().skip(found - comment).take(comment + length);
    Some(shown.copied().collect::<Vec<_>>().join("\n"))
}

/// Whether text between marks shows no configuration of its own.
fn all_marked(page: &str, text: &str) -> Result<(), Error> {
    let begins = |line: &&str| CONFIGURATIONS.iter().any(|fence| line.starts_with(fence));
    match text.lines().find(begins) {
        None => Ok(()),
        Some(_) => Err(Error::NoMark {
            page: page.to_owned(),
            block: text
                .lines()
                .skip_while(|line| !begins(line))
                .nth(1)
                .unwrap_or_default()
                .to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "# The file.\n\nlocals {\n}\n\n# Why.\nnew \"a\" \"b\" {\n  x = \"```\"\n}\n\nlast {\n}\n";

    fn examples() -> (tempfile::TempDir, Examples) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("main.tf"), FILE).unwrap();
        let examples = Examples::new(folder.path().to_owned());
        (folder, examples)
    }

    fn filled(text: &str) -> Result<String, Error> {
        let (_folder, examples) = examples();
        with_examples("page", text, &examples)
    }

    #[test]
    fn a_marked_block_becomes_the_file_and_all_else_stays() {
        let page =
            "# A\n\n```shell\nother\n```\n<!-- examples/main.tf -->\n\n```terraform\nold\n```\nB\n";
        let written = filled(page).unwrap();
        assert_eq!(
            written,
            format!(
                "# A\n\n```shell\nother\n```\n<!-- examples/main.tf -->\n```terraform\n{FILE}```\nB\n"
            )
        );
        assert_eq!(filled(&written).unwrap(), written);
    }

    #[test]
    fn a_mark_may_ask_for_one_block() {
        let page = "<!-- examples/main.tf: new \"a\" -->\n```hcl\n```\n";
        assert_eq!(
            filled(page).unwrap(),
            "<!-- examples/main.tf: new \"a\" -->\n```hcl\n# Why.\nnew \"a\" \"b\" {\n  x = \"```\"\n}\n```\n"
        );
    }

    #[test]
    fn what_can_not_be_shown_is_an_error() {
        for page in [
            "<!-- examples/main.tf -->\ntext",
            "<!-- examples/main.tf -->\n```terraform\nold",
            "<!-- examples/gone.tf -->\n```terraform\nold\n```\n",
            "<!-- examples/main.tf: gone -->\n```terraform\nold\n```\n",
        ] {
            assert!(filled(page).is_err(), "{page}");
        }
    }

    #[test]
    fn a_configuration_without_a_mark_is_an_error() {
        let marked = "<!-- examples/main.tf -->\n```terraform\n```\n";
        for page in [
            "```terraform\ninvented {\n}\n```\n".to_owned(),
            format!("```hcl\ninvented {{\n}}\n```\n{marked}"),
            format!("{marked}```terraform\ninvented {{\n}}\n```\n"),
        ] {
            let error = filled(&page).unwrap_err().to_string();
            assert!(
                error.contains("page") && error.contains("invented"),
                "{error}"
            );
        }
    }
}
