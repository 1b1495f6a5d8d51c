//! What a terraform command did, and assertions about it.

use std::fmt;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Output;

use serde_json::Value as Json;

/// A finished command with all it said.
#[derive(Clone, Debug)]
pub struct Outcome {
    command: String,
    output: Output,
}

/// One diagnostic of `-json` output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// `error` or `warning`.
    pub severity: String,
    /// The headline.
    pub summary: String,
    /// The text below it; empty if there is none.
    pub detail: String,
    /// The line of the source range that terraform points at, counted from 1.
    pub line: Option<u64>,
    /// The source code in that range's line, without its indentation.
    pub code: Option<String>,
}

impl Outcome {
    pub(crate) fn new(command: String, output: Output) -> Self {
        Self { command, output }
    }

    /// The exit code; `None` if a signal ended terraform.
    pub fn code(&self) -> Option<i32> {
        self.output.status.code()
    }

    /// Standard output.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// Standard error.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// Both outputs as one flowing text: without terraform's frames and line breaks, so that a
    /// sentence is found however it was wrapped.
    pub fn text(&self) -> String {
        let both = self.stdout() + "\n" + &self.stderr();
        both.split_whitespace()
            .filter(|word| !matches!(*word, "│" | "╷" | "╵"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Asserts that the exit code is 0.
    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!(self.code(), Some(0), "{self}");
        self
    }

    /// Asserts that the command ran and failed: exit code 1.
    #[track_caller]
    pub fn fails(self) -> Self {
        assert_eq!(self.code(), Some(1), "{self}");
        self
    }

    /// Asserts that terraform says this, wherever it breaks its lines.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.text().contains(words), "not said: {words}\n{self}");
        self
    }

    /// Asserts that terraform doesn't say this.
    #[track_caller]
    pub fn does_not_say(self, words: &str) -> Self {
        assert!(!self.text().contains(words), "said: {words}\n{self}");
        self
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.output.stdout)
            .unwrap_or_else(|error| panic!("not JSON: {error}\n{self}"))
    }

    /// The diagnostics of `validate -json`, or of the event stream of `plan -json` and
    /// `apply -json`, in terraform's order. The warning about development overrides, which every
    /// run here has, is left out.
    pub fn diagnostics(&self) -> Vec<Reported> {
        let stdout = self.stdout();
        let reported: Vec<Json> = match serde_json::from_str::<Json>(&stdout) {
            Ok(document) if document["diagnostics"].is_array() => {
                document["diagnostics"].as_array().unwrap().clone()
            }
            _ => stdout
                .lines()
                .filter_map(|line| serde_json::from_str::<Json>(line).ok())
                .filter(|event| event["type"] == "diagnostic")
                .map(|event| event["diagnostic"].clone())
                .collect(),
        };
        reported
            .iter()
            .map(Reported::read)
            .filter(|found| !found.summary.contains("development overrides"))
            .collect()
    }
}

impl Reported {
    fn read(json: &Json) -> Self {
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        Self {
            severity: text(&json["severity"]),
            summary: text(&json["summary"]),
            detail: text(&json["detail"]),
            line: json["range"]["start"]["line"].as_u64(),
            code: json["snippet"]["code"]
                .as_str()
                .map(|code| code.trim().to_owned()),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ended = match (self.code(), self.output.status.signal()) {
            (Some(code), _) => format!("exit code {code}"),
            (None, signal) => format!("signal {signal:?}"),
        };
        write!(
            f,
            "$ {}\n--- stdout\n{}\n--- stderr\n{}\n--- {ended}",
            self.command,
            self.stdout(),
            self.stderr()
        )
    }
}
