//! Reads SVG drawings back with a parser that isn't ours: they say what the plan says, and nothing
//! in them covers anything else.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes a strategy's function for production code"
)]

use proptest::prelude::*;
use roxmltree::{Document, Node};
use topology::{ControlPlaneSize, Topology, Zones};

/// One to eight zones of names up to the longest, with every legal size and none.
fn plans() -> impl Strategy<Value = Topology> {
    let region = prop::sample::select(vec![
        "eu-west-1",
        "us-gov-west-1",
        "ap-northeast-1-wl1-nrt-wlz-1",
        "us-east-1-abcdefghijklmnopqrstuvw-1",
    ]);
    let size = prop::option::of(prop::sample::select(ControlPlaneSize::ALL.as_slice()));
    (region, 1..=8usize, size).prop_map(|(region, count, size)| {
        let names = ('a'..='h').take(count).map(|letter| {
            // A wavelength zone's name ends with its number.
            let place = region.replace("-nrt-", &format!("-nr{letter}-"));
            if place == region {
                format!("{region}{letter}")
            } else {
                place
            }
        });
        Topology::plan(Zones::parse(names).unwrap(), size)
    })
}

#[derive(Clone, Copy, Debug)]
struct Rect {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Rect {
    fn of(node: Node<'_, '_>) -> Self {
        let (left, top) = (number(node, "x"), number(node, "y"));
        Self {
            left,
            top,
            right: left + number(node, "width"),
            bottom: top + number(node, "height"),
        }
    }

    fn holds(&self, other: &Self) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right >= other.right
            && self.bottom >= other.bottom
    }

    fn is_apart_from(&self, other: &Self) -> bool {
        self.right < other.left
            || other.right < self.left
            || self.bottom < other.top
            || other.bottom < self.top
    }
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

fn rects(document: &Document<'_>, class: Option<&str>) -> Vec<Rect> {
    document
        .descendants()
        .filter(|node| node.has_tag_name("rect"))
        .filter(|node| class.is_none() || node.attribute("class") == class)
        .map(Rect::of)
        .collect()
}

fn words(document: &Document<'_>, class: &str) -> Vec<String> {
    document
        .descendants()
        .filter(|node| node.has_tag_name("tspan") && node.attribute("class") == Some(class))
        .map(|node| node.text().unwrap().to_owned())
        .collect()
}

/// The space that a line of text takes. Letters of the usual sans-serif fonts are half as wide as
/// high on average, bold ones somewhat more; this is for the widest of those fonts.
fn space(text: Node<'_, '_>) -> Rect {
    let parts = text.children().filter(Node::is_element);
    let width: f64 = parts
        .map(|part| {
            let letters = part.text().unwrap().chars().count() as f64;
            letters
                * match part.attribute("class").unwrap() {
                    "title" => 11.5,
                    "name" => 8.9,
                    _ => 7.6,
                }
        })
        .sum();
    let (x, y) = (number(text, "x"), number(text, "y"));
    let left = match text.attribute("text-anchor").unwrap() {
        "middle" => x - width / 2.0,
        _ => x,
    };
    Rect {
        left,
        top: y - 12.0,
        right: left + width,
        bottom: y + 4.0,
    }
}

proptest! {
    #[test]
    fn boxes_lie_within_each_other_or_apart(plan in plans()) {
        let drawn = plan.diagram_svg();
        let document = Document::parse(&drawn).unwrap();
        let root = document.root_element();
        let page = Rect { left: 0.0, top: 0.0, right: number(root, "width"), bottom: number(root, "height") };
        let boxes = rects(&document, None);
        for (index, one) in boxes.iter().enumerate() {
            prop_assert!(page.holds(one), "{:?} leaves the page", one);
            for other in &boxes[index + 1..] {
                // What is drawn later lies on what it is in.
                prop_assert!(one.holds(other) || one.is_apart_from(other), "{:?} {:?}", one, other);
            }
        }
        for text in document.descendants().filter(|node| node.has_tag_name("text")) {
            let space = space(text);
            prop_assert!(page.holds(&space), "{:?} leaves the page", space);
            for around in &boxes {
                prop_assert!(around.holds(&space) || around.is_apart_from(&space), "{:?} in {:?}", text.descendants().filter_map(|node| node.text()).collect::<Vec<_>>(), around);
            }
        }
    }

    #[test]
    fn a_drawing_says_what_the_plan_says(plan in plans()) {
        let drawn = plan.diagram_svg();
        let document = Document::parse(&drawn).unwrap();
        let zones = rects(&document, Some("zone"));
        let masters = rects(&document, Some("master"));
        let nodes: Vec<_> = zones
            .iter()
            .map(|zone| masters.iter().filter(|master| zone.holds(master)).count())
            .collect();
        let planned: Vec<_> = plan.placement().iter().map(|zone| zone.nodes() as usize).collect();
        prop_assert_eq!(nodes, planned);
        prop_assert_eq!(masters.len(), plan.size().get() as usize);

        let mut names: Vec<_> = plan.placement().iter().map(|zone| zone.zone().to_string()).collect();
        names.extend(["API", "load balancer", "service", "load balancer"].map(str::to_owned));
        prop_assert_eq!(words(&document, "name"), names);

        let survive = plan.placement().iter().filter(|zone| zone.quorum_survives_loss()).count();
        prop_assert_eq!(words(&document, "stays").len(), survive);
        prop_assert_eq!(words(&document, "stops").len(), zones.len() - survive);

        // An arrow into each zone with masters from one side, into each from the other, and one
        // into each load balancer.
        let heads = document.descendants().filter(|node| node.attribute("class") == Some("head")).count();
        let with_masters = plan.placement().iter().filter(|zone| zone.nodes() > 0).count();
        prop_assert_eq!(heads, with_masters + zones.len() + 2);
    }

    #[test]
    fn a_drawing_is_read_aloud_and_does_nothing(plan in plans()) {
        let drawn = plan.diagram_svg();
        prop_assert!(drawn.ends_with("</svg>\n"));
        let document = Document::parse(&drawn).unwrap();
        let root = document.root_element();
        prop_assert_eq!(root.attribute("role"), Some("img"));
        let of = |name| document.descendants().find(|node| node.has_tag_name(name)).and_then(|node| node.text());
        prop_assert!(of("title").unwrap().contains(plan.zones().region()));
        let explanation = plan.explanation();
        prop_assert_eq!(of("desc"), Some(explanation.as_str()));
        // Nothing that runs, loads, or could be meant by another drawing in the same page.
        for node in document.descendants().filter(Node::is_element) {
            prop_assert!(["svg", "title", "desc", "style", "rect", "polyline", "polygon", "text", "tspan"].contains(&node.tag_name().name()));
            prop_assert!(node.attributes().all(|attribute| attribute.name() != "id" && !attribute.name().starts_with("on")));
        }
        prop_assert!(!of("style").unwrap().contains("url"));
    }
}
