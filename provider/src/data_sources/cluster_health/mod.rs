//! `kubeha_cluster_health`: how a cluster is doing at this moment.

mod answer;
mod asked;
mod gather;
mod model;
mod observed;
mod outdated;
mod problems;
mod report;
#[cfg(test)]
mod tests;

use std::time::Duration;

use answer::answer;
use asked::Asked;
use aws::Error;
use aws::wait::{Backoff, Progress, Wait};
use gather::gather;
use model::ClusterHealth;
use tfplug::{Cx, DataSource, Result};

use crate::diagnostics::aws_error;
use crate::provider::Data;

const READING: &str = "Reading cluster health";

pub(crate) struct ClusterHealthDataSource;

impl DataSource for ClusterHealthDataSource {
    type Data = Data;
    type Model = ClusterHealth;

    fn type_name(&self) -> &'static str {
        "kubeha_cluster_health"
    }

    async fn read(&self, cx: &Cx<Data>, config: ClusterHealth) -> Result<ClusterHealth> {
        let asked = Asked::parse(&config)?;
        let clients = cx.data().clients()?;
        let look = || async {
            let cluster = gather(clients, &asked).await?;
            Ok(cluster.map(|cluster| answer(config.clone(), &cluster)))
        };
        let failed = |error: Error| aws_error(READING, &error);
        let seen = look().await.map_err(failed)?;
        if asked.wait.is_zero() || settled(&seen) {
            return seen;
        }
        let wait = Wait::new(
            format!("the cluster of {} to be healthy", asked.control_plane.name),
            asked.wait,
            cx.stop(),
            Backoff::new(FIRST_LOOK, SLOWEST_LOOK, 0),
        );
        let waited = wait.until(|| async {
            let seen = look().await?;
            Ok(if settled(&seen) {
                Progress::Done(seen)
            } else {
                Progress::Pending(first_problem(&seen))
            })
        });
        match waited.await {
            Ok(seen) => seen,
            // How it is then is the answer.
            Err(Error::TimedOut { .. }) => look().await.map_err(failed)?,
            Err(error) => Err(failed(error).into()),
        }
    }
}

/// Whether waiting changes nothing: healthy, or something asked about isn't there.
fn settled(seen: &Result<ClusterHealth>) -> bool {
    seen.as_ref()
        .map_or(true, |health| health.healthy.known() == Some(&true))
}

fn first_problem(seen: &Result<ClusterHealth>) -> String {
    let problems = seen
        .as_ref()
        .ok()
        .and_then(|health| health.problems.known());
    let first = problems.and_then(|problems| problems.known().next());
    first.cloned().unwrap_or_default()
}

/// A target is healthy some twenty seconds after its node: a look each second at first costs
/// little, one each ten later loses little.
const FIRST_LOOK: Duration = Duration::from_secs(1);
const SLOWEST_LOOK: Duration = Duration::from_secs(10);
