//! The attributes of `kubeha_topology`.

use tfplug::{Attr, List, Model};

/// Tells the quorum truth of a set of availability zones: how many control plane nodes they get,
/// where those stand, and what survives the loss of a node or of a zone. Computed offline: it needs
/// no credentials and makes no API call.
///
/// The control plane has one node per zone, and one more if that makes an even number, since an
/// even number of etcd members survives no more failures than one fewer. The cluster survives the
/// loss of any one zone if the nodes left are still a quorum, which takes three zones or more.
///
/// A topology that loses its quorum with one zone is legal, and is answered with a warning that
/// names the zone.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Topology {
    /// Names of the availability zones, all of one region and each once, such as
    /// `["eu-west-1a", "eu-west-1b", "eu-west-1c"]`. Their order does not matter.
    #[tf(required)]
    pub(crate) availability_zones: Attr<List<String>>,
    /// Number of control plane (master) nodes. Odd, 1 to 7. Default: the number of zones, plus one
    /// if that is even, 7 at most.
    #[tf(optional, computed)]
    pub(crate) control_plane_size: Attr<i64>,
    /// Number of control plane nodes that must be up for the Kubernetes API to work: more than
    /// half of them.
    #[tf(computed)]
    pub(crate) quorum: Attr<i64>,
    /// Number of control plane nodes that may fail at the same time.
    #[tf(computed)]
    pub(crate) tolerated_node_failures: Attr<i64>,
    /// Whether the Kubernetes API keeps working when any one zone fails, whichever it is.
    #[tf(computed)]
    pub(crate) tolerates_zone_failure: Attr<bool>,
    /// The zones with their control plane nodes, sorted by name. AWS balances the counts; which
    /// zones get the larger share is its choice.
    #[tf(computed)]
    pub(crate) placement: Attr<List<ZonePlacement>>,
    /// All of this in words.
    #[tf(computed)]
    pub(crate) explanation: Attr<String>,
    /// The topology drawn with plain characters, for `terraform output -raw`.
    #[tf(computed)]
    pub(crate) diagram: Attr<String>,
    /// The same as an SVG document, for a page: `terraform output -raw` writes it to a file. It fits
    /// light and dark pages.
    #[tf(computed)]
    pub(crate) diagram_svg: Attr<String>,
}

/// One zone of a placement.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct ZonePlacement {
    /// Name of the availability zone.
    #[tf(computed)]
    pub(crate) zone: Attr<String>,
    /// Number of control plane nodes in it.
    #[tf(computed)]
    pub(crate) nodes: Attr<i64>,
    /// Whether the control plane nodes of the other zones are a quorum.
    #[tf(computed)]
    pub(crate) quorum_survives_loss: Attr<bool>,
}

impl From<&topology::ZonePlacement> for ZonePlacement {
    fn from(placement: &topology::ZonePlacement) -> Self {
        Self {
            zone: placement.zone().as_str().into(),
            nodes: i64::from(placement.nodes()).into(),
            quorum_survives_loss: placement.quorum_survives_loss().into(),
        }
    }
}
