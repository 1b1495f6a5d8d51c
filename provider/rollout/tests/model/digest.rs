//! A hash of 128 bits that is quick, and the same in every run.

use std::hash::{Hash, Hasher};

/// Two states with one digest would be taken for one. Among ten million of them that happens with
/// a chance of some 10^-25 if the digest is as good as random.
pub(crate) fn digest(value: &impl Hash) -> u128 {
    let mut folding = Folding([0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03]);
    value.hash(&mut folding);
    let [a, b] = folding.0;
    u128::from(fold(a, SECOND)) << 64 | u128::from(fold(b, FIRST))
}

/// Two lanes, each folded with its own odd constant.
struct Folding([u64; 2]);

const FIRST: u64 = 0xa076_1d64_78bd_642f;
const SECOND: u64 = 0xe703_7ed1_a0b4_28db;

/// The whole product of two words, its halves laid upon each other.
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}

impl Folding {
    fn word(&mut self, word: u64) {
        let [a, b] = self.0;
        self.0 = [
            fold(a ^ word, FIRST).wrapping_add(b),
            fold(b ^ word, SECOND) ^ a.rotate_left(23),
        ];
    }
}

impl Hasher for Folding {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word) ^ (chunk.len() as u64) << 56);
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.word(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.word(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        self.word(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.word(value as u64);
    }

    fn finish(&self) -> u64 {
        self.0[0]
    }
}
