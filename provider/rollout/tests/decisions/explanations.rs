//! What the plan says: the whole text of a few, and what each of many does.

use crate::notation::{allowed, desiring, goal, group, last};
use rollout::{Explanation, Goal, Obstacle, PlannedStep, Reason, explain};

fn of(goal: &Goal, nodes: &str) -> Explanation {
    explain(goal, &group(goal, nodes))
}

#[test]
fn a_roll_is_told_with_its_order_and_quorum() {
    let text = of(&last("i-1", goal("abc", 3)), "A1 B2 C3").to_string();
    assert_eq!(
        text,
        "1. Replace i-2 in eu-west-1b (outdated): meanwhile 2 of 3 are up and quorum is 2, so no \
         other may fail.\n\
         2. Replace i-3 in eu-west-1c (outdated): meanwhile 2 of 3 are up and quorum is 2, so no \
         other may fail.\n\
         3. Replace i-1 in eu-west-1a (outdated): meanwhile 2 of 3 are up and quorum is 2, so no \
         other may fail.\n\
         Then: 3 nodes, quorum 2, 1 may fail."
    );
}

#[test]
fn growth_is_told_with_the_even_numbers_it_passes() {
    assert_eq!(
        of(&goal("abcde", 5), "a1 b2 C3").to_string(),
        "1. Add a node, from 3 to 4: quorum, now 2, is 3 when it has joined, and 1 may fail.\n\
         2. Add a node, from 4 to 5: quorum, now 3, is 3 when it has joined, and 2 may fail.\n\
         3. Replace i-3 in eu-west-1c (outdated): meanwhile 4 of 5 are up and quorum is 3, so 1 \
         more may fail.\n\
         Then: 5 nodes, quorum 3, 2 may fail."
    );
}

#[test]
fn shrinking_is_told_with_what_is_left() {
    assert_eq!(
        of(&allowed(goal("a", 1)), "a1 b2 c3").to_string(),
        "1. Remove i-2 in eu-west-1b, from 3 to 2: meanwhile 2 of 3 are up and quorum is 2, so no \
         other may fail; quorum is 2 when its member has left.\n\
         2. Remove i-3 in eu-west-1c, from 2 to 1: meanwhile 1 of 2 is up and quorum is 2, so the \
         Kubernetes API stops; quorum is 1 when its member has left.\n\
         Then: 1 node, quorum 1, none may fail."
    );
}

#[test]
fn an_outage_is_told() {
    let text = of(&allowed(goal("a", 1)), "A1").to_string();
    assert!(
        text.contains("it is the only one, so the Kubernetes API stops meanwhile"),
        "{text}"
    );
}

#[test]
fn refusals_come_before_anything_is_done() {
    for (goal, nodes) in [(goal("a", 1), "A1"), (goal("a", 1), "a1 b2 c3")] {
        let explanation = of(&goal, nodes);
        assert_eq!(explanation.steps(), []);
        assert!(explanation.refusal().is_some(), "{explanation}");
        assert!(!explanation.is_empty());
    }
    let mut goal = goal("abc", 3);
    goal.target_groups.api.clear();
    assert_eq!(
        of(&goal, "A1 b2 c3").refusal(),
        Some(&Reason::NoApiTargetGroup)
    );
    assert_eq!(of(&goal, "a1 b2 c3").refusal(), None);
}

#[test]
fn what_it_would_wait_for_is_told() {
    let explanation = of(&goal("abc", 3), "A1 b2~ C3");
    assert!(matches!(explanation.obstacle(), Some(Obstacle::Waits(_))));
    assert!(
        !explanation.is_empty(),
        "there is something to do, if not yet"
    );
    assert_eq!(
        explanation.to_string(),
        "As things are, it waits for i-2 in eu-west-1b to be healthy in the API target group: it \
         is unhealthy; and stops if that takes longer than 15 min."
    );
}

