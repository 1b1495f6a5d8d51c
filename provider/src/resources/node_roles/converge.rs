//! Makes AWS have what is wanted: every part is found or made, then brought into line. A create and
//! an update are the same walk, so a create that was killed is finished by the next.

use std::collections::BTreeSet;

use aws::iam::policy::Policy;
use aws::iam::{Iam, InstanceProfile, NewRole, Role, is_in_flux};
use aws::ownership::{Claim, Ownership};
use aws::tags::{TagChanges, Tags};
use aws::wait::Progress;
use tfplug::{Attr, Cx, Diagnostic, Result, Saved};

use super::desired::{Desired, attached};
use super::kind::Kind;
use super::model::NodeRoles;
use super::observed::{Look, Observed, ObservedRole};
use super::plan::at;
use super::{POLICY_NAME, RESOURCE};
use crate::diagnostics::{aws_error, refusal};
use crate::provider::Data;
use crate::waits::wait;

/// One walk.
struct Converge<'a> {
    cx: &'a Cx<Data>,
    iam: &'a Iam,
    desired: Desired,
    /// What is reached so far: what Terraform will remember if a step fails.
    reached: NodeRoles,
    saved: &'a Saved<NodeRoles>,
    doing: &'static str,
    /// ARNs of what this walk has made.
    made: BTreeSet<String>,
    /// Whether what isn't known was looked for.
    looked: bool,
}

/// Something of a wanted name: made just now, or found.
enum Made<T> {
    Now(T),
    Before(T),
}

/// How far a walk came.
enum Walked {
    ToTheEnd,
    /// To a name that is taken, while nothing was looked for yet.
    ToATakenName,
}

/// Walks from what exists to what is planned, and returns the state that is reached.
///
/// # Errors
/// AWS refuses a step, or an object of the same name isn't ours. What exists by then is saved.
pub(super) async fn converge(
    cx: &Cx<Data>,
    doing: &'static str,
    existing: Observed,
    plan: NodeRoles,
    before: Option<&NodeRoles>,
    saved: &Saved<NodeRoles>,
) -> Result<NodeRoles> {
    let failed = |error: aws::Error| aws_error(doing, &error);
    let clients = cx.data().clients()?;
    let (iam, region) = tokio::try_join!(clients.iam(), clients.region()).map_err(failed)?;
    let mut walk = Converge {
        cx,
        iam,
        desired: Desired::of(&plan, region)?,
        // Of what exists, the state tells what it was until a step has changed it.
        reached: before.unwrap_or(&plan).clone(),
        saved,
        doing,
        made: BTreeSet::new(),
        looked: false,
    };
    // AWS says if a name is taken, and most often none is. So a create looks for what an earlier one
    // left only when it hears of that.
    let walked = match before {
        None => walk.steps(&existing, before).await?,
        Some(_) => Walked::ToATakenName,
    };
    if let Walked::ToATakenName = walked {
        let existing = walk.find_missing(existing).await?;
        walk.steps(&existing, before).await?;
    }
    walk.finish(plan)
}

