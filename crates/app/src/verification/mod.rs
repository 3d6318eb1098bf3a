//! The steps of a verification. Each can be entered again; what could not be read or compared is asked again, not counted.

mod authority;
mod capture;
mod chip;
mod consent;
mod document;
mod fields;
mod question;
mod sighting;

use lineward_core::{application::ApplicationState, codes, id::VerificationId};
use lineward_store::{
    Tx,
    rows::{ApplicationRow, DocumentRow, VerificationRow},
};

pub(crate) use authority::{ask_in_time, insert_answer};
pub use capture::{CaptureAnswer, ShownPortrait, SubmitCapture};
pub use chip::{ActiveSent, ChipAnswer, ChipFound, ChipSent, ChipSession, ChipTask, SubmitChip};
pub use consent::GiveConsent;
pub use document::{DocumentAnswer, ShownDocument};
pub use fields::Fields;
pub use question::Question;
pub use sighting::RecordSighting;

use crate::{App, AppError, Ctx, secrets::unseal};

codes! {
    /// What a person can do so that the next try works. A page says it in their language.
    pub enum Advice {
        /// The text is no machine-readable zone: copy every line, with all `<`.
        TypeAllLines = "type_all_lines",
        /// A check digit does not agree: compare character by character.
        CompareCharacters = "compare_characters",
        /// The zone can be read in more than one way: compare 0 and O, 1 and I.
        TellApart = "tell_apart",
        /// The chip could not be read: hold the document to the phone again.
        ReadChipAgain = "read_chip_again",
        /// The chip was read, and its own portrait is the one that counts: go on where it was read.
        UseChip = "use_chip",
        /// The file is no picture that can be read: take it again as JPEG or PNG.
        TakePictureAgain = "take_picture_again",
        /// No face on the document's picture: show the whole side with the portrait, without glare.
        ShowPortraitSide = "show_portrait_side",
        /// Several faces on the document's picture: show only the card.
        ShowOnlyTheCard = "show_only_the_card",
        /// The portrait is too small or unclear: go closer, hold still.
        DocumentCloser = "document_closer",
        /// No face in the capture: look into the camera, in light.
        LookIntoCamera = "look_into_camera",
        /// Several faces in the capture: be alone in the picture.
        BeAlone = "be_alone",
        /// The face is too small, dark or blurred: more light, hold still, go closer.
        MoreLight = "more_light",
        /// The frames do not show one face: take the capture again.
        CaptureAgain = "capture_again",
        /// The face check is out of service here: choose the other way.
        ChooseOtherWay = "choose_other_way",
        /// The authority does not answer: nothing is lost, try again later.
        TryLater = "try_later",
        /// The capture does not match the portrait: try again, or let a person look, or choose the other way.
        TryAgainOrPerson = "try_again_or_person",
    }
}

/// The rows that a step works on, after it was allowed; the application stays locked until the step's commit.
pub(crate) async fn open_step(
    tx: &mut Tx,
    ctx: &Ctx,
    verification: VerificationId,
) -> Result<(ApplicationRow, VerificationRow), AppError> {
    let found = tx.application_of(verification).await?.ok_or(AppError::NotFound)?;
    let application = tx.lock_application(found.id).await?.ok_or(AppError::NotFound)?;
    may_step(tx, ctx, application).await
}

/// The same without the lock, for a look before the step.
pub(crate) async fn look_at_step(
    tx: &mut Tx,
    ctx: &Ctx,
    verification: VerificationId,
) -> Result<(ApplicationRow, VerificationRow), AppError> {
    let application = tx.application_of(verification).await?.ok_or(AppError::NotFound)?;
    may_step(tx, ctx, application).await
}

async fn may_step(
    tx: &mut Tx,
    ctx: &Ctx,
    application: ApplicationRow,
) -> Result<(ApplicationRow, VerificationRow), AppError> {
    ctx.acts_for(&application)?;
    if application.state != ApplicationState::Open {
        return Err(AppError::WrongState("the application is no longer open"));
    }
    if application.lapses_at <= ctx.now {
        return Err(AppError::WrongState("the application has lapsed; open a new one"));
    }
    let row = tx.verification(application.verification).await?.ok_or(AppError::NotFound)?;
    Ok((application, row))
}

/// The fields of a document, while the case's key lives.
pub(crate) async fn fields_of(
    app: &App,
    ctx: &Ctx,
    verification: &VerificationRow,
    document: Option<&DocumentRow>,
) -> Result<Option<Fields>, AppError> {
    let Some((document, sealed)) = document.and_then(|d| d.fields.as_ref().map(|f| (d, f))) else {
        return Ok(None);
    };
    let key = app.key(ctx, verification.case_key).await?;
    let json = unseal(ctx, &key, "document", document.id.as_bytes(), "fields", sealed)?;
    serde_json::from_slice(&json).map(Some).map_err(|_| AppError::Broken("sealed fields cannot be read"))
}
