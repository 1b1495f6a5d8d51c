//! What can go wrong with a call.

use std::time::Duration;

use super::Failure;

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Refused: answered with an error, without effect.
    Fail(Failure),
    /// Answered with an error, though it had its effect.
    FailAfter(Failure),
    /// The connection is reset, without effect.
    ResetBefore,
    /// The connection is reset after the effect.
    ResetAfter,
    /// Never answered, without effect: the connection is reset when the client gives up, or after this time.
    Hang(Duration),
    /// Never answered, though it had its effect.
    HangAfter(Duration),
    /// A read gets the answer that an equal request got before the latest write to the service. The proxy remembers
    /// answers to the calls that this rule fits, from when it was added. Where it knows none, and for writes, the call
    /// takes its course and is logged as one without fault.
    Stale,
    /// A read is answered as though there was nothing: with the service's error where the request names what it asks
    /// for and AWS would refuse that, with an empty result otherwise. Writes take their course.
    Absent,
    /// The effect happens, its answer is spoiled.
    Malformed(Malformed),
}

/// How an answer is spoiled. Its status stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// The first half of the body, in an answer that is sound HTTP.
    Truncated,
    /// The first half of the body, then the connection ends.
    CutOff,
    /// Bytes that are neither XML nor JSON nor UTF-8.
    Garbage,
    /// Well-formed, but another document than the one expected.
    Alien,
    /// No body.
    Empty,
}
