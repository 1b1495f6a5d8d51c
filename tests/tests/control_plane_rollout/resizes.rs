//! Adding nodes and taking them away, one at a time.

use crate::cluster::{Cluster, QUICK, Wanted};
use crate::table::Row;

pub(crate) fn one_to_three() -> Row {
    resize("more nodes", "1 -> 3", 1, 3, QUICK)
}

pub(crate) fn three_to_five() -> Row {
    resize("more nodes", "3 -> 5", 3, 5, QUICK)
}

pub(crate) fn five_to_three() -> Row {
    resize("fewer nodes", "5 -> 3", 5, 3, QUICK)
}

/// On the way there are two, which have no quorum without each other.
pub(crate) fn three_to_one() -> Row {
    let cluster = Cluster::new(Wanted::of(3));
    cluster.write(Wanted::of(1));
    cluster
        .stage
        .plan()
        .fails()
        .says("Shrinking to one node stops the control plane");
    let rollout: &'static str = format!("{QUICK}\nallow_control_plane_outage = true").leak();
    let row = resize_from(cluster, "3 -> 1", 3, 1, rollout);
    Row {
        scenario: "fewer nodes",
        outcome: "refused at plan; taken away with `allow_control_plane_outage`".to_owned(),
        ..row
    }
}

fn resize(
    scenario: &'static str,
    nodes: &'static str,
    from: u32,
    to: u32,
    rollout: &'static str,
) -> Row {
    let cluster = Cluster::new(Wanted::of(from));
    let row = resize_from(cluster, nodes, from, to, rollout);
    Row { scenario, ..row }
}

/// Nobody is replaced, and of those that were there only who is too many goes.
fn resize_from(
    cluster: Cluster,
    nodes: &'static str,
    from: u32,
    to: u32,
    rollout: &'static str,
) -> Row {
    let watch = cluster.watch();
    cluster.write(Wanted {
        rollout,
        ..Wanted::of(to)
    });
    let steps = to.abs_diff(from);
    let verb = if to > from { "Add a node" } else { "Remove i-" };
    cluster
        .stage
        .plan()
        .succeeds()
        .says(&format!("{steps}. {verb}"));
    cluster.stage.proxy.clear();
    cluster.stage.apply().succeeds();
    let fewest = watch.fewest();
    let gone = from.saturating_sub(to);
    assert_eq!(cluster.ended().len(), usize::try_from(gone).unwrap());
    let writes = cluster.writes();
    cluster.is_reached(to);
    Row {
        scenario: "",
        nodes,
        fewest,
        writes: Some(writes),
        outcome: if to > from {
            "added one by one".to_owned()
        } else {
            "taken away one by one".to_owned()
        },
    }
}

/// First the new ones come, so that more may fail while the old ones are replaced.
pub(crate) fn growing_and_replacing() -> Row {
    let cluster = Cluster::new(Wanted::of(3));
    let watch = cluster.watch();
    cluster.write(Wanted {
        version: "two",
        ..Wanted::of(5)
    });
    cluster.stage.apply().succeeds();
    let fewest = watch.fewest();
    assert_eq!(cluster.ended().len(), 3);
    let writes = cluster.writes();
    cluster.is_reached(5);
    Row {
        scenario: "more nodes and a new version",
        nodes: "3 -> 5",
        fewest,
        writes: Some(writes),
        outcome: "added first, then the three old ones replaced".to_owned(),
    }
}
