//! Verifications, applications, lines and consents.

use jiff::Timestamp;
use lineward_core::{
    application::{ApplicationState, ReferralReason},
    id::{ApplicationId, LineId, PartyId, VerificationId},
    line::{LineKind, LineState, Payment},
    verification::{ApplicantKind, Channel, ConsentKind, Purpose, Way},
};

use super::Tx;
use crate::{
    error::StoreError,
    rows::{ApplicationRow, ConsentRow, LineRow, VerificationRow},
    sql::{Columns, insert, places, sql, words},
};

impl Tx {
    /// Begins a verification.
    pub async fn insert_verification(&mut self, row: &VerificationRow) -> Result<(), StoreError> {
        let new = insert("verification", self.carrier)
            .set("id", row.id)
            .set("purpose", row.purpose.code())
            .set("channel", row.channel.code())
            .set("way", row.way.code())
            .set("applicant", row.applicant.code())
            .set("case_key_id", row.case_key)
            .set("language", row.language.as_str())
            .set("contact", row.contact.clone())
            .set("subject_id", row.subject)
            .set("expires_at", row.expires_at)
            .set("created_at", row.created_at)
            .set("erased_at", row.erased_at);
        self.run(new.done()).await.map(drop)
    }

    /// The verification.
    pub async fn verification(&mut self, id: VerificationId) -> Result<Option<VerificationRow>, StoreError> {
        let of = sql("verification", "SELECT * FROM verification WHERE carrier_id = $1 AND id = $2");
        self.one(of.put(self.carrier).put(id), read_verification).await
    }

    /// Names the party that was verified.
    pub async fn set_subject(&mut self, id: VerificationId, party: PartyId) -> Result<(), StoreError> {
        let set =
            sql("verification", "UPDATE verification SET subject_id = $3 WHERE carrier_id = $1 AND id = $2");
        self.change("verification", set.put(self.carrier).put(id).put(party)).await
    }

    /// Changes the way that the applicant chose.
    pub async fn set_way(&mut self, id: VerificationId, way: Way) -> Result<(), StoreError> {
        let set = sql("verification", "UPDATE verification SET way = $3 WHERE carrier_id = $1 AND id = $2");
        self.change("verification", set.put(self.carrier).put(id).put(way.code())).await
    }

    /// Takes out what is sealed under the case's key, which is being destroyed: the contact, the documents' fields
    /// and the notes of proposals. Evidence has its own rows and its own job.
    pub async fn mark_erased(&mut self, id: VerificationId, now: Timestamp) -> Result<(), StoreError> {
        let contact = sql(
            "verification",
            "UPDATE verification SET contact = NULL, erased_at = $3 WHERE carrier_id = $1 AND id = $2",
        );
        self.change("verification", contact.put(self.carrier).put(id).put(now)).await?;
        let fields = sql(
            "document",
            "UPDATE document SET fields = NULL WHERE carrier_id = $1 AND verification_id = $2",
        );
        self.run(fields.put(self.carrier).put(id)).await?;
        let chips =
            sql("chip_session", "DELETE FROM chip_session WHERE carrier_id = $1 AND verification_id = $2");
        self.run(chips.put(self.carrier).put(id)).await?;
        let notes = sql(
            "proposal",
            "UPDATE proposal SET note = NULL WHERE carrier_id = $1 AND application_id IN \
             (SELECT id FROM application WHERE carrier_id = $1 AND verification_id = $2)",
        );
        self.run(notes.put(self.carrier).put(id)).await.map(drop)
    }

    /// Opens an application.
    pub async fn insert_application(&mut self, row: &ApplicationRow) -> Result<(), StoreError> {
        let new = insert("application", self.carrier)
            .set("id", row.id)
            .set("verification_id", row.verification)
            .set("line_id", row.line)
            .set("reference", row.reference.as_str())
            .set("state", row.state.code())
            .set("reasons", words(&row.reasons, ReferralReason::code).as_str())
            .set("rules_opened", row.rules_opened)
            .set("rules_decided", row.rules_decided)
            .set("opened_by", row.opened_by)
            .set("opened_at", row.opened_at)
            .set("referred_at", row.referred_at)
            .set("decided_at", row.decided_at)
            .set("effective_at", row.effective_at)
            .set("lapses_at", row.lapses_at)
            .set("provisional_until", provisional_until(row))
            .set("claimed_by", row.claimed_by);
        self.run(new.done()).await.map(drop)
    }

    /// The application.
    pub async fn application(&mut self, id: ApplicationId) -> Result<Option<ApplicationRow>, StoreError> {
        let of = sql("application", APPLICATION);
        self.one(of.put(self.carrier).put(id), read_application).await
    }

