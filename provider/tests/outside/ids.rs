//! Import ids, whatever people type: an object, or an error that says what an id is.

use proptest::prelude::*;
use proptest::sample::Index;

use crate::fixtures::resources;
use crate::played::Played;

/// Any text, text in the grammars' alphabet, or a right id with something wrong in it.
fn any_id(right: &str) -> impl Strategy<Value = String> + use<> {
    let right: Vec<char> = right.chars().collect();
    let odd = proptest::sample::select(vec![
        "",
        ",",
        ",,",
        "/",
        "//",
        "=",
        ":",
        " ",
        "\n",
        "\u{0}",
        "\u{e9}",
        "arn:",
        "public=",
        "-",
        "\u{1f600}",
    ]);
    prop_oneof![
        any::<String>(),
        "[a-z0-9/:,=.-]{0,80}",
        "(arn:aws:[a-z]{0,8}:[a-z0-9-]{0,12}:[0-9]{0,13}:[a-z/-]{0,30},?){1,3}",
        (any::<Index>(), any::<Index>(), odd).prop_map(move |(one, other, odd)| {
            let (one, other) = (one.index(right.len()), other.index(right.len()));
            let (from, to) = (one.min(other), one.max(other));
            let (head, tail) = (&right[..from], &right[to..]);
            head.iter()
                .copied()
                .chain(odd.chars())
                .chain(tail.iter().copied())
                .collect()
        }),
    ]
}

#[test]
fn any_text_is_an_import_id_or_none() {
    for resource in resources() {
        let played = Played::of(&resource);
        played.holds_for(&any_id(&played.recording.import_id), |id| {
            let import = played.terraform.import(&resource, &id);
            let answer = played.runtime.block_on(import);
            prop_assert_eq!(answer.panics(), Vec::<String>::new());
            prop_assert!(
                answer.state.value.is_some() || !answer.errors.is_empty(),
                "neither an object nor an error"
            );
            Ok(())
        });
    }
}
