//! A cluster's authorities in Parameter Store: where they are, what is read of them without
//! decryption, and how one comes to sign.

mod layout;
mod store;

pub(crate) use layout::{Layout, default_path, path_problem};
pub(crate) use store::{
    KeySeen, KeyUnread, PartSeen, Seen, Source, Store, described_id, key_description, pki_error,
    signer,
};

use std::time::SystemTime;

use pki::Moment;

/// What the clock shows: certificates are about real time.
pub(crate) fn now() -> Moment {
    Moment::of(SystemTime::now())
}
