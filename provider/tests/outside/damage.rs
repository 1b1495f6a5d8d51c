//! What can become of an answer or a document on its way.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value as Json, json};

use crate::fixtures::Recorded;

/// Texts that stand where others are expected.
const ODD: [&str; 14] = [
    "",
    " ",
    "-1",
    "0",
    "true",
    "99999999999999999999999999",
    "1e999",
    "NaN",
    "2026-13-45T99:99:99Z",
    "arn:",
    "arn:aws:::::///",
    "\u{202e}\u{0}\u{fffd}",
    "&lt;&amp;&#0;&#xD800;",
    "%00%ff%7B%22",
];

/// One damage.
#[derive(Clone, Debug)]
pub(crate) enum Damage {
    /// A bit is another.
    Flip(Index, u8),
    /// The rest is missing.
    Cut(Index),
    /// Bytes too many.
    Insert(Index, Vec<u8>),
    /// An element, or a member of a document, is missing.
    Without(Index),
    /// It is there twice.
    Twice(Index),
    /// Its text is another.
    Odd(Index, usize),
    /// It is a thousand times as long.
    Long(Index),
    /// Another status.
    Status(u16),
    /// The answer to another call.
    Other(Index),
    /// Nothing of it is AWS's.
    Foreign(usize),
}

/// Any damage.
pub(crate) fn any_damage() -> impl Strategy<Value = Damage> {
    let index = any::<Index>;
    prop_oneof![
        1 => (index(), 0..8_u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        1 => index().prop_map(Damage::Cut),
        1 => (index(), proptest::collection::vec(any::<u8>(), 1..8))
            .prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        6 => index().prop_map(Damage::Without),
        3 => index().prop_map(Damage::Twice),
        6 => (index(), 0..ODD.len()).prop_map(|(at, odd)| Damage::Odd(at, odd)),
        1 => index().prop_map(Damage::Long),
        1 => proptest::sample::select(vec![204, 206, 301, 400, 403, 404, 413, 429, 500, 503, 599])
            .prop_map(Damage::Status),
        1 => index().prop_map(Damage::Other),
        1 => (0..FOREIGN.len()).prop_map(Damage::Foreign),
    ]
}

/// Which of [`FOREIGN`] is a proxy's page.
pub(crate) const PAGE: usize = 1;

/// Answers of somebody else.
const FOREIGN: [&str; 6] = [
    "",
    "<html><body>502 Bad Gateway</body></html>",
    "<a/>",
    "{}",
    "[[[[",
    "null",
];

impl Damage {
    pub(crate) fn done_to(&self, answer: &Recorded, all: &[Recorded]) -> Recorded {
        let mut answer = answer.clone();
        match self {
            Self::Status(status) => answer.status = *status,
            Self::Other(other) if !all.is_empty() => answer.body = other.get(all).body.clone(),
            Self::Foreign(which) => answer.body = FOREIGN[*which].as_bytes().to_vec(),
            _ => {
                let document = serde_json::from_slice::<Json>(&answer.body);
                answer.body = match document {
                    Ok(document) if document.is_object() => {
                        self.done_to_document(&document).to_string().into_bytes()
                    }
                    _ => self.done_to_text(&answer.body),
                };
            }
        }
        answer
    }

    /// Bytes, and elements of XML.
    fn done_to_text(&self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        if bytes.is_empty() {
            return bytes;
        }
        let length = bytes.len();
        match self {
            Self::Flip(at, bit) => bytes[at.index(length)] ^= 1 << bit,
            Self::Cut(at) => bytes.truncate(at.index(length)),
            Self::Insert(at, more) => {
                let at = at.index(length);
                bytes.splice(at..at, more.iter().copied());
            }
            Self::Without(at) | Self::Twice(at) | Self::Odd(at, _) | Self::Long(at) => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let elements = elements(&text);
                if elements.is_empty() {
                    return bytes;
                }
                let [start, inner, end, close] = *at.get(&elements);
                let with = |between: &str| {
                    [&text[..inner], between, &text[end..]]
                        .concat()
                        .into_bytes()
                };
                bytes = match self {
                    Self::Without(_) => [&text[..start], &text[close..]].concat().into_bytes(),
                    Self::Twice(_) => [&text[..close], &text[start..close], &text[close..]]
                        .concat()
                        .into_bytes(),
                    Self::Odd(_, odd) => with(ODD[*odd]),
                    _ => with(&text[inner..end].repeat(1000.min(1 + 100_000 / (1 + end - inner)))),
                };
            }
            Self::Status(_) | Self::Other(_) | Self::Foreign(_) => {}
        }
        bytes
    }

    /// A member of a document of JSON.
    pub(crate) fn done_to_document(&self, document: &Json) -> Json {
        let mut document = document.clone();
        let (Self::Flip(at, _)
        | Self::Cut(at)
        | Self::Insert(at, _)
        | Self::Without(at)
        | Self::Twice(at)
        | Self::Odd(at, _)
        | Self::Long(at)
        | Self::Other(at)) = self
        else {
            return document;
        };
        let pointers = pointers(&document, "");
        if pointers.is_empty() {
            return document;
        }
        let Some(member) = document.pointer_mut(&pointers[at.index(pointers.len())]) else {
            return document;
        };
        *member = match self {
            Self::Without(_) => Json::Null,
            Self::Twice(_) => json!([member.clone(), member.clone()]),
            Self::Odd(_, odd) => json!(ODD[*odd]),
            Self::Long(_) => json!(member.to_string().repeat(1000)),
            Self::Flip(_, bit) => json!(u64::MAX >> bit),
            Self::Cut(_) => json!({}),
            Self::Insert(_, bytes) => json!(bytes),
            _ => json!(-1.5e300),
        };
        document
    }
}

