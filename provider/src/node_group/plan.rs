//! What the plan of any node group says beyond the attributes' own behaviour. Pure.

use aws::names::{group_name, group_name_problem};
use tfplug::{Attr, Diagnostic, Diagnostics, Path};

use super::machine::LAUNCH_TEMPLATE;
use super::model::LifecycleHook;
use super::{Kind, Machine};

/// The name of group and launch template: as configured, as it is, or made from the cluster's.
pub(crate) fn name(
    kind: &Kind,
    configured: &Attr<String>,
    prior: Option<&Attr<String>>,
    planned: &Attr<String>,
    (cluster, part): (&Attr<String>, &Attr<String>),
    errors: &mut Diagnostics,
) -> Attr<String> {
    let nameless = prior.is_none_or(Attr::is_null);
    let name = if configured.is_null() && nameless {
        match (cluster, part) {
            (Attr::Known(cluster), Attr::Known(part)) => group_name(cluster, part).into(),
            _ => Attr::Unknown,
        }
    } else {
        planned.clone()
    };
    if let Some(problem) = name.text().and_then(group_name_problem) {
        let attribute = kind.name_attribute;
        let text = format!("\"{attribute}\": {problem}.");
        errors.push(Diagnostic::error("Invalid name", text).at(attribute));
    }
    name
}

/// What a plan says of the launch template's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// It stays.
    Same,
    /// Another one is needed, of the same machines: tags alone change, or it is gone.
    Alike,
    /// Another one is needed, and the nodes that there are become outdated.
    Other,
}

/// Whether the launch template needs a version that it hasn't, or the group another than it uses.
pub(crate) fn version(
    machines: (&Machine, &Machine),
    tags_stay: bool,
    version_before: &Attr<i64>,
    deviations: &Attr<tfplug::Set<String>>,
) -> Version {
    let (before, now) = machines;
    let deviates = deviations
        .known()
        .is_some_and(|set| set.known().any(|text| text.starts_with(LAUNCH_TEMPLATE)));
    if before != now || deviates {
        Version::Other
    } else if !tags_stay || version_before.known().is_none() {
        Version::Alike
    } else {
        Version::Same
    }
}

/// Completes a planned hook.
pub(crate) fn hook(
    configured: &Attr<LifecycleHook>,
    planned: &mut Attr<LifecycleHook>,
    default_result: &str,
) {
    let said = configured
        .known()
        .is_some_and(|hook| !hook.default_result.is_null());
    if let Attr::Known(hook) = planned
        && !said
    {
        hook.default_result = default_result.into();
    }
}

/// Replacing a group deletes it first, which its protection forbids.
pub(crate) fn protection(
    kind: &Kind,
    replacements: &[Path],
    protected: Option<Diagnostic>,
    errors: &mut Diagnostics,
) {
    if let (Some(_), Some(path)) = (protected, replacements.first()) {
        let text = format!(
            "The change of \"{path}\" needs a new {}, but AWS would refuse to delete the present \
             one. Set \"deletion_protection\" to \"none\" and apply that alone first, or take the \
             change back.",
            kind.noun
        );
        errors.push(Diagnostic::error("Deletion protection is on", text).at(path.clone()));
    }
}

#[cfg(test)]
mod tests {
    use tfplug::Set;

    use super::*;

    const KIND: Kind = Kind {
        resource: "kubeha_nodes",
        noun: "group of nodes",
        name_attribute: "autoscaling_group_name",
        role: "node",
        group: "group",
        template: "template",
        node: "node",
        volume: "volume",
        is_memory: |_| false,
    };

    #[test]
    fn names_come_from_the_cluster_unless_they_stand_already() {
        let mut errors = Diagnostics::new();
        let cluster = Attr::Known("prod".to_owned());
        let unknown = Attr::Unknown;
        let part = Attr::Known("control-plane".to_owned());
        let mut of =
            |configured: &Attr<String>, prior: Option<&Attr<String>>, planned: &Attr<String>| {
                let parts = (&cluster, &part);
                name(&KIND, configured, prior, planned, parts, &mut errors)
            };
        assert_eq!(of(&Attr::Null, None, &unknown), "prod-control-plane".into());
        let old = Attr::Known("old".to_owned());
        assert_eq!(of(&Attr::Null, Some(&old), &old), old);
        assert_eq!(
            of(&Attr::Null, Some(&Attr::Null), &unknown),
            "prod-control-plane".into()
        );
        let own = Attr::Known("own".to_owned());
        assert_eq!(of(&own, None, &own), own);
        assert!(errors.is_empty());
        let short = Attr::Known("x".to_owned());
        name(&KIND, &short, None, &short, (&cluster, &part), &mut errors);
        let at: Vec<_> = errors.iter().map(|one| one.path().to_string()).collect();
        assert_eq!(at, ["autoscaling_group_name"]);
        let open = (&cluster, &Attr::Unknown);
        let name = name(&KIND, &Attr::Null, None, &unknown, open, &mut errors);
        assert!(name.is_unknown());
    }

    #[test]
    fn a_version_is_needed_for_machines_for_tags_and_for_what_somebody_changed() {
        let machine = Machine {
            image_id: "ami-1".into(),
            ..Machine::default()
        };
        let other = Machine {
            image_id: Attr::Unknown,
            ..Machine::default()
        };
        let seven = Attr::Known(7);
        let none = Attr::Known(Set::default());
        let of = |now, tags, before: &Attr<i64>, deviations: &Attr<Set<String>>| {
            version((&machine, now), tags, before, deviations)
        };
        assert_eq!(of(&machine, true, &seven, &none), Version::Same);
        assert_eq!(of(&machine, false, &seven, &none), Version::Alike);
        assert_eq!(of(&machine, true, &Attr::Null, &none), Version::Alike);
        assert_eq!(of(&other, true, &seven, &none), Version::Other);
        let noted = Attr::Known(Set::from_iter([format!("{LAUNCH_TEMPLATE}x")]));
        assert_eq!(of(&machine, true, &seven, &noted), Version::Other);
        let noted = Attr::Known(Set::from_iter(["health_check_type is ELB".to_owned()]));
        assert_eq!(of(&machine, true, &seven, &noted), Version::Same);
    }
}
