//! The shared configuration and credentials files, and the profile chosen in them.

use std::path::{Path, PathBuf};

use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::os_shim_internal::{Env, Fs};

use crate::environment::Environment;
use crate::error::causes;
use crate::settings::Settings;
use crate::setup::SetupError;

/// Which files, which profile.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) files: EnvConfigFiles,
    /// Named by the setting or by `AWS_PROFILE`; the SDK's default otherwise.
    pub(crate) name: Option<String>,
    /// Whether the setting named it: then it comes before credentials in the environment.
    pub(crate) explicit: bool,
}

impl Profile {
    /// Finds the files and proves that a profile named by the user is there. The SDK takes a
    /// profile that isn't for an empty one and goes on to other credentials, perhaps to those of
    /// another account.
    pub(crate) async fn resolve(
        settings: &Settings,
        env: &Environment,
    ) -> Result<Self, SetupError> {
        let files = files(settings, env);
        let (name, named_by) = match (&settings.profile, env.get("AWS_PROFILE")) {
            (Some(name), _) if !name.is_empty() => (Some(name.clone()), "profile"),
            (_, name) => (name.map(str::to_owned), "AWS_PROFILE"),
        };
        let loaded = aws_config::profile::load(&Fs::real(), &Env::real(), &files, None)
            .await
            .map_err(|error| SetupError::SharedFiles {
                why: causes(&error),
            })?;
        if let Some(profile) = &name {
            // The default profile always exists, if only empty.
            if profile != "default" && loaded.get_profile(profile).is_none() {
                return Err(SetupError::ProfileMissing {
                    profile: profile.clone(),
                    named_by,
                });
            }
        }
        Ok(Self {
            files,
            name,
            explicit: named_by == "profile",
        })
    }
}

fn files(settings: &Settings, env: &Environment) -> EnvConfigFiles {
    let mut builder = EnvConfigFiles::builder()
        .include_default_config_file(settings.shared_config_files.is_empty())
        .include_default_credentials_file(settings.shared_credentials_files.is_empty());
    for path in &settings.shared_config_files {
        builder = builder.with_file(EnvConfigFileKind::Config, at_home(path, env));
    }
    for path in &settings.shared_credentials_files {
        builder = builder.with_file(EnvConfigFileKind::Credentials, at_home(path, env));
    }
    builder.build()
}

fn at_home(path: &Path, env: &Environment) -> PathBuf {
    match (path.strip_prefix("~"), env.first(&["HOME", "USERPROFILE"])) {
        (Ok(rest), Some(home)) => Path::new(home).join(rest),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn with_files(profile: Option<&str>) -> (Settings, tempfile::NamedTempFile) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "[profile known]\nregion = eu-west-1").unwrap();
        let settings = Settings {
            profile: profile.map(Into::into),
            shared_config_files: vec![file.path().into()],
            shared_credentials_files: vec![file.path().into()],
            ..Settings::default()
        };
        (settings, file)
    }

    #[tokio::test]
    async fn a_missing_profile_is_named_with_what_named_it() {
        let (settings, _file) = with_files(Some("unknown"));
        let error = Profile::resolve(&settings, &Environment::default())
            .await
            .unwrap_err();
        let named_by = "profile";
        assert_eq!(
            error,
            SetupError::ProfileMissing {
                profile: "unknown".into(),
                named_by
            }
        );

        let (settings, _file) = with_files(None);
        let env = [("AWS_PROFILE", "unknown")].into_iter().collect();
        let error = Profile::resolve(&settings, &env).await.unwrap_err();
        assert!(error.to_string().contains("AWS_PROFILE"), "{error}");
    }

    #[tokio::test]
    async fn the_setting_wins_over_the_variable() {
        let (settings, _file) = with_files(Some("known"));
        let env = [("AWS_PROFILE", "unknown")].into_iter().collect();
        let profile = Profile::resolve(&settings, &env).await.unwrap();
        assert_eq!(profile.name.as_deref(), Some("known"));
        assert!(profile.explicit);
    }

    #[test]
    fn a_tilde_is_the_home_folder() {
        let env = [("HOME", "/home/me")].into_iter().collect();
        assert_eq!(
            at_home(Path::new("~/.aws/x"), &env),
            Path::new("/home/me/.aws/x")
        );
        assert_eq!(at_home(Path::new("/a/~/b"), &env), Path::new("/a/~/b"));
    }
}
