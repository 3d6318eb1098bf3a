//! `open_chip_session` and `submit_chip`: a carrier's app or a shop's reader reads the chip, lineward asks and examines.
//!
//! Whoever holds the phone can send what they like. So the random number of active authentication and the private key of
//! chip authentication are made here, stay here and serve once; and the files prove themselves by the issuer's signature.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use lineward_core::{
    evidence::{CheckResult, FieldSource},
    id::{DocumentId, RowId, VerificationId},
    verdict::{DocumentVerdict, verdict},
    verification::{ConsentKind, DocumentFacts},
};
use lineward_document::{
    chip::{
        ActiveAnswer, ChipAnswer as SessionAnswer, ChipFiles, ChipReport, FileName, MadeBy, Presence,
        chip_auth::{BeginError, ChipAuthentication},
        lds::{
            dg14::Dg14,
            security::{Agreement, Cipher},
        },
    },
    findings,
};
use lineward_store::{
    Tx, keyed_index,
    rows::{ChipFindingRow, ChipSessionRow, VerificationRow},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Advice, Fields, document::Read, look_at_step, open_step};
use crate::{
    App, AppError, Ctx,
    acting::Begun,
    pass::after,
    secrets::{seal, unseal},
};

/// How long a chip may be read. Ours: reading takes under a minute; the rest is for a phone that has to be held again.
const SESSION_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// A session in which the chip may be read, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChipSession {
    /// Names it.
    pub session: Uuid,
    /// The random number for active authentication (INTERNAL AUTHENTICATE), eight bytes.
    pub nonce: [u8; 8],
    /// Until when.
    pub expires_at: Timestamp,
    /// What the chip is to be asked for chip authentication; `None` when no data group 14 came or it holds no key for it.
    pub chip_authentication: Option<ChipTask>,
}

/// What a phone hands to the chip for chip authentication, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChipTask {
    /// The protocol's object identifier (Doc 9303-11, section 9.2.7), for MSE:Set AT.
    pub protocol: String,
    /// Which of the chip's keys, where it has several.
    pub key_id: Option<u64>,
    /// The server's ephemeral public key, for GENERAL AUTHENTICATE or MSE:Set KAT.
    pub public_key: Vec<u8>,
    /// The first command under the new keys, whole and protected. The chip's answer to it is what is sent back.
    pub command: Vec<u8>,
}

/// What was read from a chip, and what it answered.
pub struct SubmitChip {
    /// The session.
    pub session: RowId,
    /// The files as they are in the chip.
    pub files: ChipFiles,
    /// The answer to the session's nonce.
    pub active: Option<ActiveSent>,
    /// The answer to the session's command.
    pub chip: Option<ChipSent>,
}

/// A chip's signature over a random number.
#[derive(Debug, Clone)]
pub struct ActiveSent {
    /// The signature.
    pub signature: Vec<u8>,
    /// Who made the random number; only the session's own proves something.
    pub made_by: MadeBy,
}

/// A chip's answer under the keys of chip authentication.
#[derive(Debug, Clone)]
pub struct ChipSent {
    /// The protected answer with its status word.
    pub answer: Vec<u8>,
    /// The send sequence counter of the answer.
    pub counter: u64,
    /// Who made the ephemeral key; only the session's own proves something.
    pub made_by: MadeBy,
}

/// What came of a chip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChipAnswer {
    /// Whether the document was taken: its fields could be read.
    pub taken: bool,
    /// What to do before the next try; empty when nothing is in the way.
    pub advice: Vec<String>,
    /// `genuine`, `not_genuine` or `inconclusive`: the fields.
    pub fields: String,
    /// The same of the portrait.
    pub portrait: String,
    /// What each check of the chip found.
    pub findings: Vec<ChipFound>,
}

/// What one check of a chip found, in the words of `lineward_document`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChipFound {
    /// The check.
    pub check: String,
    /// `pass`, `fail` or `not_checked`.
    pub result: String,
    /// Why it is no pass.
    pub reason: Option<String>,
}

