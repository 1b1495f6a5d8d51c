//! An account with a network, a proxy before it, and a desk: all that one test needs.

use std::ops::Deref;
use std::time::Duration;

use serde_json::json;

use super::inventory::{Before, Made};
use super::{Aws, Desk, Lifecycle, Network, Size};
use crate::emulator::{Account, Emulator};
use crate::proxy::Proxy;

/// The name of the resource block under test.
pub const ADDRESS_NAME: &str = "this";

/// The provider block's arguments, unless a test is about them.
pub const PROVIDER: &str = "cluster_name = \"acc\"\nowner = \"acceptance/acc\"";

/// How much faster AWS's clock runs than the test's: a lifecycle hook waits for half a minute at
/// least.
const HASTE: f64 = 100.0;

/// Where one test plays.
#[derive(Debug)]
pub struct Stage {
    desk: Desk,
    /// Acts behind Terraform's back.
    pub aws: Aws,
    /// Between the provider and the emulator.
    pub proxy: Proxy,
    /// What the resource stands on.
    pub network: Network,
    /// The account.
    pub account: Account,
    /// The provider block's arguments.
    pub provider: String,
    subject: &'static Lifecycle,
    before: Before,
}

impl Stage {
    /// A new account with a network, where AWS's work takes no time: what waits does so because a
    /// test makes it.
    #[must_use]
    pub fn new(subject: &'static Lifecycle) -> Self {
        Self::with_provider(subject, PROVIDER)
    }

    /// The same, with other arguments of the provider block.
    #[must_use]
    pub fn with_provider(subject: &'static Lifecycle, provider: &str) -> Self {
        let emulator = Emulator::shared();
        let account = emulator.account();
        account.set(json!({
            "load_balancer_seconds": 0, "dns_seconds": 0, "interface_linger_seconds": 0,
            "launch_seconds": 0, "terminate_seconds": 0, "nat_gateway_seconds": 0,
        }));
        account.set_clock_factor(HASTE);
        Self::of(subject, provider, emulator, account)
    }

    /// The same on moto as it is, where everything takes no time anyway.
    #[must_use]
    pub fn on_stock(subject: &'static Lifecycle) -> Self {
        let emulator = Emulator::stock();
        Self::of(subject, PROVIDER, emulator, emulator.account())
    }

    fn of(
        subject: &'static Lifecycle,
        provider: &str,
        emulator: &Emulator,
        account: Account,
    ) -> Self {
        let proxy = Proxy::start(emulator.url()).expect("a proxy");
        let aws = Aws::new(emulator, &account);
        let network = Network::make(&aws);
        let desk = Desk::new(subject, account.environment(&proxy.url()));
        let before = Before::of(&account);
        Self {
            desk,
            aws,
            proxy,
            network,
            account,
            provider: provider.to_owned(),
            subject,
            before,
        }
    }

    /// Another working directory for the same account, where nothing is in the state.
    #[must_use]
    pub fn another_desk(&self) -> Desk {
        Desk::new(self.subject, self.account.environment(&self.proxy.url()))
    }

    /// The same, where the environment is this instead of the account's.
    #[must_use]
    pub fn desk_in(&self, environment: Vec<(&'static str, String)>) -> Desk {
        Desk::new(self.subject, environment)
    }

    /// Writes the configuration of this size.
    pub fn configure(&self, size: Size) {
        self.desk.write(&self.provider, &self.arguments(size));
    }

    /// The resource's arguments.
    #[must_use]
    pub fn arguments(&self, size: Size) -> String {
        (self.subject.arguments)(&self.network, size)
    }

    /// Lets the provider log to a file, from the next command on. Returns its path.
    #[must_use]
    pub fn log_to_a_file(&mut self) -> std::path::PathBuf {
        let path = self.desk.workspace().path("provider.log");
        self.desk.env("TF_LOG_PROVIDER", "INFO");
        self.desk.env("TF_LOG_PATH", &path);
        path
    }

    /// What exists beside what was there at first. Tags that hold ids hold the kinds of the objects
    /// instead.
    #[must_use]
    pub fn made(&self) -> Made {
        self.before.made(&self.account)
    }

    /// Asserts that exactly that exists which existed at first. `when` says after what.
    #[track_caller]
    pub fn nothing_left(&self, when: &str) {
        self.before.nothing_left(&self.account, when);
    }

    /// Ends all disturbance, and waits until AWS has done what it was asked.
    #[track_caller]
    pub(super) fn calm(&self) {
        self.proxy.heal();
        self.account.command("heal", json!({}));
        let idle = self.proxy.wait_idle(Duration::from_secs(60));
        assert!(idle, "a call is in progress for a minute");
    }
}

impl Deref for Stage {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}
