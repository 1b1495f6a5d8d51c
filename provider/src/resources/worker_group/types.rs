//! Whether a group's instance types go together, with its image, and with its zones. Pure.

use std::collections::BTreeSet;

use aws::ec2::{Image, InstanceType};
use tfplug::{Diagnostic, Diagnostics, Path};

/// An instance type that a group names, and what AWS says of it.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    /// Where it stands.
    pub(super) at: Path,
    pub(super) name: String,
    /// None: there is no such type.
    pub(super) kind: Option<InstanceType>,
    /// Zones that have it.
    pub(super) zones: BTreeSet<String>,
}

/// What is wrong with them, and what is only weak.
pub(super) fn problems(
    offers: &[Offer],
    zones: &[&str],
    image: Option<&Image>,
    spot: bool,
) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut fault = |offer: &Offer, text: String| {
        found.push(Diagnostic::error("Invalid instance type", text).at(offer.at.clone()));
    };
    let mut first: Option<(&Offer, &InstanceType)> = None;
    let mut real = Vec::new();
    for offer in offers {
        let name = &offer.name;
        let Some(kind) = &offer.kind else {
            let text = format!(
                "There is no instance type \"{name}\" in this region: aws ec2 \
                 describe-instance-type-offerings lists those there are."
            );
            fault(offer, text);
            continue;
        };
        real.push(offer);
        if spot && !kind.supports_spot {
            let text = format!(
                "There are no spot instances of type {name}. Choose another, or have it on demand."
            );
            fault(offer, text);
        }
        match (image, first) {
            (Some(image), _) if !kind.architectures.contains(&image.architecture) => {
                let text = format!(
                    "{name} runs images for {}, but \"{}\" is one for {}. Choose another type, or another \
                     image.",
                    architectures(kind),
                    image.id,
                    image.architecture
                );
                fault(offer, text);
            }
            // Which of them is right, nobody can say before the image is known.
            (None, Some((other, of))) if of.architectures.is_disjoint(&kind.architectures) => {
                let text = format!(
                    "{name} runs images for {}, but {} runs those for {}. One image can't be for \
                     both.",
                    architectures(kind),
                    other.name,
                    architectures(of)
                );
                fault(offer, text);
            }
            _ => {}
        }
        first = first.or(Some((offer, kind)));
    }
    for zone in zones {
        let (having, lacking): (Vec<&Offer>, Vec<&Offer>) =
            real.iter().partition(|offer| offer.zones.contains(*zone));
        let names = |offers: &[&Offer]| {
            let names: Vec<_> = offers.iter().map(|offer| offer.name.as_str()).collect();
            names.join(", ")
        };
        if lacking.is_empty() {
            continue;
        }
        found.push(if having.is_empty() {
            let text = format!(
                "{zone} has none of these instance types: {}. Nodes would never come there. Choose \
                 others, or other zones.",
                names(&lacking)
            );
            Diagnostic::error("Invalid zone", text).at(Path::attribute("subnets").key(*zone))
        } else {
            let text = format!(
                "{zone} doesn't have {}, so there are fewer types to choose from: {}.",
                names(&lacking),
                names(&having)
            );
            Diagnostic::warning("Fewer instance types in a zone", text).at("instance_types")
        });
    }
    found
}

fn architectures(kind: &InstanceType) -> String {
    let all: Vec<_> = kind.architectures.iter().map(String::as_str).collect();
    all.join(" and ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn offer(at: usize, name: &str, architecture: &str, zones: &str) -> Offer {
        Offer {
            at: Path::attribute("instance_types").index(at),
            name: name.to_owned(),
            kind: Some(InstanceType {
                name: name.to_owned(),
                architectures: architecture.split(' ').map(str::to_owned).collect(),
                bare_metal: false,
                vcpus: 2,
                memory_mib: 8192,
                current_generation: true,
                supports_spot: name != "mac",
            }),
            zones: zones.chars().map(String::from).collect(),
        }
    }

    fn image(architecture: &str) -> Image {
        Image {
            id: "ami-1".to_owned(),
            architecture: architecture.to_owned(),
            state: "available".to_owned(),
            root_device_name: None,
            block_devices: BTreeMap::new(),
            platform: None,
        }
    }

    fn found(offers: &[Offer], image: Option<&Image>, spot: bool) -> Vec<String> {
        problems(offers, &["a", "b"], image, spot)
            .iter()
            .map(|found| format!("{}: {}", found.path(), found.summary()))
            .collect()
    }

    #[test]
    fn types_that_do_are_fine() {
        let x86 = image("x86_64");
        let both = [
            offer(0, "m5", "x86_64", "ab"),
            offer(1, "t2", "i386 x86_64", "ab"),
        ];
        assert_eq!(found(&both, Some(&x86), true), [""; 0]);
        assert_eq!(found(&both, None, false), [""; 0]);
    }

    #[test]
    fn a_type_must_exist_run_the_image_and_be_on_the_spot_market_if_asked() {
        let wrong = [
            offer(0, "m6g", "arm64", "ab"),
            Offer {
                kind: None,
                ..offer(1, "m0", "", "")
            },
            offer(2, "mac", "x86_64", "ab"),
        ];
        let x86 = image("x86_64");
        assert_eq!(
            found(&wrong, Some(&x86), true),
            [
                "instance_types[0]: Invalid instance type",
                "instance_types[1]: Invalid instance type",
                "instance_types[2]: Invalid instance type"
            ]
        );
        assert_eq!(found(&wrong[2..], Some(&x86), false), [""; 0]);
    }

    #[test]
    fn without_an_image_they_must_still_share_an_architecture() {
        let wrong = [
            offer(0, "m5", "x86_64", "ab"),
            offer(1, "m6g", "arm64", "ab"),
        ];
        assert_eq!(
            found(&wrong, None, false),
            ["instance_types[1]: Invalid instance type"]
        );
    }

    #[test]
    fn a_zone_needs_one_of_them_and_is_weak_without_all() {
        let some = [
            offer(0, "m5", "x86_64", "ab"),
            offer(1, "m7", "x86_64", "a"),
        ];
        let told = "instance_types: Fewer instance types in a zone";
        assert_eq!(found(&some, None, false), [told]);
        let none = [offer(0, "m5", "x86_64", "a"), offer(1, "m7", "x86_64", "a")];
        assert_eq!(found(&none, None, false), ["subnets[\"b\"]: Invalid zone"]);
    }
}
