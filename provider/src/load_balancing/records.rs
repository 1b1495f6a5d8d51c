//! The name in Route 53: made, noted and removed.

use aws::route53::{ChangeId, Created, Removed};
use tfplug::{Cx, Diagnostic, Result};

use super::observed::leads_to;
use super::{Balancer, HasBalancer, Walk, WantedRecord};
use crate::provider::Data;
use crate::waits::wait;

impl<M: HasBalancer> Walk<'_, M> {
    /// The name in DNS: the wanted one is made before the one from before goes. `before` is the
    /// state that an update starts from.
    ///
    /// # Errors
    /// AWS refuses, or the name leads elsewhere and isn't ours.
    pub(crate) async fn record(&mut self, before: Option<&M>) -> Result<()> {
        let mut notes = RecordNotes::of(self.cx);
        if let Some(record) = before.and_then(|before| before.balancer().record()) {
            notes.add(record);
        }
        if let Some(wanted) = self.wanted.record.clone() {
            if before.is_none() {
                // Should the answer get lost, a destroy still looks for it. It removes a record
                // only if that leads here, so somebody else's is safe.
                self.set_record(Some(&wanted));
            }
            let change = self.make_record(&wanted, notes.has(&wanted)).await?;
            // Noted before the wait, which may be stopped. An update's state keeps the name from
            // before until that is gone, so that the next plan goes on.
            notes.add(wanted.clone());
            notes.write(self.cx);
            self.save();
            if let Some(change) = change {
                let dns = self.done(self.cx.data().clients()?.route53().await)?;
                let what = format!("record {} to be in sync", wanted.fqdn);
                self.done(dns.wait_until_in_sync(&change, wait(self.cx, what)).await)?;
            }
        }
        let wanted = self.wanted.record.clone();
        for old in notes.0.iter().filter(|old| wanted.as_ref() != Some(old)) {
            self.remove_record(old).await?;
        }
        RecordNotes(wanted.iter().cloned().collect()).write(self.cx);
        self.set_record(wanted.as_ref());
        Ok(())
    }

    /// Returns the change to wait for, if one was needed.
    async fn make_record(&self, wanted: &WantedRecord, mine: bool) -> Result<Option<ChangeId>> {
        let dns = self.done(self.cx.data().clients()?.route53().await)?;
        let balancer = self.reached.balancer();
        let dns_name = balancer.dns_name.get("dns_name")?;
        let record = wanted.alias(dns_name, balancer.zone_id.get("zone_id")?);
        let change = if mine {
            let found = self.done(dns.records(&wanted.zone_id, &wanted.fqdn, "A").await)?;
            if found.first().is_some_and(|found| leads_to(found, dns_name)) {
                return Ok(None);
            }
            self.done(dns.upsert_record(&wanted.zone_id, &record).await)?
        } else {
            match self.done(dns.create_record(&wanted.zone_id, &record).await)? {
                Created::Made(change) => change,
                Created::Exists => {
                    let found = self.done(dns.records(&wanted.zone_id, &wanted.fqdn, "A").await)?;
                    if found.first().is_some_and(|found| leads_to(found, dns_name)) {
                        return Ok(None);
                    }
                    return Err(taken(self.doing, wanted).into());
                }
            }
        };
        Ok(Some(change))
    }

    /// Removes a record that leads here. One that leads elsewhere by now is somebody else's.
    async fn remove_record(&self, old: &WantedRecord) -> Result<()> {
        let balancer = self.reached.balancer();
        self.done(remove_record(self.cx, old, &balancer).await)
    }

    fn set_record(&mut self, record: Option<&WantedRecord>) {
        self.reached.change_balancer(|balancer| {
            balancer.fqdn = record.map(|record| record.fqdn.clone()).into();
            balancer.hosted_zone_id = record.map(|record| record.zone_id.clone()).into();
        });
        self.save();
    }
}

