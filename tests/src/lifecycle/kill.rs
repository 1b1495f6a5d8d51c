//! SIGKILL at any moment: what a create, update or destroy leaves behind is picked up by the next.

use std::sync::{Arc, OnceLock};

use rustix::process::{Pid, kill_process, kill_process_group};

use super::points::all_are_asked_for;
use super::{ADDRESS_NAME, Course, Lifecycle, Phase, Points, Scene, Stage, desk};
use crate::proxy::{On, Then};
use crate::{Outcome, Signal};

/// Who is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victim {
    /// The provider alone: terraform reports it and saves what it knows.
    Provider,
    /// Provider and terraform at once, as by a power loss: what terraform knew is lost.
    Both,
}

/// A moment of an operation: just before or just after a call had its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Point {
    /// The call's place in the operation, from 1.
    call: usize,
    after: bool,
}

/// Kills at points of an operation. With the provider's `owner` set, the same operation then gets
/// where it always does, with nothing orphaned and nothing doubled. If `KUBEHA_ALL_POINTS` is set,
/// each victim is tried, whichever is named.
///
/// # Panics
/// It doesn't.
pub fn kill(subject: &'static Lifecycle, phase: Phase, victim: Victim, points: Points) {
    let victims = if all_are_asked_for() {
        vec![Victim::Provider, Victim::Both]
    } else {
        vec![victim]
    };
    for victim in victims {
        let course = Course::of(subject, phase);
        kill_on(|| Stage::new(subject), course, victim, points);
    }
}

/// Kills at points of an operation, each on a scene of its own, and goes on as [`kill`] does.
///
/// # Panics
/// It doesn't converge.
pub fn kill_on<S: Scene>(scene: impl Fn() -> S, course: &Course, victim: Victim, points: Points) {
    kill_at(scene, course, victim, &points.of(all_points(course)));
}

/// The same, at each point that is so many calls away from one of this action, or fewer.
///
/// # Panics
/// As [`kill_on`] does.
pub fn kill_near<S: Scene>(
    scene: impl Fn() -> S,
    course: &Course,
    victim: Victim,
    action: &str,
    within: usize,
) {
    let calls = course.calls.iter().enumerate();
    let places = calls.filter(|(_, call)| call.action == action);
    let places: Vec<_> = places.map(|(at, _)| at + 1).collect();
    let is_near = |point: &Point| {
        let mut places = places.iter();
        places.any(|place| place.abs_diff(point.call) <= within)
    };
    let mut near = all_points(course);
    near.retain(is_near);
    kill_at(scene, course, victim, &Points::All.of(near));
}

fn kill_at<S: Scene>(scene: impl Fn() -> S, course: &Course, victim: Victim, points: &[Point]) {
    let phase = course.phase;
    let mut reached = 0;
    for point in points {
        let when = format!("{phase:?}, {victim:?} killed {}", point.name(course));
        let scene = scene();
        scene.prepare(phase);
        let was_killed = killed_at(&scene, phase, victim, *point, &when);
        reached += usize::from(was_killed);
        let met = if was_killed {
            ""
        } else {
            ", but there were fewer calls"
        };
        course.is_reached(&scene, &when);
        eprintln!("{when}{met}: converged");
    }
    assert!(reached > 0, "{phase:?}, {victim:?}: nothing was killed");
    report(phase, victim, "converged", reached, course);
}

/// Kills provider and terraform at points of a create without an `owner`. The next apply then
/// refuses to take what it finds, and says how to import it; doing so, as often as it says, leads
/// to the same end.
///
/// # Panics
/// It doesn't.
pub fn kill_without_owner(subject: &'static Lifecycle, points: Points) {
    let provider = "cluster_name = \"acc\"";
    let (phase, victim) = (Phase::Create, Victim::Both);
    let course = Course::of(subject, phase);
    // Before the first thing is made there is nothing to refuse.
    let first = course.writes().next().map_or(1, |call| call.index);
    let mut made = all_points(course);
    made.retain(|point| point.call > first || (point.call == first && point.after));
    let chosen = points.of(made);
    for point in &chosen {
        let when = format!("without owner, killed {}", point.name(course));
        let stage = Stage::with_provider(subject, provider);
        stage.prepare(phase);
        let was_killed = killed_at(&stage, phase, victim, *point, &when);
        assert!(was_killed, "{when}: nothing was killed");
        stage.calm();
        let refused = stage.apply().fails();
        let imports = follow(&stage, refused, &when);
        assert!(imports > 0, "{when}: nothing was imported");
        stage.plan_is_empty(&when);
        let destroyed = stage.destroy();
        assert_eq!(destroyed.code(), Some(0), "{when}: {destroyed}");
        stage.nothing_left(&when);
    }
    report(phase, victim, "imported as told", chosen.len(), course);
}

