//! The holder of an approved line: recognised or made, with what it takes to look at their document again.

use lineward_core::{id::PartyId, rules::Rules};
use lineward_store::{
    DataKey, StoreError, Tx,
    rows::{DocumentRow, DocumentWatchRow, IdentityKeyRow, PartyRow, Sealed, VerificationRow},
};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    App, AppError, Ctx,
    secrets::{FreshKey, seal, unseal},
    verification::Fields,
};

/// Where a holder can be reached, as it is sealed under their key. Wiped when dropped.
#[derive(Serialize, Deserialize, Zeroize)]
#[zeroize(drop)]
pub(crate) struct Reach {
    /// Address or number for messages.
    pub(crate) contact: String,
    /// The language of the person (BCP 47).
    pub(crate) language: String,
}

/// Finds or makes the holder, keeps the approved fields under their key, and watches the document from now on. Says whether
/// the fresh key came to be used.
#[allow(clippy::too_many_arguments, reason = "the parts of one approval, each read once by the caller")]
pub(super) async fn holder_in(
    app: &App,
    tx: &mut Tx,
    ctx: &Ctx,
    rules: &Rules,
    verification: &VerificationRow,
    document: &DocumentRow,
    fields: Option<&Fields>,
    fresh: &FreshKey,
) -> Result<(PartyId, bool), AppError> {
    let known = tx.party_by_identity(&document.identity_index).await?;
    let party = match known {
        Some(id) => {
            let mut party = tx.party(id).await?.ok_or(AppError::Broken("an identity without its party"))?;
            // A key that is gone takes nothing new; who holds the line is known all the same.
            match app.key(ctx, party.key).await {
                Ok(key) => {
                    keep(app, ctx, rules, verification, fields, &mut party, &key).await?;
                    tx.update_party(&party).await?;
                }
                Err(AppError::Erased) => {}
                Err(e) => return Err(e),
            }
            id
        }
        None => {
            let id = ctx.id();
            let mut party = PartyRow {
                id,
                key: fresh.id,
                profile: None,
                reach: None,
                created_at: ctx.now,
                erased_at: None,
            };
            keep(app, ctx, rules, verification, fields, &mut party, &fresh.key).await?;
            tx.insert_party(&party).await?;
            insert_identity(tx, ctx, id, document).await?;
            id
        }
    };
    let answer = tx.last_authority_answer(document.id).await?;
    let before = tx.lock_watch(party).await?;
    tx.set_watch(&DocumentWatchRow {
        party,
        document: document.id,
        asked_at: answer.map_or(ctx.now, |a| a.asked_at),
        // Of one last day a holder is told once, however many lines the document stands behind.
        announced: before.and_then(|w| w.announced),
    })
    .await?;
    Ok((party, known.is_none()))
}

/// Seals the fields that were approved last, and where the holder can be reached, if the rules announce an expiry.
async fn keep(
    app: &App,
    ctx: &Ctx,
    rules: &Rules,
    verification: &VerificationRow,
    fields: Option<&Fields>,
    party: &mut PartyRow,
    key: &DataKey,
) -> Result<(), AppError> {
    if let Some(fields) = fields {
        party.profile = Some(seal_json(ctx, key, party.id, "profile", fields)?);
    }
    if rules.expiry_notice_days.value == 0 {
        party.reach = None;
    } else if let Some(sealed) = &verification.contact {
        let case = app.key(ctx, verification.case_key).await?;
        let contact = unseal(ctx, &case, "verification", verification.id.as_bytes(), "contact", sealed)?;
        let contact = String::from_utf8_lossy(&contact).into_owned();
        let reach = Reach { contact, language: verification.language.clone() };
        party.reach = Some(seal_json(ctx, key, party.id, "reach", &reach)?);
    }
    Ok(())
}

fn seal_json<T: Serialize>(
    ctx: &Ctx,
    key: &DataKey,
    party: PartyId,
    column: &str,
    value: &T,
) -> Result<Sealed, AppError> {
    let json = serde_json::to_vec(value).map_err(|_| AppError::Broken("a holder cannot be written"))?;
    Ok(seal(ctx, key, "party", party.as_bytes(), column, &Zeroizing::new(json)))
}

/// By what the holder is recognised from now on.
async fn insert_identity(
    tx: &mut Tx,
    ctx: &Ctx,
    party: PartyId,
    document: &DocumentRow,
) -> Result<(), AppError> {
    tx.insert_identity_key(&IdentityKeyRow {
        id: ctx.id(),
        party,
        scheme: document.identity_scheme.clone(),
        country: document.issuing_state.clone(),
        index: document.identity_index,
        key_version: 1,
        from_at: ctx.now,
        to_at: None,
    })
    .await
    .map_err(|e| match e {
        // Another line of the same new person was approved at this moment: run again and find the party.
        StoreError::Duplicate { .. } => StoreError::Serialization.into(),
        e => e.into(),
    })
}
