//! What plans say, through the call that Terraform makes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod fake;

use fake::{KEPT, Script, Terraform, show};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tfplug::value::Value;
use tfplug::{Attr, Diagnostic, Path};

fn terraform() -> Terraform {
    Terraform::new(Script::default())
}

/// The state after a configuration was applied.
fn applied(terraform: &Terraform, config: &Json) -> Value {
    terraform.converge(&Value::Null, &terraform.object(config))
}

#[test]
fn a_new_object_has_defaults_and_is_otherwise_open() {
    let terraform = terraform();
    let plan = terraform.plan(&Value::Null, &terraform.object(&json!({"name": "a"})));
    assert_eq!(
        show(&plan.state),
        json!({"name": "a", "id": "?", "revision": "?", "size": 3, "zone": "?", "settings": "?"})
    );
    assert_eq!(plan.replace, [""; 0]);
    assert_eq!(plan.messages, [""; 0]);
    assert_eq!(terraform.preflights(), 1);
}

#[test]
fn a_plan_knows_whether_its_run_applies() {
    let terraform = terraform();
    let [one, other] = ["a", "b"].map(|name| terraform.object(&json!({"name": name})));
    terraform.plan(&Value::Null, &one);
    terraform.plan(&Value::Null, &other);
    assert_eq!(terraform.preflights_of_applies(), 0);
    applied(&terraform, &json!({"name": "a"}));
    assert_eq!(terraform.preflights_of_applies(), 0);
    terraform.plan(&Value::Null, &other);
    assert_eq!(terraform.preflights_of_applies(), 1);
    // A run begins with a configuration, also where a plugin serves several.
    terraform.configure();
    terraform.plan(&Value::Null, &other);
    assert_eq!(terraform.preflights_of_applies(), 1);
}

#[test]
fn defaults_reach_every_kind_of_nesting() {
    let terraform = terraform();
    let config = terraform.object(&json!({
        "name": "a",
        "rules": [{"cidr": "10.0.0.0/8"}, {"cidr": "::/0", "action": "deny"}],
        "labels": {"x": {"text": "X"}, "y": {"colour": "red"}},
        "members": [{"host": "m1"}, {"host": "m2", "weight": 7}],
        "settings": {},
        "port": [{"number": 80}, {"number": 53, "protocol": "udp"}],
    }));
    let plan = terraform.plan(&Value::Null, &config);
    assert_eq!(
        show(&plan.state),
        json!({
            "name": "a", "id": "?", "revision": "?", "size": 3, "zone": "?",
            "rules": [
                {"cidr": "10.0.0.0/8", "action": "allow", "rule_id": "?"},
                {"cidr": "::/0", "action": "deny", "rule_id": "?"},
            ],
            "labels": {"x": {"text": "X", "colour": "grey"}, "y": {"colour": "red"}},
            "members": [
                {"host": "m1", "member_id": "?", "weight": 1},
                {"host": "m2", "member_id": "?", "weight": 7},
            ],
            "settings": {"mode": "fast", "actual": "?"},
            "port": [{"number": 80, "protocol": "tcp"}, {"number": 53, "protocol": "udp"}],
        })
    );
}

#[test]
fn removing_an_attribute_brings_its_default_back() {
    let terraform = terraform();
    let full = json!({
        "name": "a", "size": 9,
        "rules": [{"cidr": "::/0", "action": "deny"}],
        "settings": {"mode": "slow"},
        "port": [{"number": 53, "protocol": "udp"}],
    });
    let state = applied(&terraform, &full);
    let bare = json!({
        "name": "a",
        "rules": [{"cidr": "::/0"}],
        "settings": {},
        "port": [{"number": 53}],
    });
    let plan = show(&terraform.plan(&state, &terraform.object(&bare)).state);
    assert_eq!(plan["size"], 3);
    assert_eq!(plan["rules"][0]["action"], "allow");
    assert_eq!(plan["settings"]["mode"], "fast");
    assert_eq!(plan["port"][0]["protocol"], "tcp");
}

#[test]
fn without_a_change_nothing_is_open_and_nothing_is_looked_up() {
    let terraform = terraform();
    let config = json!({"name": "a", "rules": [{"cidr": "::/0"}], "members": [{"host": "m"}]});
    let state = applied(&terraform, &config);
    let before = terraform.preflights();
    let plan = terraform.plan(&state, &terraform.object(&config));
    assert_eq!(plan.state, state);
    assert_eq!(plan.replace, [""; 0]);
    assert_eq!(terraform.preflights(), before);
}

