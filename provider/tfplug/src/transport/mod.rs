//! The process and its connections: everything between the operating system and the gRPC service.
//!
//! Terraform starts the plugin as a child, reads one handshake line from its stdout and then
//! speaks gRPC over mutual TLS on a local socket (go-plugin's protocol). [`run()`] is all a
//! provider's `main` needs; [`serve()`] is the part below argument parsing and the runtime.

mod accept;
mod announce;
mod cli;
mod connections;
mod endpoint;
mod error;
mod goplugin;
mod host;
mod lifecycle;
mod run;
mod serve;
mod settings;
mod signals;
mod tls;

pub use error::Error;
pub use host::{Host, Mode, Socket};
pub use lifecycle::Lifecycle;
pub use run::run;
pub use serve::serve;
pub use settings::Settings;
