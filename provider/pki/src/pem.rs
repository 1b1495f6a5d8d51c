//! PEM (RFC 7468): what Kubernetes, etcd and OpenSSL read keys and certificates from.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use crate::Error;

/// Characters of a line, as RFC 7468 has it.
const LINE: usize = 64;

/// One block.
pub(crate) struct Block<'a> {
    pub(crate) label: &'a str,
    /// What is in it: of a private key too, hence wiped.
    pub(crate) der: Zeroizing<Vec<u8>>,
}

/// Writes a block, with a line feed at its end. It may be a private key, hence wiped.
pub(crate) fn write(label: &str, der: &[u8]) -> Zeroizing<String> {
    let base64 = Zeroizing::new(BASE64_STANDARD.encode(der));
    // As long as it gets: a text that grows leaves copies behind.
    let lines = base64.len().div_ceil(LINE);
    let mut text = String::with_capacity(base64.len() + lines + 2 * (label.len() + 20));
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE));
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    Zeroizing::new(text)
}

/// All blocks of a text, in their order. What stands between them is no matter.
///
/// # Errors
/// A block is damaged.
pub(crate) fn blocks(text: &str) -> Result<Vec<Block<'_>>, Error> {
    const BEGIN: &str = "-----BEGIN ";
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let (label, after) = after.split_once("-----").ok_or(Error::DamagedPem)?;
        let end = format!("-----END {label}-----");
        let (body, after) = after.split_once(&end).ok_or(Error::DamagedPem)?;
        // RFC 1421's headers, which OpenSSL's old form of encrypted keys has.
        if body.contains("ENCRYPTED") {
            return Err(Error::EncryptedKey);
        }
        let mut base64 = Zeroizing::new(String::with_capacity(body.len()));
        base64.extend(body.chars().filter(|c| !c.is_ascii_whitespace()));
        let mut der = Zeroizing::new(vec![0; base64.len() / 4 * 3 + 3]);
        let length = BASE64_STANDARD
            .decode_slice(base64.as_bytes(), &mut der)
            .map_err(|_| Error::DamagedPem)?;
        der.truncate(length);
        blocks.push(Block { label, der });
        rest = after;
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for length in [0_usize, 1, 47, 48, 49, 96, 300] {
            let der: Vec<u8> = (0..length)
                .map(|n| u8::try_from(n % 251).unwrap())
                .collect();
            let text = write("X", &der);
            assert!(text.lines().all(|line| line.len() <= LINE), "{}", *text);
            let both = format!("a note\n{}more\n{}", *text, *text);
            let found = blocks(&both).unwrap();
            assert_eq!(found.len(), 2);
            for block in found {
                assert_eq!((block.label, block.der.as_slice()), ("X", der.as_slice()));
            }
        }
    }

    #[test]
    fn what_is_damaged_is_said_to_be() {
        for text in [
            "-----BEGIN X-----\nAAAA\n",
            "-----BEGIN X-----\nA*AA\n-----END X-----",
            "-----BEGIN X-----\nAAAAA\n-----END X-----",
            "-----BEGIN X-----\nAAAA\n-----END Y-----",
            "-----BEGIN X",
        ] {
            assert_eq!(blocks(text).err(), Some(Error::DamagedPem), "{text:?}");
        }
        assert_eq!(blocks("nothing").unwrap().len(), 0);
    }
}
