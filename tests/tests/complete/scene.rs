//! A whole cluster as the scene of an operation that is disturbed, and what is kept of it if a test
//! fails.

use std::ops::Deref;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use kubeha_tests::example::Example;
use kubeha_tests::lifecycle::{Course, Made, Phase, Scene};
use kubeha_tests::proxy::Proxy;
use kubeha_tests::{Outcome, Running};
use serde_json::{Value as Json, json};

use crate::site;

/// How many zones clusters have that are disturbed: there is one of everything in each.
const ZONES: usize = 2;

/// The longest that a command may take: one with most of its calls throttled takes some minutes.
const LIMIT: Duration = Duration::from_secs(1200);

/// A cluster to disturb.
#[derive(Debug)]
pub(crate) struct Cluster {
    example: Example,
    /// Whether it was made already.
    stands: bool,
}

/// A new one.
pub(crate) fn scene() -> Cluster {
    Cluster {
        example: site::complete(ZONES),
        stands: false,
    }
}

/// Makes scenes of an operation. What it starts from is made once, and copied for each.
pub(crate) fn scenes(phase: Phase) -> impl Fn() -> Cluster {
    let mut first = scene();
    if phase != Phase::Create {
        first.workspace.apply().succeeds();
        first.stands = true;
    }
    move || Cluster {
        example: first.example.copy(),
        stands: first.stands,
    }
}

/// The undisturbed run of an operation, made once for all tests.
pub(crate) fn course(phase: Phase) -> &'static Course {
    use std::sync::OnceLock;
    static COURSES: [OnceLock<Course>; 3] = [const { OnceLock::new() }; 3];
    let at = match phase {
        Phase::Create => 0,
        Phase::Update => 1,
        Phase::Destroy => 2,
    };
    COURSES[at].get_or_init(|| Course::observed(&scene(), phase))
}

impl Scene for Cluster {
    fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    fn prepare(&self, phase: Phase) {
        if phase != Phase::Create && !self.stands {
            self.workspace.apply().succeeds();
        }
        match phase {
            Phase::Create => {}
            // Rules come and go, a NAT gateway goes, routes turn over, nodes' templates change.
            Phase::Update => {
                self.variable("cni", json!("calico"));
                self.variable("nat_gateway_mode", json!("single"));
                let networks = ["10.0.0.0/8", "192.168.0.0/16"];
                self.variable("api_allowed_cidrs", json!(networks));
                let types = ["m6i.xlarge", "m7i.xlarge"];
                self.variable("worker_instance_types", json!(types));
            }
            // Nobody waits for the health of what is to go.
            Phase::Destroy => _ = self.variable("wait_for_healthy_timeout", json!("0")),
        }
        self.proxy.clear();
    }

    fn start(&self, arguments: &[&str]) -> Running {
        self.workspace.start(arguments)
    }

    fn finish(&self, running: Running) -> Outcome {
        finish(running)
    }

    fn calm(&self) {
        self.proxy.heal();
        self.account.command("heal", json!({}));
        let idle = self.proxy.wait_idle(Duration::from_secs(60));
        assert!(idle, "a call is in progress for a minute");
        self.mend_state();
    }

    fn made(&self) -> Made {
        self.before.made(&self.account)
    }

    fn plan_is_empty(&self, when: &str) {
        let outcome = finish(self.workspace.start(&["plan", "-detailed-exitcode"]));
        let code = outcome.code();
        assert_eq!(
            code,
            Some(0),
            "{when}: the plan isn't empty or failed\n{outcome}"
        );
    }

    fn nothing_left(&self, when: &str) {
        self.before.nothing_left(&self.account, when);
    }
}

impl Deref for Cluster {
    type Target = Example;

    fn deref(&self) -> &Example {
        &self.example
    }
}

impl Cluster {
    /// A terraform that is killed while it writes its state leaves half of it, or an empty file, which
    /// terraform takes for no state at all: a destroy would find nothing to do. A user then takes the
    /// backup that terraform wrote before, or, where there was none, begins without a state.
    fn mend_state(&self) {
        let path = |name| self.workspace.path(name);
        let is_sound = |path: &PathBuf| {
            let text = std::fs::read(path).unwrap_or_default();
            serde_json::from_slice::<Json>(&text).is_ok()
        };
        let (state, backup) = (path("terraform.tfstate"), path("terraform.tfstate.backup"));
        if !state.exists() || is_sound(&state) {
            return;
        }
        let length = std::fs::metadata(&state).unwrap().len();
        if is_sound(&backup) {
            eprintln!("{length} bytes of the state were written: the backup takes its place");
            std::fs::copy(backup, state).unwrap();
        } else {
            std::fs::remove_file(state).unwrap();
        }
    }

    /// Copies what explains a failure to where it outlives the test.
    fn keep(&self) {
        let folder = format!("kept-{}-{}", std::process::id(), self.account.id());
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
        // What the scene was copied from, which has the same account, is dropped after it.
        if std::fs::create_dir(&folder).is_err() {
            return;
        }
        let calls = self.proxy.calls();
        let lines = calls.iter().map(|call| format!("{call:?}\n"));
        let write = |name: &str, text: String| _ = std::fs::write(folder.join(name), text);
        write("calls", lines.collect());
        write("inventory", format!("{:#?}", self.account.inventory()));
        for entry in std::fs::read_dir(self.workspace.path(""))
            .into_iter()
            .flatten()
        {
            let Ok(entry) = entry else { continue };
            _ = std::fs::copy(entry.path(), folder.join(entry.file_name()));
        }
        eprintln!(
            "state, inventory and calls are kept in {}",
            folder.display()
        );
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.keep();
        }
    }
}

/// Waits for terraform's end.
#[track_caller]
pub(crate) fn finish(mut running: Running) -> Outcome {
    let start = Instant::now();
    while !running.has_ended() {
        assert!(start.elapsed() < LIMIT, "{running:?} hangs");
        std::thread::sleep(Duration::from_millis(10));
    }
    running.wait()
}
