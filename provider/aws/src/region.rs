//! Which region, and whether a text can be one.

use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::provider_config::ProviderConfig;

use crate::environment::Environment;
use crate::profile::Profile;
use crate::settings::Settings;
use crate::setup::SetupError;

/// Setting, environment, profile, instance: the first that has one.
pub(crate) async fn resolve(
    settings: &Settings,
    env: &Environment,
    profile: &Profile,
    sources: &ProviderConfig,
) -> Result<String, SetupError> {
    let given = settings
        .region
        .as_deref()
        .filter(|region| !region.is_empty());
    let region = match given.or_else(|| env.first(&["AWS_REGION", "AWS_DEFAULT_REGION"])) {
        Some(region) => region.to_owned(),
        None => elsewhere(settings, profile, sources)
            .await
            .ok_or(SetupError::RegionMissing)?,
    };
    if settings.skip_region_validation || looks_right(&region) {
        Ok(region)
    } else {
        Err(SetupError::RegionInvalid { region })
    }
}

async fn elsewhere(
    settings: &Settings,
    profile: &Profile,
    sources: &ProviderConfig,
) -> Option<String> {
    let mut shared = ProfileFileRegionProvider::builder()
        .configure(sources)
        .profile_files(profile.files.clone());
    if let Some(name) = &profile.name {
        shared = shared.profile_name(name);
    }
    let mut region = shared.build().region().await;
    if region.is_none() && !settings.skip_metadata_api_check {
        region = ImdsRegionProvider::builder()
            .configure(sources)
            .build()
            .region()
            .await;
    }
    region.map(|region| region.to_string())
}

/// The form of all regions' names in all partitions: `eu-west-1`, `us-gov-east-1`,
/// `us-isob-east-1`, `cn-north-1`. A list of names would be out of date with the next region.
fn looks_right(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    let [area, middle @ .., number] = parts.as_slice() else {
        return false;
    };
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    (2..=4).contains(&area.len())
        && letters(area)
        && (1..=2).contains(&middle.len())
        && middle.iter().all(letters)
        && (1..=2).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_region() {
        for region in [
            "eu-west-1",
            "us-gov-east-1",
            "us-isob-east-1",
            "cn-north-1",
            "mx-central-1",
        ] {
            assert!(looks_right(region), "{region}");
        }
        for region in [
            "eu-west-1a",
            "Ireland",
            "eu-west",
            "eu_west_1",
            "",
            "EU-WEST-1",
            "eu--1",
        ] {
            assert!(!looks_right(region), "{region}");
        }
    }
}