impl ChipFound {
    pub(crate) fn of(row: ChipFindingRow) -> ChipFound {
        ChipFound { check: row.check, result: row.result.code().to_owned(), reason: row.reason }
    }
}

impl App {
    /// Opens the session in which the chip of this verification's document may be read. An earlier one is over by that.
    /// `dg14` is the chip's data group 14, where chip authentication is wanted.
    ///
    /// # Errors
    /// [`AppError::WrongState`] without consent or when the application is no longer open; [`AppError::Invalid`] for a data
    /// group 14 that cannot be read.
    pub async fn open_chip_session(
        &self,
        ctx: &Ctx,
        verification: VerificationId,
        dg14: Option<&[u8]>,
    ) -> Result<ChipSession, AppError> {
        if let Some(earlier) = self.answered(ctx).await? {
            return Ok(earlier);
        }
        let begun = dg14.map(|dg14| begin(ctx, dg14)).transpose()?.flatten();
        let mut act =
            self.act(ctx, "open_chip_session", format!("verification:{verification}"), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(earlier) => return Ok(earlier),
            };
            let outcome = self.open_session_in(&mut tx, ctx, verification, begun.as_ref()).await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    async fn open_session_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        verification: VerificationId,
        begun: Option<&Started>,
    ) -> Result<ChipSession, AppError> {
        let (_, row) = open_step(tx, ctx, verification).await?;
        agreed(tx, verification).await?;
        let id: RowId = ctx.id();
        let session = ChipSession {
            session: id.uuid(),
            nonce: ctx.bytes(),
            expires_at: after(ctx.now, SESSION_LIFE)?,
            chip_authentication: begun.map(|b| b.task.clone()),
        };
        let key_state = match begun {
            Some(begun) => {
                let key = self.key(ctx, row.case_key).await?;
                Some(seal(ctx, &key, "chip_session", id.as_bytes(), "key_state", &begun.state))
            }
            None => None,
        };
        tx.open_chip_session(&ChipSessionRow {
            id,
            verification,
            nonce: session.nonce,
            key_state,
            dg14_hash: begun.map(|b| b.dg14_hash),
            created_at: ctx.now,
            expires_at: session.expires_at,
            used_at: None,
        })
        .await?;
        Ok(session)
    }

    /// Examines what was read from a chip and keeps its fields, sealed, with what was found. The portrait is not kept: only a
    /// mark by which its file is known again. A later document replaces this one; what failed stays with the verification.
    ///
    /// # Errors
    /// [`AppError::ChipSessionOver`] for a session that was used, is too old or is none of this verification's;
    /// [`AppError::Invalid`] for an answer that the session did not ask for; otherwise as
    /// [`App::submit_document`](crate::App::submit_document).
    pub async fn submit_chip(
        &self,
        ctx: &Ctx,
        verification: VerificationId,
        sent: SubmitChip,
    ) -> Result<ChipAnswer, AppError> {
        if let Some(earlier) = self.answered(ctx).await? {
            return Ok(earlier);
        }
        let session = sent.session;
        let presence = self.before_chip(ctx, verification, &sent).await?;
        // No transaction is open here: examining takes as long as it takes.
        let (chips, at) = (self.ports.chips.clone(), ctx.now);
        let examined = tokio::task::spawn_blocking(move || chips.examine(&sent.files, &presence, at));
        let report = examined.await.map_err(|_| AppError::Broken("the examination of a chip stopped"))?;
        let found = self.found_on_chip(ctx, &report);
        let mut act = self.act(ctx, "submit_chip", format!("verification:{verification}"), None).await?;
        loop {
            let mut tx = match act.begin().await? {
                Begun::Fresh(tx) => tx,
                Begun::Earlier(earlier) => return Ok(earlier),
            };
            let outcome = self.submit_chip_in(&mut tx, ctx, verification, session, &found).await;
            if let Some(answer) = act.end(tx, outcome).await {
                return answer;
            }
        }
    }

