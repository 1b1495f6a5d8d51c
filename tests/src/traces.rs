//! What terraform leaves behind, searched for private keys in whatever form they may be there.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Texts and files, each with the place that it is from.
#[derive(Debug, Default)]
pub struct Traces(Vec<(String, Vec<u8>)>);

/// The shortest form that is looked for: what is shorter may be there by chance.
const SHORTEST: usize = 16;

impl Traces {
    /// Adds what was found at a place.
    pub fn add(&mut self, place: impl Into<String>, found: impl Into<Vec<u8>>) {
        self.0.push((place.into(), found.into()));
    }

    /// Adds all files of a folder, and of the archives in it what they hold: a saved plan is one, and
    /// its bytes as they are tell nothing.
    pub fn add_folder(&mut self, folder: &Path) {
        self.add_files(folder, "");
    }

    fn add_files(&mut self, folder: &Path, within: &str) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let place = format!("{within}{}", entry.file_name().display());
            if path.is_dir() {
                self.add_files(&path, &format!("{place}/"));
            } else if let Ok(bytes) = std::fs::read(&path) {
                if bytes.starts_with(b"PK\x03\x04") {
                    let unpacked = unpack(&path);
                    self.add_files(unpacked.path(), &format!("{place}!"));
                }
                self.add(place, bytes);
            }
        }
    }

    /// The places that have a text. For what is known to be there: a search that finds nothing of it
    /// proves nothing.
    #[must_use]
    pub fn with(&self, text: &str) -> Vec<&str> {
        let has = |bytes: &[u8]| {
            let mut parts = bytes.windows(text.len());
            parts.any(|part| part == text.as_bytes())
        };
        let places = self.0.iter().filter(|(_, bytes)| has(bytes));
        places.map(|(place, _)| place.as_str()).collect()
    }

    /// Where any of these private keys is, and in which form. None of them is told.
    ///
    /// # Panics
    /// A key isn't one that can be taken apart.
    #[must_use]
    pub fn of_keys<'a>(&self, pems: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let forms: Vec<_> = pems.into_iter().flat_map(forms).collect();
        let mut by_beginning: HashMap<&[u8], Vec<&(String, Vec<u8>)>> = HashMap::new();
        for form in &forms {
            let beginning = form.1.get(..SHORTEST).expect("a form that is long enough");
            by_beginning.entry(beginning).or_default().push(form);
        }
        let mut found = Vec::new();
        for (place, bytes) in &self.0 {
            for (at, beginning) in bytes.windows(SHORTEST).enumerate() {
                for (name, form) in by_beginning.get(beginning).into_iter().flatten() {
                    if bytes.get(at..).is_some_and(|rest| rest.starts_with(form)) {
                        found.push(format!("{name} in {place}"));
                    }
                }
            }
        }
        found
    }
}

/// What an archive holds, in a folder of its own.
fn unpack(archive: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut unpack = Command::new("python3");
    unpack.args(["-m", "zipfile", "-e"]);
    let unpacked = unpack.arg(archive).arg(folder.path()).status().unwrap();
    assert!(unpacked.success(), "{}", archive.display());
    folder
}

/// What a private key looks like, wherever and however somebody writes it.
fn forms(pem: &str) -> Vec<(String, Vec<u8>)> {
    let lines: Vec<_> = pem
        .lines()
        .filter(|line| !line.starts_with("---"))
        .collect();
    let der = from_base64(&lines.concat());
    let mut forms = vec![("PEM".to_owned(), lines.join("\n").into_bytes())];
    forms.push(("PEM in JSON".to_owned(), lines.join("\\n").into_bytes()));
    // The last line may be as short as chance has it.
    for line in lines.iter().filter(|line| line.len() > 40) {
        forms.push(("a line of PEM".to_owned(), line.as_bytes().to_vec()));
    }
    let mut secrets = Vec::new();
    numbers(&der, &mut secrets);
    // Of RSA, the two primes and what follows from them; of an elliptic curve, the one number.
    assert!(matches!(secrets.len(), 1 | 6), "{}", secrets.len());
    let numbers = secrets
        .iter()
        .map(|number| ("the number", number.as_slice()));
    for (what, bytes) in numbers.chain([("DER", der.as_slice())]) {
        let hex = |separator: &str| {
            let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            digits.join(separator)
        };
        let list = |separator: &str| {
            let all: Vec<_> = bytes.iter().map(ToString::to_string).collect();
            all.join(separator)
        };
        for (form, text) in [
            ("in hexadecimal", hex("")),
            ("in upper case hexadecimal", hex("").to_uppercase()),
            ("in hexadecimal with colons", hex(":")),
            ("in Base64", to_base64(bytes)),
            (
                "in Base64 for URLs",
                to_base64(bytes).replace('+', "-").replace('/', "_"),
            ),
            ("as Rust lists bytes", list(", ")),
            ("as Go lists bytes", list(" ")),
        ] {
            forms.push((format!("{what} {form}"), text.into_bytes()));
        }
        forms.push((format!("{what} in bytes"), bytes.to_vec()));
    }
    forms
}