    /// The application, locked until the transaction ends.
    pub async fn lock_application(
        &mut self,
        id: ApplicationId,
    ) -> Result<Option<ApplicationRow>, StoreError> {
        let of = sql("application", self.backend.locking(APPLICATION));
        self.one(of.put(self.carrier).put(id), read_application).await
    }

    /// The application with this public reference.
    pub async fn application_by_reference(
        &mut self,
        reference: &str,
    ) -> Result<Option<ApplicationRow>, StoreError> {
        let of = sql("application", "SELECT * FROM application WHERE carrier_id = $1 AND reference = $2");
        self.one(of.put(self.carrier).put(reference), read_application).await
    }

    /// The application that points to this verification.
    pub async fn application_of(
        &mut self,
        verification: VerificationId,
    ) -> Result<Option<ApplicationRow>, StoreError> {
        let of =
            sql("application", "SELECT * FROM application WHERE carrier_id = $1 AND verification_id = $2");
        self.one(of.put(self.carrier).put(verification), read_application).await
    }

    /// Writes everything about the application that can change.
    pub async fn update_application(&mut self, row: &ApplicationRow) -> Result<(), StoreError> {
        let set = sql(
            "application",
            "UPDATE application SET state = $3, reasons = $4, rules_decided = $5, referred_at = $6, decided_at = $7, \
             effective_at = $8, lapses_at = $9, claimed_by = $10, provisional_until = $11 WHERE carrier_id = $1 AND id = $2",
        )
        .put(self.carrier)
        .put(row.id)
        .put(row.state.code())
        .put(words(&row.reasons, ReferralReason::code).as_str())
        .put(row.rules_decided)
        .put(row.referred_at)
        .put(row.decided_at)
        .put(row.effective_at)
        .put(row.lapses_at)
        .put(row.claimed_by)
        .put(provisional_until(row));
        self.change("application", set).await
    }

    /// Open applications that wait for an authority, the nearest deadline first.
    pub async fn provisional(&mut self, limit: u32) -> Result<Vec<ApplicationRow>, StoreError> {
        let of = sql(
            "application",
            "SELECT * FROM application WHERE carrier_id = $1 AND provisional_until IS NOT NULL \
             ORDER BY provisional_until, id LIMIT $2",
        );
        self.all(of.put(self.carrier).put(limit), read_application).await
    }

    /// Applications that wait for a person's decision, oldest referral first.
    pub async fn referred(&mut self, limit: u32) -> Result<Vec<ApplicationRow>, StoreError> {
        let of = sql(
            "application",
            "SELECT * FROM application WHERE carrier_id = $1 AND state = 'referred' \
             ORDER BY referred_at, id LIMIT $2",
        );
        self.all(of.put(self.carrier).put(limit), read_application).await
    }

    /// Open applications whose applicant chose the other way, oldest first.
    pub async fn waiting_for_sighting(&mut self, limit: u32) -> Result<Vec<ApplicationRow>, StoreError> {
        let of = sql(
            "application",
            "SELECT a.* FROM application a \
             JOIN verification v ON v.carrier_id = a.carrier_id AND v.id = a.verification_id \
             WHERE a.carrier_id = $1 AND a.state = 'open' AND v.way = 'other_way' \
             ORDER BY a.opened_at, a.id LIMIT $2",
        );
        self.all(of.put(self.carrier).put(limit), read_application).await
    }

    /// Makes a line.
    pub async fn insert_line(&mut self, row: &LineRow) -> Result<(), StoreError> {
        let new = insert("line", self.carrier)
            .set("id", row.id)
            .set("kind", row.kind.code())
            .set("payment", row.payment.code())
            .set("state", row.state.code())
            .set("external_id", row.external_id.as_deref())
            .set("created_at", row.created_at)
            .set("state_at", row.state_at);
        self.run(new.done()).await.map(drop)
    }

    /// The line.
    pub async fn line(&mut self, id: LineId) -> Result<Option<LineRow>, StoreError> {
        self.one(sql("line", LINE).put(self.carrier).put(id), read_line).await
    }

    /// The line, locked until the transaction ends.
    pub async fn lock_line(&mut self, id: LineId) -> Result<Option<LineRow>, StoreError> {
        let of = sql("line", self.backend.locking(LINE));
        self.one(of.put(self.carrier).put(id), read_line).await
    }

    /// Writes everything about the line that can change.
    pub async fn update_line(&mut self, row: &LineRow) -> Result<(), StoreError> {
        let set = sql(
            "line",
            "UPDATE line SET state = $3, external_id = $4, state_at = $5 WHERE carrier_id = $1 AND id = $2",
        );
        let set = set.put(self.carrier).put(row.id).put(row.state.code());
        self.change("line", set.put(row.external_id.as_deref()).put(row.state_at)).await
    }

