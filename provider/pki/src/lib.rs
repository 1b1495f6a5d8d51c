//! A cluster's public key infrastructure: three authorities and a key pair for service accounts,
//! what they issue, when that is renewed, and how one authority makes place for the next.
//!
//! - [`Part`] names what a cluster has; [`Profile`] what an authority issues, with the subject,
//!   the usages and the names that Kubernetes and etcd ask for.
//! - [`PrivateKey`] is wiped from memory when it is dropped, and prints as dots.
//! - [`Authority`] is a certificate with its key; [`Authority::issue`] signs.
//! - [`Bundle`] is what is trusted, with what signs in front; [`rotation`] decides how it changes.
//!
//! Time and serial numbers are arguments. Keys come from aws-lc-rs, which takes no other source of
//! randomness than its own.
//!
//! The certificates are written here, and not by rcgen: it can't put more than one group into a
//! subject, gives leaves no key identifier, and would write the issuer's name anew instead of byte
//! by byte, which a chain depends on where an authority was brought along.

mod algorithm;
mod authority;
mod bundle;
mod certificate;
mod error;
mod key;
mod kubeconfig;
mod names;
mod oid;
mod part;
mod pem;
mod profile;
mod request;
pub mod rotation;
mod subject;
mod time;
mod write;

pub use algorithm::{Algorithm, AlgorithmInvalid};
pub use authority::{Authority, SelfSigned};
pub use bundle::{Bundle, Trusted};
pub use certificate::{Certificate, Usage};
pub use error::Error;
pub use key::{KeyId, PrivateKey, PublicKey};
pub use kubeconfig::Kubeconfig;
pub use names::{AltName, AltNameInvalid, first_address};
pub use part::Part;
pub use profile::{Profile, ProfileInvalid};
pub use request::{ApiServer, Leaf, Request, RequestInvalid};
pub use subject::{Subject, SubjectInvalid};
pub use time::{Moment, Renewal, SKEW_SECONDS, Validity, ValidityInvalid};
pub use write::Serial;
