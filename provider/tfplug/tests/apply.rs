//! What is left in the state after each operation, above all after one that failed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod fake;

use fake::{Answer, Script, Terraform, blank, made, show};
use serde_json::json;
use tfplug::value::Value;
use tfplug::{Attr, Diagnostic, Secret};

/// Creates a thing named "a" by a script.
fn create(script: Script) -> Answer {
    let terraform = Terraform::new(script);
    let config = terraform.object(&json!({
        "name": "a", "secret_wo": "s", "timeouts": {"create": "5m"},
    }));
    let plan = terraform.plan(&Value::Null, &config);
    assert_eq!(plan.messages, [""; 0]);
    terraform.apply(&Value::Null, &plan.state, &config)
}

/// Changes the note of a thing, or destroys it, by a script; returns the prior state too.
fn change(script: Script, destroy: bool) -> (Value, Answer) {
    let terraform = Terraform::new(script);
    let state = terraform.converge(
        &Value::Null,
        &terraform.object(&json!({"name": "a", "timeouts": {"create": "5m"}})),
    );
    if destroy {
        let answer = terraform.apply(&state, &Value::Null, &Value::Null);
        return (state, answer);
    }
    let config = terraform.object(&json!({"name": "a", "note": "n", "timeouts": {"create": "7m"}}));
    let plan = terraform.plan(&state, &config);
    let answer = terraform.apply(&state, &plan.state, &config);
    (state, answer)
}

fn failure() -> tfplug::Diagnostics {
    Diagnostic::error("Doing it", "It broke.").into()
}

const BROKE: &str = "error: Doing it: It broke. []";

#[test]
fn creation_gives_every_open_value() {
    let answer = create(Script::default());
    assert_eq!(answer.messages, [""; 0]);
    assert_eq!(
        show(&answer.state),
        json!({
            "name": "a", "id": "id-1", "revision": 1, "size": 3, "zone": "a",
            "settings": {"mode": "fast", "actual": "fast"}, "timeouts": {"create": "5m"},
        })
    );
}

#[test]
fn creation_that_fails_after_something_exists_keeps_it() {
    let script = Script {
        create: |_, new, saved| {
            let mut thing = new.plan;
            saved.save(&thing);
            thing.id = "id-1".into();
            saved.save(&thing);
            Err(failure())
        },
        ..Script::default()
    };
    let answer = create(script);
    // What isn't known yet is null, and no complaint: the operation wasn't finished.
    assert_eq!(
        show(&answer.state),
        json!({"name": "a", "id": "id-1", "size": 3, "timeouts": {"create": "5m"}})
    );
    assert_eq!(answer.messages.len(), 2);
    assert_eq!(answer.messages[0], BROKE);
    assert!(answer.messages[1].starts_with("warning: Creation was not finished: "));
}

#[test]
fn creation_that_fails_before_anything_exists_leaves_nothing() {
    let script = Script {
        create: |_, _, _| Err(failure()),
        ..Script::default()
    };
    let answer = create(script);
    assert_eq!(answer.state, Value::Null);
    assert_eq!(answer.messages, [BROKE]);
}

#[test]
fn creation_that_panics_keeps_what_was_saved() {
    let script = Script {
        create: |_, new, saved| {
            saved.save(&made(new.plan, 1));
            panic!("oh")
        },
        ..Script::default()
    };
    let answer = create(script);
    assert_eq!(answer.state.get("id"), &Value::from("id-1"));
    assert_eq!(answer.messages.len(), 2);
    assert!(
        answer.messages[0].contains("panicked"),
        "{:?}",
        answer.messages
    );
}

#[test]
fn creation_knows_the_configuration_s_secrets_and_keeps_none() {
    let script = Script {
        create: |_, new, saved| {
            assert_eq!(new.plan.secret_wo, Attr::Null);
            let secret = new.config.secret_wo.get("secret_wo")?.expose().to_owned();
            let mut thing = made(new.plan, 1);
            thing.id = secret.into();
            thing.secret_wo = Secret::new("kept by mistake".to_owned()).into();
            saved.save(&thing);
            Ok(thing)
        },
        ..Script::default()
    };
    let answer = create(script);
    assert_eq!(answer.messages, [""; 0]);
    assert_eq!(answer.state.get("id"), &Value::from("s"));
    assert_eq!(answer.state.get("secret_wo"), &Value::Null);
}