    /// The lines that stand in one of `states`.
    pub async fn lines_in(&mut self, states: &[LineState]) -> Result<Vec<LineRow>, StoreError> {
        if states.is_empty() {
            return Ok(Vec::new());
        }
        let text = format!(
            "SELECT * FROM line WHERE carrier_id = $1 AND state IN ({}) ORDER BY state_at, id",
            places(2, states.len())
        );
        let of = sql("line", text).put(self.carrier).put_all(states.iter().map(|s| s.code()));
        self.all(of, read_line).await
    }

    /// Records a consent.
    pub async fn insert_consent(
        &mut self,
        verification: VerificationId,
        row: &ConsentRow,
    ) -> Result<(), StoreError> {
        let new = insert("consent", self.carrier)
            .set("id", row.id)
            .under("verification_id", verification)
            .set("kind", row.kind.code())
            .set("text_version", row.text_version.as_str())
            .set("language", row.language.as_str())
            .set("given_at", row.given_at)
            .set("withdrawn_at", row.withdrawn_at);
        self.run(new.done()).await.map(drop)
    }

    /// Every consent of this verification, withdrawn ones too, in the order they were given.
    pub async fn consents(&mut self, verification: VerificationId) -> Result<Vec<ConsentRow>, StoreError> {
        let of = sql(
            "consent",
            "SELECT * FROM consent WHERE carrier_id = $1 AND verification_id = $2 ORDER BY seq, id",
        );
        self.all(of.put(self.carrier).put(verification), read_consent).await
    }

    /// Withdraws every consent of this verification that stands.
    pub async fn withdraw_consents(
        &mut self,
        verification: VerificationId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let set = sql(
            "consent",
            "UPDATE consent SET withdrawn_at = $3 \
             WHERE carrier_id = $1 AND verification_id = $2 AND withdrawn_at IS NULL",
        );
        self.run(set.put(self.carrier).put(verification).put(now)).await.map(drop)
    }
}

const APPLICATION: &str = "SELECT * FROM application WHERE carrier_id = $1 AND id = $2";
const LINE: &str = "SELECT * FROM line WHERE carrier_id = $1 AND id = $2";

/// Whoever is decided about waits no longer.
fn provisional_until(row: &ApplicationRow) -> Option<Timestamp> {
    row.provisional_until.filter(|_| row.state == ApplicationState::Open)
}

fn read_verification(r: &Columns<'_>) -> Result<VerificationRow, StoreError> {
    Ok(VerificationRow {
        id: r.get("id")?,
        purpose: r.code("purpose", Purpose::parse)?,
        channel: r.code("channel", Channel::parse)?,
        way: r.code("way", Way::parse)?,
        applicant: r.code("applicant", ApplicantKind::parse)?,
        case_key: r.get("case_key_id")?,
        language: r.get("language")?,
        contact: r.get("contact")?,
        subject: r.get("subject_id")?,
        expires_at: r.get("expires_at")?,
        created_at: r.get("created_at")?,
        erased_at: r.get("erased_at")?,
    })
}

fn read_application(r: &Columns<'_>) -> Result<ApplicationRow, StoreError> {
    Ok(ApplicationRow {
        id: r.get("id")?,
        verification: r.get("verification_id")?,
        line: r.get("line_id")?,
        reference: r.get("reference")?,
        state: r.code("state", ApplicationState::parse)?,
        reasons: r.codes("reasons", ReferralReason::parse)?,
        rules_opened: r.get("rules_opened")?,
        rules_decided: r.get("rules_decided")?,
        opened_by: r.get("opened_by")?,
        opened_at: r.get("opened_at")?,
        referred_at: r.get("referred_at")?,
        decided_at: r.get("decided_at")?,
        effective_at: r.get("effective_at")?,
        lapses_at: r.get("lapses_at")?,
        provisional_until: r.get("provisional_until")?,
        claimed_by: r.get("claimed_by")?,
    })
}

fn read_line(r: &Columns<'_>) -> Result<LineRow, StoreError> {
    Ok(LineRow {
        id: r.get("id")?,
        kind: r.code("kind", LineKind::parse)?,
        payment: r.code("payment", Payment::parse)?,
        state: r.code("state", LineState::parse)?,
        external_id: r.get("external_id")?,
        created_at: r.get("created_at")?,
        state_at: r.get("state_at")?,
    })
}

fn read_consent(r: &Columns<'_>) -> Result<ConsentRow, StoreError> {
    Ok(ConsentRow {
        id: r.get("id")?,
        kind: r.code("kind", ConsentKind::parse)?,
        text_version: r.get("text_version")?,
        language: r.get("language")?,
        given_at: r.get("given_at")?,
        withdrawn_at: r.get("withdrawn_at")?,
    })
}
