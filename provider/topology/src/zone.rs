//! The name of one AWS zone.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ZoneNameProblem};

/// The name of an AWS zone in this account, such as `eu-west-1a`; its spelling is checked, its
/// existence isn't.
///
/// The grammar is that of AWS's zone lists (AWS Regions and Availability Zones; Available Local
/// Zones; Available Wavelength Zones). Regions aren't looked up in a list, so that new ones work:
///
/// | kind | grammar | examples |
/// |---|---|---|
/// | region | words, then a number | `us-gov-west-1`, `eusc-de-east-1` |
/// | Availability Zone | region, letter | `eu-west-1a`, `ap-southeast-7a` |
/// | Local Zone | region, `-` place `-` number, letter | `us-west-2-lax-1a` |
/// | Wavelength Zone | region, `-wl` number `-` place `-wlz-` number | `us-east-1-wl1-bos-wlz-1` |
/// | the same, newer | region, `-` place `-wlz-` number, letter | `eu-west-3-cmn-wlz-1a` |
///
/// Names sort as text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneName {
    name: String,
    region_len: usize,
    kind: ZoneKind,
}

impl ZoneName {
    /// The name as given.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// What kind of zone has a name of this form.
    pub fn kind(&self) -> ZoneKind {
        self.kind
    }

    /// The region the zone belongs to, such as `eu-west-1`.
    pub fn region(&self) -> &str {
        self.name.get(..self.region_len).unwrap_or(&self.name)
    }
}

impl FromStr for ZoneName {
    type Err = Error;

    /// Parses a zone's name.
    ///
    /// # Errors
    /// [`Error::ZoneName`], without an index.
    fn from_str(value: &str) -> Result<Self, Error> {
        match classify(value) {
            Ok((kind, region_len)) => Ok(Self {
                name: value.to_owned(),
                region_len,
                kind,
            }),
            Err(problem) => Err(Error::ZoneName {
                index: None,
                value: value.to_owned(),
                problem,
            }),
        }
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

/// The kinds of places AWS calls zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ZoneKind {
    /// Part of a region, built to fail independently of the region's other ones.
    AvailabilityZone,
    /// An outpost of a region near a city; it depends on a parent Availability Zone.
    LocalZone,
    /// An outpost of a region inside a carrier's 5G network; likewise dependent.
    WavelengthZone,
}

impl fmt::Display for ZoneKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AvailabilityZone => "Availability Zone",
            Self::LocalZone => "Local Zone",
            Self::WavelengthZone => "Wavelength Zone",
        })
    }
}

/// The longest text taken for a zone's name, in bytes. AWS states no limit; its longest name,
/// `ap-northeast-1-wl1-nrt-wlz-1`, has 28. The bound keeps diagrams within 80 columns.
pub(crate) const MAX_ZONE_NAME_LEN: usize = 36;

/// The kind of zone and the length of its region's name.
fn classify(value: &str) -> Result<(ZoneKind, usize), ZoneNameProblem> {
    if value.is_empty() {
        return Err(ZoneNameProblem::Empty);
    }
    let foreign = |c: &char| !matches!(c, 'a'..='z' | '0'..='9' | '-');
    if let Some(c) = value.chars().find(foreign) {
        return Err(ZoneNameProblem::Character(c));
    }
    if value.len() > MAX_ZONE_NAME_LEN {
        return Err(ZoneNameProblem::TooLong);
    }
    if is_zone_id(value) {
        return Err(ZoneNameProblem::ZoneId);
    }

    let segments: Vec<&str> = value.split('-').collect();
    let word_count = segments.iter().take_while(|s| is_word(s)).count();
    let (words, rest) = segments.split_at(word_count);
    let Some((number, rest)) = rest.split_first() else {
        return Err(ZoneNameProblem::Grammar);
    };
    // Every region starts with a country, a continent or a partition, then a direction.
    if word_count < 2 || words.first().is_some_and(|w| w.len() < 2) {
        return Err(ZoneNameProblem::Grammar);
    }
    let digits = number.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let region_len = words.iter().map(|w| w.len() + 1).sum::<usize>() + digits.len();

    let kind = match rest {
        [] if is_number_and_letter(number) => ZoneKind::AvailabilityZone,
        [] if is_number(number) => return Err(ZoneNameProblem::Region),
        _ if !is_number(number) => return Err(ZoneNameProblem::Grammar),
        [place, last] if is_word(place) && is_number_and_letter(last) => ZoneKind::LocalZone,
        [place, "wlz", last] if is_word(place) && is_number_and_letter(last) => {
            ZoneKind::WavelengthZone
        }
        [network, place, "wlz", last]
            if network.strip_prefix("wl").is_some_and(is_number)
                && is_word(place)
                && is_number(last) =>
        {
            ZoneKind::WavelengthZone
        }
        _ => return Err(ZoneNameProblem::Grammar),
    };
    Ok((kind, region_len))
}

