//! A plan as a drawing: traffic for the API comes in at the top, for services at the bottom.

use crate::canvas::Canvas;
use crate::plan::Topology;
use crate::words::count;

/// Draws zones side by side if they fit into 80 columns, else one below the other.
pub(crate) fn diagram(topology: &Topology) -> String {
    let mut canvas = Canvas::default();
    canvas.text(MARGIN, 0, &format!("region {}", topology.zones().region()));
    canvas.text(MARGIN, 1, &numbers(topology));

    let zones = topology.placement();
    let names_fit = zones
        .iter()
        .all(|p| p.zone().as_str().len() <= columns::NAME_WIDTH);
    let bottom = if zones.len() <= columns::MOST && names_fit {
        columns::draw(&mut canvas, zones, HEADER)
    } else {
        list::draw(&mut canvas, zones, HEADER)
    };
    captions(&mut canvas, topology, bottom + 1);
    canvas.render()
}

/// Zones side by side, each one a box with the nodes in it.
mod columns {
    use super::{MARGIN, WORKERS, api_load_balancer, masters, service_load_balancer};
    use crate::canvas::Canvas;
    use crate::placement::ZonePlacement;

    /// More boxes than this don't fit into 80 columns.
    pub(super) const MOST: usize = 3;
    /// What a box leaves for a zone's name.
    pub(super) const NAME_WIDTH: usize = WIDTH - 4;
    const WIDTH: usize = 23;
    const GAP: usize = 3;
    const NODES_PER_ROW: usize = 2;

    /// Returns the first free row.
    pub(super) fn draw(canvas: &mut Canvas, zones: &[ZonePlacement], top: usize) -> usize {
        let total = zones.len() * (WIDTH + GAP) - GAP;
        let middle = MARGIN + total / 2;
        let boxes = || (0..).map(|i| MARGIN + i * (WIDTH + GAP)).zip(zones);
        let center = |x: usize| x + WIDTH / 2;

        let below_api = api_load_balancer(canvas, middle, top);
        let with_masters = boxes()
            .filter(|(_, zone)| zone.nodes() > 0)
            .map(|(x, _)| center(x));
        canvas.put(middle, below_api - 1, '+');
        canvas.put(middle, below_api, '|');
        branch(canvas, middle, with_masters.clone(), below_api + 1);
        for x in with_masters {
            canvas.put(x, below_api + 2, 'v');
        }

        let boxes_top = below_api + 3;
        let most = zones.iter().map(ZonePlacement::nodes).max().unwrap_or(0);
        let master_rows = masters(most, NODES_PER_ROW).len();
        let height = master_rows + 8;
        for (x, zone) in boxes() {
            canvas.outline(x, boxes_top, WIDTH, height);
            canvas.centered(center(x), boxes_top + 1, zone.zone().as_str());
            canvas.horizontal(x + 1, x + WIDTH - 2, boxes_top + 2);
            canvas.put(x, boxes_top + 2, '+');
            canvas.put(x + WIDTH - 1, boxes_top + 2, '+');
            canvas.centered(center(x), boxes_top + 3, "control plane");
            for (row, text) in (boxes_top + 4..).zip(masters(zone.nodes(), NODES_PER_ROW)) {
                canvas.centered(center(x), row, &text);
            }
            canvas.centered(center(x), boxes_top + master_rows + 5, "workers");
            canvas.centered(center(x), boxes_top + master_rows + 6, WORKERS);
        }

        let below_boxes = boxes_top + height;
        for (x, _) in boxes() {
            canvas.put(center(x), below_boxes, '^');
        }
        branch(
            canvas,
            middle,
            boxes().map(|(x, _)| center(x)),
            below_boxes + 1,
        );
        canvas.put(middle, below_boxes + 2, '|');
        let end = service_load_balancer(canvas, middle, below_boxes + 3);
        canvas.put(middle, below_boxes + 3, '+');
        end
    }

    /// A line that joins a trunk with its branches.
    fn branch(
        canvas: &mut Canvas,
        trunk: usize,
        branches: impl Iterator<Item = usize> + Clone,
        y: usize,
    ) {
        let from = branches.clone().min().unwrap_or(trunk).min(trunk);
        let to = branches.clone().max().unwrap_or(trunk).max(trunk);
        if from == to {
            canvas.put(trunk, y, '|');
            return;
        }
        canvas.horizontal(from, to, y);
        for x in branches.chain([trunk]) {
            canvas.put(x, y, '+');
        }
    }
}

/// Zones one below the other; the API's traffic runs down the left, the services' up the right.
mod list {
    use super::{
        BALANCER_WIDTH, MARGIN, WORKERS, api_load_balancer, masters, service_load_balancer,
    };
    use crate::canvas::Canvas;
    use crate::placement::ZonePlacement;

    const LEFT_BUS: usize = 6;
    const BOX: usize = 11;
    const WIDTH: usize = 56;
    const RIGHT_BUS: usize = 72;
    const NODES: usize = BOX + 17;
    const NODES_PER_ROW: usize = 4;