#[test]
fn what_was_saved_holds_no_secret_either() {
    let script = Script {
        create: |_, new, saved| {
            let mut thing = new.plan;
            thing.secret_wo = new.config.secret_wo;
            saved.save(&thing);
            Err(failure())
        },
        ..Script::default()
    };
    assert_eq!(create(script).state.get("secret_wo"), &Value::Null);
}

#[test]
fn a_value_still_open_after_creation_is_reported_and_the_rest_kept() {
    let script = Script {
        create: |_, new, _| {
            let mut thing = made(new.plan, 1);
            thing.zone = Attr::Unknown;
            Ok(thing)
        },
        ..Script::default()
    };
    let answer = create(script);
    assert_eq!(answer.state.get("zone"), &Value::Null);
    assert_eq!(answer.state.get("id"), &Value::from("id-1"));
    let what = "error: The provider has a defect: The attribute \"zone\" is still unknown";
    assert!(
        answer.messages[0].starts_with(what),
        "{:?}",
        answer.messages
    );
    assert!(answer.messages[0].ends_with("[zone]"));
}

/// An error without a message once looked like a success that left nothing.
#[test]
fn creation_that_fails_without_a_word_is_a_failure() {
    let script = Script {
        create: |_, _, _| Err(tfplug::Diagnostics::new()),
        ..Script::default()
    };
    let answer = create(script);
    assert!(
        answer.messages[0].starts_with("error: "),
        "{:?}",
        answer.messages
    );
}

#[test]
fn an_update_is_of_the_planned_object() {
    let (_, answer) = change(Script::default(), false);
    assert_eq!(
        show(&answer.state),
        json!({
            "name": "a", "id": "id-1", "revision": 2, "note": "n", "size": 3, "zone": "a",
            "settings": {"mode": "fast", "actual": "fast"}, "timeouts": {"create": "7m"},
        })
    );
    assert_eq!(answer.messages, [""; 0]);
}

#[test]
fn an_update_that_fails_keeps_what_was_before() {
    let script = Script {
        update: |_, _, _, _| Err(failure()),
        ..Script::default()
    };
    let (before, answer) = change(script, false);
    assert_eq!(answer.state, before);
    assert_eq!(answer.messages, [BROKE]);

    let script = Script {
        update: |_, _, _, _| panic!("oh"),
        ..Script::default()
    };
    let (before, answer) = change(script, false);
    assert_eq!(answer.state, before);
    assert_eq!(answer.messages.len(), 1);
}

#[test]
fn an_update_that_fails_half_way_keeps_what_was_done() {
    let script = Script {
        update: |_, prior, new, saved| {
            let mut thing = prior;
            thing.note = new.plan.note;
            saved.save(&thing);
            Err(failure())
        },
        ..Script::default()
    };
    let (before, answer) = change(script, false);
    let mut expected = show(&before);
    expected["note"] = "n".into();
    expected["timeouts"] = json!({"create": "7m"});
    assert_eq!(show(&answer.state), expected);
    assert_eq!(answer.messages, [BROKE], "an update taints nothing");
}

#[test]
fn what_is_deleted_is_gone() {
    let script = Script {
        delete: |cx, _, _| {
            cx.warn(Diagnostic::warning("Removing thing", "It left a mark."));
            Ok(())
        },
        ..Script::default()
    };
    let (_, answer) = change(script, true);
    assert_eq!(answer.state, Value::Null);
    assert_eq!(answer.private, b"");
    assert_eq!(
        answer.messages,
        ["warning: Removing thing: It left a mark. []"]
    );
}

