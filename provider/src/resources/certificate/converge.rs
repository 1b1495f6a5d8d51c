//! Makes Parameter Store have what is wanted: the private key first, by a write that only makes and
//! never replaces, then a certificate for the key that is there. A create and an update are the same
//! walk, so a create that was killed is finished by the next.

use aws::ownership::{Claim, Ownership};
use aws::ssm::{Content, DEFAULT_KEY, Encryption, Metadata, Ssm, Tier, already_exists};
use aws::tags::Tags;
use aws::wait::Progress;
use pki::{Certificate, PrivateKey, Serial};
use tfplug::{Cx, Diagnostic, Planned, Result, Saved};

use super::KIND;
use super::model::LeafCertificate;
use super::observed::Observed;
use super::plan::{certificate_name, key_name};
use super::preflight::taken;
use super::wish::{Wish, source};
use crate::authorities::{described_id, key_description, now, pki_error, signer};
use crate::diagnostics::{aws_error, parameter_error};
use crate::provider::Data;
use crate::tags;
use crate::waits::wait;

/// What stands before the profile in both parameters' descriptions.
pub(super) const PROFILE: &str = "profile ";

struct Walk<'a> {
    cx: &'a Cx<Data>,
    ssm: &'a Ssm,
    doing: &'static str,
    path: String,
    cluster: String,
    name: String,
    kms_key_id: Option<String>,
    wish: Wish,
    tags: Tags,
}

struct Held {
    key: PrivateKey,
    version: i64,
}

/// Walks from what exists to what is planned, and returns the state that is reached.
///
/// # Errors
/// AWS refuses a step, or a parameter of the same name isn't ours. What exists by then is saved.
pub(super) async fn converge(
    cx: &Cx<Data>,
    doing: &'static str,
    planned: Planned<LeafCertificate>,
    prior: Option<LeafCertificate>,
    saved: &Saved<LeafCertificate>,
) -> Result<LeafCertificate> {
    let Planned { plan, config } = planned;
    let unknown = || Diagnostic::bug("What a certificate says is not known where it must be.");
    let ssm = cx.data().clients()?.ssm().await;
    let walk = Walk {
        cx,
        ssm: ssm.map_err(|error| aws_error(doing, &error))?,
        doing,
        path: plan.parameter_path.get("parameter_path")?.clone(),
        cluster: plan.cluster_name.get("cluster_name")?.clone(),
        name: plan.name.get("name")?.clone(),
        kms_key_id: plan.kms_key_id.text().map(str::to_owned),
        wish: Wish::of(&plan, &config)?.ok_or_else(unknown)?,
        tags: tags::wanted(plan.tags_all.get("tags_all")?),
    };
    let issuer = source(&plan)?.ok_or_else(unknown)?;
    let mut reached = prior.as_ref().unwrap_or(&plan).clone();
    let seen = walk.done(Observed::look(walk.ssm, &walk.path).await)?;
    if prior.is_none() {
        walk.judge(&seen.tags)?;
    }
    // What can't be signed isn't begun.
    let open = plan.certificate_pem.is_unknown();
    let authority = if open {
        let part = walk.wish.leaf.profile().issuer();
        Some(signer(walk.ssm, doing, &issuer, part).await?)
    } else {
        None
    };
    if plan.private_key_parameter_version.is_unknown() || open {
        let held = walk.key(seen.key.as_ref(), prior.as_ref()).await?;
        reached.private_key_parameter = key_name(&walk.path).into();
        reached.private_key_parameter_version = held.version.into();
        saved.save(&reached);
        if let Some(authority) = &authority {
            let is_good = |found: &Certificate| {
                walk.wish.leaf.is_met_by(found)
                    && found.public() == held.key.public()
                    && found.names_as_issuer(authority.certificate())
                    && !walk.wish.renewal.is_due(found.not_after(), now())
            };
            let (certificate, version) = match (seen.certificate(), &seen.certificate) {
                (Some(found), Some(parameter)) if is_good(&found) => (found, parameter.version),
                _ => {
                    let what = format!("A certificate of {}", walk.wish.leaf.profile());
                    let wrong = |error| pki_error(doing, &what, &error);
                    let serial = Serial::random().map_err(wrong)?;
                    let leaf = &walk.wish.leaf;
                    let issued = authority.issue(leaf, held.key.public(), now(), &serial);
                    let issued = issued.map_err(wrong)?;
                    let version = walk.publish(&issued, seen.certificate.is_some()).await?;
                    (issued, version)
                }
            };
            reached.show(&certificate);
            reached.certificate_parameter = certificate_name(&walk.path).into();
            reached.certificate_parameter_version = version.into();
            saved.save(&reached);
        }
    }
    walk.retag(seen.tags).await?;
    let mut state = plan;
    if open {
        state.keep_certificate(&reached);
    }
    if state.private_key_parameter_version.is_unknown() {
        state.private_key_parameter_version = reached.private_key_parameter_version;
    }
    Ok(state)
}