    /// What must be there before anything is examined, and what the chip was asked.
    async fn before_chip(
        &self,
        ctx: &Ctx,
        verification: VerificationId,
        sent: &SubmitChip,
    ) -> Result<Presence, AppError> {
        let mut tx = self.store.read(ctx.carrier).await?;
        let (_, row) = look_at_step(&mut tx, ctx, verification).await?;
        agreed(&mut tx, verification).await?;
        let session = usable(&mut tx, ctx, verification, sent.session).await?;
        drop(tx);
        let active_authentication = sent.active.as_ref().map(|active| ActiveAnswer {
            nonce: session.nonce,
            signature: active.signature.clone(),
            made_by: active.made_by,
        });
        let chip_authentication = match &sent.chip {
            Some(chip) => Some(self.session_answer(ctx, &row, &session, sent, chip).await?),
            None => None,
        };
        Ok(Presence { active_authentication, chip_authentication })
    }

    async fn session_answer(
        &self,
        ctx: &Ctx,
        row: &VerificationRow,
        session: &ChipSessionRow,
        sent: &SubmitChip,
        chip: &ChipSent,
    ) -> Result<SessionAnswer, AppError> {
        let (answer, counter, made_by) = (chip.answer.clone(), chip.counter, chip.made_by);
        // Of a key that the phone made, nothing is known here and nothing is examined.
        if made_by == MadeBy::Phone {
            return Ok(SessionAnswer { state: Zeroizing::default(), counter, answer, made_by });
        }
        let (Some(sealed), Some(dg14_hash)) = (&session.key_state, session.dg14_hash) else {
            return Err(AppError::invalid("chip_authentication", "the session asked for none"));
        };
        // The key that the server agreed with must be the one that the issuer signed, not one that came before it.
        let read = sent.files.get(FileName::DataGroup(14)).map(|dg14| <[u8; 32]>::from(Sha256::digest(dg14)));
        if read != Some(dg14_hash) {
            return Err(AppError::invalid("files", "DG14 is not the one that the session was opened with"));
        }
        let key = self.key(ctx, row.case_key).await?;
        let state = unseal(ctx, &key, "chip_session", session.id.as_bytes(), "key_state", sealed)?;
        Ok(SessionAnswer { state, counter, answer, made_by })
    }

    fn found_on_chip(&self, ctx: &Ctx, report: &ChipReport) -> Found {
        let today = ctx.now.to_zoned_datetime(TimeZone::UTC).date();
        let mark = report.dg2_hash.map(|hash| self.portrait_mark(&hash));
        let findings = findings::of_chip(report, mark, today, ctx.now);
        let fields = report.document.as_ref().and_then(Fields::from_document);
        let facts = DocumentFacts {
            id: DocumentId::from_bytes([0; 16]),
            number_source: FieldSource::Chip,
            expires_on: fields.as_ref().and_then(Fields::expires_on),
            findings: findings.clone(),
        };
        let advice = match &fields {
            Some(_) => Vec::new(),
            None => vec![Advice::ReadChipAgain],
        };
        let read = fields.map(|fields| Read { fields, source: FieldSource::Chip, findings, advice });
        let checks = report
            .findings
            .iter()
            .map(|f| ChipFound {
                check: f.check.code().to_owned(),
                result: f.result.code().to_owned(),
                reason: f.reason.map(|r| r.code().to_owned()),
            })
            .collect();
        let results = report.findings.iter().map(|f| f.result).collect();
        Found { read, verdict: verdict(&facts, today), checks, results }
    }

    /// By what a chip's portrait is known again: a keyed index over the SHA-256 of the file of data group 2. The plain hash
    /// would let whoever has the chip's signed hashes find its holder in an old copy of the database.
    pub(crate) fn portrait_mark(&self, dg2_hash: &[u8; 32]) -> [u8; 32] {
        keyed_index(&self.secrets.index, "dg2", "", &hex::encode(dg2_hash))
    }