#[test]
fn a_deletion_that_fails_keeps_the_object() {
    let mut scripts = vec![Script::default(); 3];
    scripts[0].delete = |_, _, _| Err(failure());
    scripts[1].delete = |_, _, _| panic!("oh");
    scripts[2].delete = |_, _, _| Err(tfplug::Diagnostics::new());
    for script in scripts {
        let (before, answer) = change(script, true);
        assert_eq!(answer.state, before);
        assert_eq!(answer.messages.len(), 1);
        assert!(answer.messages[0].starts_with("error: "));
    }

    let script = Script {
        delete: |_, mut state, saved| {
            state.note = "half gone".into();
            saved.save(&state);
            Err(failure())
        },
        ..Script::default()
    };
    let (_, answer) = change(script, true);
    assert_eq!(answer.state.get("note"), &Value::from("half gone"));
}

#[test]
fn private_bytes_go_round() {
    let script = Script {
        create: |cx, new, _| {
            assert_eq!(cx.private("key"), Some(vec![1, 2]));
            cx.set_private("key", None);
            cx.set_private("other", Some(vec![255]));
            Ok(made(new.plan, 1))
        },
        read: |cx, state| {
            assert_eq!(cx.private("other"), Some(vec![255]));
            assert_eq!(cx.private("key"), None);
            Ok(Some(state))
        },
        ..Script::default()
    };
    let terraform = Terraform::new(script);
    let config = terraform.object(&json!({"name": "a"}));
    let plan = terraform.plan(&Value::Null, &config);
    let created = terraform.apply(&Value::Null, &plan.state, &config);
    assert_eq!(created.messages, [""; 0]);
    let read = terraform.read(&created.state, &created.private);
    assert_eq!(read.messages, [""; 0]);
    assert_eq!((read.state, read.private), (created.state, created.private));
}

