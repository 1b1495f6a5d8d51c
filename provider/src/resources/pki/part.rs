//! One part's way: its keys, then what is trusted, then the keys that go.

use aws::ssm::{Content, DEFAULT_KEY, Encryption, MAX_BYTES, Tier, already_exists};
use aws::wait::Progress;
use pki::rotation::Position;
use pki::{Bundle, KeyId, Part, PrivateKey, SelfSigned, Serial, Trusted};
use tfplug::{Diagnostic, Result};

use super::brought::{Brought, Pair, key_attribute};
use super::converge::{Converge, KMS_KEY};
use super::part_state::PartState;
use super::plan::has_to_be_renewed;
use crate::authorities::{KeySeen, KeyUnread, PartSeen, key_description, now, pki_error};
use crate::waits::wait;

/// Older texts of a private key that are looked through for the one that belongs: as many as a
/// parameter is likely to have been written by mistake. Parameter Store keeps a hundred.
const OLDER_VERSIONS: i64 = 10;

/// A private key in Parameter Store.
struct Held {
    id: KeyId,
    version: i64,
    /// The key itself, if it had to be decrypted or was just made.
    key: Option<PrivateKey>,
}

/// Walks to a position, and notes each step. Nothing if a name is taken, and it wasn't looked for
/// yet by whom.
pub(super) async fn walk(
    walk: &mut Converge<'_>,
    part: Part,
    target: Position,
    seen: &PartSeen,
    state: &mut PartState,
) -> Result<Option<()>> {
    let pair = Brought::of(part, &walk.planned.config).read(part)?;
    let expected = expected(state);
    let mut held = Vec::new();
    for generation in target.trusted() {
        let expected = expected.iter().find(|(at, _)| *at == generation);
        let expected = expected.map(|(_, id)| id);
        let (found, known) = (
            seen.keys.get(&generation),
            state.keys.get(&generation).copied().flatten(),
        );
        // A key that is brought along is for the generation that is made now.
        let brought = pair
            .key
            .as_ref()
            .filter(|_| generation == target.generation);
        let one = match found {
            Some(found) => existing(walk, part, generation, found, known, expected).await?,
            None => match make(walk, part, generation, brought).await? {
                Some(made) => {
                    walk.made.insert(walk.layout.private(part, generation));
                    made
                }
                None => return Ok(None),
            },
        };
        state.generation = state.generation.max(Some(generation));
        state.keys.insert(generation, Some(one.version));
        walk.reach(part, state);
        held.push((generation, one));
    }
    let bundle = bundle(walk, part, seen, state, &pair, &held).await?;
    let text = bundle.to_pem();
    let same = seen
        .public
        .as_ref()
        .filter(|one| one.text.as_ref() == Some(&text));
    let version = match same {
        Some(same) => same.version,
        None => match publish(walk, part, seen, &text).await? {
            Some(version) => version,
            None => return Ok(None),
        },
    };
    walk.made.insert(walk.layout.public(part));
    state.bundle = Some(bundle);
    state.version = Some(version);
    // It stands there only when no key is left over.
    let over: Vec<u32> = (seen.keys.keys().copied())
        .filter(|generation| !target.trusted().contains(generation))
        .collect();
    state.signing = Some(target.signer());
    state.step = None;
    if over.is_empty() {
        state.stand(Some(target));
    }
    walk.reach(part, state);
    if !over.is_empty() {
        let names = over
            .iter()
            .map(|generation| walk.layout.private(part, *generation));
        let names: Vec<_> = names.collect();
        walk.done(walk.ssm.delete_parameters(&names).await)?;
        for generation in over {
            state.keys.remove(&generation);
        }
    }
    state
        .keys
        .retain(|generation, _| target.trusted().contains(generation));
    state.stand(Some(target));
    walk.reach(part, state);
    Ok(Some(()))
}

/// Which key each generation had, as far as the state tells.
fn expected(state: &PartState) -> Vec<(u32, KeyId)> {
    let Some((position, bundle)) = state.position().zip(state.bundle.as_ref()) else {
        return Vec::new();
    };
    let ids = bundle.trusted().iter().map(|one| one.public().id().clone());
    position.trusted().into_iter().zip(ids).collect()
}