impl Converge<'_> {
    async fn steps(&mut self, existing: &Observed, before: Option<&NodeRoles>) -> Result<Walked> {
        for kind in Kind::ALL {
            let found = existing.role(kind);
            let Some(arn) = self.role(kind, found.role.as_ref()).await? else {
                return Ok(Walked::ToATakenName);
            };
            self.policy(kind, &arn, found.policy.as_deref()).await?;
            self.attachments(kind, found.attached.as_ref(), before)
                .await?;
        }
        for kind in Kind::ALL {
            let found = existing.role(kind).profile.as_ref();
            if self.profile(kind, found).await?.is_none() {
                return Ok(Walked::ToATakenName);
            }
        }
        Ok(Walked::ToTheEnd)
    }

    /// Looks for the parts that the state doesn't name, by their names. All are judged before any is
    /// touched: what can't be taken over as a whole is left alone as a whole.
    async fn find_missing(&mut self, mut existing: Observed) -> Result<Observed> {
        self.looked = true;
        existing.control_plane = self
            .find(Kind::ControlPlane, existing.control_plane)
            .await?;
        existing.worker = self.find(Kind::Worker, existing.worker).await?;
        Ok(existing)
    }

    async fn find(&self, kind: Kind, known: ObservedRole) -> Result<ObservedRole> {
        let wanted = self.desired.role(kind);
        let missing = Look {
            role: known.role.is_none().then_some(&wanted.name),
            profile: known.profile.is_none().then_some(&wanted.profile),
            ..Look::default()
        };
        let found = self.done(ObservedRole::look(self.iam, missing).await)?;
        if let Some(role) = &found.role {
            self.claim_role(kind, role)?;
        }
        if let Some(profile) = &found.profile {
            self.claim_profile(kind, profile)?;
        }
        // Of a role that was found just now nothing more is known, and what is attached to it is
        // known only if the state says that it matters.
        let more = Look {
            role: (known.role.as_ref().or(found.role.as_ref())).map(|role| role.name.as_str()),
            policy: known.role.is_none(),
            attached: known.attached.is_none() && wanted.attached.is_some(),
            profile: None,
        };
        let more = if more.policy || more.attached {
            self.done(ObservedRole::look(self.iam, more).await)?
        } else {
            ObservedRole::default()
        };
        Ok(ObservedRole {
            role: known.role.or(found.role),
            policy: known.policy.or(more.policy),
            attached: known.attached.or(more.attached),
            profile: known.profile.or(found.profile),
        })
    }

    /// Takes a role that was found by its name, if it is ours to take.
    fn claim_role(&self, kind: Kind, role: &Role) -> Result<()> {
        if self.made.contains(&role.arn) {
            return Ok(());
        }
        if let Claim::Refuse(why) = self.ownership(kind.role()).claim(&role.tags) {
            let what = format!("A role named \"{}\"", role.name);
            let id = import_id(&self.reached);
            let refused = refusal(self.doing, &what, &why, RESOURCE, id.as_deref());
            return Err(refused.at(at(kind)).into());
        }
        if let Some(why) = elsewhere(self.doing, role, kind, &self.desired.region) {
            return Err(why.into());
        }
        if role.path != self.desired.path {
            return Err(unlike(self.doing, &role.name).at("path").into());
        }
        self.cx.data().claims.take_over(&role.arn);
        tracing::info!(arn = %role.arn, "taking over the role of an unfinished create");
        Ok(())
    }

    /// The same for an instance profile.
    fn claim_profile(&self, kind: Kind, profile: &InstanceProfile) -> Result<()> {
        if self.made.contains(&profile.arn) {
            return Ok(());
        }
        let name = &self.desired.role(kind).name;
        if let Claim::Refuse(why) = self.ownership(kind.profile()).claim(&profile.tags) {
            let what = format!("An instance profile named \"{}\"", profile.name);
            let id = import_id(&self.reached).filter(|_| whose(&profile.roles, name));
            let refused = refusal(self.doing, &what, &why, RESOURCE, id.as_deref());
            return Err(refused.at(at(kind)).into());
        }
        if profile.path != self.desired.path {
            return Err(unlike(self.doing, &profile.name).at("path").into());
        }
        self.cx.data().claims.take_over(&profile.arn);
        Ok(())
    }

    /// The role as wanted, policies aside. Returns its ARN; nothing if its name is taken, and it
    /// wasn't looked for yet by whom.
    async fn role(&mut self, kind: Kind, existing: Option<&Role>) -> Result<Option<String>> {
        let made = match existing {
            Some(role) => Made::Before(role.clone()),
            None => match self.create_role(kind).await? {
                Some(made) => made,
                None => return Ok(None),
            },
        };
        let (Made::Now(role) | Made::Before(role)) = &made;
        let attributes = kind.attributes(&mut self.reached);
        *attributes.role_name = role.name.as_str().into();
        *attributes.role_arn = role.arn.as_str().into();
        self.reached.region = self.desired.region.as_str().into();
        self.save();
        match &made {
            Made::Before(role) => self.bring_into_line(kind, role).await?,
            Made::Now(role) => drop(self.made.insert(role.arn.clone())),
        }
        Ok(Some(role.arn.clone()))
    }

    async fn create_role(&self, kind: Kind) -> Result<Option<Made<Role>>> {
        let wanted = self.desired.role(kind);
        let ownership = self.ownership(kind.role());
        let new = NewRole {
            name: wanted.name.clone(),
            path: self.desired.path.clone(),
            description: kind.description(&self.desired.region),
            trust_policy: self.desired.trust_policy.clone(),
            permissions_boundary: self.desired.boundary.clone(),
            tags: self.all_tags(&ownership),
        };
        let wait = wait(self.cx, format!("role {} to be made", new.name));
        let made = wait.until_made(async || match self.iam.create_role(&new).await {
            Ok(role) => Ok(Progress::Done(Some(Made::Now(role)))),
            Err(error) if is_in_flux(&error) => Ok(in_flux()),
            Err(error) if exists(&error) && !self.looked => Ok(Progress::Done(None)),
            // Made by a call whose answer was lost, or not seen when it was looked for.
            Err(error) if exists(&error) => Ok(match self.iam.role(&new.name).await? {
                Some(role) => Progress::Done(Some(Made::Before(role))),
                None => Progress::Pending("there, but not visible yet".to_owned()),
            }),
            Err(error) => Err(error),
        });
        let made = self.done(made.await)?;
        if let Some(Made::Before(role)) = &made {
            self.claim_role(kind, role)?;
        }
        Ok(made)
    }

    /// What of an existing role can differ.
    async fn bring_into_line(&self, kind: Kind, role: &Role) -> Result<()> {
        let (name, desired) = (role.name.as_str(), &self.desired);
        if !same(&role.trust_policy, &desired.trust_policy) {
            let set = || self.iam.set_trust_policy(name, &desired.trust_policy);
            self.settled(name, set).await?;
        }
        if role.permissions_boundary != desired.boundary {
            let boundary = desired.boundary.as_deref();
            let set = || self.iam.set_permissions_boundary(name, boundary);
            self.settled(name, set).await?;
        }
        let changes = self.tag_changes(&role.tags, &self.ownership(kind.role()));
        if !changes.is_empty() {
            let set = || self.iam.change_role_tags(name, &changes);
            self.settled(name, set).await?;
        }
        Ok(())
    }

    /// The inline policy as wanted.
    async fn policy(&mut self, kind: Kind, role_arn: &str, found: Option<&str>) -> Result<()> {
        let wanted = self.desired.policy(kind, role_arn)?;
        if !found.is_some_and(|found| same(found, &wanted)) {
            let name = self.desired.role(kind).name.as_str();
            let put = || self.iam.put_inline_policy(name, POLICY_NAME, &wanted);
            self.settled(name, put).await?;
        }
        *kind.attributes(&mut self.reached).policy = wanted.into();
        self.save();
        Ok(())
    }

    /// Attaches what is to be attached, and detaches what isn't: of policies that others attach,
    /// only while the attribute is set.
    async fn attachments(
        &mut self,
        kind: Kind,
        found: Option<&BTreeSet<String>>,
        before: Option<&NodeRoles>,
    ) -> Result<()> {
        let none = BTreeSet::new();
        let ours_before = match before {
            Some(before) => attached(kind, before)?,
            None => None,
        };
        let wanted = self.desired.role(kind).attached.as_ref();
        let unwanted = match (wanted, found) {
            (Some(wanted), Some(found)) => found - wanted,
            (None, _) => ours_before.unwrap_or_default(),
            (Some(_), None) => BTreeSet::new(),
        };
        let missing = wanted.unwrap_or(&none) - found.unwrap_or(&none);
        let name = self.desired.role(kind).name.as_str();
        if wanted.is_some() {
            // Before the first is attached: what is attached is then known to be ours.
            let all = wanted.unwrap_or(&none).union(&unwanted).cloned();
            *kind.attributes(&mut self.reached).policy_arns = Attr::Known(all.collect());
            self.saved.save(&self.reached);
        }
        for arn in &missing {
            let attach = || self.iam.attach_policy(name, arn);
            self.settled(name, attach).await?;
        }
        for arn in &unwanted {
            let detach = || self.iam.detach_policy(name, arn);
            self.settled(name, detach).await?;
        }
        let arns = wanted.map(|arns| arns.iter().cloned().collect());
        *kind.attributes(&mut self.reached).policy_arns = arns.into();
        self.save();
        Ok(())
    }

    /// The instance profile as wanted, with the role in it. Nothing if its name is taken, and
    /// it wasn't looked for yet by whom.
    async fn profile(
        &mut self,
        kind: Kind,
        existing: Option<&InstanceProfile>,
    ) -> Result<Option<()>> {
        let made = match existing {
            Some(profile) => Made::Before(profile.clone()),
            None => match self.create_profile(kind).await? {
                Some(made) => made,
                None => return Ok(None),
            },
        };
        let (Made::Now(profile) | Made::Before(profile)) = &made;
        let attributes = kind.attributes(&mut self.reached);
        *attributes.instance_profile = profile.name.as_str().into();
        *attributes.instance_profile_arn = profile.arn.as_str().into();
        self.save();
        if let Made::Before(profile) = &made {
            let ownership = self.ownership(kind.profile());
            let changes = self.tag_changes(&profile.tags, &ownership);
            if !changes.is_empty() {
                let name = profile.name.as_str();
                let set = || self.iam.change_instance_profile_tags(name, &changes);
                self.settled(name, set).await?;
            }
        } else {
            self.made.insert(profile.arn.clone());
        }
        self.put_role_into(kind, profile).await.map(Some)
    }

    async fn create_profile(&self, kind: Kind) -> Result<Option<Made<InstanceProfile>>> {
        let name = self.desired.role(kind).profile.as_str();
        let tags = self.all_tags(&self.ownership(kind.profile()));
        let wait = wait(self.cx, format!("instance profile {name} to be made"));
        let made = wait.until_made(async || {
            let path = &self.desired.path;
            match self.iam.create_instance_profile(name, path, &tags).await {
                Ok(profile) => Ok(Progress::Done(Some(Made::Now(profile)))),
                Err(error) if is_in_flux(&error) => Ok(in_flux()),
                Err(error) if exists(&error) && !self.looked => Ok(Progress::Done(None)),
                Err(error) if exists(&error) => Ok(match self.iam.instance_profile(name).await? {
                    Some(profile) => Progress::Done(Some(Made::Before(profile))),
                    None => Progress::Pending("there, but not visible yet".to_owned()),
                }),
                Err(error) => Err(error),
            }
        });
        let made = self.done(made.await)?;
        if let Some(Made::Before(profile)) = &made {
            self.claim_profile(kind, profile)?;
        }
        Ok(made)
    }

    /// Puts the role into the instance profile in the place of any other. That IAM shows it there
    /// would say nothing of EC2, which hears of it later: whoever launches instances tries again
    /// until then, as the node groups do.
    async fn put_role_into(&self, kind: Kind, profile: &InstanceProfile) -> Result<()> {
        let role = self.desired.role(kind).name.as_str();
        let name = profile.name.as_str();
        if profile.roles == [role] {
            return Ok(());
        }
        for other in profile.roles.iter().filter(|other| *other != role) {
            let remove = || self.iam.remove_role_from_profile(name, other);
            self.settled(name, remove).await?;
        }
        let add = || self.add_role(name, role);
        self.settled(name, add).await
    }

    async fn add_role(&self, profile: &str, role: &str) -> Result<(), aws::Error> {
        match self.iam.add_role_to_profile(profile, role).await {
            // There is a role in it already: ours, if the answer to an earlier try was lost.
            Err(error) if error.code() == Some("LimitExceeded") => {
                let now = self.iam.instance_profile(profile).await?;
                match now {
                    Some(now) if now.roles == [role] => Ok(()),
                    _ => Err(error),
                }
            }
            result => result,
        }
    }

    /// The plan, with all that was open in it.
    fn finish(self, plan: NodeRoles) -> Result<NodeRoles> {
        let reached = self.reached;
        Ok(NodeRoles {
            region: reached.region,
            assume_role_policy: self.desired.trust_policy.into(),
            control_plane_role_arn: reached.control_plane_role_arn,
            control_plane_permissions_boundary: self.desired.boundary.clone().into(),
            control_plane_policy: reached.control_plane_policy,
            control_plane_instance_profile: reached.control_plane_instance_profile,
            control_plane_instance_profile_arn: reached.control_plane_instance_profile_arn,
            worker_role_arn: reached.worker_role_arn,
            worker_permissions_boundary: self.desired.boundary.into(),
            worker_policy: reached.worker_policy,
            worker_instance_profile: reached.worker_instance_profile,
            worker_instance_profile_arn: reached.worker_instance_profile_arn,
            ..plan
        })
    }

    /// A write that is tried again while IAM is busy with the object.
    async fn settled<F, Fut>(&self, name: &str, write: F) -> Result<()>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<(), aws::Error>>,
    {
        self.done(settled(self.cx, name, write).await)
    }

    fn tag_changes(&self, on_aws: &Tags, ownership: &Ownership) -> TagChanges {
        let policy = self.cx.data().tags().cloned().unwrap_or_default();
        policy.changes(on_aws, &self.desired.tags, &ownership.tags())
    }

    fn all_tags(&self, ownership: &Ownership) -> Tags {
        self.desired
            .tags
            .clone()
            .into_iter()
            .chain(ownership.tags())
            .collect()
    }

    fn ownership(&self, kind: &'static str) -> Ownership {
        self.cx.data().ownership(&self.desired.cluster, kind)
    }

    fn save(&self) {
        self.saved.save(&self.reached);
    }

    fn done<T>(&self, result: Result<T, aws::Error>) -> Result<T> {
        result.map_err(|error| aws_error(self.doing, &error).into())
    }
}

