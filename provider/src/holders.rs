//! What still uses a thing that is to go: waited for, and named if it stays.

use aws::ec2::NetworkInterface;
use aws::wait::{Progress, Wait};

/// How many holders are named.
const NAMED: usize = 5;

/// Deletes something as soon as nothing uses it. The wait tells who does.
///
/// # Errors
/// AWS refuses for another reason, or for too long.
pub(crate) async fn until_free<Delete, Deleting, Holders, Holding>(
    wait: Wait,
    delete: Delete,
    holders: Holders,
) -> Result<(), aws::Error>
where
    Delete: Fn() -> Deleting,
    Deleting: Future<Output = Result<(), aws::Error>>,
    Holders: Fn() -> Holding,
    Holding: Future<Output = Result<Vec<String>, aws::Error>>,
{
    wait.until(async || match delete().await {
        Err(error) if error.code() == Some("DependencyViolation") => {
            Ok(Progress::Pending(in_use_by(&holders().await?, &error)))
        }
        other => other.map(Progress::Done),
    })
    .await
}

/// Network interfaces, and whose they are.
pub(crate) fn interfaces(found: &[NetworkInterface]) -> Vec<String> {
    found.iter().map(ToString::to_string).collect()
}

/// The first few, and how many there are beside.
pub(crate) fn listed(names: &[String]) -> String {
    let named = names.iter().take(NAMED).cloned();
    let mut text = named.collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        text.push_str(&format!(" and {} more", names.len() - NAMED));
    }
    text
}

/// Who holds on, or AWS's own words where that isn't to be seen.
fn in_use_by(holders: &[String], error: &aws::Error) -> String {
    if holders.is_empty() {
        let message = error.as_call().and_then(|call| call.message.clone());
        return format!("in use: {}", message.unwrap_or_default());
    }
    format!("in use by {}", listed(holders))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_named_and_the_rest_counted() {
        let names: Vec<_> = (1..=7).map(|n| format!("eni-{n}")).collect();
        assert_eq!(listed(&names[..2]), "eni-1, eni-2");
        assert_eq!(
            listed(&names),
            "eni-1, eni-2, eni-3, eni-4, eni-5 and 2 more"
        );
    }
}