/// Zone ids shorten the region to one word with a number: `use1-az1`, `usw2-lax1-az1`,
/// `use1-wl1-bos-wlz1`. People copy them from the console, where they stand beside the names.
fn is_zone_id(value: &str) -> bool {
    let Some((region, _)) = value.split_once('-') else {
        return false;
    };
    let Some((_, place)) = value.rsplit_once('-') else {
        return false;
    };
    let word_and_number =
        |s: &str| is_word(s.trim_end_matches(|c: char| c.is_ascii_digit())) && !is_word(s);
    word_and_number(region) && (place.starts_with("az") || place.starts_with("wlz"))
}

fn is_word(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_lowercase())
}

fn is_number(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit())
}

fn is_number_and_letter(segment: &str) -> bool {
    segment
        .strip_suffix(|c: char| c.is_ascii_lowercase())
        .is_some_and(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_kinds_and_regions_apart() {
        use ZoneKind::{AvailabilityZone, LocalZone, WavelengthZone};
        for (name, kind, region) in [
            ("eu-west-1a", AvailabilityZone, "eu-west-1"),
            ("us-east-1f", AvailabilityZone, "us-east-1"),
            ("us-gov-west-1a", AvailabilityZone, "us-gov-west-1"),
            ("us-iso-east-1a", AvailabilityZone, "us-iso-east-1"),
            ("us-isob-east-1b", AvailabilityZone, "us-isob-east-1"),
            ("cn-north-1a", AvailabilityZone, "cn-north-1"),
            ("cn-northwest-1c", AvailabilityZone, "cn-northwest-1"),
            ("eusc-de-east-1a", AvailabilityZone, "eusc-de-east-1"),
            ("ap-southeast-7a", AvailabilityZone, "ap-southeast-7"),
            ("ap-southeast-12a", AvailabilityZone, "ap-southeast-12"),
            ("mx-central-1a", AvailabilityZone, "mx-central-1"),
            ("us-west-2-lax-1a", LocalZone, "us-west-2"),
            ("us-east-1-atl-2a", LocalZone, "us-east-1"),
            ("us-east-1-wl1-bos-wlz-1", WavelengthZone, "us-east-1"),
            (
                "ap-northeast-1-wl1-nrt-wlz-1",
                WavelengthZone,
                "ap-northeast-1",
            ),
            ("eu-west-3-cmn-wlz-1a", WavelengthZone, "eu-west-3"),
        ] {
            let zone: ZoneName = name.parse().unwrap();
            assert_eq!(
                (zone.as_str(), zone.kind(), zone.region()),
                (name, kind, region)
            );
        }
    }

    #[test]
    fn says_what_is_wrong() {
        use ZoneNameProblem::{Character, Empty, Grammar, Region, TooLong, ZoneId};
        let long = format!("{}-west-1a", "e".repeat(MAX_ZONE_NAME_LEN));
        for (name, problem) in [
            ("", Empty),
            ("EU-west-1a", Character('E')),
            (" eu-west-1a", Character(' ')),
            ("eu_west_1a", Character('_')),
            ("eu-west-1\u{e4}", Character('\u{e4}')),
            (&*long, TooLong),
            ("eu-west-1", Region),
            ("us-gov-west-1", Region),
            ("euw1-az1", ZoneId),
            ("usw2-lax1-az1", ZoneId),
            ("use1-wl1-bos-wlz1", ZoneId),
            ("a", Grammar),
            ("eu-west", Grammar),
            ("eu-1a", Grammar),
            ("e-west-1a", Grammar),
            ("eu-west-1ab", Grammar),
            ("eu-west-a", Grammar),
            ("eu--west-1a", Grammar),
            ("-eu-west-1a", Grammar),
            ("eu-west-1a-", Grammar),
            ("eu-west-1a-lax-1a", Grammar),
            // Names of zone groups, not of zones.
            ("us-west-2-lax-1", Grammar),
            ("us-east-1-zg-1", Grammar),
            ("us-east-1-wl1", Grammar),
            ("us-east-1-wlx-bos-wlz-1", Grammar),
            ("us-east-1-wl1-bos-wlz-x", Grammar),
            ("us-east-1-wl1-b0s-wlz-1", Grammar),
            ("us-east-1-wl1-bos-wlx-1", Grammar),
            ("eu-west-3-cmn-wlz-1", Grammar),
            ("eu-west-3-c1n-wlz-1a", Grammar),
            ("us-west-2-l4x-1a", Grammar),
        ] {
            let expected = Error::ZoneName {
                index: None,
                value: name.to_owned(),
                problem,
            };
            assert_eq!(name.parse::<ZoneName>(), Err(expected), "{name:?}");
        }
    }
}