/// The secret numbers in the DER of a private key, PKCS #8 or older: of RSA (RFC 8017) the integers
/// after the modulus, which is public; of an elliptic curve (RFC 5915) the octets.
fn numbers(der: &[u8], secrets: &mut Vec<Vec<u8>>) {
    let mut integers = Vec::new();
    collect(der, secrets, &mut integers);
    secrets.extend(integers.into_iter().skip(1));
}

fn collect(der: &[u8], octets: &mut Vec<Vec<u8>>, integers: &mut Vec<Vec<u8>>) {
    let mut rest = der;
    while let Some((tag, content, after)) = element(rest) {
        let is_long = content.len() >= SHORTEST;
        match tag {
            0x02 if is_long => {
                let zeros = content.iter().take_while(|byte| **byte == 0).count();
                integers.push(content[zeros..].to_vec());
            }
            // The key itself, wrapped in PKCS #8.
            0x04 if matches!(element(content), Some((0x30, _, []))) => {
                collect(content, octets, integers);
            }
            0x04 if is_long => octets.push(content.to_vec()),
            0x30 => collect(content, octets, integers),
            _ => {}
        }
        rest = after;
    }
}

/// The first element: its tag, its content, and what comes after.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match *first {
        short @ ..0x80 => (usize::from(short), rest),
        long => {
            let (digits, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            let add = |sum: usize, digit: &u8| sum.checked_mul(256)?.checked_add((*digit).into());
            (digits.iter().try_fold(0, add)?, rest)
        }
    };
    let (content, after) = rest.split_at_checked(length)?;
    Some((*tag, content, after))
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn from_base64(text: &str) -> Vec<u8> {
    let digit = |c: u8| DIGITS.iter().position(|one| *one == c);
    let digits: Vec<_> = text.bytes().filter_map(digit).collect();
    let mut bytes = Vec::new();
    for four in digits.chunks(4) {
        let bits = four.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - four.len()));
        let three = [bits >> 16 & 255, bits >> 8 & 255, bits & 255];
        let whole = three.iter().take(four.len() - 1);
        bytes.extend(whole.map(|byte| u8::try_from(*byte).unwrap()));
    }
    bytes
}

/// Without what fills up the end, which may or may not be there.
fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let of = |at: usize| usize::from(three.get(at).copied().unwrap_or_default());
        let bits = of(0) << 16 | of(1) << 8 | of(2);
        for digit in 0..=three.len() {
            text.push(DIGITS[bits >> (18 - 6 * digit) & 63].into());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use pki::{Algorithm, PrivateKey};

    use super::*;

    fn key(algorithm: Algorithm) -> String {
        PrivateKey::generate(algorithm)
            .unwrap()
            .to_pem()
            .to_string()
    }

    #[test]
    fn a_key_is_found_in_each_of_its_forms_and_no_other_key_is() {
        let other = key(Algorithm::EcdsaP256);
        for (algorithm, numbers) in [
            (Algorithm::EcdsaP256, 1),
            (Algorithm::EcdsaP384, 1),
            (Algorithm::Rsa2048, 6),
        ] {
            let pem = key(algorithm);
            let forms = forms(&pem);
            let raw = forms
                .iter()
                .filter(|(name, _)| name == "the number in bytes");
            assert_eq!(raw.count(), numbers, "{algorithm:?}");
            for (name, form) in forms {
                let mut traces = Traces::default();
                traces.add("a log", [b"before ", form.as_slice(), b" after"].concat());
                let found = traces.of_keys([other.as_str(), pem.as_str()]);
                assert!(
                    found.contains(&format!("{name} in a log")),
                    "{name}: {found:?}"
                );
                assert_eq!(traces.of_keys([other.as_str()]), [""; 0], "{name}");
            }
        }
    }

    #[test]
    fn the_public_half_is_no_secret() {
        for algorithm in [Algorithm::EcdsaP256, Algorithm::Rsa2048] {
            let key = PrivateKey::generate(algorithm).unwrap();
            let mut traces = Traces::default();
            let public = key.public().to_pem();
            let lines: String = public
                .lines()
                .filter(|line| !line.starts_with("---"))
                .collect();
            traces.add("a file", public);
            traces.add("its bytes", from_base64(&lines));
            assert_eq!(traces.of_keys([key.to_pem().as_str()]), [""; 0]);
        }
    }

    #[test]
    fn base64_is_read_and_written() {
        for bytes in [&b""[..], b"a", b"ab", b"abc", b"\xff\x00\xfb\x01"] {
            assert_eq!(from_base64(&to_base64(bytes)), bytes);
        }
        assert_eq!(to_base64(b"\xfb\xff\xfe"), "+//+");
    }
}
