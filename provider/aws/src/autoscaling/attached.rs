//! What is attached to a group and suspended in it by calls of their own: target groups,
//! processes, metrics.

use super::{Autoscaling, SERVICE, gone};
use crate::error::Error;

/// How many target groups one call takes.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AttachLoadBalancerTargetGroups.html>
const BATCH: usize = 10;

/// The only granularity there is.
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_EnableMetricsCollection.html>
const GRANULARITY: &str = "1Minute";

impl Autoscaling {
    /// Registers the group's instances in target groups, those to come too.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn attach_target_groups(&self, name: &str, arns: &[String]) -> Result<(), Error> {
        for batch in arns.chunks(BATCH) {
            let request = self.client.attach_load_balancer_target_groups();
            let answer = request
                .auto_scaling_group_name(name)
                .set_target_group_arns(Some(batch.to_vec()))
                .send()
                .await;
            answer.map_err(|error| {
                Error::call(SERVICE, "AttachLoadBalancerTargetGroups", name, error)
            })?;
        }
        Ok(())
    }

    /// Takes the group's instances out of target groups. A group that is gone has none.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn detach_target_groups(&self, name: &str, arns: &[String]) -> Result<(), Error> {
        for batch in arns.chunks(BATCH) {
            let request = self.client.detach_load_balancer_target_groups();
            let answer = request
                .auto_scaling_group_name(name)
                .set_target_group_arns(Some(batch.to_vec()))
                .send()
                .await;
            gone(answer.map_err(|error| {
                Error::call(SERVICE, "DetachLoadBalancerTargetGroups", name, error)
            }))?;
        }
        Ok(())
    }

    /// Suspends processes, such as `AZRebalance`.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn suspend_processes(&self, name: &str, processes: &[String]) -> Result<(), Error> {
        // No process named means all of them.
        if processes.is_empty() {
            return Ok(());
        }
        let request = self.client.suspend_processes();
        let answer = request
            .auto_scaling_group_name(name)
            .set_scaling_processes(Some(processes.to_vec()))
            .send()
            .await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "SuspendProcesses", name, error))
    }

    /// Resumes processes.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn resume_processes(&self, name: &str, processes: &[String]) -> Result<(), Error> {
        if processes.is_empty() {
            return Ok(());
        }
        let request = self.client.resume_processes();
        let answer = request
            .auto_scaling_group_name(name)
            .set_scaling_processes(Some(processes.to_vec()))
            .send()
            .await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "ResumeProcesses", name, error))
    }

    /// Collects metrics, each minute.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn enable_metrics(&self, name: &str, metrics: &[String]) -> Result<(), Error> {
        // No metric named means all of them.
        if metrics.is_empty() {
            return Ok(());
        }
        let request = self.client.enable_metrics_collection();
        let answer = request
            .auto_scaling_group_name(name)
            .set_metrics(Some(metrics.to_vec()))
            .granularity(GRANULARITY)
            .send()
            .await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "EnableMetricsCollection", name, error))
    }

    /// Collects metrics no more.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn disable_metrics(&self, name: &str, metrics: &[String]) -> Result<(), Error> {
        if metrics.is_empty() {
            return Ok(());
        }
        let request = self.client.disable_metrics_collection();
        let answer = request
            .auto_scaling_group_name(name)
            .set_metrics(Some(metrics.to_vec()))
            .send()
            .await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "DisableMetricsCollection", name, error))
    }
}
