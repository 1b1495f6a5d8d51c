//! Availability zones.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;

use super::{Ec2, SERVICE, by};
use crate::error::Error;

/// A zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Its name in this account, such as `eu-west-1a`.
    pub name: String,
    /// Its id, the same in every account, such as `euw1-az3`.
    pub zone_id: String,
    /// `availability-zone`, `local-zone` or `wavelength-zone`.
    pub zone_type: String,
    /// `available`, or what is the matter.
    pub state: String,
    /// `opt-in-not-required`, `opted-in` or `not-opted-in`.
    pub opt_in_status: String,
}

impl Ec2 {
    /// The region's zone of this name, whether the account has opted in or not.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn zone(&self, name: &str) -> Result<Option<Zone>, Error> {
        self.zones.known(name.to_owned()).await
    }
}

pub(super) async fn zones(
    client: Client,
    names: Vec<String>,
) -> Result<BTreeMap<String, Zone>, Error> {
    let request = client
        .describe_availability_zones()
        .filters(by("zone-name", &names))
        .all_availability_zones(true);
    let answer = request.send().await.map_err(|error| {
        Error::call(
            SERVICE,
            "DescribeAvailabilityZones",
            names.join(", "),
            error,
        )
    })?;
    let mut found = BTreeMap::new();
    for one in answer.availability_zones.unwrap_or_default() {
        let Some(name) = one.zone_name else { continue };
        let zone = Zone {
            name: name.clone(),
            zone_id: one.zone_id.unwrap_or_default(),
            zone_type: one.zone_type.unwrap_or_default(),
            state: one
                .state
                .map(|state| state.as_str().to_owned())
                .unwrap_or_default(),
            opt_in_status: one
                .opt_in_status
                .map(|status| status.as_str().to_owned())
                .unwrap_or_default(),
        };
        found.insert(name, zone);
    }
    Ok(found)
}
