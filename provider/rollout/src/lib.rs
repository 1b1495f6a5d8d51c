//! Rolling and resizing a control plane one node at a time, without losing its quorum.
//!
//! Everything here is pure: no AWS, no Terraform, no clock. One look at the group goes in as an
//! [`Observation`], one [`Step`] comes out of [`decide`]; the caller does it and looks again.
//! What a roll needs to know after a crash is what AWS shows, so a new process with an empty
//! [`Memory`] goes on where a killed one was.
//!
//! # The rules
//!
//! A node that is outdated, or stands in a zone that is given up, is replaced: taken out of all
//! target groups; drained, and left running for `drain_delay`; terminated by the group, which
//! launches a successor; and the next is touched only when the successor has been healthy for
//! `stable_for`, in two looks at least. A node too many goes the same way, with no successor and
//! the group's minimum lowered before. A node too few is added, and the next one when it is healthy.
//!
//! Before each of these steps the *gate*: every other node is in service and has been healthy in
//! the API target group for `stable_for`, nobody is joining or leaving, and those others are a
//! quorum. The one exception is for the dead: a node that is unhealthy and has to leave holds no
//! quorum, so its fellows don't wait for it, as long as the healthy ones are a quorum without it.
//! A healthy successor is asked for all the same, so a template that makes no healthy nodes costs
//! one node.
//!
//! | situation | decision |
//! |---|---|
//! | an outdated node is deregistered already, as a killed run leaves it | go on with it first |
//! | the same, but others fail or AWS replaces one | put it back until they are healthy |
//! | a node is deregistered that isn't outdated, or isn't the next | put it back |
//! | outdated and unhealthy | replace it before all else, if the healthy others are a quorum |
//! | unhealthy and not outdated | wait, then stop: nobody else is touched |
//! | the same, and a node too many | likewise: a dead node's member is taken out of etcd by its successor, and if it had none the member would count in every later quorum |
//! | a node died, AWS replaces it | wait for its successor |
//! | no successor comes, as when its zone has failed | stop |
//! | in standby | wait, then stop |
//! | more instances than desired, all protected | take the number as the size, then shrink |
//! | the only node | refused unless `allow_control_plane_outage` |
//! | shrinking to one, which passes two | likewise, before the first step |
//! | growing and replacing | grow first: the more nodes, the more may fail |
//! | shrinking and replacing | shrink first, outdated nodes of the fullest zone before others |
//! | shrinking to one, with outdated nodes only | replace one first, so that its data outlive it |
//! | no API target group | refused: nobody could be seen to be healthy |
//!
//! Replaced first is what is out already, then the dead, then zones that are given up, then the
//! fullest zone; the node named in [`Goal::roll_last`] comes last unless it is dead. AWS chooses
//! the successor's zone, the emptiest, so a roll also evens out the zones.
//!
//! # What it can't see
//!
//! Health in the API target group stands for membership in etcd. It is a fair witness while
//! `/readyz` includes etcd, but no more: that a leaving node's member is removed before its
//! successor joins is the nodes' own part, and that of a node taken away is its own: nobody sees
//! whether it does that, nor whether it dies before it could. And between a look and a call a node
//! may fail; what then happens is what the spare nodes are for.
//!
//! `tests/model` tries all that can happen in a small model of a group and its etcd;
//! `docs/reliability.md` has the figures.
//!
//! # In use
//!
//! ```
//! # use std::collections::{BTreeMap, BTreeSet};
//! # use std::time::Duration;
//! use rollout::{Goal, Group, Instance, Lifecycle, Memory, Observation, Step, TargetGroups};
//! use rollout::{TargetHealth, Wishes, decide};
//! use topology::{ControlPlaneSize, Zones};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let goal = Goal {
//!     size: ControlPlaneSize::new(3)?,
//!     zones: Zones::parse(["eu-west-1a", "eu-west-1b", "eu-west-1c"])?,
//!     target_groups: TargetGroups {
//!         api: BTreeSet::from(["arn:api".to_owned()]),
//!         service: BTreeSet::new(),
//!     },
//!     roll_last: None,
//!     settings: Wishes::default().check()?,
//! };
//! # let look = |elapsed| {
//! #     let instance = |id: &str, zone: &str| Instance {
//! #         id: id.to_owned(),
//! #         zone: zone.to_owned(),
//! #         lifecycle: Lifecycle::InService,
//! #         outdated: true,
//! #         targets: BTreeMap::from([("arn:api".to_owned(), TargetHealth::Healthy)]),
//! #     };
//! #     Observation {
//! #         group: Group {
//! #             min: 3,
//! #             max: 3,
//! #             desired: 3,
//! #             zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"].map(str::to_owned).into(),
//! #             launches_as_planned: true,
//! #             suspended_processes: BTreeSet::from(["AZRebalance".to_owned()]),
//! #             is_refreshing: false,
//! #         },
//! #         instances: vec![
//! #             instance("i-1", "eu-west-1a"),
//! #             instance("i-2", "eu-west-1b"),
//! #             instance("i-3", "eu-west-1c"),
//! #         ],
//! #         elapsed,
//! #     }
//! # };
//! let mut memory = Memory::default();
//!
//! // Three outdated nodes, all healthy. But are they for more than a moment?
//! let step = decide(&goal, &look(Duration::ZERO), &mut memory);
//! assert!(matches!(step, Step::Wait { .. }));
//!
//! // A minute later they still are: the first may go.
//! let step = decide(&goal, &look(Duration::from_secs(60)), &mut memory);
//! let id = "i-1".to_owned();
//! assert_eq!(step, Step::Deregister { id });
//! # Ok(())
//! # }
//! ```

mod decide;
mod explain;
mod gate;
mod goal;
mod ideal;
mod instance;
mod memory;
mod observation;
mod reason;
mod settings;
mod step;
mod view;
mod words;
mod work;

pub use decide::decide;
pub use explain::{Explanation, Obstacle, PlannedStep, Why, explain};
pub use goal::{Goal, TargetGroups};
pub use instance::{Instance, Lifecycle, TargetHealth};
pub use memory::Memory;
pub use observation::{Group, Observation, QuorumLeft};
pub use reason::{GroupChange, Reason};
pub use settings::{Error, Field, Settings, TargetGroupTiming, Warning, Wishes};
pub use step::{Awaited, Step};
