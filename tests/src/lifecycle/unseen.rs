//! SIGKILL right after a create whose object AWS doesn't show yet when the next apply looks for it: the
//! window that a look by name or mark leaves open.

use serde_json::json;

use super::kill::kill_right_after;
use super::{Course, Lifecycle, Phase, Scene, Stage};
use crate::proxy::On;

/// A create that can be overlooked.
#[derive(Clone, Copy, Debug)]
pub struct Unseen {
    /// The call that makes it, such as `ec2:CreateVpc`.
    pub create: &'static str,
    /// The reads that would show it, such as `DescribeVpcs`.
    pub reads: &'static str,
    /// How many of these the next apply makes before it makes the object again. As many are stale.
    pub looks: u64,
    /// What the next apply does.
    pub then: Next,
}

/// What an apply does that overlooks an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It makes another one, sees both then, and keeps one.
    Mends,
    /// AWS refuses another one. The apply after it mends that.
    Fails,
}

/// Provider and terraform are killed as soon as the object is made, and AWS shows it late. In the end
/// there is one of it, and a destroy leaves nothing.
///
/// # Panics
/// There are two, or nothing was overlooked.
pub fn overlooked(subject: &'static Lifecycle, unseen: Unseen) {
    let when = format!("{} was killed and overlooked", unseen.create);
    let course = Course::of(subject, Phase::Create);
    let stage = Stage::new(subject);
    stage.prepare(Phase::Create);
    let lag = json!({ "action": unseen.create, "reads": unseen.reads, "calls": unseen.looks });
    stage.account.command("lag", lag);
    let on = On::action(unseen.create).nth(1);
    kill_right_after(&stage, &["apply", "-auto-approve"], on);
    stage.proxy.clear();

    let again = stage.finish(Phase::Create.start(&stage));
    let calls = stage.proxy.calls();
    let made_again = calls.iter().any(|call| call.action == unseen.create);
    assert!(made_again, "{when}: it was seen\n{again}");
    match unseen.then {
        Next::Mends => {
            assert_eq!(again.code(), Some(0), "{when}: {again}");
            course.is_there(&stage, &when);
        }
        Next::Fails => {
            assert_eq!(again.code(), Some(1), "{when}: {again}");
            again.says("AWS refused");
        }
    }
    course.is_reached(&stage, &when);
}