#[test]
fn a_change_opens_what_the_provider_sets_but_not_what_it_keeps() {
    let terraform = terraform();
    let state = applied(
        &terraform,
        &json!({"name": "a", "rules": [{"cidr": "::/0"}]}),
    );
    let config = json!({"name": "a", "note": "new", "rules": [{"cidr": "::/0"}]});
    let plan = terraform.plan(&state, &terraform.object(&config));
    assert_eq!(
        show(&plan.state),
        json!({
            "name": "a", "note": "new", "id": "id-1", "revision": "?", "size": 3, "zone": "?",
            "rules": [{"cidr": "::/0", "action": "allow", "rule_id": "rule-0"}],
            "settings": "?",
        })
    );
    assert_eq!(plan.replace, [""; 0]);
}

#[test]
fn an_unknown_value_of_the_configuration_stays_unknown() {
    let terraform = terraform();
    let state = applied(&terraform, &json!({"name": "a", "size": 4, "zone": "b"}));
    let config = json!({"name": "a", "size": "?", "zone": "?", "rules": "?", "members": ["?"]});
    let plan = terraform.plan(&state, &terraform.object(&config));
    let shown = show(&plan.state);
    for name in ["size", "zone", "rules"] {
        assert_eq!(shown[name], "?", "{name}");
    }
    assert_eq!(shown["members"], json!(["?"]));
    assert_eq!(plan.replace, ["zone"]);
}

#[test]
fn replacement_names_the_attribute_that_asks_for_it() {
    let terraform = terraform();
    let state = applied(
        &terraform,
        &json!({"name": "a", "kind": "small", "zone": "b", "rules": [{"cidr": "::/0"}, {"cidr": "10.0.0.0/8"}]}),
    );
    let rules = json!([{"cidr": "::/0"}, {"cidr": "10.0.0.0/8"}]);
    for (config, replace) in [
        (
            json!({"name": "b", "kind": "small", "zone": "b", "rules": rules}),
            vec!["name"],
        ),
        (
            json!({"name": "a", "kind": "tiny", "zone": "b", "rules": rules}),
            vec![],
        ),
        (
            json!({"name": "a", "kind": "big", "zone": "b", "rules": rules}),
            vec!["kind"],
        ),
        (
            json!({"name": "a", "kind": "small", "zone": "c", "rules": rules}),
            vec!["zone"],
        ),
        // The provider may choose another zone once it is the provider that chooses.
        (
            json!({"name": "a", "kind": "small", "rules": rules}),
            vec![],
        ),
        (
            json!({"name": "a", "kind": "small", "zone": "b", "rules": [{"cidr": "::/0"}, {"cidr": "10.1.0.0/16"}]}),
            vec!["rules.1.cidr"],
        ),
        (
            json!({"name": "b", "kind": "big", "zone": "b", "rules": [{"cidr": "::1/128"}]}),
            vec!["name", "kind", "rules.0.cidr"],
        ),
    ] {
        let before = terraform.preflights();
        let plan = terraform.plan(&state, &terraform.object(&config));
        assert_eq!(plan.replace, replace, "{config}");
        // What is replaced is planned once more as new, and looked at then.
        let looked = terraform.preflights() - before;
        let changed = plan.state != state && replace.is_empty();
        assert_eq!(looked, usize::from(changed), "{config}");
    }
}

#[test]
fn nothing_is_replaced_while_it_is_created() {
    let script = Script {
        plan: |change| {
            change.require_replace("note");
            Ok(())
        },
        ..Script::default()
    };
    let terraform = Terraform::new(script);
    let plan = terraform.plan(&Value::Null, &terraform.object(&json!({"name": "a"})));
    assert_eq!(plan.replace, [""; 0]);
    assert_eq!(terraform.preflights(), 1);
}

