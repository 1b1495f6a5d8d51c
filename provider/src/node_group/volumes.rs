//! What EBS takes as a volume's size and speed.

use tfplug::{Attr, Diagnostic, Diagnostics, Path};

/// A volume's settings that bound each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Volume<'a> {
    pub(crate) volume_type: &'a Attr<String>,
    pub(crate) volume_size: &'a Attr<i64>,
    pub(crate) iops: &'a Attr<i64>,
    pub(crate) throughput: &'a Attr<i64>,
}

/// What a type of volume can be.
struct Limits {
    /// GiB.
    size: (i64, i64),
    /// Where they can be chosen.
    iops: Option<Iops>,
}

struct Iops {
    range: (i64, i64),
    /// At most so many for each GiB.
    per_gib: i64,
    /// So many whatever the size is.
    included: i64,
    /// Where they don't follow from the size, they must be said.
    required: bool,
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateEbsBlockDeviceRequest.html>;
/// IOPS by size: <https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html>
fn limits(volume_type: &str) -> Option<Limits> {
    let iops = |range, per_gib, included, required| {
        Some(Iops {
            range,
            per_gib,
            included,
            required,
        })
    };
    let (size, iops) = match volume_type {
        "gp3" => ((1, 65_536), iops((3000, 80_000), 500, 3000, false)),
        "gp2" => ((1, 16_384), None),
        "io1" => ((4, 16_384), iops((100, 64_000), 50, 100, true)),
        "io2" => ((4, 65_536), iops((100, 256_000), 1000, 100, true)),
        "st1" | "sc1" => ((125, 16_384), None),
        "standard" => ((1, 1024), None),
        _ => return None,
    };
    Some(Limits { size, iops })
}

/// MiB/s that a gp3 volume can be given, and how many at most for each IOPS: a quarter.
const THROUGHPUT: (i64, i64) = (125, 2000);
const IOPS_PER_THROUGHPUT: i64 = 4;
/// IOPS that a gp3 volume has if nothing is said.
const GP3_IOPS: i64 = 3000;

/// Finds what AWS would refuse at launch, which is minutes after the apply began.
pub(crate) fn check(volume: Volume<'_>, at: &Path, errors: &mut Diagnostics) {
    let Some(volume_type) = volume.volume_type.text() else {
        return;
    };
    let Some(limits) = limits(volume_type) else {
        return;
    };
    let mut fault = |attribute: &str, text: String| {
        errors.push(Diagnostic::error("Invalid volume", text).at(at.clone().and(attribute)));
    };
    let size = volume.volume_size.known().copied();
    if let Some(size) = size
        && !within(size, limits.size)
    {
        fault(
            "volume_size",
            format!(
                "A {volume_type} volume has {} to {} GiB, not {size}.",
                limits.size.0, limits.size.1
            ),
        );
    }
    let iops = volume.iops.known().copied();
    match (&limits.iops, iops) {
        (None, Some(_)) => fault(
            "iops",
            format!("The IOPS of a {volume_type} volume can't be chosen. Remove \"iops\"."),
        ),
        (Some(limit), None) if limit.required && volume.iops.is_null() => fault(
            "iops",
            format!("A {volume_type} volume needs \"iops\", or make it gp3."),
        ),
        (Some(limit), Some(iops)) if !within(iops, limit.range) => fault(
            "iops",
            format!(
                "A {volume_type} volume has {} to {} IOPS, not {iops}.",
                limit.range.0, limit.range.1
            ),
        ),
        (Some(limit), Some(iops)) => {
            if let Some(size) = size {
                let most = size.saturating_mul(limit.per_gib).max(limit.included);
                if iops > most {
                    fault(
                        "iops",
                        format!(
                            "A {volume_type} volume of {size} GiB has at most {most} IOPS ({} for \
                             each GiB), not {iops}.",
                            limit.per_gib
                        ),
                    );
                }
            }
        }
        _ => {}
    }
    let Some(throughput) = volume.throughput.known().copied() else {
        return;
    };
    if volume_type != "gp3" {
        fault(
            "throughput",
            format!("Only gp3 volumes have a \"throughput\" of choice; this one is {volume_type}."),
        );
    } else if !within(throughput, THROUGHPUT) {
        fault(
            "throughput",
            format!(
                "A gp3 volume has {} to {} MiB/s, not {throughput}.",
                THROUGHPUT.0, THROUGHPUT.1
            ),
        );
    } else if !volume.iops.is_unknown() {
        let iops = iops.unwrap_or(GP3_IOPS);
        if throughput > iops / IOPS_PER_THROUGHPUT {
            fault(
                "throughput",
                format!(
                    "{throughput} MiB/s need {} IOPS: a gp3 volume has at most a quarter MiB/s for \
                     each, and this one has {iops}.",
                    throughput.saturating_mul(IOPS_PER_THROUGHPUT)
                ),
            );
        }
    }
}

fn within(value: i64, (least, most): (i64, i64)) -> bool {
    (least..=most).contains(&value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(
        volume_type: &str,
        size: i64,
        iops: Option<i64>,
        throughput: Option<i64>,
    ) -> Vec<String> {
        let mut errors = Diagnostics::new();
        let volume = Volume {
            volume_type: &volume_type.into(),
            volume_size: &size.into(),
            iops: &iops.into(),
            throughput: &throughput.into(),
        };
        check(volume, &Path::attribute("v"), &mut errors);
        errors
            .iter()
            .map(|error| error.path().to_string())
            .collect()
    }

    #[test]
    fn limits_are_those_of_the_type() {
        for (volume_type, size, iops, throughput, expected) in [
            ("gp3", 1, None, None, ""),
            ("gp3", 0, None, None, "v.volume_size"),
            ("gp3", 65_537, None, None, "v.volume_size"),
            ("gp3", 1, Some(3000), None, ""), // included, whatever the size
            ("gp3", 7, Some(3501), None, "v.iops"),
            ("gp3", 7, Some(3500), None, ""),
            ("gp3", 1000, Some(80_001), None, "v.iops"),
            ("gp3", 100, Some(2999), None, "v.iops"),
            ("gp3", 100, None, Some(750), ""),
            ("gp3", 100, None, Some(751), "v.throughput"),
            ("gp3", 100, Some(8000), Some(2000), ""),
            ("gp3", 100, Some(16_000), Some(2001), "v.throughput"),
            ("gp3", 100, None, Some(124), "v.throughput"),
            ("gp2", 100, Some(3000), None, "v.iops"),
            ("gp2", 100, None, Some(125), "v.throughput"),
            ("io1", 4, None, None, "v.iops"),
            ("io1", 4, Some(200), None, ""),
            ("io1", 4, Some(201), None, "v.iops"),
            ("io2", 4, Some(4000), None, ""),
            ("io2", 4, Some(4001), None, "v.iops"),
            ("st1", 124, None, None, "v.volume_size"),
            ("standard", 1025, None, None, "v.volume_size"),
            ("of the future", 0, Some(1), Some(1), ""),
        ] {
            let found = faults(volume_type, size, iops, throughput).join(" ");
            assert_eq!(
                found, expected,
                "{volume_type} {size} {iops:?} {throughput:?}"
            );
        }
    }

    #[test]
    fn what_is_not_known_is_not_judged() {
        let mut errors = Diagnostics::new();
        let volume = Volume {
            volume_type: &"io2".into(),
            volume_size: &Attr::Unknown,
            iops: &Attr::Unknown,
            throughput: &Attr::Null,
        };
        check(volume, &Path::root(), &mut errors);
        assert!(errors.is_empty());
    }
}
