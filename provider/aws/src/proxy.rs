//! Which requests go through a proxy.

use aws_smithy_http_client::proxy::ProxyConfig;

use crate::environment::Environment;
use crate::settings::Settings;
use crate::setup::SetupError;

/// The proxies in effect, one for each scheme of the endpoints' URLs.
#[derive(Clone, Debug)]
pub(crate) struct Proxies {
    pub(crate) http: ProxyConfig,
    pub(crate) https: ProxyConfig,
}

impl Proxies {
    /// Settings first, then the usual environment variables. As in hashicorp/aws, `http_proxy`
    /// of the provider block serves HTTPS too unless something says otherwise, while the
    /// variable `HTTP_PROXY` does not.
    pub(crate) fn resolve(settings: &Settings, env: &Environment) -> Result<Self, SetupError> {
        let env_http = env.first(&["HTTP_PROXY", "http_proxy"]);
        let env_https = env.first(&["HTTPS_PROXY", "https_proxy"]);
        let http = settings.http_proxy.as_deref().or(env_http);
        let (setting, https) = match (&settings.https_proxy, env_https, &settings.http_proxy) {
            (Some(url), _, _) => ("https_proxy", Some(url.as_str())),
            (None, Some(url), _) => ("https_proxy", Some(url)),
            (None, None, both) => ("http_proxy", both.as_deref()),
        };
        let direct = settings
            .no_proxy
            .as_deref()
            .or_else(|| env.first(&["NO_PROXY", "no_proxy"]));
        Ok(Self {
            http: proxy("http_proxy", http, direct)?,
            https: proxy(setting, https, direct)?,
        })
    }
}

/// The machine itself is never reached through a proxy (as in Go, which hashicorp/aws is written
/// in), nor is the instance metadata service, which no proxy could reach for us.
const ALWAYS_DIRECT: &str = "localhost,127.0.0.0/8,::1,169.254.169.254,fd00:ec2::254";

fn proxy(
    setting: &'static str,
    url: Option<&str>,
    direct: Option<&str>,
) -> Result<ProxyConfig, SetupError> {
    let Some(url) = url.filter(|url| !url.is_empty()) else {
        return Ok(ProxyConfig::disabled());
    };
    // `proxy.example.com:3128` is a habit that curl allows.
    let url = if url.contains("://") {
        url.to_owned()
    } else {
        format!("http://{url}")
    };
    let direct = match direct {
        Some(direct) => format!("{direct},{ALWAYS_DIRECT}"),
        None => ALWAYS_DIRECT.to_owned(),
    };
    ProxyConfig::all(url)
        .map(|config| config.no_proxy(direct))
        // The SDK's message quotes the URL, password included.
        .map_err(|_| SetupError::ProxyInvalid {
            setting,
            why: "it must be http://host:port or https://host:port".into(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(settings: &Settings, env: &[(&str, &str)]) -> (bool, bool) {
        let env: Environment = env.iter().copied().collect();
        let proxies = Proxies::resolve(settings, &env).unwrap();
        (!proxies.http.is_disabled(), !proxies.https.is_disabled())
    }

    #[test]
    fn http_proxy_setting_serves_both_its_variable_one() {
        let none = Settings::default();
        let http = Settings {
            http_proxy: Some("http://p:1".into()),
            ..Settings::default()
        };
        let https = Settings {
            https_proxy: Some("p:1".into()),
            ..Settings::default()
        };
        assert_eq!(resolve(&none, &[]), (false, false));
        assert_eq!(resolve(&http, &[]), (true, true));
        assert_eq!(resolve(&https, &[]), (false, true));
        assert_eq!(
            resolve(&none, &[("HTTP_PROXY", "http://p:1")]),
            (true, false)
        );
        assert_eq!(
            resolve(&none, &[("https_proxy", "http://p:1")]),
            (false, true)
        );
        // Set to nothing is a way to say "none".
        let off = Settings {
            https_proxy: Some(String::new()),
            ..http
        };
        assert_eq!(resolve(&off, &[]), (true, false));
    }

    #[test]
    fn a_bad_url_is_named_without_its_password() {
        let settings = Settings {
            http_proxy: Some("http://me:hush@ bad".into()),
            ..Settings::default()
        };
        let error = Proxies::resolve(&settings, &Environment::default()).unwrap_err();
        assert_eq!(error.settings(), ["http_proxy"]);
        assert!(!error.to_string().contains("hush"));
    }
}
