//! What a plan says of tags. Pure.

use tfplug::{Attr, Diagnostics, PlannedChange};
use topology::{ZoneName, Zones};

use super::model::Network;
use super::part::{Part, PartOf};
use crate::part_tags;
use crate::provider::Data;
use crate::tags;

pub(super) fn planned_tags(
    data: &Data,
    change: &mut PlannedChange<Network>,
    zones: Option<&Zones>,
    errors: &mut Diagnostics,
) {
    change.plan.tags_all = tags::planned(data, &change.config.tags, errors);
    let Some(cluster) = change.plan.cluster_name.text().map(str::to_owned) else {
        change.plan.public_subnet_tags = Attr::Unknown;
        change.plan.private_subnet_tags = Attr::Unknown;
        return;
    };
    let zone = zones
        .and_then(|zones| zones.iter().next())
        .map(ZoneName::as_str);
    let subnets = [Part::PublicSubnet, Part::PrivateSubnet].map(|part| PartOf {
        part,
        cluster: &cluster,
        zone,
    });
    let [public, private] = subnets.map(|part| part.kubernetes_tags());
    if let Attr::Known(all) = &change.plan.tags_all {
        let users = tags::wanted(all);
        for part in subnets {
            part.tags(data, "").check("subnet", &users, errors);
        }
        part_tags::cluster_as_tag(&public, errors);
    }
    change.plan.public_subnet_tags = Attr::Known(public.into_iter().collect());
    change.plan.private_subnet_tags = Attr::Known(private.into_iter().collect());
}
