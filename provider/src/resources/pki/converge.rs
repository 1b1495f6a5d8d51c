//! Makes Parameter Store have what is wanted: every part is found or made, then brought into line. A
//! create and an update are the same walk, so a create that was killed is finished by the next.
//!
//! Of a part the private key comes first, by a write that only makes and never replaces: of several
//! tries one makes the key. What is public is derived from the key that is there, so whoever comes
//! after a kill finishes the pair. Trust goes before signing, and distrust after it.

use std::collections::{BTreeMap, BTreeSet};

use aws::ownership::{Claim, Ownership};
use aws::ssm::Ssm;
use aws::tags::Tags;
use aws::wait::Progress;
use pki::Part;
use tfplug::{Attr, Cx, Diagnostic, Planned, Result, Saved};

use super::KIND;
use super::model::ClusterPki;
use super::observed::{arn_of, tags_of};
use super::part_state::{self, PartState};
use super::plan::target;
use super::preflight::{gone, taken};
use super::settings::Settings;
use crate::authorities::{Layout, Seen, Store};
use crate::diagnostics::{aws_error, parameter_error};
use crate::provider::Data;
use crate::tags;
use crate::waits::wait;

/// The attribute that names the key by which private keys are encrypted.
pub(super) const KMS_KEY: &str = "kms_key_id";

/// One walk.
pub(super) struct Converge<'a> {
    pub(super) cx: &'a Cx<Data>,
    pub(super) ssm: &'a Ssm,
    pub(super) layout: &'a Layout,
    pub(super) doing: &'static str,
    pub(super) cluster: String,
    pub(super) kms_key_id: Option<String>,
    pub(super) settings: Settings,
    /// What is to be, and what the user wrote.
    pub(super) planned: Planned<ClusterPki>,
    pub(super) prior: Option<ClusterPki>,
    wanted_tags: Tags,
    /// What is reached so far: what Terraform will remember if a step fails.
    reached: ClusterPki,
    saved: &'a Saved<ClusterPki>,
    /// Names of the parameters that this walk has made.
    pub(super) made: BTreeSet<String>,
    /// Whether it was looked what is there.
    pub(super) looked: bool,
}

/// Walks from what exists to what is planned, and returns the state that is reached.
///
/// # Errors
/// AWS refuses a step, or a parameter of the same name isn't ours. What exists by then is saved.
pub(super) async fn converge(
    cx: &Cx<Data>,
    doing: &'static str,
    planned: Planned<ClusterPki>,
    prior: Option<ClusterPki>,
    saved: &Saved<ClusterPki>,
) -> Result<ClusterPki> {
    let ssm = cx.data().clients()?.ssm().await;
    let ssm = ssm.map_err(|error| aws_error(doing, &error))?;
    let layout = Layout::new(planned.plan.parameter_path.get("parameter_path")?);
    let mut walk = Converge {
        cx,
        ssm,
        layout: &layout,
        doing,
        cluster: planned.plan.cluster_name.get("cluster_name")?.clone(),
        kms_key_id: planned.plan.kms_key_id.text().map(str::to_owned),
        settings: Settings::of(&planned.config)?,
        wanted_tags: tags::wanted(planned.plan.tags_all.get("tags_all")?),
        // Of what exists, the state tells what it was until a step has changed it.
        reached: prior.as_ref().unwrap_or(&planned.plan).clone(),
        planned,
        prior,
        saved,
        made: BTreeSet::new(),
        looked: false,
    };
    // A create hears from AWS if a name is taken, and most often none is.
    if walk.prior.is_some() || walk.parts(&Seen::default()).await?.is_none() {
        walk.looked = true;
        let seen = walk.done(walk.store().look().await)?;
        let tagged = walk.done(tags_of(ssm, &seen).await)?;
        walk.judge(&tagged)?;
        let plan = &walk.planned.plan;
        gone(doing, &layout, &seen, plan, walk.prior.as_ref())?;
        walk.parts(&seen).await?;
        walk.tags(&seen, tagged).await?;
    }
    walk.finish().await
}

