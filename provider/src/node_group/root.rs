//! Which device of a launch template is the root, where no state knows it.

use aws::Error;
use aws::ec2::{Ec2, LaunchTemplate, TemplateData};

use super::RootBlockDevice;

/// What an import knows of the root device of a template's version: its name, by which the rest is
/// read. None if it can't be told.
///
/// # Errors
/// AWS can't be asked.
pub(crate) async fn root_block_device(
    ec2: &Ec2,
    template: &LaunchTemplate,
    version: &str,
) -> Result<Option<RootBlockDevice>, Error> {
    let found = ec2.launch_template_version(&template.id, version).await?;
    let Some(version) = found else {
        return Ok(None);
    };
    let root = root_device(ec2, &version.data).await?;
    Ok(root.map(|name| RootBlockDevice {
        device_name: name.into(),
        ..RootBlockDevice::default()
    }))
}

/// The image says. Of an image that is gone it must be the only one.
async fn root_device(ec2: &Ec2, data: &TemplateData) -> Result<Option<String>, Error> {
    let image = match &data.image_id {
        Some(id) => ec2.image(id).await?,
        None => None,
    };
    let only = || match data.block_devices.len() {
        1 => data.block_devices.keys().next().cloned(),
        _ => None,
    };
    Ok(image.and_then(|image| image.root_device_name).or_else(only))
}
