//! Terraform plugin protocol 6 as a framework for providers in Rust.
//!
//! A resource is a model, and a life cycle. The model is a struct: its fields are the attributes,
//! its doc comments their descriptions. What a field doesn't say, no schema can say elsewhere.
//!
//! ```
//! use std::{collections::BTreeMap, process::ExitCode, sync::Mutex};
//! use tfplug::{
//!     Attr, Configure, Cx, Diagnostic, Model, Planned, Provider, Registry, Resource, Result, Saved,
//! };
//!
//! /// A note on the wall.
//! #[derive(Clone, Debug, PartialEq, Model)]
//! struct Note {
//!     /// Who wrote it; one note each. Changing this forces replacement.
//!     #[tf(required, check(length(1..=20)), plan(requires_replace()))]
//!     author: Attr<String>,
//!     /// What it says. Default: `"TODO"`.
//!     #[tf(default = "TODO")]
//!     text: Attr<String>,
//!     /// Where it hangs.
//!     #[tf(computed, plan(use_state_for_unknown()))]
//!     place: Attr<String>,
//! }
//!
//! /// The notes by author: the "cloud" of this provider.
//! type Wall = Mutex<BTreeMap<String, Note>>;
//!
//! struct NoteResource;
//!
//! impl Resource for NoteResource {
//!     type Data = Wall;
//!     type Model = Note;
//!
//!     fn type_name(&self) -> &'static str {
//!         "wall_note"
//!     }
//!
//!     async fn create(&self, cx: &Cx<Wall>, new: Planned<Note>, saved: &Saved<Note>) -> Result<Note> {
//!         let author = new.plan.author.get("author")?.clone();
//!         let note = Note { place: format!("beside {author}'s desk").into(), ..new.plan };
//!         if wall(cx)?.insert(author, note.clone()).is_some() {
//!             let detail = "There is a note of this author already. Import it, or remove it first.";
//!             return Err(Diagnostic::error("Creating note", detail).at("author").into());
//!         }
//!         saved.save(&note); // whatever fails from here on, Terraform knows of the note
//!         Ok(note)
//!     }
//!
//!     async fn read(&self, cx: &Cx<Wall>, state: Note) -> Result<Option<Note>> {
//!         Ok(wall(cx)?.get(state.author.get("author")?).cloned()) // None: gone
//!     }
//!
//!     async fn update(&self, cx: &Cx<Wall>, _: Note, new: Planned<Note>, _: &Saved<Note>) -> Result<Note> {
//!         wall(cx)?.insert(new.plan.author.get("author")?.clone(), new.plan.clone());
//!         Ok(new.plan)
//!     }
//!
//!     async fn delete(&self, cx: &Cx<Wall>, state: Note, _: &Saved<Note>) -> Result<()> {
//!         wall(cx)?.remove(state.author.get("author")?); // gone already is fine
//!         Ok(())
//!     }
//!
//!     async fn import(&self, cx: &Cx<Wall>, id: &str) -> Result<Note> {
//!         let none = || Diagnostic::error("Importing note", format!("{id} has no note.")).into();
//!         wall(cx)?.get(id).cloned().ok_or_else(none)
//!     }
//! }
//!
//! fn wall(cx: &Cx<Wall>) -> Result<std::sync::MutexGuard<'_, BTreeMap<String, Note>>> {
//!     cx.data().lock().map_err(|_| Diagnostic::bug("The wall fell down.").into())
//! }
//!
//! /// Notes on a wall.
//! #[derive(Clone, Debug, PartialEq, Model)]
//! struct Config {}
//!
//! struct WallProvider;
//!
//! impl Provider for WallProvider {
//!     type Config = Config;
//!     type Data = Wall;
//!
//!     async fn configure(&self, _: Configure<Config>) -> Result<Wall> {
//!         Ok(Wall::default())
//!     }
//!
//!     fn register(&self, registry: &mut Registry<Wall>) {
//!         registry.resource(NoteResource);
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     let settings = tfplug::Settings {
//!         name: "wall",
//!         version: env!("CARGO_PKG_VERSION"),
//!         address: "registry.terraform.io/example/wall",
//!         log_targets: &["wall"],
//!     };
//! #   assert_eq!(tfplug::problems(WallProvider), [""; 0]);
//! #   if true { return ExitCode::SUCCESS }
//!     tfplug::run(&settings, WallProvider)
//! }
//! ```
//!
//! # What an author can rely on
//!
//! - Nothing that was [saved](Saved::save) is lost: not by an error, a panic, or Ctrl-C.
//! - Handlers that change something are never cut off. [`Cx::stop`] says when to come to an end,
//!   [`Cx::deadline`] how long there is. Ctrl-C cuts off those that only look.
//! - Values are exact, and null, unknown and known are told apart at every depth ([`Attr`]).
//! - What users read (descriptions, checks, deprecations, timeouts) stands beside what it is about.
//! - Schemas that Terraform would refuse are found by a unit test: [`problems`].
//!
//! # Where things are
//!
//! | to | use |
//! |---|---|
//! | describe attributes | [`Model`](macro@Model), [`model`], [`schema`] |
//! | say what values must be | [`validate`] |
//! | say what a change means | [`plan`], [`Resource::plan`], [`Resource::preflight`] |
//! | look things up | [`DataSource`] |
//! | hand out secrets | [`EphemeralResource`], [`Secret`], `write_only` attributes |
//! | compute | [`Function`] |
//! | read old state | [`Resource::upgrades`], [`Resource::move_from`] |
//! | write the reference | [`reference()`] |
//!
//! # More than one struct
//!
//! A nested object is a field whose type is another model. Its attributes have checks, defaults and
//! modifiers of their own:
//!
//! ```
//! use tfplug::{Attr, List, Model};
//!
//! /// A page of links.
//! #[derive(Clone, Debug, PartialEq, Model)]
//! struct Page {
//!     /// The links.
//!     #[tf(required, check(count(1..)))]
//!     links: Attr<List<Link>>,
//! }
//!
//! /// A link.
//! #[derive(Clone, Debug, PartialEq, Model)]
//! struct Link {
//!     /// Where it leads.
//!     #[tf(required, check(pattern("https://.+", "an https URL")))]
//!     url: Attr<String>,
//!     /// What it is called.
//!     #[tf(optional)]
//!     title: Attr<String>,
//! }
//! ```
//!
//! # Trying it
//!
//! Each provider has a unit test that its schemas are sound:
//! `assert_eq!(tfplug::problems(WallProvider), [""; 0])`. To see it under Terraform, name the
//! binary's folder in a file, and that file in `TF_CLI_CONFIG_FILE`; no `terraform init` is needed:
//!
//! ```text
//! provider_installation {
//!   dev_overrides { "example/wall" = "/home/me/wall/target/debug" }
//!   direct {}
//! }
//! ```
//!
//! Handlers run on tokio, several at a time. What blocks for long belongs into
//! `tokio::task::spawn_blocking`.

// Lets the derive macros name this crate in its own tests.
extern crate self as tfplug;

mod block;
mod context;
mod data_source;
mod diagnostic;
mod ephemeral;
pub mod function;
mod logging;
pub mod model;
mod panic;
mod path;
pub mod plan;
pub mod proto;
mod provider;
mod resource;
pub mod schema;
mod server;
pub mod transport;
pub mod validate;
pub mod value;

pub use block::BlockId;
pub use context::Cx;
pub use data_source::DataSource;
pub use diagnostic::{Diagnostic, Diagnostics, Result, Severity};
pub use ephemeral::{EphemeralResource, Opened};
pub use function::{Function, FunctionError};
pub use model::{Attr, AttrType, List, Map, Secret, Set};
pub use path::{Path, Step};
pub use provider::{Configure, Provider, Registry};
pub use resource::{
    DEFAULT_TIMEOUT, MoveSource, Planned, PlannedChange, Resource, Saved, Timeouts, Upgrade,
};
pub use server::{FunctionReference, Reference, Server};
/// Makes a struct's fields the attributes and blocks of a schema.
///
/// Each field is an [`Attr`] of an [`AttrType`] with a doc comment, which becomes its markdown
/// description; a field without one doesn't compile. `#[tf(...)]` on a field takes:
///
/// | word | meaning |
/// |---|---|
/// | `required`, `optional`, `computed`, `optional, computed` | who sets it |
/// | `default = expression` | what it is when the configuration doesn't say |
/// | `check(...)` | what it must be: functions of [`validate`] |
/// | `plan(...)` | what a change means: functions of [`plan`] |
/// | `sensitive` | hidden in output, though not in state; use [`Secret`] |
/// | `write_only` | in the configuration alone, never in plan or state |
/// | `deprecated = "use x instead"` | warns whoever sets it |
/// | `block`, `block, required` | a nested block instead of an attribute |
/// | `name = "type"` | a name that is no Rust identifier |
///
/// On the struct: `version = 1`, `deprecated = "..."`, and `rules(...)` with variants of
/// [`schema::Rule`], such as `rules(ExactlyOne(&["cidr_block", "vpc_id"]))`.
pub use tfplug_derive::Model;
/// Makes a struct's fields the parameters of a function; see [`function::Parameters`].
pub use tfplug_derive::Parameters;
pub use tokio_util::sync::CancellationToken;
pub use transport::Settings;

use std::process::ExitCode;

/// Serves a provider to the Terraform that started this process: all that `main` has to do.
pub fn run<P: Provider>(settings: &Settings, provider: P) -> ExitCode {
    panic::install_hook();
    transport::run(settings, |lifecycle| Server::new(provider, lifecycle))
}

/// What is wrong with a provider's schemas, one sentence each. A unit test expects none: a provider
/// with problems answers Terraform with nothing else.
pub fn problems<P: Provider>(provider: P) -> Vec<String> {
    Server::new(provider, transport::Lifecycle::default()).problems()
}

/// All that a provider offers, for tools that write its reference pages.
pub fn reference<P: Provider>(provider: P) -> Reference {
    Server::new(provider, transport::Lifecycle::default()).reference()
}
