//! Watches a control plane's nodes while something is done to it, and remembers the worst.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use kubeha_tests::lifecycle::Aws;

/// How often it looks: a node is out for a second at least, since its successor must be healthy for
/// so long.
const PAUSE: Duration = Duration::from_millis(100);

/// A node of the group.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) zone: String,
    state: String,
}

/// The group's nodes, whatever their state.
pub(crate) fn nodes(aws: &Aws) -> Vec<Node> {
    let name = ("AutoScalingGroupNames.member.1", "acc-control-plane");
    let found = aws.autoscaling("DescribeAutoScalingGroups", &[name]);
    let instances = found.texts("Instances").join("");
    let texts = |element: &str| -> Vec<String> {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        (instances.split(&open).skip(1))
            .filter_map(|rest| rest.split_once(&close))
            .map(|(text, _)| text.to_owned())
            .collect()
    };
    texts("InstanceId")
        .into_iter()
        .zip(texts("AvailabilityZone"))
        .zip(texts("LifecycleState"))
        .map(|((id, zone), state)| Node { id, zone, state })
        .collect()
}

/// The nodes that are in service and healthy behind the load balancer.
pub(crate) fn healthy(aws: &Aws, api: &str) -> BTreeSet<String> {
    let found = aws.elb("DescribeTargetHealth", &[("TargetGroupArn", api)]);
    let states = found.texts("State");
    let healthy: BTreeSet<String> = (found.texts("Id").into_iter().zip(states))
        .filter(|(_, state)| state == "healthy")
        .map(|(id, _)| id)
        .collect();
    nodes(aws)
        .into_iter()
        .filter(|node| node.state == "InService" && healthy.contains(&node.id))
        .map(|node| node.id)
        .collect()
}

/// Looks again and again, beside the test.
pub(crate) struct Watch {
    fewest: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    pub(crate) fn begin(aws: Aws, api: &str) -> Self {
        let fewest = Arc::new(AtomicUsize::new(healthy(&aws, api).len()));
        let is_over = Arc::new(AtomicBool::new(false));
        let (seen, over, api) = (fewest.clone(), is_over.clone(), api.to_owned());
        let thread = std::thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                seen.fetch_min(healthy(&aws, &api).len(), Ordering::Relaxed);
                std::thread::sleep(PAUSE);
            }
        });
        Self {
            fewest,
            is_over,
            thread: Some(thread),
        }
    }

    /// The fewest healthy nodes that there were at any look.
    pub(crate) fn fewest(mut self) -> usize {
        self.end();
        self.fewest.load(Ordering::Relaxed)
    }

    fn end(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.end();
        }
        self.is_over.store(true, Ordering::Relaxed);
    }
}
