//! Mutual TLS with exactly one peer: the Terraform process that started the plugin.
//!
//! tonic's own TLS can't do this: webpki refuses go-plugin's client certificate, a CA, as an end
//! entity. Nothing needs a chain here anyway: each side knows the other's certificate.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
};

use super::Error;

/// A server certificate and its key, made for one run.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    /// A fresh self-signed P-256 certificate, valid around `now`.
    pub(super) fn generate(now: SystemTime) -> Result<Self, Error> {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
        // go-plugin's client verifies the server as `localhost`.
        let mut params = CertificateParams::new(["localhost".to_owned()])?;
        params
            .distinguished_name
            .push(DnType::CommonName, "localhost");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        // Without serverAuth Go refuses; clientAuth as go-plugin's own, whose broker dials too.
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        params.not_before = (now - CLOCK_STEP).into();
        params.not_after = (now + LIFETIME).into();
        Ok(Self {
            certificate: params.self_signed(&key)?.der().clone(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        })
    }
}

/// TLS that serves `identity` to the holder of `client`'s key and to nobody else.
pub(super) fn server_config(
    identity: Identity,
    client: CertificateDer<'static>,
) -> Result<ServerConfig, Error> {
    // Passed by hand: the process default panics when a second provider is linked in.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = Arc::new(Pinned {
        client,
        provider: Arc::clone(&provider),
    });
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![identity.certificate], identity.key)?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    // One client, one connection: nothing to resume, and every connection proves itself anew.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// A clock set back a little between the plugin's start and Terraform's check must not matter.
const CLOCK_STEP: Duration = Duration::from_secs(60 * 60);

/// Longer than any run: the certificate is only looked at when a connection starts.
const LIFETIME: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Accepts one end-entity certificate, byte for byte, from whoever holds its key.
#[derive(Debug)]
struct Pinned {
    client: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for Pinned {
    // `offer_client_auth` and `client_auth_mandatory` default to true.

    /// None: a Go client with a hint that doesn't match sends no certificate at all.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if *end_entity == self.client && intermediates.is_empty() {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_clients_p521_is_offered() {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let client = Identity::generate(SystemTime::UNIX_EPOCH + LIFETIME)
            .unwrap()
            .certificate;
        let pinned = Pinned { client, provider };
        assert!(
            pinned
                .supported_verify_schemes()
                .contains(&SignatureScheme::ECDSA_NISTP521_SHA512)
        );
        assert!(pinned.client_auth_mandatory());
        assert!(pinned.root_hint_subjects().is_empty());
    }

    #[test]
    fn only_the_pinned_certificate_alone_passes() {
        let now = SystemTime::UNIX_EPOCH + LIFETIME;
        let [client, other] = [(); 2].map(|()| Identity::generate(now).unwrap().certificate);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let pinned = Pinned {
            client: client.clone(),
            provider,
        };
        let at = UnixTime::since_unix_epoch(Duration::ZERO);
        assert!(pinned.verify_client_cert(&client, &[], at).is_ok());
        assert!(pinned.verify_client_cert(&other, &[], at).is_err());
        assert!(
            pinned
                .verify_client_cert(&client, std::slice::from_ref(&client), at)
                .is_err()
        );
        assert!(pinned.verify_client_cert(&client, &[other], at).is_err());
    }
}
