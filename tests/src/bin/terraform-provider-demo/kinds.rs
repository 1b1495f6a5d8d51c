//! `demo_kinds`: an attribute of every type.

use tfplug::value::{Number, Value};
use tfplug::{Attr, Cx, List, Map, Model, Planned, Resource, Result, Saved, Secret, Set};

use crate::cloud::Cloud;

/// An object with an attribute of every type.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Kinds {
    /// Yes or no.
    #[tf(optional)]
    flag: Attr<bool>,
    /// A whole number.
    #[tf(optional)]
    whole: Attr<i64>,
    /// Any number.
    #[tf(optional)]
    exact: Attr<Number>,
    /// Text.
    #[tf(optional)]
    text: Attr<String>,
    /// Texts in order.
    #[tf(optional)]
    words: Attr<List<String>>,
    /// Texts without order.
    #[tf(optional)]
    zones: Attr<Set<String>>,
    /// Texts by key. Default: none.
    #[tf(default = Map::<String>::default())]
    tags: Attr<Map<String>>,
    /// Lists in a list.
    #[tf(optional)]
    matrix: Attr<List<List<Number>>>,
    /// Whatever you like.
    #[tf(optional)]
    anything: Attr<Value>,
    /// Hidden text.
    #[tf(optional, sensitive)]
    pin: Attr<Secret>,
    /// One door.
    #[tf(optional)]
    door: Attr<Door>,
    /// Doors in order.
    #[tf(optional)]
    door_list: Attr<List<Door>>,
    /// Doors by key.
    #[tf(optional)]
    door_map: Attr<Map<Door>>,
    /// Doors without order.
    #[tf(optional)]
    door_set: Attr<Set<Door>>,
    /// A door that is there anyway.
    #[tf(default = Door::front())]
    front_door: Attr<Door>,
    /// What the provider says of all doors.
    #[tf(computed)]
    report: Attr<List<Line>>,
    /// Rooms in order.
    #[tf(block)]
    room: Attr<List<Room>>,
    /// Shelves without order.
    #[tf(block)]
    shelf: Attr<Set<Shelf>>,
    /// The one roof.
    #[tf(block)]
    roof: Attr<Shelf>,
}

/// A door.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct Door {
    /// Its colour.
    #[tf(required)]
    colour: Attr<String>,
    /// Its height in metres. Default: `2`.
    #[tf(default = 2)]
    height: Attr<i64>,
    /// Its lock.
    #[tf(optional)]
    lock: Attr<Lock>,
    /// Its number, which the provider gives.
    #[tf(computed)]
    serial: Attr<String>,
}

impl Door {
    fn front() -> Self {
        Self {
            colour: "green".into(),
            ..Self::default()
        }
    }

    fn finish(&mut self) {
        if self.serial.is_unknown() {
            self.serial = format!("no {}", self.colour.text().unwrap_or("colour")).into();
        }
    }
}

/// A lock.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Lock {
    /// Whether it is shut. Default: `true`.
    #[tf(default = true)]
    shut: Attr<bool>,
    /// Who has keys.
    #[tf(optional)]
    keys: Attr<List<String>>,
}

/// A line of a report.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Line {
    /// What it says.
    #[tf(computed)]
    text: Attr<String>,
}

/// A room.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Room {
    /// Its name.
    #[tf(required)]
    name: Attr<String>,
    /// Its floor. Default: `0`.
    #[tf(default = 0)]
    floor: Attr<i64>,
    /// Its shelves.
    #[tf(block)]
    shelf: Attr<List<Shelf>>,
}

/// A shelf.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct Shelf {
    /// What is in it.
    #[tf(optional)]
    content: Attr<String>,
    /// How many boards. Default: `3`.
    #[tf(default = 3)]
    boards: Attr<i64>,
}

pub(crate) struct KindsResource;

impl Resource for KindsResource {
    type Data = Cloud;
    type Model = Kinds;

    fn type_name(&self) -> &'static str {
        "demo_kinds"
    }

    async fn create(&self, _: &Cx<Cloud>, new: Planned<Kinds>, _: &Saved<Kinds>) -> Result<Kinds> {
        Ok(finish(new.plan))
    }

    async fn read(&self, _: &Cx<Cloud>, state: Kinds) -> Result<Option<Kinds>> {
        Ok(Some(state))
    }

    async fn update(
        &self,
        _: &Cx<Cloud>,
        _: Kinds,
        new: Planned<Kinds>,
        _: &Saved<Kinds>,
    ) -> Result<Kinds> {
        Ok(finish(new.plan))
    }

    async fn delete(&self, _: &Cx<Cloud>, _: Kinds, _: &Saved<Kinds>) -> Result<()> {
        Ok(())
    }
}

/// Sets what the provider decides.
fn finish(mut kinds: Kinds) -> Kinds {
    let mut doors: Vec<&mut Attr<Door>> = vec![&mut kinds.door, &mut kinds.front_door];
    if let Attr::Known(list) = &mut kinds.door_list {
        doors.extend(&mut list.0);
    }
    if let Attr::Known(map) = &mut kinds.door_map {
        doors.extend(map.0.values_mut());
    }
    if let Attr::Known(set) = &mut kinds.door_set {
        doors.extend(&mut set.0);
    }
    let mut report = Vec::new();
    for door in doors {
        if let Attr::Known(door) = door {
            door.finish();
            let text = door.serial.clone();
            report.push(Line { text });
        }
    }
    if kinds.report.is_unknown() {
        kinds.report = Attr::Known(report.into_iter().collect());
    }
    kinds
}
