//! The README's example, which is a file of `examples/`.

use crate::error::Error;
use crate::page::Examples;

/// Before a code block that shows a file: `<!-- examples/complete/main.tf -->`.
const BEGIN: &str = "<!-- examples/";
const END: &str = " -->";
const OPEN: &str = "```terraform\n";
const CLOSE: &str = "```\n";

/// The README with each code block behind such a mark as the file is now.
pub(crate) fn with_examples(readme: &str, examples: &Examples) -> Result<String, Error> {
    let mut text = String::with_capacity(readme.len());
    let mut rest = readme;
    while let Some((before, marked)) = rest.split_once(BEGIN) {
        let (file, shown) = marked
            .split_once(END)
            .and_then(|(file, after)| Some((file, after.trim_start().strip_prefix(OPEN)?)))
            .ok_or_else(|| Error::NoBlock(first_line(marked)))?;
        let (_, after) = shown
            .split_once(CLOSE)
            .ok_or_else(|| Error::NoBlock(file.to_owned()))?;
        let example = examples.required(file)?;
        text.extend([before, BEGIN, file, END, "\n", OPEN, &example, "\n", CLOSE]);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> (tempfile::TempDir, Examples) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("main.tf"), "new {\n}\n").unwrap();
        let examples = Examples::new(folder.path().to_owned());
        (folder, examples)
    }

    #[test]
    fn a_marked_block_becomes_the_file_and_all_else_stays() {
        let (_folder, examples) = examples();
        let readme = "# A\n\n```terraform\nother\n```\n<!-- examples/main.tf -->\n\n```terraform\nold\n```\nB\n";
        let written = with_examples(readme, &examples).unwrap();
        assert_eq!(
            written,
            "# A\n\n```terraform\nother\n```\n<!-- examples/main.tf -->\n```terraform\nnew {\n}\n```\nB\n"
        );
        assert_eq!(with_examples(&written, &examples).unwrap(), written);
    }

    #[test]
    fn a_mark_without_block_or_file_is_an_error() {
        let (_folder, examples) = examples();
        for readme in [
            "<!-- examples/main.tf -->\ntext",
            "<!-- examples/main.tf -->\n```terraform\nold",
            "<!-- examples/gone.tf -->\n```terraform\nold\n```\n",
        ] {
            assert!(with_examples(readme, &examples).is_err(), "{readme}");
        }
    }
}
