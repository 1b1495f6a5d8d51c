//! Looks for secrets in what a run leaves behind.

use std::path::Path;

/// What a private key looks like in the forms that it may come in, given in PEM.
#[must_use]
pub fn forms(pem: &str) -> Vec<Vec<u8>> {
    let lines: Vec<&str> = pem
        .lines()
        .filter(|line| !line.starts_with("---"))
        .collect();
    let der = base64(&lines.concat());
    let mut forms = vec![
        pem.as_bytes().to_vec(),
        lines.concat().into_bytes(),
        der.clone(),
    ];
    // The last line may be as short as chance has it.
    forms.extend(
        lines
            .iter()
            .filter(|line| line.len() > 40)
            .map(|line| line.as_bytes().to_vec()),
    );
    // Of an elliptic curve, the number itself: the octets of RFC 5915.
    for length in [32_u8, 48] {
        let mark = [4, length];
        let found = der.windows(2).position(|pair| pair == mark);
        let number = found.and_then(|at| der.get(at + 2..at + 2 + usize::from(length)));
        if let Some(number) = number {
            let hex: String = number.iter().map(|byte| format!("{byte:02x}")).collect();
            forms.extend([
                number.to_vec(),
                hex.to_uppercase().into_bytes(),
                hex.into_bytes(),
            ]);
        }
    }
    forms
}

fn base64(text: &str) -> Vec<u8> {
    let digit = |c: u8| {
        let all = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        all.iter()
            .position(|one| *one == c)
            .map(|at| u32::try_from(at).unwrap())
    };
    let digits: Vec<u32> = text.bytes().filter_map(digit).collect();
    let mut bytes = Vec::new();
    for four in digits.chunks(4) {
        let bits = four.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - four.len()));
        let three = [bits >> 16 & 255, bits >> 8 & 255, bits & 255];
        let whole = three.iter().take(four.len() - 1);
        bytes.extend(whole.map(|byte| u8::try_from(*byte).unwrap()));
    }
    bytes
}

/// All files of a folder, at any depth, with their paths.
pub fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if let Ok(bytes) = std::fs::read(&path) {
            found.push((path.display().to_string(), bytes));
        }
    }
}

/// Whether these bytes are in a text.
#[must_use]
pub fn has(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|part| part == needle)
}
