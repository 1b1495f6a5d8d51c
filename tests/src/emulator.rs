//! The AWS emulator in tests/emulator as a child process, with an account of its own for each test.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

/// Which moto is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// With the corrections.
    Corrected,
    /// As it is: knows no virtual time, zones or failing targets.
    Stock,
}

/// A running emulator. It ends when this is dropped, or with this process, however that ends.
#[derive(Debug)]
pub struct Emulator {
    url: String,
    process: Child,
}

impl Emulator {
    /// The corrected emulator that all tests of this process share, started by the first that asks.
    ///
    /// # Panics
    /// If it can't be started; what it has to say is on standard error.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Emulator> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(Model::Corrected))
    }

    /// Moto as it is, shared and started like the corrected one. What passes on both doesn't hang on
    /// our corrections.
    ///
    /// # Panics
    /// If it can't be started; what it has to say is on standard error.
    pub fn stock() -> &'static Self {
        static SHARED: OnceLock<Emulator> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(Model::Stock))
    }

    /// Starts an emulator and waits until it is ready.
    ///
    /// # Panics
    /// If it can't be started; what it has to say is on standard error.
    #[must_use]
    pub fn start(model: Model) -> Self {
        let serve = Path::new(env!("CARGO_MANIFEST_DIR")).join("emulator/serve");
        let mut command = Command::new(&serve);
        // Its standard input closes with this process, so that it never outlives the tests.
        command
            .arg("--exit-with-stdin")
            .args((model == Model::Stock).then_some("--stock"));
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("can't run {}: {error}", serve.display()));
        let output = process.stdout.take().expect("the output is a pipe");
        let mut ready = String::new();
        BufReader::new(output)
            .read_line(&mut ready)
            .expect("the emulator writes text");
        let ready: Value = serde_json::from_str(&ready).unwrap_or_else(|_| {
            panic!("the emulator didn't start; tests/emulator/install makes it ready for use")
        });
        let url = ready["endpoint"].as_str().expect("an endpoint").to_owned();
        Self { url, process }
    }

    /// Where it listens, as a value for `AWS_ENDPOINT_URL` or the upstream of a proxy.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// An account that no other test of this process has.
    #[must_use]
    pub fn account(&self) -> Account {
        static NEXT: AtomicU64 = AtomicU64::new(200_000_000_001);
        let id = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
        Account {
            url: self.url.clone(),
            id,
            is_in_a_copy: false,
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // It ends by itself; waiting only leaves no zombie behind.
        _ = self.process.wait();
    }
}

/// One account of an emulator: isolated from all others, and forgotten when dropped.
///
/// # Panics
/// All methods panic if the emulator is gone or refuses the command.
#[derive(Debug)]
pub struct Account {
    url: String,
    id: String,
    /// Whether it has an emulator of its own, which ends with it.
    is_in_a_copy: bool,
}

/// An object that an account owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its id or ARN.
    pub id: String,
    /// Its name, empty if it has none.
    pub name: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What the health checks of targets say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checks {
    /// They fail from now on.
    Failing,
    /// They pass from now on.
    Passing,
}

/// How long reads lag behind a write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lag {
    /// For so many reads.
    Calls(u64),
    /// For so much virtual time.
    Time(Duration),
}

impl Account {
    /// The twelve digits of the account, which are also the access key id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where its emulator listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same account with all that it has, in a copy of the emulator that goes on by itself.
    #[must_use]
    pub fn copy(&self) -> Self {
        let answer = self.command("copy", json!({}));
        let url = answer["endpoint"].as_str().expect("an endpoint").to_owned();
        Self {
            url,
            id: self.id.clone(),
            is_in_a_copy: true,
        }
    }

    /// The environment that makes an AWS client use this account through `endpoint`: the emulator or a proxy before it.
    #[must_use]
    pub fn environment(&self, endpoint: &str) -> [(&'static str, String); 4] {
        [
            ("AWS_ENDPOINT_URL", endpoint.to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", self.id.clone()),
            ("AWS_SECRET_ACCESS_KEY", "any".to_owned()),
        ]
    }

    /// Everything there is in us-east-1, by kind, such as `load-balancer`. Kinds without objects are left out.
    #[must_use]
    pub fn inventory(&self) -> BTreeMap<String, Vec<Object>> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let object = |found: &Value| Object {
            id: text(&found["id"]),
            name: text(&found["name"]),
            tags: members(&found["tags"])
                .map(|(key, value)| (key.clone(), text(value)))
                .collect(),
        };
        let found = self.command("inventory", json!({}));
        let objects = |all: &Value| all.as_array().into_iter().flatten().map(object).collect();
        members(&found)
            .map(|(kind, all)| (kind.clone(), objects(all)))
            .collect()
    }

    /// Lets virtual time pass.
    pub fn advance(&self, time: Duration) {
        self.command("clock", json!({ "advance": time.as_secs_f64() }));
    }

    /// Makes virtual time run so many times as fast as real time; 0 makes it stand still.
    pub fn set_clock_factor(&self, factor: f64) {
        self.command("clock", json!({ "factor": factor }));
    }

    /// Changes settings of the emulator, which its README lists.
    pub fn set(&self, settings: Value) {
        self.command("settings", settings);
    }

    /// Terminates the instances of a zone and lets none be launched there. Returns the ids of those that ran.
    pub fn kill_zone(&self, zone: &str) -> Vec<String> {
        let answer = self.command(
            "zone",
            json!({ "zone": zone, "state": "dead", "kill": true }),
        );
        let killed = answer["killed"].as_array().into_iter().flatten();
        killed
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    }

    /// Lets instances be launched in a zone again.
    pub fn revive_zone(&self, zone: &str) {
        self.command("zone", json!({ "zone": zone, "state": "alive" }));
    }

    /// Makes the health checks of these targets, given by id, fail or pass.
    pub fn target_health(&self, targets: &[&str], checks: Checks) {
        let state = match checks {
            Checks::Failing => "failing",
            Checks::Passing => "passing",
        };
        self.command(
            "target-health",
            json!({ "targets": targets, "state": state }),
        );
    }

    /// Lets the reads of a service lag behind the next write of this action, such as `ec2:CreateVpc`.
    pub fn lag(&self, action: &str, lag: Lag) {
        let arguments = match lag {
            Lag::Calls(calls) => json!({ "action": action, "calls": calls }),
            Lag::Time(time) => json!({ "action": action, "seconds": time.as_secs_f64() }),
        };
        self.command("lag", arguments);
    }

    /// Any command, with its arguments as an object: see the emulator's README.
    pub fn command(&self, command: &str, mut arguments: Value) -> Value {
        arguments["account"] = json!(self.id);
        let (status, answer) = self
            .post(command, &arguments.to_string())
            .expect("the emulator answers");
        assert_eq!(status, 200, "the emulator refuses {command}: {answer}");
        answer
    }

    /// HTTP/1.0, so that the answer ends with the connection.
    fn post(&self, command: &str, body: &str) -> std::io::Result<(u16, Value)> {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://"))?;
        let length = body.len();
        let head = format!(
            "POST /_emu/{command} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
        );
        stream.write_all(format!("{head}\r\n{body}").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or_default();
        Ok((status, serde_json::from_str(body).unwrap_or(Value::Null)))
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        // Both end with the tests anyway; this only keeps them small and few meanwhile.
        let command = if self.is_in_a_copy { "end" } else { "reset" };
        _ = self.post(command, &json!({ "account": self.id }).to_string());
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
