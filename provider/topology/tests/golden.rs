//! Compares drawings and explanations with the files in `tests/golden`.
//!
//! After a deliberate change, `UPDATE_GOLDEN=1 cargo test -p topology --test golden` writes the
//! files anew; read the difference before you commit it.

use std::path::Path;
use std::{env, fs, io};

use topology::{ControlPlaneSize, Topology, Zones};

#[test]
fn by_the_rule() {
    for (count, region) in [
        (1, "eu-west-1"),
        (2, "eu-west-1"),
        (3, "eu-west-1"),
        (4, "us-west-2"),
        (5, "us-east-1"),
        (6, "us-east-1"),
        (7, "us-east-1"),
    ] {
        let zones = Zones::parse(('a'..='g').take(count).map(|c| format!("{region}{c}"))).unwrap();
        compare(&format!("zones_{count}"), &Topology::plan(zones, None)).unwrap();
    }
}

#[test]
fn by_choice() {
    for (name, zones, size) in [
        (
            "one_master_for_three_zones",
            ["eu-west-1a", "eu-west-1b", "eu-west-1c"].as_slice(),
            1,
        ),
        (
            "seven_masters_for_three_zones",
            &["us-gov-west-1a", "us-gov-west-1b", "us-gov-west-1c"],
            7,
        ),
        (
            "seven_masters_for_an_edge_zone",
            &["ap-northeast-1-wl1-nrt-wlz-1"],
            7,
        ),
        (
            "three_masters_for_four_zones",
            &["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2-lax-1a"],
            3,
        ),
    ] {
        let size = ControlPlaneSize::new(size).unwrap();
        compare(
            name,
            &Topology::plan(Zones::parse(zones).unwrap(), Some(size)),
        )
        .unwrap();
    }
}

fn compare(name: &str, topology: &Topology) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let file = folder.join(format!("{name}.txt"));
    let at_file = |error| io::Error::other(format!("{}: {error}", file.display()));

    let actual = format!("{}\n{}\n", topology.diagram(), topology.explanation());
    if env::var_os("UPDATE_GOLDEN").is_some_and(|v| v == "1") {
        fs::write(&file, &actual).map_err(at_file)?;
    }
    let expected = fs::read_to_string(&file).map_err(at_file)?;
    assert_eq!(
        actual,
        expected,
        "{} differs; see UPDATE_GOLDEN",
        file.display()
    );
    Ok(())
}