/// Removes all records of a load balancer that lead to it: the state's, and those of the notes.
///
/// # Errors
/// AWS refuses.
pub(super) async fn remove_records(cx: &Cx<Data>, balancer: &Balancer) -> Result<(), aws::Error> {
    let mut records = RecordNotes::of(cx);
    if let Some(record) = balancer.record() {
        records.add(record);
    }
    for record in &records.0 {
        remove_record(cx, record, balancer).await?;
    }
    Ok(())
}

/// Removes the record if it leads to this load balancer.
async fn remove_record(
    cx: &Cx<Data>,
    record: &WantedRecord,
    balancer: &Balancer,
) -> Result<(), aws::Error> {
    let Ok(clients) = cx.data().clients() else {
        return Ok(());
    };
    let (Some(dns_name), Some(zone_id)) = (balancer.dns_name.text(), balancer.zone_id.text())
    else {
        return Ok(());
    };
    let dns = clients.route53().await?;
    let alias = record.alias(dns_name, zone_id);
    let mut removed = dns.delete_record(&record.zone_id, &alias).await?;
    if let Removed::Not(_) = removed {
        // Perhaps it leads here in other words.
        let found = dns.records(&record.zone_id, &record.fqdn, "A").await?;
        let Some(found) = found.into_iter().find(|found| leads_to(found, dns_name)) else {
            return Ok(());
        };
        removed = dns.delete_record(&record.zone_id, &found).await?;
    }
    let change = match removed {
        Removed::Now(change) => Some(change),
        Removed::Before => None,
        // Changed just now.
        Removed::Not(error) => return Err(error),
    };
    if let Some(change) = change {
        let what = format!("record {} to be gone", record.fqdn);
        dns.wait_until_in_sync(&change, wait(cx, what)).await?;
    }
    Ok(())
}

/// The private state's note of the records that this resource has made. One that drifted away has
/// left the state, but not the note.
struct RecordNotes(Vec<WantedRecord>);

impl RecordNotes {
    const KEY: &str = "record";

    fn of(cx: &Cx<Data>) -> Self {
        let bytes = cx.private(Self::KEY).unwrap_or_default();
        Self::parse(&String::from_utf8_lossy(&bytes))
    }

    fn has(&self, record: &WantedRecord) -> bool {
        self.0.contains(record)
    }

    fn add(&mut self, record: WantedRecord) {
        if !self.has(&record) {
            self.0.push(record);
        }
    }

    fn write(&self, cx: &Cx<Data>) {
        let note = (!self.0.is_empty()).then(|| self.text().into_bytes());
        cx.set_private(Self::KEY, note);
    }

    /// A line for each.
    fn text(&self) -> String {
        let line = |record: &WantedRecord| format!("{} {}", record.zone_id, record.fqdn);
        self.0.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn parse(text: &str) -> Self {
        let records = text.lines().filter_map(|line| line.split_once(' '));
        Self(
            records
                .map(|(zone_id, fqdn)| WantedRecord {
                    zone_id: zone_id.to_owned(),
                    fqdn: fqdn.to_owned(),
                })
                .collect(),
        )
    }
}

fn taken(doing: &str, wanted: &WantedRecord) -> Diagnostic {
    Diagnostic::error(
        doing,
        format!(
            "A record \"{}\" exists in hosted zone {} and leads elsewhere. It is not overwritten. \
             Delete it, or choose another \"fqdn\".",
            wanted.fqdn, wanted.zone_id
        ),
    )
    .at("fqdn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_as_they_were_written() {
        let record = |fqdn: &str| WantedRecord {
            zone_id: "Z1".to_owned(),
            fqdn: fqdn.to_owned(),
        };
        let mut notes = RecordNotes(Vec::new());
        assert_eq!(RecordNotes::parse(&notes.text()).0, []);
        for fqdn in ["a.example.com", "b.example.com", "a.example.com"] {
            notes.add(record(fqdn));
        }
        let read = RecordNotes::parse(&notes.text());
        assert_eq!(read.0, [record("a.example.com"), record("b.example.com")]);
    }
}
