//! Logs as Terraform reads them: one hclog JSON object a line on stderr.
//!
//! Terraform gives such lines the level they name; plain lines all become DEBUG.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write as _};
use std::time::SystemTime;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use crate::transport::Settings;

/// Installs the log for the process, unless it is off or another one is already installed.
pub(crate) fn install(settings: &Settings) {
    let level = level(settings.name, |name| std::env::var_os(name));
    if level == LevelFilter::OFF {
        return;
    }
    let layer = Hclog {
        level,
        targets: settings.log_targets,
        now: SystemTime::now,
        // A reader that is gone must not stop the work.
        write: |line| drop(io::stderr().lock().write_all(line)),
    };
    let subscriber = tracing_subscriber::registry().with(layer);
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// The first of Terraform's variables that is set decides; a word it doesn't know means all, as
/// in Terraform itself (`internal/logging/logging.go`).
fn level(name: &str, get: impl Fn(&str) -> Option<OsString>) -> LevelFilter {
    let own = format!(
        "TF_LOG_PROVIDER_{}",
        name.to_ascii_uppercase().replace('-', "_")
    );
    let value = [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .filter_map(get)
        .find(|value| !value.is_empty());
    let Some(value) = value else {
        return LevelFilter::OFF;
    };
    match value.to_string_lossy().to_ascii_uppercase().as_str() {
        "OFF" => LevelFilter::OFF,
        "ERROR" => LevelFilter::ERROR,
        "WARN" => LevelFilter::WARN,
        "INFO" => LevelFilter::INFO,
        "DEBUG" => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

/// Writes each event at once, whole, with the fields of the spans around it.
struct Hclog {
    level: LevelFilter,
    targets: &'static [&'static str],
    now: fn() -> SystemTime,
    write: fn(&[u8]),
}

impl Hclog {
    /// Other crates' chatter below WARN may hold whole requests, secrets included.
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        let ours = || {
            let mut known = self
                .targets
                .iter()
                .copied()
                .chain([env!("CARGO_CRATE_NAME")]);
            known.any(|known| within(metadata.target(), known))
        };
        *metadata.level() <= self.level && (*metadata.level() <= Level::WARN || ours())
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Hclog {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context
            .event_scope(event)
            .into_iter()
            .flat_map(|scope| scope.from_root())
        {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.0.extend(outer.0.clone());
            }
        }
        event.record(&mut fields);
        (self.write)(line(event.metadata(), fields, (self.now)()).as_bytes());
    }
}

/// Whether `target` is the module `known` or lies in it.
fn within(target: &str, known: &str) -> bool {
    target
        .strip_prefix(known)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn line(metadata: &Metadata<'_>, fields: Fields, now: SystemTime) -> String {
    let mut object = fields.0;
    let message = object.remove("message").unwrap_or_else(|| json!(""));
    object.insert(
        "@level".into(),
        json!(metadata.level().as_str().to_ascii_lowercase()),
    );
    object.insert("@message".into(), message);
    object.insert("@timestamp".into(), json!(timestamp(now)));
    object.insert(
        "@module".into(),
        json!(metadata.target().replace("::", ".")),
    );
    format!("{}\n", Value::Object(object))
}

/// RFC 3339 with microseconds, the only form go-plugin parses.
fn timestamp(now: SystemTime) -> String {
    let now = OffsetDateTime::from(now);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
        now.year(),
        u8::from(now.month()),
        now.day(),
        now.hour(),
        now.minute(),
        now.second(),
        now.microsecond()
    )
}

/// Recorded fields as JSON.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::Duration;

    use super::*;

    thread_local! {
        static WRITTEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }

    /// What the log writes at `level` while `events` runs.
    fn logged(level: LevelFilter, events: impl FnOnce()) -> Vec<Value> {
        let layer = Hclog {
            level,
            targets: &["ours"],
            now: || SystemTime::UNIX_EPOCH + Duration::from_micros(1_700_000_000_000_042),
            write: |line| WRITTEN.with_borrow_mut(|written| written.extend_from_slice(line)),
        };
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, events);
        let written = WRITTEN.take();
        let text = String::from_utf8(written).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn one_json_object_a_line() {
        let lines = logged(LevelFilter::TRACE, || {
            let span = tracing::info_span!(target: "ours::rpc", "call", rpc = "Apply", late = tracing::field::Empty);
            span.in_scope(|| {
                span.record("late", 1.5);
                tracing::info!(target: "ours::aws", count = 3, ok = true, "two\nlines \"quoted\"");
            });
        });
        let expected = json!({
            "@level": "info",
            "@message": "two\nlines \"quoted\"",
            "@timestamp": "2023-11-14T22:13:20.000042Z",
            "@module": "ours.aws",
            "rpc": "Apply",
            "late": 1.5,
            "count": 3,
            "ok": true,
        });
        assert_eq!(lines, [expected]);
    }

    #[test]
    fn other_crates_only_warn() {
        let lines = logged(LevelFilter::TRACE, || {
            tracing::debug!(target: "h2::codec", "frame");
            tracing::debug!(target: "ours_not", "chatter");
            tracing::warn!(target: "h2::codec", "odd frame");
            tracing::trace!(target: "tfplug::transport", "own");
        });
        let messages: Vec<_> = lines.iter().map(|line| line["@message"].clone()).collect();
        assert_eq!(messages, ["odd frame", "own"]);
    }

    #[test]
    fn level_holds_for_all() {
        let lines = logged(LevelFilter::WARN, || {
            tracing::info!(target: "ours", "quiet");
            tracing::error!(target: "ours", "loud");
        });
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["@level"], "error");
    }

    #[test]
    fn nearest_variable_decides() {
        let level = |variables: &[(&str, &str)]| {
            level("my-cloud", |wanted| {
                variables
                    .iter()
                    .find(|(name, _)| *name == wanted)
                    .map(|(_, value)| value.into())
            })
        };
        assert_eq!(level(&[]), LevelFilter::OFF);
        assert_eq!(level(&[("TF_LOG", "info")]), LevelFilter::INFO);
        assert_eq!(level(&[("TF_LOG", "JSON")]), LevelFilter::TRACE);
        assert_eq!(
            level(&[("TF_LOG_PROVIDER", "OFF"), ("TF_LOG", "INFO")]),
            LevelFilter::OFF
        );
        let own = ("TF_LOG_PROVIDER_MY_CLOUD", "DEBUG");
        assert_eq!(
            level(&[("TF_LOG_PROVIDER", "OFF"), own]),
            LevelFilter::DEBUG
        );
    }
}
