//! A plan as an SVG drawing: traffic for the API comes in from the left, for services from the right.

use crate::placement::ZonePlacement;
use crate::plan::Topology;
use crate::svg::{Anchor, Direction, Px, Rect, Svg};
use crate::{diagram, palette};

/// Draws zones one below the other, with a load balancer on either side.
pub(crate) fn picture(topology: &Topology) -> String {
    let most = topology.placement().iter().map(ZonePlacement::nodes).max();
    let frame = Frame::of(most.unwrap_or(0));
    let mut bottom = TOP;
    let mut zones = Vec::new();
    for placement in topology.placement() {
        let zone = ZoneBox::new(placement, &frame, bottom);
        bottom = zone.outline.y + zone.outline.height + ZONE_GAP;
        zones.push(zone);
    }
    bottom -= ZONE_GAP;

    let mut svg = Svg::default();
    let size = (frame.width, bottom + MARGIN);
    svg.rect("ground", ground(size));
    let title = format!("region {}", topology.zones().region());
    svg.text((MARGIN, 36), Anchor::Start, &[("title", &title)]);
    let numbers = diagram::numbers(topology);
    svg.text((MARGIN, 58), Anchor::Start, &[("muted", &numbers)]);

    // Lines go below what they lead to.
    let middle = TOP + (bottom - TOP) / 2;
    let api = BalancerBox::new(MARGIN, middle);
    let with_masters = zones.iter().filter(|zone| zone.placement.nodes() > 0);
    let to_masters: Vec<_> = with_masters
        .map(|zone| (zone.masters.x, zone.entry()))
        .collect();
    let service = BalancerBox::new(frame.width - MARGIN - BALANCER_WIDTH, middle);
    let to_workers: Vec<_> = zones
        .iter()
        .map(|zone| (zone.workers.x + zone.workers.width, zone.entry()))
        .collect();
    for zone in &zones {
        svg.rect("zone", zone.outline);
    }
    fan(
        &mut svg,
        (api.outline.x + BALANCER_WIDTH, api.middle()),
        &to_masters,
        Direction::Right,
    );
    fan(
        &mut svg,
        (service.outline.x, service.middle()),
        &to_workers,
        Direction::Left,
    );
    for zone in &zones {
        zone.draw(&mut svg, topology);
    }
    api.draw(&mut svg, ["kubectl", "and nodes"], ["API", "load balancer"]);
    service.draw(
        &mut svg,
        ["users", "of services"],
        ["service", "load balancer"],
    );

    svg.document(
        size,
        &format!("Kubernetes topology of {title}: {numbers}"),
        &topology.explanation(),
        &palette::style(),
    )
}

/// What all zones have in common.
struct Frame {
    masters_per_row: u32,
    masters_width: Px,
    zone_width: Px,
    width: Px,
}

impl Frame {
    fn of(most_nodes: u32) -> Self {
        let masters_per_row = most_nodes.clamp(2, 4);
        let masters_width = 2 * PANEL_PADDING + row_width(masters_per_row);
        let zone_width = 3 * ZONE_PADDING + masters_width + WORKERS_WIDTH;
        Self {
            masters_per_row,
            masters_width,
            zone_width,
            width: 2 * (MARGIN + BALANCER_WIDTH + FAN) + zone_width,
        }
    }
}

/// One zone and where it stands.
struct ZoneBox<'a> {
    placement: &'a ZonePlacement,
    masters_per_row: u32,
    outline: Rect,
    masters: Rect,
    workers: Rect,
}

impl<'a> ZoneBox<'a> {
    fn new(placement: &'a ZonePlacement, frame: &Frame, y: Px) -> Self {
        let rows = placement.nodes().div_ceil(frame.masters_per_row).max(1);
        let height = PANEL_HEADER + rows * (CHIP_HEIGHT + CHIP_GAP) - CHIP_GAP + PANEL_PADDING;
        let outline = Rect {
            x: MARGIN + BALANCER_WIDTH + FAN,
            y,
            width: frame.zone_width,
            height: ZONE_HEADER + height + ZONE_FOOTER,
        };
        let masters = Rect {
            x: outline.x + ZONE_PADDING,
            y: y + ZONE_HEADER,
            width: frame.masters_width,
            height,
        };
        let workers = Rect {
            x: masters.x + masters.width + ZONE_PADDING,
            width: WORKERS_WIDTH,
            ..masters
        };
        Self {
            placement,
            masters_per_row: frame.masters_per_row,
            outline,
            masters,
            workers,
        }
    }

    /// The height at which traffic comes in.
    fn entry(&self) -> Px {
        self.masters.y + self.masters.height / 2
    }

    fn draw(&self, svg: &mut Svg, topology: &Topology) {
        let left = self.outline.x + ZONE_PADDING;
        let name = self.placement.zone().as_str();
        svg.text(
            (left, self.outline.y + 23),
            Anchor::Start,
            &[("name", name)],
        );

        panel(svg, self.masters, "control plane");
        let mut left_to_draw = self.placement.nodes();
        if left_to_draw == 0 {
            let middle = self.masters.x + self.masters.width / 2;
            let y = self.masters.y + PANEL_HEADER + CHIP_HEIGHT / 2 + HALF_LETTER;
            svg.text((middle, y), Anchor::Middle, &[("muted", "none")]);
        }
        let mut y = self.masters.y + PANEL_HEADER;
        while left_to_draw > 0 {
            let here = left_to_draw.min(self.masters_per_row);
            let x = self.masters.x + (self.masters.width - row_width(here)) / 2;
            chips(svg, (x, y), here, "master");
            y += CHIP_HEIGHT + CHIP_GAP;
            left_to_draw -= here;
        }

        panel(svg, self.workers, "workers");
        let x = self.workers.x + PANEL_PADDING;
        let y =
            self.workers.y + (self.workers.height + PANEL_HEADER - PANEL_PADDING - CHIP_HEIGHT) / 2;
        chips(svg, (x, y), WORKERS, "worker");
        // How many workers there are isn't the control plane's matter.
        let more = x + row_width(WORKERS) + CHIP_GAP;
        svg.text(
            (more, y + CHIP_HEIGHT / 2 + HALF_LETTER),
            Anchor::Start,
            &[("muted", "...")],
        );

        let fate = if self.placement.quorum_survives_loss() {
            ("stays", "API stays")
        } else {
            ("stops", "API STOPS")
        };
        let left_over = format!(
            "lose it: {} of {} left, quorum {} \u{2192}",
            self.placement.left_after_loss(),
            topology.size().get(),
            topology.quorum(),
        );
        let y = self.outline.y + self.outline.height - 13;
        svg.text((left, y), Anchor::Start, &[("muted", &left_over), fate]);
    }
}

