//! Finds private keys in text that isn't meant to hold any.

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;

/// Whether there is a private key in it: in PEM's or age's form, in clear or in base64, once or
/// twice over, with lines broken or not, as `write_files` of cloud-init has it.
///
/// What is compressed or encrypted isn't looked into.
pub(crate) fn holds_private_key(bytes: &[u8]) -> bool {
    if in_clear(bytes) {
        return true;
    }
    // Encoders break lines where they like, and YAML indents them.
    let compact: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    LABEL_ENDS.iter().any(|label| {
        let once = encodings(label.as_bytes());
        let twice = once.iter().flat_map(|text| encodings(text));
        once.iter()
            .cloned()
            .chain(twice)
            .any(|needle| contains(&compact, &needle))
    })
}

/// How PEM's labels of private keys end: PRIVATE KEY, RSA PRIVATE KEY, ENCRYPTED PRIVATE KEY,
/// OPENSSH PRIVATE KEY, and OpenPGP's PRIVATE KEY BLOCK. <https://www.rfc-editor.org/rfc/rfc7468>
const LABEL_ENDS: [&str; 2] = ["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----"];

const BEGIN: &[u8] = b"-----BEGIN ";
/// The longest label in use, "ENCRYPTED PRIVATE KEY", and the dashes, twice over.
const LONGEST_LABEL: usize = 64;

fn in_clear(bytes: &[u8]) -> bool {
    let begins = |at: &[u8]| {
        at.strip_prefix(BEGIN).is_some_and(|rest| {
            let label = rest.get(..LONGEST_LABEL).unwrap_or(rest);
            let line = label
                .split(|byte| *byte == b'\n')
                .next()
                .unwrap_or_default();
            LABEL_ENDS.iter().any(|end| contains(line, end.as_bytes()))
        })
    };
    (0..bytes.len()).any(|at| bytes.get(at..).is_some_and(begins))
        || contains(bytes, b"AGE-SECRET-KEY-1")
}

/// What a text looks like within base64: three ways, by where among three bytes it begins. The
/// letters that its neighbours take part in are left out.
fn encodings(text: &[u8]) -> [Vec<u8>; 3] {
    [0, 1, 2].map(|offset| {
        let mut padded = vec![0; offset];
        padded.extend_from_slice(text);
        let encoded = BASE64_STANDARD_NO_PAD.encode(&padded).into_bytes();
        // Each letter stands for six bits.
        let first = (offset * 8).div_ceil(6);
        let end = padded.len() * 8 / 6;
        encoded.get(first..end).unwrap_or_default().to_vec()
    })
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "-----BEGIN EC PRIVATE KEY-----\n\
        MHcCAQEEIHxSx3k0Q7Yb4vZ0m7F2d6Yb4vZ0m7F2d6Yb4vZ0m7F2oAoGCCqGSM49\n\
        AwEHoUQDQgAE\n-----END EC PRIVATE KEY-----\n";

    fn found(text: &str) -> bool {
        holds_private_key(text.as_bytes())
    }

    #[test]
    fn keys_in_clear_are_found_whatever_their_kind() {
        for label in [
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "PGP PRIVATE KEY BLOCK",
        ] {
            assert!(
                found(&format!("x: |\n  -----BEGIN {label}-----\n")),
                "{label}"
            );
        }
        assert!(found("key: AGE-SECRET-KEY-1QQQQ"));
        assert!(found(&format!("-----BEGIN CERTIFICATE-----\n{KEY}")));
    }

    #[test]
    fn what_is_no_private_key_is_let_through() {
        for text in [
            "",
            "#!/bin/sh\necho hello",
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
            "grep 'PRIVATE KEY-----' /etc/ssl",
            "-----BEGIN ",
            &"A".repeat(10_000),
        ] {
            assert!(!found(text), "{text}");
        }
        let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
        assert!(!found(&BASE64_STANDARD.encode(certificate)));
    }

    #[test]
    fn encoded_keys_are_found() {
        let once = BASE64_STANDARD.encode(KEY);
        let twice = BASE64_STANDARD.encode(&once);
        let broken: Vec<_> = once
            .as_bytes()
            .chunks(76)
            .map(String::from_utf8_lossy)
            .collect();
        for text in [
            format!("content: {once}\n"),
            format!("KEY={once}"),
            format!("echo {once} | base64 -d > key"),
            format!("\"{twice}\""),
            format!("content: |\n  {}\nnext: x", broken.join("\n  ")),
        ] {
            assert!(found(&text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn anything_can_be_searched(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let _ = holds_private_key(&bytes);
        }

        #[test]
        fn an_encoded_key_is_found_wherever_it_stands(
            inner in "[ -~]{0,9}", before in "[ -~\n]{0,40}", width in 20..90_usize
        ) {
            let encoded = BASE64_STANDARD.encode(inner + KEY);
            let lines: Vec<_> = encoded.as_bytes().chunks(width).map(String::from_utf8_lossy).collect();
            let text = format!("{before}\n{}", lines.join("\n    "));
            prop_assert!(found(&text));
        }
    }
}
