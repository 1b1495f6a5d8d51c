//! Hosted zones by id. Their API takes one a call; load balancers of one zone ask for it together.

use std::collections::BTreeMap;

use aws_sdk_route53::Client;

use super::record::{bare_id, bare_name};
use super::{HostedZone, SERVICE};
use crate::coalesce::Coalescer;
use crate::error::Error;

pub(super) fn by_id(client: Client) -> Coalescer<String, HostedZone> {
    Coalescer::new(1, move |ids| read(client.clone(), ids)).remembering()
}

async fn read(client: Client, ids: Vec<String>) -> Result<BTreeMap<String, HostedZone>, Error> {
    const OPERATION: &str = "GetHostedZone";
    let mut found = BTreeMap::new();
    for id in ids {
        let answer = client.get_hosted_zone().id(&id).send().await;
        let answer = answer.map_err(|error| Error::call(SERVICE, OPERATION, &id, error))?;
        let zone = answer
            .hosted_zone
            .ok_or_else(|| Error::lacking(SERVICE, OPERATION, &id, "zone"))?;
        let zone = HostedZone {
            id: bare_id(&zone.id),
            name: bare_name(&zone.name),
            private: zone.config.is_some_and(|config| config.private_zone),
        };
        found.insert(id, zone);
    }
    Ok(found)
}
