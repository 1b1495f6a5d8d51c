//! The launch template: found or made, and the version of it that says what is planned.

use std::collections::BTreeMap;

use aws::ec2::{LaunchTemplate, TemplateData};
use aws::tags::Tags;
use tfplug::{Diagnostic, Result};

use super::marks::Marks;
use super::walk::{Made, Walk};

/// What CreateLaunchTemplate answers when the name is taken.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
const NAME_TAKEN: &str = "InvalidLaunchTemplateName.AlreadyExistsException";

impl Walk<'_> {
    /// A launch template of the wanted name, if it is ours to take.
    ///
    /// # Errors
    /// It is not.
    pub(crate) async fn find_template(&self) -> Result<Option<LaunchTemplate>> {
        let found = self.done(self.ec2.launch_template_by_name(&self.name).await)?;
        let Some(found) = found else { return Ok(None) };
        self.claim("A launch template", self.kind.template, &found.tags)?;
        self.cx.data().claims.take_over(&found.id);
        tracing::info!(id = %found.id, "taking over the launch template of an unfinished create");
        Ok(Some(found))
    }

    /// Makes the launch template; its first version says what is planned. Returns that version's
    /// number too.
    ///
    /// # Errors
    /// AWS refuses.
    pub(crate) async fn create_template(
        &self,
        data: &TemplateData,
        tags: &Tags,
    ) -> Result<Made<(LaunchTemplate, i64)>> {
        let token = self.token();
        let made = self
            .ec2
            .create_launch_template(&self.name, data, tags, &token)
            .await;
        match made {
            Err(error) if error.code() == Some(NAME_TAKEN) => Ok(Made::Taken(error)),
            made => self.done(made).map(|made| {
                let version = made.latest_version;
                Made::Fresh((made, version))
            }),
        }
    }

    /// The version that says what is planned: the one in use, the newest, or a new one. An update
    /// that was killed may have left its version behind.
    ///
    /// # Errors
    /// AWS refuses.
    pub(crate) async fn version(
        &self,
        template: &LaunchTemplate,
        in_use: Option<i64>,
        known: &BTreeMap<i64, TemplateData>,
        wanted: &TemplateData,
    ) -> Result<i64> {
        if let Some(version) = in_use
            && known.get(&version) == Some(wanted)
        {
            return Ok(version);
        }
        if in_use != Some(template.latest_version) {
            let latest = template.latest_version.to_string();
            let found = self
                .ec2
                .launch_template_version(&template.id, &latest)
                .await;
            if let Some(latest) = self.done(found)?.filter(|one| one.data == *wanted) {
                return Ok(latest.version);
            }
        }
        let token = self.token();
        let made = self
            .ec2
            .create_launch_template_version(&template.id, wanted, &token)
            .await;
        let version = self.done(made)?;
        tracing::info!(id = %template.id, version, "made a version of the launch template");
        Ok(version)
    }

    /// Brings the launch template's own tags into line.
    ///
    /// # Errors
    /// AWS refuses.
    pub(crate) async fn tag_template(
        &self,
        template: &LaunchTemplate,
        marks: &Marks,
        tags_all: &Tags,
    ) -> Result<()> {
        let policy = self.cx.data().tags().cloned().unwrap_or_default();
        let changes = policy.changes(&template.tags, tags_all, &marks.template_ownership());
        if changes.is_empty() {
            return Ok(());
        }
        let ids = [template.id.clone()];
        self.done(self.ec2.change_tags(&ids, &changes).await)
    }

    /// The root device of an image.
    ///
    /// # Errors
    /// There is no such image, or it doesn't say.
    pub(crate) async fn root_device_of(&self, image_id: &str) -> Result<String> {
        let image = self.done(self.ec2.image(image_id).await)?;
        image.and_then(|image| image.root_device_name).ok_or_else(|| {
            let text = format!(
                "There is no image \"{image_id}\" in this region for this account, or it has no \
                 root device. An image has another id in each region."
            );
            Diagnostic::error(self.doing, text).at("image_id").into()
        })
    }
}