#[test]
fn elements_of_a_set_keep_what_the_provider_set() {
    let terraform = terraform();
    let config = json!({"name": "a", "members": [{"host": "m1"}, {"host": "m2", "weight": 5}]});
    let state = applied(&terraform, &config);
    let same = terraform.plan(&state, &terraform.object(&config));
    assert_eq!(same.state, state);

    let more = json!({"name": "a", "members": [{"host": "m0"}, {"host": "m1"}, {"host": "m2", "weight": 5}]});
    let plan = terraform.plan(&state, &terraform.object(&more));
    let hosts: Vec<_> = show(&plan.state)["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| (member["host"].clone(), member["weight"].clone()))
        .collect();
    assert_eq!(
        hosts,
        [
            ("m0".into(), 1.into()),
            ("m1".into(), 1.into()),
            ("m2".into(), 5.into())
        ]
    );
}

/// Of two elements alike in what both set, the one that sets less once took the other's place,
/// and its default replaced a configured value.
#[test]
fn elements_of_a_set_are_not_mistaken_for_each_other() {
    let terraform = terraform();
    let members = json!([{"host": "m"}, {"host": "m", "weight": 5}, {"host": "m", "weight": 6}]);
    let config = terraform.object(&json!({"name": "a", "members": members}));
    let plan = terraform.plan(&Value::Null, &config);
    assert_eq!(
        show(&plan.state)["members"],
        json!([
            {"host": "m", "member_id": "?", "weight": 1},
            {"host": "m", "member_id": "?", "weight": 5},
            {"host": "m", "member_id": "?", "weight": 6},
        ])
    );
}

#[test]
fn what_is_write_only_is_in_no_plan() {
    let terraform = terraform();
    let config = json!({
        "name": "a", "secret_wo": "s", "secret_wo_version": 1, "settings": {"key_wo": "k"},
    });
    let state = applied(&terraform, &config);
    assert!(!format!("{state:?}").contains("\"s\"") && !format!("{state:?}").contains("\"k\""));
    // Another secret alone is no change: that is what the version is for.
    let other = json!({
        "name": "a", "secret_wo": "t", "secret_wo_version": 1, "settings": {"key_wo": "l"},
    });
    assert_eq!(
        terraform.plan(&state, &terraform.object(&other)).state,
        state
    );
}

/// Even an author's step that copies the configuration can't put a secret into a plan.
#[test]
fn an_author_s_step_cannot_plan_what_is_write_only() {
    let script = Script {
        plan: |change| {
            change.plan.secret_wo = change.config.secret_wo.clone();
            Ok(())
        },
        ..Script::default()
    };
    let terraform = Terraform::new(script);
    let config = terraform.object(&json!({"name": "a", "secret_wo": "s"}));
    let plan = terraform.plan(&Value::Null, &config);
    assert_eq!(plan.state.get("secret_wo"), &Value::Null);
}

#[test]
fn timeouts_alone_change_nothing_else() {
    let terraform = terraform();
    let state = applied(&terraform, &json!({"name": "a"}));
    let config = terraform.object(&json!({"name": "a", "timeouts": {"create": "5m"}}));
    let before = terraform.preflights();
    let plan = terraform.plan(&state, &config);
    let mut expected = show(&state);
    expected["timeouts"] = json!({"create": "5m"});
    assert_eq!(show(&plan.state), expected);
    assert_eq!(terraform.preflights(), before);

    let changed = terraform.apply(&state, &plan.state, &config);
    assert_eq!(show(&changed.state), expected);
    assert_eq!(terraform.updates(), 0);
}

#[test]
fn an_author_s_step_decides_last() {
    let script = Script {
        plan: |change| {
            if change.prior.is_some() {
                change.plan.revision = 7.into();
                change.require_replace(Path::attribute("settings").and("mode"));
                change.warn(Diagnostic::warning("Careful", "This takes long.").at("note"));
            }
            Ok(())
        },
        ..Script::default()
    };
    let terraform = Terraform::new(script);
    let state = applied(&terraform, &json!({"name": "a"}));
    let plan = terraform.plan(
        &state,
        &terraform.object(&json!({"name": "a", "note": "n"})),
    );
    assert_eq!(plan.state.get("revision"), &Value::from(7));
    assert_eq!(plan.replace, ["settings.mode"]);
    assert_eq!(plan.messages, ["warning: Careful: This takes long. [note]"]);
    assert_eq!(terraform.preflights(), 1, "at creation alone");
}

#[test]
fn an_author_s_step_can_refuse_a_plan() {
    let script = Script {
        plan: |change| {
            change.warn(Diagnostic::warning("Careful", "It is full."));
            Err(Diagnostic::error("Planning thing", "No room.")
                .at("size")
                .into())
        },
        ..Script::default()
    };
    let terraform = Terraform::new(script);
    let plan = terraform.plan(&Value::Null, &terraform.object(&json!({"name": "a"})));
    assert_eq!(
        plan.messages,
        [
            "warning: Careful: It is full. []",
            "error: Planning thing: No room. [size]"
        ]
    );
    assert_eq!(terraform.preflights(), 0);
}

#[test]
fn a_panic_while_planning_is_an_error_like_any_other() {
    let script = Script {
        plan: |_| panic!("oh"),
        ..Script::default()
    };
    let terraform = Terraform::new(script);
    let plan = terraform.plan(&Value::Null, &terraform.object(&json!({"name": "a"})));
    assert_eq!(plan.messages.len(), 1);
    assert!(
        plan.messages[0].starts_with("error: The provider has a defect: The provider panicked")
    );
}

/// An error without a message once was no error: the plan went on as if nothing had happened.
#[test]
fn an_error_without_a_message_is_an_error_all_the_same() {
    let script = Script {
        plan: |_| Err(tfplug::Diagnostics::new()),
        ..Script::default()
    };
    let terraform = Terraform::new(script);
    let plan = terraform.plan(&Value::Null, &terraform.object(&json!({"name": "a"})));
    assert_eq!(plan.messages.len(), 1);
    assert!(
        plan.messages[0].starts_with("error: The provider has a defect"),
        "{:?}",
        plan.messages
    );
}

#[test]
fn what_preflight_finds_fails_the_plan() {
    let script = Script {
        preflight: |change| match change.plan.size {
            Attr::Known(13) => Err(Diagnostic::error("Looking ahead", "No.").at("size").into()),
            _ => Ok(()),
        },
        ..Script::default()
    };
    let terraform = Terraform::new(script);
    let plan = |size| {
        let config = terraform.object(&json!({"name": "a", "size": size}));
        terraform.plan(&Value::Null, &config).messages
    };
    assert_eq!(plan(12), [""; 0]);
    assert_eq!(plan(13), ["error: Looking ahead: No. [size]"]);
}

#[test]
fn destruction_is_planned_as_nothing_and_can_be_refused() {
    let script = Script {
        plan_destroy: |state| match state.note.text() {
            Some("keep") => Err(Diagnostic::error("Removing thing", "It is protected.")
                .at("note")
                .into()),
            _ => Ok(()),
        },
        ..Script::default()
    };
    let terraform = Terraform::new(script);
    let state = applied(
        &terraform,
        &json!({"name": "a", "timeouts": {"create": "1m"}}),
    );
    let plan = terraform.plan_destroy(&state);
    assert_eq!((plan.state, plan.messages), (Value::Null, Vec::new()));
    assert_eq!(plan.private, KEPT);
    let state = applied(&terraform, &json!({"name": "a", "note": "keep"}));
    let plan = terraform.plan_destroy(&state);
    assert_eq!(
        plan.messages,
        ["error: Removing thing: It is protected. [note]"]
    );
}

/// Terraform plans what `-replace` names as it is, then as new; it doesn't say that both are one
/// block.
#[test]
fn both_plans_of_a_replacement_are_of_one_block() {
    let script = Script {
        plan: |change| {
            change.plan.zone = format!("{:?}", change.block()).into();
            Ok(())
        },
        ..Script::default()
    };
    let terraform = Terraform::new(script);
    let config = terraform.object(&json!({"name": "a"}));
    let state = applied(&terraform, &json!({"name": "a"}));
    let first = terraform.plan(&state, &config);
    let second = terraform.plan_anew(&first, &config);
    let zone = |plan: &fake::Plan| show(&plan.state)["zone"].clone();
    assert_eq!(zone(&first), zone(&second));
    for other in [
        terraform.plan(&state, &config),
        terraform.plan(&Value::Null, &config),
    ] {
        assert_ne!(zone(&first), zone(&other));
    }

    // What is planned next, by another process, mustn't take a number of this one for its own.
    assert_eq!(second.private, KEPT);
    assert_ne!(first.private, KEPT);
    let applied = terraform.apply_with(&state, &first.state, &config, &first.private);
    assert_eq!(applied.private, KEPT);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_applied_configuration_needs_no_change(config in configuration(false)) {
        let terraform = terraform();
        let state = applied(&terraform, &config);
        let plan = terraform.plan(&state, &terraform.object(&config));
        prop_assert_eq!(show(&plan.state), show(&state));
        prop_assert_eq!(plan.state, state);
        prop_assert_eq!(plan.replace, [""; 0]);
        prop_assert_eq!(plan.messages, [""; 0]);
    }

    #[test]
    fn a_plan_never_alters_what_is_configured(before in configuration(false), config in configuration(true)) {
        let terraform = terraform();
        let state = applied(&terraform, &before);
        let config = terraform.object(&config);
        for prior in [Value::Null, state] {
            let plan = terraform.plan(&prior, &config);
            prop_assert_eq!(&plan.messages, &[""; 0]);
            prop_assert!(
                holds(&show(&plan.state), &show(&config)),
                "{} was planned for {}", show(&plan.state), show(&config)
            );
        }
    }

    #[test]
    fn whatever_changes_one_apply_is_enough(before in configuration(false), after in configuration(false)) {
        let terraform = terraform();
        let state = applied(&terraform, &before);
        let after = terraform.object(&after);
        let state = terraform.converge(&state, &after);
        let again = terraform.plan(&state, &after);
        prop_assert_eq!(show(&again.state), show(&state));
        prop_assert_eq!(again.replace, [""; 0]);
    }
}

/// Whether a plan has all that a configuration says. Write-only values are in no plan.
fn holds(plan: &Json, config: &Json) -> bool {
    match (plan, config) {
        (Json::Object(plan), Json::Object(config)) => config.iter().all(|(name, config)| {
            name.ends_with("_wo")
                || plan.get(name).is_some_and(|plan| holds(plan, config))
                || *config == json!({}) && !plan.contains_key(name)
        }),
        // Each element of a list has its own counterpart; of sets, some.
        (Json::Array(plan), Json::Array(config)) => {
            plan.len() == config.len()
                && config
                    .iter()
                    .all(|config| plan.iter().any(|plan| holds(plan, config)))
        }
        _ => plan == config,
    }
}

fn configuration(unknowns: bool) -> impl Strategy<Value = Json> {
    let word = move || {
        some(
            prop_oneof!["[a-c]".prop_map(Json::String)].boxed(),
            unknowns,
        )
    };
    let number = move || some((0..4_i64).prop_map(Json::from).boxed(), unknowns);
    let rule =
        (word(), word()).prop_map(|(cidr, action)| object([("cidr", cidr), ("action", action)]));
    let label =
        (word(), word()).prop_map(|(text, colour)| object([("text", text), ("colour", colour)]));
    let member = ("[a-c]", number())
        .prop_map(|(host, weight)| object([("host", host.into()), ("weight", weight)]));
    let settings =
        (word(), word()).prop_map(|(mode, key)| object([("mode", mode), ("key_wo", key)]));
    let port = (number(), word())
        .prop_map(|(number, protocol)| object([("number", number), ("protocol", protocol)]));
    (
        (word(), number(), word(), word(), word(), word()),
        some(vec(rule, 0..4).prop_map(Json::from).boxed(), unknowns),
        some(
            btree_map("[a-c]", label, 0..3)
                .prop_map(|labels| json!(labels))
                .boxed(),
            unknowns,
        ),
        some(
            vec(member, 0..4)
                .prop_map(move |members| distinct(members, unknowns))
                .boxed(),
            unknowns,
        ),
        some(settings.boxed(), unknowns),
        vec(port, 0..3).prop_map(Json::from),
    )
        .prop_map(
            |((name, size, note, zone, kind, secret), rules, labels, members, settings, port)| {
                object([
                    ("name", name),
                    ("size", size),
                    ("note", note),
                    ("zone", zone),
                    ("kind", kind),
                    ("secret_wo", secret),
                    ("rules", rules),
                    ("labels", labels),
                    ("members", members),
                    ("settings", settings),
                    ("port", port),
                ])
            },
        )
}

/// Members that differ once defaults are in: equal elements of a set are one. Where a state is
/// made of them each host is there once, since Terraform itself may propose one member's computed
/// values for another that it can't tell from the first.
fn distinct(members: Vec<Json>, hosts_may_repeat: bool) -> Json {
    let mut seen = Vec::new();
    let mut kept = Vec::new();
    for member in members {
        let weight = match &member["weight"] {
            _ if !hosts_may_repeat => Json::Null,
            Json::Null => 1.into(),
            weight => weight.clone(),
        };
        let is = (member["host"].clone(), weight);
        if !seen.contains(&is) {
            seen.push(is);
            kept.push(member);
        }
    }
    kept.into()
}

fn some(value: BoxedStrategy<Json>, unknowns: bool) -> BoxedStrategy<Json> {
    let unknown = if unknowns {
        Json::from("?")
    } else {
        Json::Null
    };
    prop_oneof![1 => Just(Json::Null), 1 => Just(unknown), 3 => value].boxed()
}

fn object<const N: usize>(attributes: [(&str, Json); N]) -> Json {
    let attributes = attributes
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    Json::Object(attributes.collect())
}
