//! Steps of a rotation: which is asked for, and what people must know of it.

use pki::Part;
use pki::rotation::{Change, Position};
use tfplug::{Attr, Diagnostic, Path};

use super::model::ClusterPki;

/// What a configuration asks of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Nothing: no rotation.
    Settled,
    /// This position.
    At(Position),
    /// It isn't known yet.
    Unknown,
}

impl Wish {
    pub(super) fn of(part: Part, model: &ClusterPki) -> Self {
        let entries = match &model.rotation {
            Attr::Null => return Self::Settled,
            Attr::Unknown => return Self::Unknown,
            Attr::Known(entries) => entries,
        };
        let entry = match entries.0.get(part.name()) {
            None | Some(Attr::Null) => return Self::Settled,
            Some(Attr::Unknown) => return Self::Unknown,
            Some(Attr::Known(entry)) => entry,
        };
        let generation = entry.generation.known();
        let generation = generation.and_then(|number| u32::try_from(*number).ok());
        let step = entry.step.text().and_then(|step| step.parse().ok());
        match (generation, step) {
            (Some(generation), Some(step)) => Self::At(Position { generation, step }),
            _ => Self::Unknown,
        }
    }

    /// The position that is meant, given where the part stands.
    ///
    /// # Errors
    /// There is no such position: why.
    pub(super) fn target(self, stands: Option<Position>) -> Result<Position, String> {
        let target = match (self, stands) {
            (Self::At(position), _) => position,
            (_, None) => Position::FIRST,
            (_, Some(stands)) => stands.settled().ok_or_else(|| {
                format!(
                    "it stands at {stands}. Leaving it out says that there is no rotation: go on \
                     to {}, or back to \"stage\", first",
                    stands.next()
                )
            })?,
        };
        if target.trusted().contains(&0) {
            return Err(
                "generation 1 is the first, and only \"retire\" is possible with it".into(),
            );
        }
        Ok(target)
    }
}

/// Where a part's step stands in the configuration.
pub(super) fn at(part: Part) -> Path {
    Path::attribute("rotation").key(part.name())
}

/// What a step does, and what must have happened before.
pub(super) fn announce(part: Part, change: Change, to: Position) -> Option<Diagnostic> {
    let generation = to.generation;
    let before = generation.saturating_sub(1);
    let is_key_pair = part == Part::ServiceAccount;
    let (summary, text) = match change {
        Change::None => return None,
        Change::Stage => (
            "stages",
            format!(
                "Generation {generation} will be trusted beside generation {before}, which goes on \
                 signing. Nothing has to happen before. Afterwards bring the new bundle to every \
                 node and client; \"promote\" comes when all of them have it."
            ),
        ),
        Change::Withdraw => {
            // To is the generation before.
            let next = generation.saturating_add(1);
            (
                "withdraws",
                format!(
                    "Generation {next}, which never signed, will be trusted no more, and its key \
                     is deleted. Nothing has to happen before, if it wasn't promoted in the \
                     meantime."
                ),
            )
        }
        Change::Promote => {
            let users = if is_key_pair {
                "Before, every API server must have the public keys of both generations."
            } else {
                "Before, every node and client must have the bundle of both generations: who \
                 hasn't will refuse what is signed from now on."
            };
            (
                "promotes",
                format!(
                    "Generation {generation} will sign from now on. {users} Generation {before} is \
                     still trusted, so what it signed stays valid. Afterwards have all \
                     certificates or tokens replaced; \"retire\" comes when nothing that \
                     generation {before} signed is in use."
                ),
            )
        }
        Change::Demote => (
            "takes back the promotion of",
            format!(
                "Generation {before} will sign again, and generation {generation} is still \
                 trusted. Before \"stage\" is taken back too, have replaced what generation \
                 {generation} signed."
            ),
        ),
        Change::Retire => {
            let users = if is_key_pair {
                "tokens that it signed are refused: pods get new ones within the hour in which the \
                 other key signs, but tokens in Secrets stay as they are"
            } else {
                "certificates that it signed are refused"
            };
            (
                "retires the one before",
                format!(
                    "Generation {before} will be trusted no more, and its key is deleted: {users}. \
                     Before, nothing that it signed may be in use. This can't be taken back."
                ),
            )
        }
    };
    let summary = format!("This step {summary} generation {generation} of {part}");
    Some(Diagnostic::warning(summary, text).at(at(part)))
}

#[cfg(test)]
mod tests {
    use super::super::model::Rotation;
    use super::*;
    use pki::rotation::Step;
    use tfplug::Map;

    fn model(entries: &[(&str, i64, &str)]) -> ClusterPki {
        let entries = entries.iter().map(|(part, generation, step)| {
            let entry = Rotation {
                generation: (*generation).into(),
                step: (*step).into(),
            };
            ((*part).to_owned(), entry)
        });
        ClusterPki {
            rotation: Attr::Known(Map::from_iter(entries)),
            ..ClusterPki::default()
        }
    }

    #[test]
    fn what_is_asked_for() {
        let asked = model(&[("front-proxy", 2, "stage")]);
        let staged = Position {
            generation: 2,
            step: Step::Stage,
        };
        assert_eq!(Wish::of(Part::FrontProxy, &asked), Wish::At(staged));
        assert_eq!(Wish::of(Part::Etcd, &asked), Wish::Settled);
        let promoted = staged.next();
        let settled = |at| Wish::Settled.target(at);
        assert_eq!(settled(None), Ok(Position::FIRST));
        assert_eq!(settled(Some(staged)), Ok(Position::FIRST));
        assert!(settled(Some(promoted)).is_err());
        let first = model(&[("etcd", 1, "promote")]);
        assert!(Wish::of(Part::Etcd, &first).target(None).is_err());
    }
}
