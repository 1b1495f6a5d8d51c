//! Reproducible chance.

/// A number in [0, 1) that depends on nothing but its arguments.
pub(super) fn unit(seed: u64, action: &str, nth: u64) -> f64 {
    // FNV-1a over the action, then one step of SplitMix64 each for the seed and the number.
    let hash = action
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    let drawn = mix(mix(hash ^ seed) ^ nth);
    // The upper 53 bits, which a double holds exactly.
    (drawn >> 11) as f64 / (1_u64 << 53) as f64
}

fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_spread_and_reproducible() {
        let draws = |seed| {
            (0..1000)
                .map(move |nth| unit(seed, "ec2:DescribeVpcs", nth))
                .collect::<Vec<_>>()
        };
        assert_eq!(draws(1), draws(1));
        assert_ne!(draws(1), draws(2));
        assert!(draws(1).iter().all(|drawn| (0.0..1.0).contains(drawn)));
        let below_a_quarter = draws(1).iter().filter(|drawn| **drawn < 0.25).count();
        assert!(
            (200..300).contains(&below_a_quarter),
            "{below_a_quarter} of 1000 are below 0.25"
        );
    }
}
