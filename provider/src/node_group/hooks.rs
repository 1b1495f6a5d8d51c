//! Lifecycle hooks between attributes and AWS's terms.

use aws::autoscaling::{Hook, Transition};
use tfplug::{Attr, Result};

use super::machine::number;
use super::model::LifecycleHook;

/// A hook as AWS has it; none if there is to be none.
///
/// # Errors
/// A value that must be known by now isn't, which is a defect.
pub(crate) fn hook_spec(
    name: &str,
    transition: Transition,
    hook: &Attr<LifecycleHook>,
    attribute: &str,
) -> Result<Option<Hook>> {
    let Attr::Known(hook) = hook else {
        return Ok(None);
    };
    let path = |name: &str| format!("{attribute}.{name}");
    Ok(Some(Hook {
        name: name.to_owned(),
        transition,
        heartbeat_timeout: number(&hook.heartbeat_timeout, &path("heartbeat_timeout"))?,
        default_result: hook.default_result.get(&path("default_result"))?.clone(),
        notification_target_arn: hook.notification_target_arn.known().cloned(),
        role_arn: hook.role_arn.known().cloned(),
        notification_metadata: hook.notification_metadata.known().cloned(),
    }))
}

/// The hook of this name and transition as AWS has it.
pub(crate) fn hook_attribute(
    hooks: &[Hook],
    name: &str,
    transition: Transition,
) -> Attr<LifecycleHook> {
    hooks
        .iter()
        .find(|hook| hook.name == name && hook.transition == transition)
        .map(|hook| LifecycleHook {
            heartbeat_timeout: i64::from(hook.heartbeat_timeout).into(),
            default_result: hook.default_result.as_str().into(),
            notification_target_arn: hook.notification_target_arn.clone().into(),
            role_arn: hook.role_arn.clone().into(),
            notification_metadata: hook.notification_metadata.clone().into(),
        })
        .into()
}