#[test]
fn private_bytes_outlive_a_failure() {
    let script = Script {
        create: |cx, _, _| {
            cx.set_private("key", Some(vec![9]));
            Err(failure())
        },
        ..Script::default()
    };
    assert_eq!(create(script).private, br#"{"key":"CQ=="}"#);
}

#[test]
fn what_is_read_as_gone_is_gone() {
    let script = Script {
        read: |_, _| Ok(None),
        ..Script::default()
    };
    let terraform = Terraform::new(script);
    let state = terraform.converge(&Value::Null, &terraform.object(&json!({"name": "a"})));
    let answer = terraform.read(&state, b"");
    assert_eq!((answer.state, answer.messages), (Value::Null, Vec::new()));
}

#[test]
fn what_cannot_be_read_stays_as_it_was() {
    let mut scripts = vec![Script::default(); 3];
    scripts[0].read = |_, _| Err(failure());
    scripts[1].read = |_, _| panic!("oh");
    scripts[2].read = |_, _| Err(tfplug::Diagnostics::new());
    for script in scripts {
        let terraform = Terraform::new(script);
        let config = terraform.object(&json!({"name": "a", "timeouts": {"create": "5m"}}));
        let state = terraform.converge(&Value::Null, &config);
        let answer = terraform.read(&state, b"junk");
        assert_eq!(answer.state, state);
        assert_eq!(answer.messages.len(), 1);
        assert!(answer.messages[0].starts_with("error: "));
    }
}

/// Where there are no blocks the list of them is empty, whatever an author's model or an old state
/// says. A moved object's was once null.
#[test]
fn lists_of_blocks_are_never_null() {
    let script = Script {
        plan: |change| {
            change.plan.port = Attr::Null;
            Ok(())
        },
        read: |_, mut state| {
            state.port = Attr::Null;
            Ok(Some(state))
        },
        ..Script::default()
    };
    let terraform = Terraform::new(script);
    let config = terraform.object(&json!({"name": "a"}));
    let none = Value::List(Vec::new());

    let plan = terraform.plan(&Value::Null, &config);
    assert_eq!(plan.state.get("port"), &none);
    let created = terraform.apply(&Value::Null, &plan.state, &config);
    assert_eq!(created.state.get("port"), &none);
    let read = terraform.read(&created.state, b"");
    assert_eq!(read.state.get("port"), &none);
    let (imported, _) = terraform.import("a");
    assert_eq!(imported[0].get("port"), &none);
    let moved = terraform
        .move_from("other_thing", &json!({"label": "a"}))
        .unwrap();
    assert_eq!(moved.get("port"), &none);
    let upgraded = terraform.upgrade(2, &json!({"name": "a"})).unwrap();
    assert_eq!(upgraded.get("port"), &none);
}

#[test]
fn an_import_needs_no_more_than_what_read_needs() {
    let terraform = Terraform::new(Script::default());
    let (imported, messages) = terraform.import("a");
    assert_eq!(messages, [""; 0]);
    assert_eq!(imported, [terraform.object(&json!({"name": "a"}))]);
}

#[test]
fn an_import_that_fails_imports_nothing() {
    let mut scripts = vec![Script::default(); 3];
    scripts[0].import = |_, _| Err(failure());
    scripts[1].import = |_, _| panic!("oh");
    scripts[2].import = |_, _| Err(tfplug::Diagnostics::new());
    for script in scripts {
        let (imported, messages) = Terraform::new(script).import("a");
        assert_eq!(imported, []);
        assert_eq!(messages.len(), 1);
    }
}

#[test]
fn an_import_holds_neither_secrets_nor_open_values() {
    let script = Script {
        import: |_, id| {
            let mut thing = blank(id);
            thing.secret_wo = Secret::new("s".to_owned()).into();
            thing.zone = Attr::Unknown;
            Ok(thing)
        },
        ..Script::default()
    };
    let terraform = Terraform::new(script);
    let (imported, messages) = terraform.import("a");
    assert_eq!(messages, [""; 0]);
    assert_eq!(show(&imported[0]), json!({"name": "a"}));
}

#[test]
fn old_states_are_read_step_by_step() {
    let terraform = Terraform::new(Script::default());
    let note = |version, state| {
        terraform
            .upgrade(version, &state)
            .map(|state| state.get("note").clone())
    };
    assert_eq!(
        note(0, json!({"name": "a", "comment": "n"})),
        Ok("n!".into())
    );
    assert_eq!(note(1, json!({"name": "a", "note": "n"})), Ok("n!".into()));
    // What the schema no longer has is dropped.
    assert_eq!(
        note(2, json!({"name": "a", "note": "n", "gone": 1})),
        Ok("n".into())
    );
}

#[test]
fn states_that_cannot_be_read_say_why() {
    let terraform = Terraform::new(Script::default());
    let message = |version, state| terraform.upgrade(version, &state).unwrap_err().join("\n");
    let newer = message(3, json!({"name": "a"}));
    assert!(
        newer.starts_with("error: State from a newer provider: This fake_thing"),
        "{newer}"
    );
    assert_eq!(
        message(1, json!({})),
        "error: Upgrading thing: There is no note. []"
    );
    let wrong = message(2, json!({"rules": [{"cidr": 7}]}));
    assert!(
        wrong.contains("rules[0].cidr: string required, but this is number"),
        "{wrong}"
    );
    // An upgrade that panics is an error like any other.
    assert!(message(0, json!([])).contains("panicked"));
}

#[test]
fn objects_move_in_from_types_that_the_resource_knows() {
    let terraform = Terraform::new(Script::default());
    let moved = terraform
        .move_from("other_thing", &json!({"label": "a"}))
        .unwrap();
    assert_eq!(moved, terraform.object(&json!({"name": "a"})));
    let failed = terraform.move_from("other_thing", &json!({})).unwrap_err();
    assert_eq!(
        failed,
        ["error: Moving thing: The other thing has no label. []"]
    );
    let unknown = terraform
        .move_from("strange_thing", &json!({}))
        .unwrap_err();
    let what = "error: Move not supported: A strange_thing of registry.terraform.io/example/other \
                can't become a fake_thing.";
    assert!(unknown[0].starts_with(what), "{unknown:?}");
}

#[test]
fn secrets_need_a_terraform_that_forgets_them() {
    let terraform = Terraform::new(Script::default());
    let config = terraform.object(&json!({"name": "a", "secret_wo": "s"}));
    let messages = terraform.validate(&config);
    assert_eq!(messages.len(), 1);
    assert!(messages[0].starts_with("error: Write-only attribute not supported"));
    assert!(messages[0].ends_with("[secret_wo]"));
}
