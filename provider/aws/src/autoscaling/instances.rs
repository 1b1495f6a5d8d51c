//! Instances in their group's hands.

use super::{Autoscaling, SERVICE, gone};
use crate::error::Error;

/// How many instances one call takes.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetInstanceProtection.html>
const BATCH: usize = 50;

impl Autoscaling {
    /// Protects instances from scale-in, or no longer. Their group may still replace them if they
    /// are unhealthy.
    ///
    /// # Errors
    ///
    /// When AWS refuses: also if one isn't in the group any more.
    pub async fn set_instance_protection(
        &self,
        name: &str,
        ids: &[String],
        protected: bool,
    ) -> Result<(), Error> {
        for batch in ids.chunks(BATCH) {
            let answer = self
                .client
                .set_instance_protection()
                .auto_scaling_group_name(name)
                .set_instance_ids(Some(batch.to_vec()))
                .protected_from_scale_in(protected)
                .send()
                .await;
            answer.map_err(|error| Error::call(SERVICE, "SetInstanceProtection", name, error))?;
        }
        Ok(())
    }

    /// Terminates an instance of a group, whether protected or not, its hooks heeded. Without
    /// `decrement` the group replaces it. One that is in no group any more counts as terminated.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn terminate_instance(&self, id: &str, decrement: bool) -> Result<(), Error> {
        let answer = self
            .client
            .terminate_instance_in_auto_scaling_group()
            .instance_id(id)
            .should_decrement_desired_capacity(decrement)
            .send()
            .await;
        gone(answer.map_err(|error| {
            Error::call(SERVICE, "TerminateInstanceInAutoScalingGroup", id, error)
        }))
    }
}
