//! What AWS has of the groups, as attributes. Pure.

use std::collections::BTreeMap;

use aws::tags::Tags;
use tfplug::{Attr, Diagnostics, Map};
use topology::ports::Group;

use super::derive;
use super::groups::{kubernetes_tags, shown_tags};
use super::model::SecurityGroups;
use super::observed::Observed;
use super::rules::{Table, Whose};
use super::settings::settings;
use crate::part_tags::PartTags;
use crate::provider::Data;
use crate::tags;

impl Observed {
    /// The attributes as they are; `None` when nothing is left.
    pub(super) fn into_model(self, data: &Data, state: SecurityGroups) -> Option<SecurityGroups> {
        let vpc_id = self.groups.values().next()?.vpc_id.clone();
        let mut model = state;
        let cluster = model.cluster_name.text().unwrap_or_default().to_owned();
        model.vpc_id = vpc_id.into();
        derive::complete(&mut model, &self, &cluster);
        self.set_ids(&mut model);
        // Of a state, the settings can't be wrong: then what is marked is ours, and nothing else.
        let settings = settings(&model, &mut Diagnostics::new());
        let rules = settings
            .map(|settings| settings.rules())
            .unwrap_or_default();
        let table = Table::of(&cluster, &rules, self.ids());
        model.rules = Attr::Known(self.own_rules(&table));
        model.foreign_rules = Attr::Known(self.foreign_rules(&table));
        self.set_tags(data, &mut model, &cluster, &table);
        Some(model)
    }

    /// Ids of the groups that there are.
    pub(super) fn set_ids(&self, model: &mut SecurityGroups) {
        for group in Group::ALL {
            let found = self.groups.get(&group);
            *model.id_mut(group) = found.map(|group| group.id.clone()).into();
        }
    }

    /// Our rules, and what each is for.
    pub(super) fn own_rules(&self, table: &Table) -> Map<String> {
        self.all_rules()
            .filter(|(group, rule)| table.whose(*group, rule) != Whose::Foreign)
            .map(|(group, rule)| {
                let text = table.text(group, &rule.permission);
                (text, rule.description.clone())
            })
            .collect()
    }

    /// The rules of others.
    pub(super) fn foreign_rules(&self, table: &Table) -> Map<String> {
        self.all_rules()
            .filter(|(group, rule)| table.whose(*group, rule) == Whose::Foreign)
            .map(|(group, rule)| {
                let mut text = table.text(group, &rule.permission);
                if !rule.description.is_empty() {
                    text.push_str(&format!(" ({})", rule.description));
                }
                (rule.id.clone(), text)
            })
            .collect()
    }

    fn set_tags(&self, data: &Data, model: &mut SecurityGroups, cluster: &str, table: &Table) {
        let before: Tags = match &model.tags_all {
            Attr::Known(tags) => tags::wanted(tags),
            _ => Tags::new(),
        };
        let groups = self
            .groups
            .iter()
            .map(|(role, group)| shown_tags(cluster, *role).users(&group.tags, &before));
        // Those that aren't wanted any more go; their tags don't matter.
        let rules = self
            .all_rules()
            .filter(|(group, rule)| matches!(table.whose(*group, rule), Whose::Wanted(_)))
            .map(|(_, rule)| PartTags::default().users(&rule.tags, &before));
        (model.tags, model.tags_all) =
            tags::read_parts(data, groups.chain(rules), &model.tags, &model.tags_all);
        model.kubernetes_tags = Attr::Known(self.kubernetes_tags(cluster));
    }

    /// Of the tags for Kubernetes, those that the first group of nodes has that lacks one.
    fn kubernetes_tags(&self, cluster: &str) -> Map<String> {
        let wanted = kubernetes_tags(cluster);
        let of_nodes = self.groups.iter().filter(|(role, _)| role.is_of_nodes());
        let mut found = of_nodes.map(|(_, group)| -> BTreeMap<String, String> {
            let keys = wanted.keys();
            let pairs = keys.filter_map(|key| group.tags.get_key_value(key));
            pairs
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        });
        let lacking = found.find(|tags| *tags != wanted);
        lacking
            .unwrap_or_else(|| wanted.clone())
            .into_iter()
            .collect()
    }
}
