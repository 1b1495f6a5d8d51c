//! Answers kept for stale reads.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::answer::Answer;

/// Different requests whose answers are kept; the oldest go first.
const REQUESTS: usize = 256;
/// Larger answers aren't kept.
const LARGEST: usize = 1024 * 1024;

/// What makes two requests equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    access_key: Bytes,
    target: Bytes,
    uri: String,
    body: Bytes,
}

impl Key {
    pub(super) fn of(head: &Parts, body: &Bytes) -> Self {
        let header = |name| {
            head.headers
                .get(name)
                .map_or(&b""[..], |value| value.as_bytes())
        };
        // The authorization begins with algorithm and access key; date, scope and signature follow after a slash.
        let authorization = header(AUTHORIZATION.as_str());
        let signer = authorization
            .split(|byte| *byte == b'/')
            .next()
            .unwrap_or_default();
        Self {
            access_key: Bytes::copy_from_slice(signer),
            target: Bytes::copy_from_slice(header("x-amz-target")),
            uri: head.uri.to_string(),
            body: body.clone(),
        }
    }
}

/// Answers to reads, by the number of writes that their service had seen.
#[derive(Debug, Default)]
pub(super) struct Memory {
    writes: HashMap<String, u64>,
    answers: HashMap<Key, Kept>,
    order: VecDeque<Key>,
}

#[derive(Debug)]
struct Kept {
    latest: (u64, Answer),
    /// The latest from before the writes that `latest` had seen.
    earlier: Option<Answer>,
}

impl Memory {
    /// How many writes the service has seen.
    pub(super) fn writes(&self, service: &str) -> u64 {
        self.writes.get(service).copied().unwrap_or_default()
    }

    /// A write is about to have its effect.
    pub(super) fn count_write(&mut self, service: &str) {
        *self.writes.entry(service.to_owned()).or_default() += 1;
    }

    /// Keeps the answer to a read that was sent when its service had seen so many writes.
    pub(super) fn keep(&mut self, key: Key, service: &str, writes: u64, answer: &Answer) {
        // A write in between: the answer may be from before or after it.
        if writes != self.writes(service) || answer.body.len() > LARGEST {
            return;
        }
        if let Some(kept) = self.answers.get_mut(&key) {
            let last = std::mem::replace(&mut kept.latest, (writes, answer.clone()));
            if last.0 < writes {
                kept.earlier = Some(last.1);
            }
            return;
        }
        if self.order.len() == REQUESTS
            && let Some(oldest) = self.order.pop_front()
        {
            self.answers.remove(&oldest);
        }
        self.order.push_back(key.clone());
        self.answers.insert(
            key,
            Kept {
                latest: (writes, answer.clone()),
                earlier: None,
            },
        );
    }

    /// The answer that an equal request got before the service's latest write.
    pub(super) fn stale(&self, key: &Key, service: &str) -> Option<Answer> {
        let kept = self.answers.get(key)?;
        if kept.latest.0 < self.writes(service) {
            Some(kept.latest.1.clone())
        } else {
            kept.earlier.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::proxy::action::Wire;

    fn key(body: &'static str) -> Key {
        let (head, ()) = http::Request::new(()).into_parts();
        Key::of(&head, &Bytes::from_static(body.as_bytes()))
    }

    fn answer(body: &'static str) -> Answer {
        Answer::of(StatusCode::OK, Wire::Query, body)
    }

    fn stale(memory: &Memory, body: &'static str) -> Option<Bytes> {
        memory.stale(&key(body), "ec2").map(|answer| answer.body)
    }

    #[test]
    fn stale_is_from_before_the_latest_write() {
        let mut memory = Memory::default();
        memory.keep(key("a"), "ec2", 0, &answer("zero"));
        assert_eq!(stale(&memory, "a"), None);
        memory.count_write("iam");
        assert_eq!(stale(&memory, "a"), None);
        memory.count_write("ec2");
        assert_eq!(stale(&memory, "a").as_deref(), Some(&b"zero"[..]));
        memory.keep(key("a"), "ec2", 1, &answer("one"));
        memory.keep(key("a"), "ec2", 1, &answer("uno"));
        assert_eq!(stale(&memory, "a").as_deref(), Some(&b"zero"[..]));
        memory.count_write("ec2");
        assert_eq!(stale(&memory, "a").as_deref(), Some(&b"uno"[..]));
        assert_eq!(stale(&memory, "b"), None);
    }

    #[test]
    fn an_answer_overtaken_by_a_write_is_not_kept() {
        let mut memory = Memory::default();
        memory.count_write("ec2");
        memory.keep(key("a"), "ec2", 0, &answer("zero"));
        memory.count_write("ec2");
        assert_eq!(stale(&memory, "a"), None);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut memory = Memory::default();
        for at in 0..=REQUESTS {
            let (head, ()) = http::Request::builder()
                .uri(format!("/{at}"))
                .body(())
                .unwrap()
                .into_parts();
            memory.keep(Key::of(&head, &Bytes::new()), "ec2", 0, &answer("x"));
        }
        assert_eq!(
            (memory.answers.len(), memory.order.len()),
            (REQUESTS, REQUESTS)
        );
    }
}