/// The group itself is brought into line before: what it is now doesn't matter.
#[test]
fn the_groups_own_settings_are_taken_as_planned() {
    let goal = goal("abc", 3);
    let mut look = group(&goal, "A1 b2 c3");
    look.group.launches_as_planned = false;
    look.group.zones.clear();
    look.group.suspended_processes.clear();
    assert_eq!(explain(&goal, &look), of(&goal, "A1 b2 c3"));
}

#[test]
fn what_comes_by_itself_is_nothing_to_do() {
    let goal = goal("abc", 3);
    for nodes in [
        "a1 b2 c3",
        "a1 b2 c3?",
        "a1 b2 c3+",
        "a1 b2 c3 a4!",
        "a1 b2 c3~",
    ] {
        assert!(of(&goal, nodes).is_empty(), "{nodes}");
    }
    assert!(explain(&goal, &desiring(3, group(&goal, "a1 b2"))).is_empty());
    for nodes in ["A1 b2 c3", "a1 b2- c3", "a1 b2 d3", "a1 b2", "a1 b2 c3 a4"] {
        assert!(!of(&goal, nodes).is_empty(), "{nodes}");
    }
}

/// One letter for each step: `+` a node more, `-1` i-1 less, `1` i-1 replaced, `^1` put back.
#[test]
fn orders() {
    for (goal, nodes, expected) in [
        (goal("abc", 3), "A1 B2 C3", "1 2 3"),
        (goal("abc", 3), "A1 B2- C3", "2 1 3"),
        (goal("abc", 3), "A1 B2~ C3", "2 1 3"),
        (goal("abc", 3), "A1- B2- C3", "^2 1 2 3"),
        (goal("abc", 3), "a1 b2- c3", "^2"),
        (goal("ab", 3), "A1 B2 B3", "2 1 3"),
        // The successors fill the new zone, so that the fullest one changes.
        (goal("abc", 3), "A1 A2 B3", "1 2 3"),
        (goal("abc", 5), "A1 A2 A3 A4 A5", "1 2 3 4 5"),
        (goal("ab", 3), "a1 b2 C3", "3"),
        (goal("def", 3), "a1 b2 c3", "1 2 3"),
        (goal("abc", 3), "A1", "+ + 1"),
        (goal("abc", 3), "A1-", "^1 + + 1"),
        (goal("abc", 5), "a1 B2~ c3", "2 + +"),
        (goal("abc", 7), "a1 b2 c3", "+ + + +"),
        (goal("abc", 3), "a1 b2 c3 a4 B5", "-5 -1"),
        (goal("abc", 3), "A1 B2 C3 A4 B5", "-1 -2 4 5 3"),
        (goal("abc", 3), "a1 b2 c3 d4 e5", "-4 -5"),
        (goal("abc", 3), "a1 b2 c3 a4 b5 c6 a7", "-1 -4 -2 -3"),
        (last("i-1", goal("abc", 3)), "a1 b2 c3 a4 b5", "-4 -2"),
        (allowed(goal("a", 1)), "A1 A2 A3", "1 -2 -3"),
        (allowed(goal("a", 1)), "a1 A2 A3", "-2 -3"),
    ] {
        let explanation = of(&goal, nodes);
        let steps: Vec<_> = explanation.steps().iter().map(letter).collect();
        assert_eq!(steps.join(" "), expected, "{nodes}: {explanation}");
        assert_eq!(explanation.obstacle(), None, "{nodes}");
    }
}

fn letter(step: &PlannedStep) -> String {
    let number = |id: &str| id.trim_start_matches("i-").to_owned();
    match step {
        PlannedStep::Add { .. } => "+".to_owned(),
        PlannedStep::PutBack { id } => format!("^{}", number(id)),
        PlannedStep::Remove { id, .. } => format!("-{}", number(id)),
        PlannedStep::Replace { id, .. } => number(id),
        step => format!("{step:?}"),
    }
}