/// Makes a key that isn't there: the one that is brought along, or a new one.
async fn make(
    walk: &Converge<'_>,
    part: Part,
    generation: u32,
    brought: Option<&PrivateKey>,
) -> Result<Option<Held>> {
    let name = walk.layout.private(part, generation);
    let wrong = |error| pki_error(walk.doing, &format!("The private key \"{name}\""), &error);
    let key = match brought {
        Some(brought) => PrivateKey::from_pem(&brought.to_pem()),
        None => PrivateKey::generate(walk.settings.algorithm),
    };
    let key = key.map_err(wrong)?;
    let id = key.public().id().clone();
    let description = key_description(&walk.cluster, &what(part, generation), &id);
    let text = key.to_pem();
    let content = Content {
        text: &text,
        encryption: encryption(walk),
        description: &description,
        at_least: Tier::Standard,
    };
    match walk
        .ssm
        .create_parameter(&name, content, &walk.all_tags())
        .await
    {
        Ok(version) => Ok(Some(Held {
            id,
            version,
            key: Some(key),
        })),
        Err(error) if already_exists(&error) && !walk.looked => Ok(None),
        // Made by a call whose answer was lost, or not seen when it was looked for.
        Err(error) if already_exists(&error) => {
            let found = found(walk, &name).await?;
            if brought.is_some() && found.id != id {
                let text = format!(
                    "\"{name}\" has another key than you brought along: an earlier apply has \
                     stored that. Delete the parameter if nothing uses it yet."
                );
                return Err(Diagnostic::error(walk.doing, text)
                    .at(key_attribute(part).as_str())
                    .into());
            }
            Ok(Some(found))
        }
        Err(error) => walk.done(Err(error)),
    }
}

/// A key that is there though it wasn't seen: reads may lag behind writes.
async fn found(walk: &Converge<'_>, name: &str) -> Result<Held> {
    let seen = wait(walk.cx, format!("parameter {name} to be visible"));
    let tags = seen.until(|| async {
        Ok(match walk.ssm.parameter_tags(name).await? {
            Some(tags) => Progress::Done(tags),
            None => Progress::Pending("there, but not visible yet".to_owned()),
        })
    });
    walk.claim(name, &walk.done(tags.await)?)?;
    let read = walk.store().key(name, None).await;
    let read = read.map_err(|unread| unread.told(walk.doing, name, KMS_KEY))?;
    let Some((key, version)) = read else {
        let text = format!("\"{name}\" exists, but can't be read yet. Apply again.");
        return Err(Diagnostic::error(walk.doing, text).into());
    };
    Ok(Held {
        id: key.public().id().clone(),
        version,
        key: Some(key),
    })
}

/// A key that is there: as it was written, or mended.
async fn existing(
    walk: &Converge<'_>,
    part: Part,
    generation: u32,
    found: &KeySeen,
    known: Option<i64>,
    expected: Option<&KeyId>,
) -> Result<Held> {
    let metadata = &found.metadata;
    let encrypted_by = metadata.key_id.as_deref().filter(|id| *id != DEFAULT_KEY);
    let as_encrypted = metadata.is_secure && encrypted_by == walk.kms_key_id.as_deref();
    // A key that the state doesn't know of is of an unfinished walk, and tells which it is.
    let untouched = known.is_none_or(|known| known == metadata.version)
        && (known.is_some() || expected.is_none());
    if let (Some(id), true, true) = (&found.id, untouched, as_encrypted) {
        return Ok(Held {
            id: id.clone(),
            version: metadata.version,
            key: None,
        });
    }
    let name = &metadata.name;
    let key = belonging(walk, name, metadata.version, expected).await?;
    let id = key.key.public().id().clone();
    if key.version == metadata.version && as_encrypted && found.id.as_ref() == Some(&id) {
        return Ok(Held {
            id,
            version: key.version,
            key: Some(key.key),
        });
    }
    let description = key_description(&walk.cluster, &what(part, generation), &id);
    let text = key.key.to_pem();
    let content = Content {
        text: &text,
        encryption: encryption(walk),
        description: &description,
        at_least: metadata.tier,
    };
    let version = walk.done(walk.ssm.overwrite_parameter(name, content).await)?;
    Ok(Held {
        id,
        version,
        key: Some(key.key),
    })
}

struct Version {
    key: PrivateKey,
    version: i64,
}

/// The text of a parameter that holds the key that is expected: the last one, or an older one if
/// somebody wrote over it.
async fn belonging(
    walk: &Converge<'_>,
    name: &str,
    newest: i64,
    expected: Option<&KeyId>,
) -> Result<Version> {
    let belongs = |key: &PrivateKey| expected.is_none_or(|expected| key.public().id() == expected);
    let mut last = None;
    let oldest = newest.saturating_sub(OLDER_VERSIONS).max(0);
    for version in (oldest + 1..=newest).rev() {
        match walk.store().key(name, Some(version)).await {
            Ok(Some((key, _))) if belongs(&key) => return Ok(Version { key, version }),
            Err(unread) if version == newest => {
                let told = unread.told(walk.doing, name, KMS_KEY);
                // What can't be decrypted may well be the one.
                if matches!(unread, KeyUnread::Aws(_)) {
                    return Err(told.into());
                }
                last = Some(told);
            }
            Ok(_) | Err(_) => {}
        }
    }
    let why = last
        .map(|error| format!("\n\n{}", error.detail()))
        .unwrap_or_default();
    let text = format!(
        "\"{name}\" doesn't hold the private key of the certificate beside it, nor did it in its \
         last {OLDER_VERSIONS} versions: somebody wrote over it. Write the key back from a backup, \
         or have all of it made anew, which every node and client must then hear of, by terraform \
         taint and an apply.{why}"
    );
    Err(Diagnostic::error(walk.doing, text).into())
}