/// Where the elements of XML stand: the whole from its first byte, its content, the content's end,
/// and its own end. Elements in elements of the same name end at the first end.
fn elements(text: &str) -> Vec<[usize; 4]> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices('<') {
        let rest = &text[start + 1..];
        let name: String = rest
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric())
            .collect();
        let Some(inner) = rest.find('>').map(|at| start + at + 2) else {
            continue;
        };
        let close = format!("</{name}>");
        if let Some(end) = text[inner..].find(&close).filter(|_| !name.is_empty()) {
            found.push([start, inner, inner + end, inner + end + close.len()]);
        }
    }
    found
}

/// Pointers (RFC 6901) to all that a document holds.
fn pointers(document: &Json, at: &str) -> Vec<String> {
    let members: Vec<(String, &Json)> = match document {
        Json::Object(entries) => {
            let escaped = |key: &String| key.replace('~', "~0").replace('/', "~1");
            let entries = entries.iter();
            entries.map(|(key, value)| (escaped(key), value)).collect()
        }
        Json::Array(elements) => {
            let elements = elements.iter().enumerate();
            elements
                .map(|(index, value)| (index.to_string(), value))
                .collect()
        }
        _ => Vec::new(),
    };
    let each = members.into_iter().flat_map(|(name, value)| {
        let pointer = format!("{at}/{name}");
        let below = pointers(value, &pointer);
        std::iter::once(pointer).chain(below)
    });
    each.collect()
}

#[test]
fn elements_are_found_and_damaged() {
    let text = "<a><b>1</b><c><b>2</b></c></a>";
    assert_eq!(elements(text).len(), 4);
    let whole = text.as_bytes();
    for damage in [
        Damage::Without(first()),
        Damage::Twice(first()),
        Damage::Odd(first(), 5),
        Damage::Long(first()),
        Damage::Cut(first()),
    ] {
        assert_ne!(damage.done_to_text(whole), whole, "{damage:?}");
        let document = json!({ "a": { "b": [1] } });
        assert_ne!(damage.done_to_document(&document), document, "{damage:?}");
    }
}

/// An index that leads to the first of whatever there is.
#[cfg(test)]
fn first() -> Index {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut tree = any::<Index>()
        .new_tree(&mut TestRunner::deterministic())
        .unwrap();
    while tree.simplify() {}
    tree.current()
}