/// A write that is tried again while IAM is busy with the object.
pub(super) async fn settled<F, Fut>(cx: &Cx<Data>, name: &str, write: F) -> Result<(), aws::Error>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<(), aws::Error>>,
{
    let wait = wait(cx, format!("{name} to take changes"));
    wait.until_made(|| async {
        match write().await {
            Ok(()) => Ok(Progress::Done(())),
            Err(error) if is_in_flux(&error) => Ok(in_flux()),
            Err(error) => Err(error),
        }
    })
    .await
}

/// What imports the roles of a model.
pub(super) fn import_id(model: &NodeRoles) -> Option<String> {
    let [first, second] = Kind::ALL.map(|kind| kind.role_name(model).text());
    Some(format!("{},{}", first?, second?))
}

/// Whether an instance profile is that of a role.
pub(super) fn whose(roles: &[String], role: &str) -> bool {
    roles.iter().any(|one| one == role)
}

/// Why a role of ours is that of another region: of a cluster of the same name and owner.
pub(super) fn elsewhere(doing: &str, role: &Role, kind: Kind, region: &str) -> Option<Diagnostic> {
    (role.description != kind.description(region)).then(|| {
        let path = kind.name_attribute();
        Diagnostic::error(
            doing,
            format!(
                "A role named \"{}\" exists for \"{}\", but this one is for {region}. Roles belong \
                 to the whole account, so clusters of one name in two regions need a \"{path}\" \
                 each.",
                role.name, role.description
            ),
        )
        .at(at(kind))
    })
}

fn unlike(doing: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        doing,
        format!(
            "\"{name}\" exists already with another path, which AWS can't change. If it is left \
             from an unfinished create, delete it. If it is about to be replaced, it must go \
             first: remove create_before_destroy, or change the name too."
        ),
    )
}

/// Whether two texts of policies mean the same.
fn same(found: &str, wanted: &str) -> bool {
    match (Policy::parse(found), Policy::parse(wanted)) {
        (Some(found), Some(wanted)) => found.means_the_same(&wanted),
        _ => false,
    }
}

fn exists(error: &aws::Error) -> bool {
    error.code() == Some("EntityAlreadyExists")
}

fn in_flux<T>() -> Progress<T> {
    Progress::Pending("being changed".to_owned())
}
