//! Ephemeral resources: what is issued while Terraform runs, and remembered nowhere.

mod client_certificate;
mod issue;
mod kubeconfig;

pub(crate) use client_certificate::ClientCertificateResource;
pub(crate) use kubeconfig::KubeconfigResource;
