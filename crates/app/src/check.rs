//! `check`: every invariant over the store. What a crash may leave behind is repaired and said; the rest is named.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use lineward_core::{codes, id::KeyId, line::LineState};

use crate::{App, AppError, Ctx};

codes! {
    /// The invariants.
    pub enum Invariant {
        /// Every changing verb that was opened was closed.
        AuditClosed = "audit_closed",
        /// The cap counters are the holdings.
        CapIsHoldings = "cap_is_holdings",
        /// A line in or on its way to service has exactly one open holder.
        ServedLineIsHeld = "served_line_is_held",
        /// A line in or on its way to service has an approved application, and an approved application a line.
        ServedLineIsApproved = "served_line_is_approved",
        /// A line that nobody approved has no holder.
        UnservedLineIsNotHeld = "unserved_line_is_not_held",
        /// What is sealed and not on its way to erasure has its key.
        SealedHasKey = "sealed_has_key",
        /// What was erased has no key.
        ErasedHasNoKey = "erased_has_no_key",
        /// Every key is needed by a row.
        KeyIsNeeded = "key_is_needed",
        /// Nothing is kept past its time.
        NothingOverdue = "nothing_overdue",
        /// Every decided application has its record.
        DecisionHasRecord = "decision_has_record",
        /// Records are the bytes that their hash names.
        RecordIsItsHash = "record_is_its_hash",
        /// The rules in force were signed by two people.
        RulesSignedByTwo = "rules_signed_by_two",
    }
}

/// A broken invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which one.
    pub invariant: Invariant,
    /// What it is broken for: ids only.
    pub subject: String,
    /// Whether `check` has put it right.
    pub repaired: bool,
}

/// A row left open for longer than any request takes was left by a crash.
const CRASHED_AFTER: SignedDuration = SignedDuration::from_mins(10);

impl App {
    /// Looks at every invariant. With `repair`, closes what a crash left open and destroys keys that nothing needs.
    ///
    /// # Errors
    /// [`AppError::Store`].
    pub async fn check(&self, ctx: &Ctx, repair: bool) -> Result<Vec<Violation>, AppError> {
        let mut found = Found { list: Vec::new() };
        let mut tx = self.store.read(ctx.carrier).await?;
        let open = tx.open_audits(before(ctx)?).await?;
        let caps = counts(tx.caps().await?);
        let held = counts(tx.counted_holdings().await?);
        for key in caps.keys().chain(held.keys()).collect::<BTreeSet<_>>() {
            if caps.get(key).copied().unwrap_or(0) != held.get(key).copied().unwrap_or(0) {
                found.add(Invariant::CapIsHoldings, format!("cap:{}:{}", hex::encode(&key.0[..6]), key.1));
            }
        }
        for line in tx.lines_in(LineState::ALL).await? {
            let holder = tx.open_holding(line.id).await?;
            if line.state.counts() && holder.is_none() {
                found.add(Invariant::ServedLineIsHeld, format!("line:{}", line.id));
            }
            if matches!(line.state, LineState::Requested | LineState::Released) && holder.is_some() {
                found.add(Invariant::UnservedLineIsNotHeld, format!("line:{}", line.id));
            }
        }
        for line in tx.unapproved_served_lines().await? {
            found.add(Invariant::ServedLineIsApproved, format!("line:{line}"));
        }
        for (application, verification, needs) in tx.recorded_applications().await? {
            let records = tx.records_of(verification).await?;
            if records.len() < needs {
                found.add(Invariant::DecisionHasRecord, format!("application:{application}"));
            }
            for record in records {
                let whole = lineward_ledger::DecisionRecord::decode(&record.bytes).and_then(|r| r.hash());
                if whole.ok() != Some(record.hash) {
                    found.add(Invariant::RecordIsItsHash, format!("record:{}", record.id));
                }
            }
        }
        for piece in tx.evidence_due(ctx.now, 1_000).await? {
            found.add(Invariant::NothingOverdue, format!("evidence:{}", piece.id));
        }
        if let Some(rules) = tx.active_rules().await?
            && rules.signed_by.iter().collect::<BTreeSet<_>>().len() < 2
        {
            found.add(Invariant::RulesSignedByTwo, format!("rules:{}", hex::encode(rules.hash)));
        }
        let needed: BTreeSet<KeyId> = tx.needed_keys(ctx.now).await?.into_iter().collect();
        let used: BTreeSet<KeyId> = tx.used_keys().await?.into_iter().collect();
        let erased: BTreeSet<KeyId> = tx.erased_keys().await?.into_iter().collect();
        drop(tx);

        let keys = self.keys.keys(ctx.carrier).await?;
        let present: BTreeSet<KeyId> = keys.iter().map(|(id, _)| *id).collect();
        for id in needed.difference(&present) {
            found.add(Invariant::SealedHasKey, format!("key:{id}"));
        }
        for (id, made_at) in &keys {
            // A key store restored from its backup brings destroyed keys back; here they die again.
            let invariant = if erased.contains(id) {
                Invariant::ErasedHasNoKey
            } else if !used.contains(id) && *made_at <= before(ctx)? {
                Invariant::KeyIsNeeded
            } else {
                continue;
            };
            let repaired = repair && self.keys.destroy(ctx.carrier, *id).await?;
            found.list.push(Violation { invariant, subject: format!("key:{id}"), repaired });
        }
        for row in open {
            if repair {
                self.close_interrupted(ctx, row.id).await?;
            }
            let subject = format!("audit:{} {} {}", row.id, row.verb, row.subject);
            found.list.push(Violation { invariant: Invariant::AuditClosed, subject, repaired: repair });
        }
        Ok(found.list)
    }

    async fn close_interrupted(&self, ctx: &Ctx, audit: lineward_core::id::AuditId) -> Result<(), AppError> {
        let mut writing = self.store.writing(ctx.carrier, None);
        loop {
            let mut tx = writing.begin().await?;
            let outcome = tx.close_audit(audit, ctx.now, "interrupted").await;
            if let Some(answer) = writing.end(tx, outcome).await {
                return answer.map_err(AppError::from);
            }
        }
    }
}

struct Found {
    list: Vec<Violation>,
}

impl Found {
    fn add(&mut self, invariant: Invariant, subject: String) {
        self.list.push(Violation { invariant, subject, repaired: false });
    }
}

fn before(ctx: &Ctx) -> Result<jiff::Timestamp, AppError> {
    ctx.now.checked_sub(CRASHED_AFTER).map_err(|_| AppError::Broken("the clock is out of range"))
}

fn counts(
    rows: Vec<lineward_store::rows::CapRow>,
) -> BTreeMap<([u8; 32], lineward_core::line::KindGroup), u32> {
    rows.into_iter().map(|r| ((r.identity_index, r.group), r.held)).collect()
}
