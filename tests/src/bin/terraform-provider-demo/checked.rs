//! `demo_checked`: checks, rules between attributes, deprecations.

use tfplug::{
    Attr, Cx, Diagnostic, Diagnostics, List, Map, Model, Path, Planned, Resource, Result, Saved,
    Secret, Set,
};

use crate::cloud::Cloud;

/// Something with rules.
#[derive(Clone, Debug, PartialEq, Model)]
#[tf(rules(
    Conflicting(&["network", "host"]),
    Requires("user", &["host"]),
    Together(&["first", "last"]),
))]
pub(crate) struct Checked {
    /// Its name.
    #[tf(optional, check(length(3..=8)))]
    name: Attr<String>,
    /// An odd size.
    #[tf(optional, check(range(1..=7)))]
    size: Attr<i64>,
    /// How it works.
    #[tf(optional, check(one_of(["slow", "fast"])))]
    mode: Attr<String>,
    /// Where it is.
    #[tf(optional, check(cidr()))]
    network: Attr<String>,
    /// Where it is, by name.
    #[tf(optional)]
    host: Attr<String>,
    /// Who is there.
    #[tf(optional)]
    user: Attr<String>,
    /// First of two.
    #[tf(optional)]
    first: Attr<String>,
    /// Last of two.
    #[tf(optional)]
    last: Attr<String>,
    /// Zones, at most two.
    #[tf(optional, check(count(..=2), each(length(1..=4))))]
    zones: Attr<Set<String>>,
    /// Labels.
    #[tf(optional, check(each(length(1..=4))))]
    labels: Attr<Map<String>>,
    /// Doors.
    #[tf(optional)]
    doors: Attr<List<Opening>>,
    /// A secret.
    #[tf(optional, sensitive, check(length(8..)))]
    pin: Attr<Secret>,
    /// The old word for the name.
    #[tf(optional, deprecated = "Use \"name\" instead.")]
    title: Attr<String>,
    /// Windows.
    #[tf(block)]
    window: Attr<List<Opening>>,
}

/// An opening.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Opening {
    /// How wide it is, in decimetres.
    #[tf(required, check(range(1..=20)))]
    width: Attr<i64>,
    /// The old word for the width.
    #[tf(optional, deprecated = "Use \"width\" instead.")]
    breadth: Attr<i64>,
}

pub(crate) struct CheckedResource;

impl Resource for CheckedResource {
    type Data = Cloud;
    type Model = Checked;

    fn type_name(&self) -> &'static str {
        "demo_checked"
    }

    fn validate(&self, config: &Checked, out: &mut Diagnostics) {
        if config.size.known().is_some_and(|size| size % 2 == 0) {
            out.push(Diagnostic::error("Even size", "The size must be odd.").at("size"));
        }
        let doors = config.doors.known().map(|doors| doors.0.as_slice());
        for (index, door) in doors.unwrap_or_default().iter().enumerate() {
            if door.known().is_some_and(|door| door.width == 13.into()) {
                let at = Path::attribute("doors").index(index).and("width");
                let detail = "Thirteen brings bad luck.";
                out.push(Diagnostic::warning("Unlucky door", detail).at(at));
            }
        }
    }

    async fn create(
        &self,
        _: &Cx<Cloud>,
        new: Planned<Checked>,
        _: &Saved<Checked>,
    ) -> Result<Checked> {
        Ok(new.plan)
    }

    async fn read(&self, _: &Cx<Cloud>, state: Checked) -> Result<Option<Checked>> {
        Ok(Some(state))
    }

    async fn update(
        &self,
        _: &Cx<Cloud>,
        _: Checked,
        new: Planned<Checked>,
        _: &Saved<Checked>,
    ) -> Result<Checked> {
        Ok(new.plan)
    }

    async fn delete(&self, _: &Cx<Cloud>, _: Checked, _: &Saved<Checked>) -> Result<()> {
        Ok(())
    }
}
