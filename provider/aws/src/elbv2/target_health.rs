//! How a target group's targets are doing, putting targets in and taking them out.

use aws_sdk_elasticloadbalancingv2::types::{TargetDescription, TargetHealthDescription};

use super::load_balancer::gone;
use super::{Elbv2, SERVICE};
use crate::error::Error;

/// A target and how it is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetHealth {
    /// The instance's id, or the address.
    pub id: String,
    /// The port that traffic goes to.
    pub port: Option<i32>,
    /// The zone's name, if the target was registered with one.
    pub zone: Option<String>,
    /// `initial`, `healthy`, `unhealthy`, `unhealthy.draining`, `draining`, `unused` or
    /// `unavailable`.
    pub state: String,
    /// AWS's code, such as `Target.FailedHealthChecks`, unless the target is healthy.
    pub reason: Option<String>,
    /// The reason in AWS's words.
    pub description: Option<String>,
}

impl Elbv2 {
    /// The targets of a target group; `None` if it is gone.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn target_health(&self, arn: &str) -> Result<Option<Vec<TargetHealth>>, Error> {
        const OPERATION: &str = "DescribeTargetHealth";
        let request = self.client.describe_target_health();
        let answer = request.target_group_arn(arn).send().await;
        let answer = match answer.map_err(|error| Error::call(SERVICE, OPERATION, arn, error)) {
            Err(error) if error.is_not_found() => return Ok(None),
            answer => answer?,
        };
        let targets = answer.target_health_descriptions.unwrap_or_default();
        targets
            .into_iter()
            .map(|one| {
                TargetHealth::from_sdk(one)
                    .ok_or_else(|| Error::lacking(SERVICE, OPERATION, arn, "Target"))
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// Puts targets into a target group, on its own port. One that is in it is fine.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn register_targets(&self, arn: &str, ids: &[String]) -> Result<(), Error> {
        if ids.is_empty() {
            return Ok(());
        }
        let targets = ids.iter().map(|id| TargetDescription::builder().id(id));
        let request = self.client.register_targets().target_group_arn(arn);
        let request = request.set_targets(Some(targets.map(|target| target.build()).collect()));
        let answer = request.send().await;
        answer.map_err(|error| Error::call(SERVICE, "RegisterTargets", arn, error))?;
        Ok(())
    }

    /// Takes targets out of a target group, on every port. One that isn't in it is fine.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn deregister_targets(&self, arn: &str, ids: &[String]) -> Result<(), Error> {
        if ids.is_empty() {
            return Ok(());
        }
        let targets = ids.iter().map(|id| TargetDescription::builder().id(id));
        let request = self.client.deregister_targets().target_group_arn(arn);
        let request = request.set_targets(Some(targets.map(|target| target.build()).collect()));
        let answer = request.send().await;
        gone(answer.map_err(|error| Error::call(SERVICE, "DeregisterTargets", arn, error)))
    }
}

impl TargetHealth {
    fn from_sdk(from: TargetHealthDescription) -> Option<Self> {
        let target = from.target?;
        let health = from.target_health;
        let state = health.as_ref().and_then(|health| health.state.as_ref());
        let reason = health.as_ref().and_then(|health| health.reason.as_ref());
        Some(Self {
            id: target.id?,
            port: target.port,
            zone: target.availability_zone,
            state: state.map_or("", |state| state.as_str()).to_owned(),
            reason: reason.map(|reason| reason.as_str().to_owned()),
            description: health.and_then(|health| health.description),
        })
    }
}
