//! Tags of nodes and volumes that live: changed in place, so that nobody is replaced for a tag.

use aws::tags::{TagChanges, Tags};
use tfplug::Result;

use super::marks::{Marks, changes};
use super::observed::Observed;
use super::walk::Walk;

impl Walk<'_> {
    /// Gives nodes and the volumes that came with them the tags wanted. `former` is what they had
    /// by us: of their other tags none is removed.
    ///
    /// # Errors
    /// AWS refuses.
    pub(crate) async fn tag_nodes(
        &self,
        existing: &Observed,
        marks: &Marks,
        tags_all: &Tags,
        former: &Tags,
    ) -> Result<()> {
        let (of_node, of_volume) = (marks.of_node(tags_all), marks.of_volume(tags_all));
        let nodes = existing
            .nodes
            .iter()
            .map(|node| (&node.id, changes(&node.tags, &of_node, former)));
        let volumes = existing
            .volumes
            .iter()
            .filter(|volume| marks.is_own_volume(&volume.tags))
            .map(|volume| (&volume.id, changes(&volume.tags, &of_volume, former)));
        for (changes, ids) in alike(nodes.chain(volumes)) {
            self.done(self.ec2.change_tags(&ids, &changes).await)?;
        }
        Ok(())
    }
}

/// Objects that need the same changes share a call.
fn alike<'a>(
    all: impl Iterator<Item = (&'a String, TagChanges)>,
) -> Vec<(TagChanges, Vec<String>)> {
    let mut found: Vec<(TagChanges, Vec<String>)> = Vec::new();
    for (id, changes) in all {
        if changes.is_empty() {
            continue;
        }
        match found.iter_mut().find(|(known, _)| *known == changes) {
            Some((_, ids)) => ids.push(id.clone()),
            None => found.push((changes, vec![id.clone()])),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Tags {
        text.split_whitespace()
            .filter_map(|word| word.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn only_what_we_set_is_removed() {
        let on_aws = tags("team=a env=x theirs=1");
        let found = changes(&on_aws, &tags("team=b"), &tags("team=a env=x gone=1"));
        assert_eq!(found.set, tags("team=b"));
        assert_eq!(found.remove.into_iter().collect::<Vec<_>>(), ["env"]);
    }

    #[test]
    fn alike_changes_share_a_call() {
        let (a, b, c) = ("a".to_owned(), "b".to_owned(), "c".to_owned());
        let set = |text| TagChanges {
            set: tags(text),
            ..TagChanges::default()
        };
        let all = [
            (&a, set("x=1")),
            (&b, TagChanges::default()),
            (&c, set("x=1")),
            (&b, set("x=2")),
        ];
        let found: Vec<_> = alike(all.into_iter())
            .into_iter()
            .map(|(_, ids)| ids)
            .collect();
        assert_eq!(found, [vec![a, c], vec![b]]);
    }
}
