//! `receipt`: the applicant fetches the receipt of the latest decision.

use lineward_core::id::ApplicationId;
use zeroize::Zeroizing;

use crate::{App, AppError, Ctx, secrets::unseal};

impl App {
    /// The receipt of the latest decision about an application, as text.
    ///
    /// # Errors
    /// [`AppError::NotFound`] before the first decision; [`AppError::Erased`] after its time.
    pub async fn receipt(
        &self,
        ctx: &Ctx,
        application: ApplicationId,
    ) -> Result<Zeroizing<String>, AppError> {
        ctx.applies(application)?;
        self.record_read(ctx, "read_receipt", format!("application:{application}"), None).await?;
        let mut tx = self.store.read(ctx.carrier).await?;
        let row = tx.application(application).await?.ok_or(AppError::NotFound)?;
        let evidence = tx.evidence_of(row.verification).await?;
        let receipt = evidence.into_iter().find(|e| e.class == "receipt").ok_or(AppError::NotFound)?;
        drop(tx);
        let key = self.key(ctx, receipt.key).await?;
        let bytes = unseal(ctx, &key, "evidence", receipt.id.as_bytes(), "body", &receipt.body)?;
        String::from_utf8(bytes.to_vec())
            .map(Zeroizing::new)
            .map_err(|_| AppError::Broken("a receipt is not text"))
    }
}
