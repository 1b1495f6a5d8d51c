//! The table of scenarios in `docs/rollouts.md`.

use std::fmt;
use std::path::PathBuf;

/// What a scenario came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) scenario: &'static str,
    /// How many nodes before and after, such as `3` or `3 -> 5`.
    pub(crate) nodes: &'static str,
    /// The fewest that were in service and healthy at once.
    pub(crate) fewest: usize,
    /// Calls that changed something, where their number doesn't depend on time.
    pub(crate) writes: Option<usize>,
    pub(crate) outcome: String,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let writes = self
            .writes
            .map_or_else(|| "-".to_owned(), |writes| writes.to_string());
        write!(
            f,
            "| {} | {} | {} | {writes} | {} |",
            self.scenario, self.nodes, self.fewest, self.outcome
        )
    }
}

const BEGIN: &str = "<!-- scenarios: begin -->\n";
const END: &str = "<!-- scenarios: end -->\n";

/// Asserts that the page has these rows, and no others if `all` were tried; or writes them into it.
#[track_caller]
pub(crate) fn is_documented(rows: &[Row], all: bool) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/rollouts.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = page.split_once(BEGIN).unwrap();
    let (table, tail) = rest.split_once(END).unwrap();
    let documented: Vec<&str> = table.lines().collect();
    if all && std::env::var_os("KUBEHA_WRITE_TABLE").is_some() {
        let mut table = String::from(
            "| scenario | nodes | healthy at worst | writes | outcome |\n|---|---|---|---|---|\n",
        );
        for row in rows {
            table.push_str(&format!("{row}\n"));
        }
        std::fs::write(&path, format!("{head}{BEGIN}{table}{END}{tail}")).unwrap();
        return;
    }
    for row in rows {
        let line = documented.iter().find(|line| is_about(line, row));
        let line = line.unwrap_or_else(|| panic!("docs/rollouts.md lacks {row}"));
        assert_eq!(*line, row.to_string(), "docs/rollouts.md is out of date");
    }
    if all {
        let told = documented.len() - 2;
        assert_eq!(
            told,
            rows.len(),
            "docs/rollouts.md tells of other scenarios"
        );
    }
}

fn is_about(line: &str, row: &Row) -> bool {
    line.starts_with(&format!("| {} | {} |", row.scenario, row.nodes))
}