/// Runs the printed import commands, until an apply succeeds. Returns how many there were.
#[track_caller]
fn follow(stage: &Stage, mut outcome: Outcome, when: &str) -> usize {
    for round in 0..3 {
        if outcome.code() == Some(0) {
            return round;
        }
        let command = import_command(&outcome)
            .unwrap_or_else(|| panic!("{when}: no import command in\n{outcome}"));
        let arguments: Vec<_> = command.iter().map(String::as_str).collect();
        let imported = stage.run(&arguments);
        assert_eq!(imported.code(), Some(0), "{when}: {command:?}\n{imported}");
        outcome = stage.apply();
    }
    panic!("{when}: imports lead nowhere\n{outcome}");
}

/// The arguments of the import command that terraform prints, with the block's name put in.
fn import_command(outcome: &Outcome) -> Option<Vec<String>> {
    let text = outcome.stdout() + &outcome.stderr();
    let line = text
        .lines()
        .find_map(|line| line.split_once("terraform import "))?
        .1;
    let (address, id) = line.trim_end().split_once(' ')?;
    let address = address.replace("NAME", ADDRESS_NAME);
    let id = id.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(vec!["import".to_owned(), address, id.to_owned()])
}

fn all_points(course: &Course) -> Vec<Point> {
    let calls = 1..=course.calls.len();
    let before = calls.clone().map(|call| Point { call, after: false });
    let after = calls.map(|call| Point { call, after: true });
    before.chain(after).collect()
}

impl Point {
    /// In words. Which call comes at a place may differ from run to run where several are made at
    /// once.
    fn name(self, course: &Course) -> String {
        let moment = if self.after { "after" } else { "before" };
        let action = &course.calls[self.call - 1].action;
        format!("{moment} call {} ({action})", self.call)
    }
}

/// Whether something was killed: where calls are made at once, how often AWS is looked at differs
/// from run to run, so the last calls of one are none of another.
#[track_caller]
fn killed_at(scene: &impl Scene, phase: Phase, victim: Victim, point: Point, when: &str) -> bool {
    let terraform = Arc::new(OnceLock::new());
    let known = Arc::clone(&terraform);
    let nth = u64::try_from(point.call).expect("a small number");
    let hook = move |_: &_| {
        kill_victim(*known.wait(), victim);
        Then::Reset
    };
    if point.after {
        scene.proxy().after(On::any().nth(nth), hook);
    } else {
        scene.proxy().before(On::any().nth(nth), hook);
    }
    let running = phase.start(scene);
    terraform.set(running.pid()).expect("set once");
    let outcome = scene.finish(running);
    let code = match victim {
        Victim::Provider => Some(1),
        Victim::Both => None,
    };
    if outcome.code() == Some(0) {
        return false;
    }
    assert_eq!(outcome.code(), code, "{when}: {outcome}");
    true
}

/// Runs terraform and kills it, with the provider, as soon as its `nth` write has had its effect:
/// what it knew is lost.
///
/// # Panics
/// It ends by itself.
#[track_caller]
pub fn after_write(stage: &Stage, command: &[&str], nth: u64) {
    after_call(stage, command, On::writes().nth(nth));
}

/// The same, as soon as a call has had its effect on which a rule fits.
///
/// # Panics
/// It ends by itself.
#[track_caller]
pub fn after_call(stage: &Stage, command: &[&str], on: On) {
    kill_right_after(stage, command, on);
    stage.calm();
}

/// The same, where whatever else disturbs the calls goes on.
#[track_caller]
pub(super) fn kill_right_after(stage: &Stage, command: &[&str], on: On) {
    let terraform = Arc::new(OnceLock::new());
    let known = Arc::clone(&terraform);
    stage.proxy.after(on, move |_: &_| {
        kill_victim(*known.wait(), Victim::Both);
        Then::Reset
    });
    let running = stage.start(command);
    terraform.set(running.pid()).expect("set once");
    let outcome = desk::finish(running);
    assert_eq!(outcome.code(), None, "nothing was killed\n{outcome}");
}

fn kill_victim(terraform: Pid, victim: Victim) {
    match victim {
        // A provider that has just ended by itself can't be killed, and needn't be.
        Victim::Provider => children(terraform).into_iter().for_each(|child| {
            _ = kill_process(child, Signal::KILL);
        }),
        Victim::Both => kill_process_group(terraform, Signal::KILL).expect("terraform runs"),
    }
}

/// The processes that another started: all providers of a terraform.
fn children(parent: Pid) -> Vec<Pid> {
    let processes = std::fs::read_dir("/proc").expect("a /proc");
    let ids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    ids.filter(|id| parent_of(*id) == Some(parent.as_raw_nonzero().get()))
        .filter_map(Pid::from_raw)
        .collect()
}

/// The fourth field of proc_pid_stat(5), counted behind the name, which may hold anything.
fn parent_of(id: i32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split(' ').nth(1)?.parse().ok()
}

fn report(phase: Phase, victim: Victim, what: &str, tried: usize, course: &Course) {
    let all = 2 * course.calls.len();
    eprintln!("{phase:?}, {victim:?} killed: {tried} of {all} points tried, all {what}");
}
