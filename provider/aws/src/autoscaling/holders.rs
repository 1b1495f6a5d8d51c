//! Which groups send their instances to which target groups.

use std::collections::{BTreeMap, BTreeSet};

use super::{Autoscaling, SERVICE};
use crate::error::Error;

impl Autoscaling {
    /// The groups that each of these target groups is attached to, by the target group's ARN; those
    /// that are attached to none are left out. AWS can't look for that, so all groups of the region
    /// are listed.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn groups_attached_to(
        &self,
        target_group_arns: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Vec<String>>, Error> {
        const OPERATION: &str = "DescribeAutoScalingGroups";
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let request = self.client.describe_auto_scaling_groups();
        let mut pages = request.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page =
                page.map_err(|error| Error::call(SERVICE, OPERATION, "all groups", error))?;
            for group in page.auto_scaling_groups.unwrap_or_default() {
                let name = group.auto_scaling_group_name.unwrap_or_default();
                // A target group that was attached as a traffic source may stand there alone.
                let sources = group.traffic_sources.unwrap_or_default().into_iter();
                let sources = sources.filter_map(|source| source.identifier);
                let attached = group.target_group_arns.unwrap_or_default().into_iter();
                let attached: BTreeSet<_> = attached.chain(sources).collect();
                for arn in attached.intersection(target_group_arns) {
                    found.entry(arn.clone()).or_default().push(name.clone());
                }
            }
        }
        Ok(found)
    }
}
