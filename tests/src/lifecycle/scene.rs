//! Where an operation plays that is disturbed: one resource, or a whole cluster.

use super::{Made, Phase, Size, Stage};
use crate::proxy::Proxy;
use crate::{Outcome, Running};

/// An account, and a working directory with a configuration.
pub trait Scene {
    /// Between the provider and the emulator.
    fn proxy(&self) -> &Proxy;
    /// Makes what the operation starts from, and writes what it leads to.
    fn prepare(&self, phase: Phase);
    /// Starts terraform.
    fn start(&self, arguments: &[&str]) -> Running;
    /// Waits for its end, which can't take for ever.
    fn finish(&self, running: Running) -> Outcome {
        super::desk::finish(running)
    }
    /// Ends all disturbance, and waits until AWS has done what it was asked. Does what a user has to
    /// do before the next run, if anything.
    fn calm(&self);
    /// What exists beside what was there at first.
    fn made(&self) -> Made;
    /// Asserts that a plan, refresh included, changes nothing. `when` says after what.
    fn plan_is_empty(&self, when: &str);
    /// Asserts that exactly that exists which existed at first. `when` says after what.
    fn nothing_left(&self, when: &str);
}

impl Scene for Stage {
    fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    fn prepare(&self, phase: Phase) {
        self.configure(Size::Full);
        if phase != Phase::Create {
            self.apply().succeeds();
        }
        if phase == Phase::Update {
            self.configure(Size::Changed);
        }
        self.proxy.clear();
    }

    fn start(&self, arguments: &[&str]) -> Running {
        (**self).start(arguments)
    }

    fn calm(&self) {
        self.calm();
    }

    fn made(&self) -> Made {
        self.made()
    }

    fn plan_is_empty(&self, when: &str) {
        (**self).plan_is_empty(when);
    }

    fn nothing_left(&self, when: &str) {
        self.nothing_left(when);
    }
}
