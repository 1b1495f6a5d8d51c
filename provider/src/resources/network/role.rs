//! Which part of a network an object is: the one that the state names, or by its marks. Pure.

use std::collections::BTreeMap;

use aws::ec2::{Address, InternetGateway, NatGateway, RouteTable, Subnet};
use aws::ownership::{CLUSTER_KEY, KIND_KEY, ZONE_KEY};
use aws::tags::Tags;

use super::part::Part;

/// An object that can be a zone's part.
pub(super) trait Object {
    fn id(&self) -> &str;
    fn tags(&self) -> &Tags;
}

macro_rules! object {
    ($type:ty, $id:ident) => {
        impl Object for $type {
            fn id(&self) -> &str {
                &self.$id
            }

            fn tags(&self) -> &Tags {
                &self.tags
            }
        }
    };
}

object!(Subnet, id);
object!(RouteTable, id);
object!(NatGateway, id);
object!(Address, allocation_id);
object!(InternetGateway, id);

/// The marks of a kind of part of a cluster.
pub(super) struct Role<'a> {
    cluster: &'a str,
    part: Part,
}

impl<'a> Role<'a> {
    pub(super) fn of(cluster: &'a str, part: Part) -> Self {
        Self { cluster, part }
    }

    pub(super) fn is_marked(&self, tags: &Tags) -> bool {
        let says = |key: &str, value: &str| tags.get(key).is_some_and(|found| found == value);
        says(CLUSTER_KEY, self.cluster) && says(KIND_KEY, self.part.kind())
    }

    fn zone(&self, tags: &Tags) -> Option<String> {
        tags.get(ZONE_KEY).filter(|_| self.is_marked(tags)).cloned()
    }
}

/// The objects by zone: the one that the state names, else the first that is marked so.
pub(super) fn by_role<T: Object>(
    objects: Vec<T>,
    named: &BTreeMap<String, String>,
    role: Role<'_>,
) -> BTreeMap<String, T> {
    let (mut by_name, mut by_mark) = (BTreeMap::new(), Vec::new());
    for object in objects {
        let name = named.iter().find(|(_, id)| id.as_str() == object.id());
        match name {
            Some((zone, _)) => _ = by_name.insert(zone.clone(), object),
            None => by_mark.push(object),
        }
    }
    by_mark.sort_by(|one, other| one.id().cmp(other.id()));
    for object in by_mark {
        if let Some(zone) = role.zone(object.tags()) {
            by_name.entry(zone).or_insert(object);
        }
    }
    by_name
}

/// The object that is named, else the first that is marked.
pub(super) fn first<T: Object>(
    objects: impl Iterator<Item = T>,
    is_named: impl Fn(&T) -> bool,
    is_marked: impl Fn(&T) -> bool,
) -> Option<T> {
    let mut candidates: Vec<T> = objects
        .filter(|object| is_named(object) || is_marked(object))
        .collect();
    candidates.sort_by(|one, other| {
        let key = |object: &T| (!is_named(object), object.id().to_owned());
        key(one).cmp(&key(other))
    });
    candidates.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(id: &str, cluster: &str, part: Part, zone: &str) -> RouteTable {
        RouteTable {
            id: id.to_owned(),
            vpc_id: "vpc-1".to_owned(),
            is_main: false,
            associations: BTreeMap::new(),
            default_route: None,
            tags: Tags::from([
                (CLUSTER_KEY.to_owned(), cluster.to_owned()),
                (KIND_KEY.to_owned(), part.kind().to_owned()),
                (ZONE_KEY.to_owned(), zone.to_owned()),
            ]),
        }
    }

    #[test]
    fn the_named_one_has_its_role_and_marks_fill_the_rest() {
        let private = Part::PrivateRouteTable;
        let tables = vec![
            table("rtb-5", "prod", private, "b"),
            table("rtb-4", "prod", private, "b"),
            table("rtb-3", "other", private, "c"),
            table("rtb-2", "prod", Part::PublicRouteTable, "c"),
            table("rtb-1", "prod", private, "a"),
            // By hand, and named by an import.
            table("rtb-9", "", private, ""),
        ];
        let named = BTreeMap::from([("a".to_owned(), "rtb-9".to_owned())]);
        let found = by_role(tables, &named, Role::of("prod", private));
        let ids: Vec<_> = found
            .iter()
            .map(|(zone, table)| (zone.as_str(), table.id.as_str()))
            .collect();
        assert_eq!(ids, [("a", "rtb-9"), ("b", "rtb-4")]);
    }

    #[test]
    fn one_of_a_kind_is_the_named_one_first() {
        let public = Part::PublicRouteTable;
        let tables = || {
            ["rtb-1", "rtb-2", "rtb-3"]
                .map(|id| table(id, "prod", public, ""))
                .into_iter()
        };
        let marked = |table: &RouteTable| table.id != "rtb-1";
        let named = first(tables(), |table| table.id == "rtb-3", marked);
        assert_eq!(named.map(|table| table.id), Some("rtb-3".to_owned()));
        let found = first(tables(), |_| false, marked);
        assert_eq!(found.map(|table| table.id), Some("rtb-2".to_owned()));
    }
}
