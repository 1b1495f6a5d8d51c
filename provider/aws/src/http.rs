//! The one HTTP client: rustls with aws-lc-rs, the proxies, the trusted authorities.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::environment::Environment;
use crate::proxy::Proxies;
use crate::resolving::Resolving;
use crate::settings::Settings;
use crate::setup::SetupError;

/// A client for all services and all sources of credentials, so that they share connections. Once `halt`
/// is cancelled it begins nothing any more; what is in progress comes to its end.
pub(crate) fn client(
    settings: &Settings,
    env: &Environment,
    halt: CancellationToken,
) -> Result<SharedHttpClient, SetupError> {
    let bundle = settings
        .custom_ca_bundle
        .clone()
        .or_else(|| env.get("AWS_CA_BUNDLE").map(Into::into));
    let trust = match bundle {
        Some(path) => TrustStore::empty().with_pem_certificate(certificates(&path)?),
        None => TrustStore::default(),
    };
    let proxies = Proxies::resolve(settings, env)?;
    Ok(SharedHttpClient::new(ByScheme {
        http: through(proxies.http, &trust),
        https: through(proxies.https, &trust),
        resolving: Arc::default(),
        halt,
    }))
}

/// A call that was not made any more.
#[derive(Debug, thiserror::Error)]
#[error("no further call is made")]
pub(crate) struct Halted;

/// Reads a PEM file and proves that it holds usable certificates: the SDK's client panics on a
/// bundle that it can't parse.
fn certificates(path: &Path) -> Result<Vec<u8>, SetupError> {
    let refuse = |why: String| SetupError::CaBundle {
        path: PathBuf::from(path),
        why,
    };
    let pem = std::fs::read(path).map_err(|error| refuse(error.to_string()))?;
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| refuse(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| refuse(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(refuse("it holds no PEM certificate".into()));
    }
    Ok(pem)
}

fn through(
    proxy: aws_smithy_http_client::proxy::ProxyConfig,
    trust: &TrustStore,
) -> SharedHttpClient {
    let trust = trust.clone();
    Builder::new().build_with_connector_fn(move |settings, components| {
        // Infallible: the trust store was proven above, and nothing else is in the context.
        let context = TlsContext::builder()
            .with_trust_store(trust.clone())
            .build()
            .unwrap_or_default();
        let mut builder = Connector::builder();
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        if let Some(settings) = settings {
            builder = builder.connector_settings(settings.clone());
        }
        builder
            .proxy_config(proxy.clone())
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(context)
            .build()
    })
}

/// The SDK's client takes one proxy for everything; users may have one for each scheme.
#[derive(Debug)]
struct ByScheme {
    http: SharedHttpClient,
    https: SharedHttpClient,
    resolving: Arc<Resolving>,
    halt: CancellationToken,
}

impl HttpClient for ByScheme {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(ConnectorByScheme {
            http: self.http.http_connector(settings, components),
            https: self.https.http_connector(settings, components),
            resolving: self.resolving.clone(),
            halt: self.halt.clone(),
        })
    }
}

#[derive(Debug)]
struct ConnectorByScheme {
    http: SharedHttpConnector,
    https: SharedHttpConnector,
    resolving: Arc<Resolving>,
    halt: CancellationToken,
}

impl HttpConnector for ConnectorByScheme {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if self.halt.is_cancelled() {
            // No other kind of connectors' errors is never repeated.
            let halted = ConnectorError::user(Box::new(Halted));
            return HttpConnectorFuture::ready(Err(halted));
        }
        let uri = request.uri().to_owned();
        let call = if uri.starts_with("https:") {
            self.https.call(request)
        } else {
            self.http.call(request)
        };
        let resolving = self.resolving.clone();
        HttpConnectorFuture::new(async move {
            match call.await {
                Ok(answer) => {
                    resolving.answered(&uri);
                    Ok(answer)
                }
                Err(error) => Err(resolving.failed(&uri, error, Instant::now())),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn with_bundle(text: &str) -> Result<SharedHttpClient, SetupError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let settings = Settings {
            custom_ca_bundle: Some(file.path().into()),
            ..Settings::default()
        };
        client(&settings, &Environment::default(), CancellationToken::new())
    }

    #[test]
    fn a_bundle_that_is_none_is_an_error_that_names_it() {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for text in ["", "not PEM", broken] {
            let error = with_bundle(text).unwrap_err();
            assert!(
                error.to_string().starts_with("custom_ca_bundle /"),
                "{error}"
            );
        }
        let missing: Environment = [("AWS_CA_BUNDLE", "/nonexistent/ca.pem")]
            .into_iter()
            .collect();
        assert!(matches!(
            client(&Settings::default(), &missing, CancellationToken::new()),
            Err(SetupError::CaBundle { .. })
        ));
    }
}