/// What is to be trusted, what signs in front. Certificates that are there stay as they are, unless
/// they are due or another is brought along.
async fn bundle(
    walk: &Converge<'_>,
    part: Part,
    seen: &PartSeen,
    state: &PartState,
    pair: &Pair,
    held: &[(u32, Held)],
) -> Result<Bundle> {
    let known = seen
        .bundle(part)
        .or_else(|| state.bundle.clone())
        .unwrap_or_default();
    let mut all = Vec::new();
    for (generation, held) in held {
        let trusted = known.trusted().iter();
        let existing = trusted.clone().find(|one| *one.public().id() == held.id);
        let brought = pair.certificate.as_ref();
        let brought = brought.filter(|one| *one.public().id() == held.id);
        if let Some(brought) = brought {
            all.push(Trusted::from(brought.clone()));
            continue;
        }
        match existing {
            Some(one) if !has_to_be_renewed(&walk.settings, one) => all.push(one.clone()),
            _ => all.push(derive(walk, part, *generation, held).await?),
        }
    }
    Ok(Bundle::of(all))
}

/// What is public of a key.
async fn derive(walk: &Converge<'_>, part: Part, generation: u32, held: &Held) -> Result<Trusted> {
    let name = walk.layout.private(part, generation);
    let decrypted;
    let key = match &held.key {
        Some(key) => key,
        None => {
            let read = walk.store().key(&name, None).await;
            let read = read.map_err(|unread| unread.told(walk.doing, &name, KMS_KEY))?;
            let Some((key, _)) = read else {
                let text = format!(
                    "The private key \"{name}\" was deleted while this went on. Plan again: the plan \
                     says what is left to do."
                );
                return Err(Diagnostic::error(walk.doing, text).into());
            };
            decrypted = key;
            &decrypted
        }
    };
    let Some(subject) = part.subject() else {
        return Ok(Trusted::Key(key.public().clone()));
    };
    let wrong = |error| pki_error(walk.doing, &format!("The private key \"{name}\""), &error);
    let serial = Serial::random().map_err(wrong)?;
    let own = SelfSigned {
        subject: &subject,
        validity: walk.settings.validity,
        now: now(),
        serial: &serial,
    };
    Ok(own.sign(key).map_err(wrong)?.into())
}

/// Writes what is trusted: all of it at once.
async fn publish(
    walk: &Converge<'_>,
    part: Part,
    seen: &PartSeen,
    text: &str,
) -> Result<Option<i64>> {
    let name = walk.layout.public(part);
    if text.len() > MAX_BYTES {
        let text = format!(
            "What is to be trusted of {part} has {} bytes, and Parameter Store takes {MAX_BYTES}. \
             Certificates with ECDSA keys are smaller than those with RSA keys.",
            text.len()
        );
        return Err(Diagnostic::error(walk.doing, text).into());
    }
    let description = format!("Trusted by cluster {}: {part}", walk.cluster);
    let content = Content {
        text,
        encryption: Encryption::None,
        description: &description,
        at_least: tier(walk, &name, seen).await?,
    };
    if seen.public.is_none() {
        match walk
            .ssm
            .create_parameter(&name, content, &walk.all_tags())
            .await
        {
            Err(error) if already_exists(&error) && !walk.looked => return Ok(None),
            Err(error) if already_exists(&error) => {
                let seen = wait(walk.cx, format!("parameter {name} to be visible"));
                let tags = seen.until(|| async {
                    Ok(match walk.ssm.parameter_tags(&name).await? {
                        Some(tags) => Progress::Done(tags),
                        None => Progress::Pending("there, but not visible yet".to_owned()),
                    })
                });
                walk.claim(&name, &walk.done(tags.await)?)?;
            }
            result => return walk.done(result).map(Some),
        }
    }
    let written = walk.ssm.overwrite_parameter(&name, content).await;
    walk.done(written).map(Some)
}

/// The tier that a parameter is in, from which it can't go back.
async fn tier(walk: &Converge<'_>, name: &str, seen: &PartSeen) -> Result<Tier> {
    if seen.public.is_none() {
        return Ok(Tier::Standard);
    }
    let metadata = walk.done(walk.ssm.metadata(name).await)?;
    Ok(metadata.map(|one| one.tier).unwrap_or_default())
}

fn encryption<'a>(walk: &'a Converge<'_>) -> Encryption<'a> {
    match &walk.kms_key_id {
        Some(key) => Encryption::Key(key),
        None => Encryption::Default,
    }
}

fn what(part: Part, generation: u32) -> String {
    format!("{part}, generation {generation}")
}