impl Converge<'_> {
    pub(super) fn store(&self) -> Store<'_> {
        Store::new(self.ssm, self.layout)
    }

    /// All are judged before any is touched: what can't be taken over as a whole is left alone as a
    /// whole.
    fn judge(&self, tagged: &[(String, Tags)]) -> Result<()> {
        let known = self.known_names();
        let mut takes_over = false;
        for (name, tags) in tagged {
            if !known.contains(name) && !self.made.contains(name) {
                self.claim(name, tags)?;
                takes_over = true;
            }
        }
        if takes_over && self.prior.is_none() {
            self.cx.data().claims.take_over(self.layout.path());
            tracing::info!(
                path = self.layout.path(),
                "taking over an unfinished create"
            );
        }
        Ok(())
    }

    /// Takes a parameter that was found by its name, if it is ours to take.
    pub(super) fn claim(&self, name: &str, tags: &Tags) -> Result<()> {
        match self.ownership().claim(tags) {
            Claim::Adopt => Ok(()),
            Claim::Refuse(why) => Err(taken(self.doing, name, &why, self.layout).into()),
        }
    }

    /// The parameters that the state has.
    fn known_names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for part in Part::ALL {
            if let Some(before) = self.before(part) {
                names.insert(self.layout.public(part));
                let keys = before.keys.keys();
                names.extend(keys.map(|generation| self.layout.private(part, *generation)));
            }
        }
        names
    }

    pub(super) fn before(&self, part: Part) -> Option<PartState> {
        PartState::of(part, self.layout, self.prior.as_ref()?)
    }

    /// All parts. Nothing if a name is taken, and it wasn't looked for yet by whom.
    async fn parts(&mut self, seen: &Seen) -> Result<Option<()>> {
        for part in Part::ALL {
            if part_state::is_open(part, &self.planned.plan)
                && self.part(part, seen).await?.is_none()
            {
                return Ok(None);
            }
        }
        Ok(Some(()))
    }

    async fn part(&mut self, part: Part, seen: &Seen) -> Result<Option<()>> {
        let before = self.before(part);
        let target = target(part, &self.planned.plan, before.as_ref())?;
        let mut state = before.unwrap_or_default();
        super::part::walk(self, part, target, &seen.part(part), &mut state).await
    }

    /// Notes how far a part has come.
    pub(super) fn reach(&mut self, part: Part, state: &PartState) {
        state.put(part, self.layout, &mut self.reached);
        self.saved.save(&self.reached);
    }

    /// Brings the tags of what existed before into line; what is new has them from its first moment.
    async fn tags(&self, seen: &Seen, tagged: Vec<(String, Tags)>) -> Result<()> {
        let policy = self.cx.data().tags().cloned().unwrap_or_default();
        let ownership = self.ownership().tags();
        let kept: BTreeSet<_> = self.kept(seen);
        for (name, tags) in tagged {
            let changes = policy.changes(&tags, &self.wanted_tags, &ownership);
            if kept.contains(&name) && !changes.is_empty() {
                self.done(self.ssm.change_parameter_tags(&name, &changes).await)?;
            }
        }
        Ok(())
    }

    /// Names of the parameters that were there before and still are.
    fn kept(&self, seen: &Seen) -> BTreeSet<String> {
        let mut kept = BTreeSet::new();
        for part in Part::ALL {
            kept.insert(self.layout.public(part));
            if let Some(state) = PartState::of(part, self.layout, &self.reached) {
                let keys = state.keys.keys();
                kept.extend(keys.map(|generation| self.layout.private(part, *generation)));
            }
        }
        kept.intersection(&seen.names()).cloned().collect()
    }

    /// The plan, with all that was open in it.
    async fn finish(mut self) -> Result<ClusterPki> {
        let mut arn = self.planned.plan.arn.clone();
        if !matches!(arn, Attr::Known(_)) {
            arn = self.arn().await?.into();
        }
        let plan = &self.planned.plan;
        for part in Part::ALL {
            if !part_state::is_open(part, plan) {
                part_state::keep(part, &mut self.reached, plan);
            }
        }
        let reached = self.reached;
        Ok(ClusterPki {
            arn,
            kubernetes: reached.kubernetes,
            etcd: reached.etcd,
            front_proxy: reached.front_proxy,
            service_account: reached.service_account,
            ..self.planned.plan
        })
    }

    /// The path's ARN, which only a parameter tells: AWS's partition and the account are in it.
    async fn arn(&self) -> Result<String> {
        let name = self.layout.public(Part::Kubernetes);
        let wait = wait(self.cx, format!("parameter {name} to be visible"));
        let arn = wait.until(|| async {
            Ok(match self.ssm.parameter(&name).await? {
                Some(found) => Progress::Done(found.arn),
                None => Progress::Pending("not visible yet".to_owned()),
            })
        });
        let arn = self.done(arn.await)?;
        arn_of(self.layout, Part::Kubernetes, &arn)
            .ok_or_else(|| Diagnostic::bug(format!("\"{arn}\" isn't the ARN of {name}.")).into())
    }

    /// The tags that a parameter gets when it is made.
    pub(super) fn all_tags(&self) -> Tags {
        let tags: BTreeMap<_, _> = self.wanted_tags.clone();
        tags.into_iter().chain(self.ownership().tags()).collect()
    }

    fn ownership(&self) -> Ownership {
        self.cx.data().ownership(&self.cluster, KIND)
    }

    pub(super) fn done<T>(&self, result: Result<T, aws::Error>) -> Result<T> {
        result.map_err(|error| parameter_error(self.doing, &error, KMS_KEY).into())
    }
}