impl Walk<'_> {
    /// Both are judged before any is touched.
    fn judge(&self, tagged: &[(String, Tags)]) -> Result<()> {
        for (name, tags) in tagged {
            self.claim(name, tags)?;
        }
        if !tagged.is_empty() {
            self.cx.data().claims.take_over(&self.path);
        }
        Ok(())
    }

    fn claim(&self, name: &str, tags: &Tags) -> Result<()> {
        match self.ownership().claim(tags) {
            Claim::Adopt => Ok(()),
            Claim::Refuse(why) => Err(taken(self.doing, name, &why, &self.path).into()),
        }
    }

    /// The private key that is there, or a new one.
    async fn key(&self, found: Option<&Metadata>, prior: Option<&LeafCertificate>) -> Result<Held> {
        let name = key_name(&self.path);
        let Some(found) = found else {
            return self.make(&name).await;
        };
        let Some((key, version)) = self.read(&name).await? else {
            return self.make(&name).await;
        };
        let certificate = prior.and_then(LeafCertificate::certificate);
        let is_foreign =
            certificate.is_some_and(|certificate| certificate.public() != key.public());
        let key = if is_foreign || key.algorithm() != self.wish.algorithm {
            self.generate(&name)?
        } else {
            let by = found.key_id.as_deref().filter(|id| *id != DEFAULT_KEY);
            let described = described_id(&found.description);
            if found.is_secure
                && by == self.kms_key_id.as_deref()
                && described.as_ref() == Some(key.public().id())
            {
                return Ok(Held { key, version });
            }
            key
        };
        let version = self.put_key(&name, &key, Some(found.tier)).await?;
        let version = self.done(version)?;
        Ok(Held { key, version })
    }

    async fn make(&self, name: &str) -> Result<Held> {
        let key = self.generate(name)?;
        match self.put_key(name, &key, None).await? {
            Ok(version) => Ok(Held { key, version }),
            // Made by a call whose answer was lost, or not seen when it was looked for.
            Err(error) if already_exists(&error) => {
                self.claim_once_visible(name).await?;
                let Some((key, version)) = self.read(name).await? else {
                    let text = format!("\"{name}\" exists, but can't be read yet. Apply again.");
                    return Err(Diagnostic::error(self.doing, text).into());
                };
                Ok(Held { key, version })
            }
            Err(error) => self.done(Err(error)),
        }
    }

    fn generate(&self, name: &str) -> Result<PrivateKey> {
        let what = format!("The private key \"{name}\"");
        let made = PrivateKey::generate(self.wish.algorithm);
        made.map_err(|error| pki_error(self.doing, &what, &error).into())
    }

    async fn read(&self, name: &str) -> Result<Option<(PrivateKey, i64)>> {
        let found = self.done(self.ssm.secret(name, None).await)?;
        let Some((text, version)) = found else {
            return Ok(None);
        };
        // What is no key any more is as good as another one.
        match PrivateKey::from_pem(text.expose()) {
            Ok(key) => Ok(Some((key, version))),
            Err(_) => self.generate(name).map(|key| Some((key, version))),
        }
    }

    async fn put_key(
        &self,
        name: &str,
        key: &PrivateKey,
        over: Option<Tier>,
    ) -> Result<Result<i64, aws::Error>> {
        let what = format!("{}, {PROFILE}{}", self.name, self.wish.leaf.profile());
        let description = key_description(&self.cluster, &what, key.public().id());
        let text = key.to_pem();
        let content = Content {
            text: &text,
            encryption: match &self.kms_key_id {
                Some(key) => Encryption::Key(key),
                None => Encryption::Default,
            },
            description: &description,
            at_least: over.unwrap_or_default(),
        };
        Ok(if over.is_some() {
            self.ssm.overwrite_parameter(name, content).await
        } else {
            self.ssm
                .create_parameter(name, content, &self.all_tags())
                .await
        })
    }

    async fn publish(&self, certificate: &Certificate, exists: bool) -> Result<i64> {
        let name = certificate_name(&self.path);
        let text = certificate.to_pem();
        let profile = self.wish.leaf.profile();
        let description = format!(
            "Certificate of cluster {}: {}, {PROFILE}{profile}",
            self.cluster, self.name
        );
        let content = Content {
            text: &text,
            encryption: Encryption::None,
            description: &description,
            // No certificate is so big that it would need more.
            at_least: Tier::Standard,
        };
        if !exists {
            match self
                .ssm
                .create_parameter(&name, content, &self.all_tags())
                .await
            {
                Err(error) if already_exists(&error) => self.claim_once_visible(&name).await?,
                result => return self.done(result),
            }
        }
        self.done(self.ssm.overwrite_parameter(&name, content).await)
    }

    /// Takes a parameter that is there though it wasn't seen: reads may lag behind writes.
    async fn claim_once_visible(&self, name: &str) -> Result<()> {
        let seen = wait(self.cx, format!("parameter {name} to be visible"));
        let tags = seen.until(|| async {
            Ok(match self.ssm.parameter_tags(name).await? {
                Some(tags) => Progress::Done(tags),
                None => Progress::Pending("there, but not visible yet".to_owned()),
            })
        });
        self.claim(name, &self.done(tags.await)?)
    }

    async fn retag(&self, tagged: Vec<(String, Tags)>) -> Result<()> {
        let policy = self.cx.data().tags().cloned().unwrap_or_default();
        for (name, tags) in tagged {
            let changes = policy.changes(&tags, &self.tags, &self.ownership().tags());
            if !changes.is_empty() {
                self.done(self.ssm.change_parameter_tags(&name, &changes).await)?;
            }
        }
        Ok(())
    }

    fn all_tags(&self) -> Tags {
        let tags = self.tags.clone().into_iter();
        tags.chain(self.ownership().tags()).collect()
    }

    fn ownership(&self) -> Ownership {
        self.cx.data().ownership(&self.cluster, KIND)
    }

    fn done<T>(&self, result: Result<T, aws::Error>) -> Result<T> {
        result.map_err(|error| parameter_error(self.doing, &error, "kms_key_id").into())
    }
}
