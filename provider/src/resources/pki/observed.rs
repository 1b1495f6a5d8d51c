//! What AWS has, as the state is to show it.

use aws::ssm::DEFAULT_KEY;
use aws::tags::Tags;
use pki::Part;
use pki::rotation::Step;
use tfplug::{Attr, Cx, Map, Result};

use super::model::{ClusterPki, Rotation};
use super::part_state::PartState;
use crate::authorities::{Layout, PartSeen, Seen, Store};
use crate::diagnostics::aws_error;
use crate::provider::Data;
use crate::tags;

const READING: &str = "Reading PKI";

/// All that a refresh reads.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    layout: Layout,
    seen: Seen,
    tags: Vec<(String, Tags)>,
}

impl Observed {
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn read(cx: &Cx<Data>, state: &ClusterPki) -> Result<Self> {
        let failed = |error: aws::Error| aws_error(READING, &error);
        let layout = Layout::new(state.parameter_path.get("parameter_path")?);
        let ssm = cx.data().clients()?.ssm().await.map_err(failed)?;
        let seen = Store::new(ssm, &layout).look().await.map_err(failed)?;
        let tags = tags_of(ssm, &seen).await.map_err(failed)?;
        Ok(Self { layout, seen, tags })
    }

    /// The state as it is; `None` if there is nothing.
    pub(super) fn into_model(self, data: &Data, mut state: ClusterPki) -> Option<ClusterPki> {
        if self.seen.is_empty() {
            return None;
        }
        let alike = self.encrypted_alike();
        for part in Part::ALL {
            let before = PartState::of(part, &self.layout, &state);
            let mut now = read_part(part, &self.seen.part(part), before.as_ref());
            // Whichever of them was shown could be just what the configuration says.
            if !alike {
                now.keys.values_mut().for_each(|version| *version = None);
            }
            now.put(part, &self.layout, &mut state);
            show_rotation(part, &now, &mut state);
        }
        if let Attr::Known(entries) = &state.rotation
            && entries.0.is_empty()
        {
            state.rotation = Attr::Null;
        }
        self.show_key(&mut state);
        let some = Part::ALL
            .into_iter()
            .find_map(|part| Some((part, self.seen.part(part).public?.arn)));
        if let Some((part, arn)) = some {
            state.arn = arn_of(&self.layout, part, &arn).into();
        }
        let parts = self.tags.iter().map(|(_, tags)| tags);
        (state.tags, state.tags_all) = tags::read_parts(data, parts, &state.tags, &state.tags_all);
        Some(state)
    }

    /// What encrypts the keys: of the first that isn't as the state has it.
    fn show_key(&self, state: &mut ClusterPki) {
        let mut ids = self.encrypted_by().into_iter();
        if let Some(other) = ids.find(|id| id.as_deref() != state.kms_key_id.text()) {
            state.kms_key_id = other.into();
        }
    }

    /// Whether one key encrypts all of them.
    fn encrypted_alike(&self) -> bool {
        let ids = self.encrypted_by();
        ids.iter().all(|id| Some(id) == ids.first())
    }

    /// What encrypts each of them; `None` for AWS's own key.
    fn encrypted_by(&self) -> Vec<Option<String>> {
        let parts = Part::ALL.map(|part| self.seen.part(part));
        let keys = parts.iter().flat_map(|part| part.keys.values());
        keys.map(|key| key.metadata.key_id.clone().filter(|id| id != DEFAULT_KEY))
            .collect()
    }
}

/// The tags of all parameters there are.
pub(super) async fn tags_of(
    ssm: &aws::ssm::Ssm,
    seen: &Seen,
) -> Result<Vec<(String, Tags)>, aws::Error> {
    let reads = seen.names().into_iter().map(|name| async move {
        let tags = ssm.parameter_tags(&name).await?;
        Ok::<_, aws::Error>(tags.map(|tags| (name, tags)))
    });
    let read = futures_util::future::try_join_all(reads).await?;
    Ok(read.into_iter().flatten().collect())
}

/// The ARN of the path, from that of a parameter below it.
pub(super) fn arn_of(layout: &Layout, part: Part, parameter: &str) -> Option<String> {
    let name = layout.public(part);
    let below = name.strip_prefix(layout.path())?;
    parameter.strip_suffix(below).map(str::to_owned)
}

/// What there is of a part. What isn't as it was written is shown as missing: it is to be mended.
pub(super) fn read_part(part: Part, seen: &PartSeen, before: Option<&PartState>) -> PartState {
    let mut now = before.cloned().unwrap_or_default();
    let text = seen.public.as_ref().and_then(|one| one.text.as_deref());
    let as_before = now.bundle.as_ref().map(pki::Bundle::to_pem);
    now.version = seen.public.as_ref().map(|one| one.version);
    match seen.bundle(part) {
        Some(bundle) => now.bundle = Some(bundle),
        None if text.is_some() && text == as_before.as_deref() => {}
        None => now.version = None,
    }
    let position = now.bundle.as_ref().and_then(|bundle| seen.position(bundle));
    let gone: Vec<_> = now
        .keys
        .keys()
        .filter(|generation| !seen.keys.contains_key(generation))
        .copied()
        .collect();
    for (generation, key) in &seen.keys {
        let version = key.metadata.version;
        let known = match now.keys.get(generation) {
            None => Some(version),
            Some(known) => known.filter(|known| *known == version),
        };
        now.keys.insert(*generation, known);
    }
    for generation in &gone {
        if position.is_some() {
            now.keys.remove(generation);
        } else {
            now.keys.insert(*generation, None);
        }
    }
    if position.is_some() {
        now.stand(position);
    } else if gone.is_empty() {
        now.stand(None);
        now.generation = seen.keys.keys().next_back().copied();
        let signer = now.bundle.as_ref().and_then(pki::Bundle::signer);
        now.signing = signer.and_then(|one| seen.generation_of(one.public().id()));
    }
    now
}

/// Shows where a part stands, if the configuration speaks of it or there is anything to say.
fn show_rotation(part: Part, now: &PartState, state: &mut ClusterPki) {
    let mut entries = state
        .rotation
        .known()
        .cloned()
        .unwrap_or_else(|| Map([].into()));
    let settled = now.step == Some(Step::Retire);
    if entries.0.contains_key(part.name()) || !settled {
        let entry = Rotation {
            generation: now.generation.map(i64::from).into(),
            step: now.step.map(|step| step.name().to_owned()).into(),
        };
        entries.0.insert(part.name().to_owned(), entry.into());
    }
    state.rotation = Attr::Known(entries);
}