    /// Returns the first free row.
    pub(super) fn draw(canvas: &mut Canvas, zones: &[ZonePlacement], top: usize) -> usize {
        let api_middle = MARGIN + BALANCER_WIDTH / 2;
        let service_middle = BOX + WIDTH - 1;
        let below_api = api_load_balancer(canvas, api_middle, top);

        let mut y = below_api + 1;
        let mut api_arrows = Vec::new();
        let mut service_arrows = Vec::new();
        for zone in zones {
            let rows = masters(zone.nodes(), NODES_PER_ROW);
            let height = rows.len() + 4;
            canvas.outline(BOX, y, WIDTH, height);
            canvas.text(BOX + 2, y + 1, zone.zone().as_str());
            canvas.text(BOX + 2, y + 2, "control plane");
            for (row, text) in (y + 2..).zip(&rows) {
                canvas.text(NODES, row, text);
            }
            let workers = y + rows.len() + 2;
            canvas.text(BOX + 2, workers, "workers");
            canvas.text(NODES, workers, WORKERS);
            if zone.nodes() > 0 {
                api_arrows.push(y + 2);
            }
            service_arrows.push(workers);
            // Neighbours share a border.
            y += height - 1;
        }

        if let Some(last) = api_arrows.last() {
            canvas.vertical(LEFT_BUS, below_api, *last);
            canvas.put(LEFT_BUS, below_api - 1, '+');
        }
        for row in api_arrows {
            canvas.put(LEFT_BUS, row, '+');
            canvas.horizontal(LEFT_BUS + 1, BOX - 2, row);
            canvas.put(BOX - 1, row, '>');
        }

        let end = service_load_balancer(canvas, service_middle, y + 2);
        if let Some(first) = service_arrows.first() {
            canvas.vertical(RIGHT_BUS, *first, y + 1);
            canvas.put(RIGHT_BUS, y + 2, '+');
        }
        for row in service_arrows {
            canvas.put(RIGHT_BUS, row, '+');
            canvas.horizontal(BOX + WIDTH + 1, RIGHT_BUS - 1, row);
            canvas.put(BOX + WIDTH, row, '<');
        }
        end
    }
}

const MARGIN: usize = 2;
/// Rows taken by the title.
const HEADER: usize = 3;
const BALANCER_WIDTH: usize = 25;
/// How many workers there are isn't the control plane's matter; the dots say so.
const WORKERS: &str = "[worker] ...";

/// How many there are of what, in a line.
pub(crate) fn numbers(topology: &Topology) -> String {
    format!(
        "{}, {}, quorum {}",
        count(topology.zones().count().get(), "zone"),
        count(topology.size().get(), "control-plane (master) node"),
        topology.quorum(),
    )
}

/// Draws users above an arrow into the balancer; returns the first free row.
fn api_load_balancer(canvas: &mut Canvas, middle: usize, y: usize) -> usize {
    canvas.centered(middle, y, "kubectl and nodes");
    canvas.put(middle, y + 1, 'v');
    balancer(canvas, middle, y + 2, "API load balancer")
}

/// Draws users below an arrow into the balancer; returns the first free row.
fn service_load_balancer(canvas: &mut Canvas, middle: usize, y: usize) -> usize {
    let below = balancer(canvas, middle, y, "service load balancer");
    canvas.put(middle, below, '^');
    canvas.centered(middle, below + 1, "users of services");
    below + 2
}

fn balancer(canvas: &mut Canvas, middle: usize, y: usize, name: &str) -> usize {
    canvas.outline(
        middle.saturating_sub(BALANCER_WIDTH / 2),
        y,
        BALANCER_WIDTH,
        3,
    );
    canvas.centered(middle, y + 1, name);
    y + 3
}

/// One box in brackets per node, in rows; never no row.
fn masters(number: u32, per_row: usize) -> Vec<String> {
    let boxes: Vec<_> = (0..number).map(|_| "[master]").collect();
    if boxes.is_empty() {
        return vec!["none".to_owned()];
    }
    boxes.chunks(per_row).map(|row| row.join(" ")).collect()
}

/// What the loss of each zone leaves.
fn captions(canvas: &mut Canvas, topology: &Topology, top: usize) {
    let zones = topology.placement();
    let width = zones
        .iter()
        .map(|p| p.zone().as_str().len() + 1)
        .max()
        .unwrap_or(0);
    for (y, zone) in (top..).zip(zones) {
        let fate = if zone.quorum_survives_loss() {
            "stays"
        } else {
            "STOPS"
        };
        let caption = format!(
            "lose {:width$} {} of {} left, quorum {} -> API {fate}",
            format!("{}:", zone.zone()),
            zone.left_after_loss(),
            topology.size().get(),
            topology.quorum(),
        );
        canvas.text(MARGIN, y, &caption);
    }
}