    async fn submit_chip_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        verification: VerificationId,
        session: RowId,
        found: &Found,
    ) -> Result<ChipAnswer, AppError> {
        let (_, row) = open_step(tx, ctx, verification).await?;
        agreed(tx, verification).await?;
        // The application is locked, so nobody else uses the session between this look and the commit.
        usable(tx, ctx, verification, session).await?;
        tx.use_chip_session(session, ctx.now).await?;
        if let Some(read) = &found.read {
            let document = self.store_document(tx, ctx, &row, read).await?;
            for (check, result) in found.checks.iter().zip(&found.results) {
                let row = ChipFindingRow {
                    id: ctx.id(),
                    document,
                    check: check.check.clone(),
                    result: *result,
                    reason: check.reason.clone(),
                    at: ctx.now,
                };
                tx.insert_chip_finding(verification, &row).await?;
            }
        }
        let advice = found.read.as_ref().map_or(&[Advice::ReadChipAgain][..], |read| &read.advice);
        Ok(ChipAnswer {
            taken: found.read.is_some(),
            advice: advice.iter().map(|a| a.code().to_owned()).collect(),
            fields: found.verdict.fields.code().to_owned(),
            portrait: found.verdict.portrait.code().to_owned(),
            findings: found.checks.clone(),
        })
    }
}

/// What a chip came to, before it is stored.
struct Found {
    read: Option<Read>,
    verdict: DocumentVerdict,
    checks: Vec<ChipFound>,
    results: Vec<CheckResult>,
}

/// A chip authentication that was begun.
struct Started {
    task: ChipTask,
    state: Zeroizing<Vec<u8>>,
    dg14_hash: [u8; 32],
}

/// Begins with the key of this data group 14; `None` when it holds none that is known here.
fn begin(ctx: &Ctx, dg14: &[u8]) -> Result<Option<Started>, AppError> {
    let unusable = |e: &dyn std::fmt::Display| AppError::invalid("dg14", e.to_string());
    let read = Dg14::read(dg14).map_err(|e| unusable(&e))?;
    let chip = match ChipAuthentication::begin(&read.infos, &ctx.secret()) {
        Ok(chip) => chip,
        Err(BeginError::NoKey | BeginError::NoProtocol) => return Ok(None),
        Err(e) => return Err(unusable(&e)),
    };
    let protocol = chip.protocol();
    let task = ChipTask {
        protocol: object_identifier(protocol.agreement, protocol.cipher),
        key_id: protocol.key_id,
        public_key: chip.public_key().map_err(|e| unusable(&e))?,
        command: chip.command().map_err(|e| unusable(&e))?,
    };
    Ok(Some(Started { task, state: chip.to_state(), dg14_hash: Sha256::digest(dg14).into() }))
}

/// id-CA-DH-* and id-CA-ECDH-* (Doc 9303-11, section 9.2.7).
fn object_identifier(agreement: Agreement, cipher: Cipher) -> String {
    let agreement = match agreement {
        Agreement::Dh => 1,
        Agreement::Ecdh => 2,
    };
    let cipher = match cipher {
        Cipher::TripleDes => 1,
        Cipher::Aes128 => 2,
        Cipher::Aes192 => 3,
        Cipher::Aes256 => 4,
    };
    format!("0.4.0.127.0.7.2.2.3.{agreement}.{cipher}")
}

/// The session, if it can still be used.
async fn usable(
    tx: &mut Tx,
    ctx: &Ctx,
    verification: VerificationId,
    session: RowId,
) -> Result<ChipSessionRow, AppError> {
    match tx.chip_session(verification, session).await? {
        None => Err(AppError::ChipSessionOver("it is not the one that was opened last")),
        Some(row) if row.used_at.is_some() => Err(AppError::ChipSessionOver("it was used")),
        Some(row) if row.expires_at <= ctx.now => Err(AppError::ChipSessionOver("its time is over")),
        Some(row) => Ok(row),
    }
}

async fn agreed(tx: &mut Tx, verification: VerificationId) -> Result<(), AppError> {
    let consents = tx.consents(verification).await?;
    if consents.iter().any(|c| c.kind == ConsentKind::Identity && c.withdrawn_at.is_none()) {
        Ok(())
    } else {
        Err(AppError::WrongState("the person has not agreed to the check of the document yet"))
    }
}
