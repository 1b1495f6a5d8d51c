//! What the plan of any node group says beyond the attributes' own behaviour. Pure.

use aws::names::{group_name, group_name_problem};
use tfplug::{Attr, Diagnostic, Diagnostics, Path};

use super::machine::LAUNCH_TEMPLATE;
use super::model::LifecycleHook;
use super::{Kind, Machine};

/// The name of group and launch template: as configured, as it is, or made from the cluster's.
pub(crate) fn name(
    configured: &Attr<String>,
    prior: Option<&Attr<String>>,
    planned: &Attr<String>,
    cluster: &Attr<String>,
    part: &str,
    errors: &mut Diagnostics,
) -> Attr<String> {
    let nameless = prior.is_none_or(Attr::is_null);
    let name = if configured.is_null() && nameless {
        cluster.clone().map(|cluster| group_name(&cluster, part))
    } else {
        planned.clone()
    };
    if let Some(problem) = name.text().and_then(group_name_problem) {
        let text = format!("\"name\": {problem}.");
        errors.push(Diagnostic::error("Invalid name", text).at("name"));
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

    #[test]
    fn names_come_from_the_cluster_unless_they_stand_already() {
        let mut errors = Diagnostics::new();
        let cluster = Attr::Known("prod".to_owned());
        let unknown = Attr::Unknown;
        let mut of =
            |configured: &Attr<String>, prior: Option<&Attr<String>>, planned: &Attr<String>| {
                name(
                    configured,
                    prior,
                    planned,
                    &cluster,
                    "control-plane",
                    &mut errors,
                )
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
        name(&short, None, &short, &cluster, "p", &mut errors);
        assert!(errors.has_errors());
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