/// One load balancer, with its users above it.
struct BalancerBox {
    outline: Rect,
}

impl BalancerBox {
    /// With its users it stands around the middle.
    fn new(x: Px, middle: Px) -> Self {
        Self {
            outline: Rect {
                x,
                y: middle + (USERS_HEIGHT - BALANCER_HEIGHT) / 2,
                width: BALANCER_WIDTH,
                height: BALANCER_HEIGHT,
            },
        }
    }

    fn middle(&self) -> Px {
        self.outline.y + self.outline.height / 2
    }

    fn draw(&self, svg: &mut Svg, users: [&str; 2], name: [&str; 2]) {
        let x = self.outline.x + self.outline.width / 2;
        let [first, second] = users;
        svg.text(
            (x, self.outline.y - 44),
            Anchor::Middle,
            &[("muted", first)],
        );
        svg.text(
            (x, self.outline.y - 28),
            Anchor::Middle,
            &[("muted", second)],
        );
        svg.line(&[(x, self.outline.y - 22), (x, self.outline.y - 8)]);
        svg.head((x, self.outline.y - 1), Direction::Down);
        svg.rect("balancer", self.outline);
        let [first, second] = name;
        svg.text((x, self.middle() - 4), Anchor::Middle, &[("name", first)]);
        svg.text((x, self.middle() + 14), Anchor::Middle, &[("name", second)]);
    }
}

/// From one point, by a line that they share, to arrows at each of the others.
fn fan(svg: &mut Svg, from: (Px, Px), to: &[(Px, Px)], direction: Direction) {
    let toward = |x: Px, by: Px| match direction {
        Direction::Left => x - by,
        Direction::Down | Direction::Right => x + by,
    };
    let shared = toward(from.0, FAN / 2);
    let heights = || to.iter().map(|(_, y)| *y).chain([from.1]);
    let top = heights().min().unwrap_or(from.1);
    let bottom = heights().max().unwrap_or(from.1);
    svg.line(&[from, (shared, from.1)]);
    if top < bottom {
        svg.line(&[(shared, top), (shared, bottom)]);
    }
    for (x, y) in to {
        // The line ends within the head, whose tip it would blunt.
        let (tip, end) = match direction {
            Direction::Left => (x + 1, x + 8),
            Direction::Down | Direction::Right => (x - 1, x - 8),
        };
        svg.line(&[(shared, *y), (end, *y)]);
        svg.head((tip, *y), direction);
    }
}

fn panel(svg: &mut Svg, rect: Rect, name: &str) {
    svg.rect("panel", rect);
    let middle = rect.x + rect.width / 2;
    svg.text((middle, rect.y + 19), Anchor::Middle, &[("muted", name)]);
}

/// A row of nodes, each one a box with its kind in it.
fn chips(svg: &mut Svg, (x, y): (Px, Px), number: u32, kind: &str) {
    for index in 0..number {
        let rect = Rect {
            x: x + index * (CHIP_WIDTH + CHIP_GAP),
            y,
            width: CHIP_WIDTH,
            height: CHIP_HEIGHT,
        };
        svg.rect(kind, rect);
        let middle = (rect.x + CHIP_WIDTH / 2, y + CHIP_HEIGHT / 2 + HALF_LETTER);
        svg.text(middle, Anchor::Middle, &[("node", kind)]);
    }
}

/// All of the drawing, but for half the width of its border.
fn ground((width, height): (Px, Px)) -> Rect {
    Rect {
        x: 1,
        y: 1,
        width: width - 2,
        height: height - 2,
    }
}

const fn row_width(chips: u32) -> Px {
    chips * (CHIP_WIDTH + CHIP_GAP) - CHIP_GAP
}

const MARGIN: Px = 24;
/// Where zones begin, below the title.
const TOP: Px = 80;
const ZONE_GAP: Px = 16;
const ZONE_PADDING: Px = 14;
const ZONE_HEADER: Px = 34;
const ZONE_FOOTER: Px = 36;
const PANEL_PADDING: Px = 12;
const PANEL_HEADER: Px = 28;
const CHIP_WIDTH: Px = 66;
const CHIP_HEIGHT: Px = 26;
const CHIP_GAP: Px = 8;
/// Between a load balancer and the zones.
const FAN: Px = 48;
const BALANCER_WIDTH: Px = 128;
const BALANCER_HEIGHT: Px = 56;
/// Of the lines above a load balancer and the arrow into it.
const USERS_HEIGHT: Px = 56;
/// As many are drawn, whatever their number.
const WORKERS: u32 = 2;
const WORKERS_WIDTH: Px = 2 * PANEL_PADDING + row_width(WORKERS) + CHIP_GAP + 18;
/// From the middle of a line of text to its base line.
const HALF_LETTER: Px = 5;
