//! What can be wrong with a chip, one thing at a time.

use super::key::Parameter;

/// One thing that is wrong with a chip or with what is known of its issuer. [`super::Country::issue_with`] makes the chip,
/// [`super::Country::trust_files_with`] what somebody would have to check it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// One bit of DG1 was changed after signing.
    ZoneByte,
    /// One bit of DG2 was changed after signing.
    PortraitByte,
    /// EF.SOD does not name DG12, which the chip has.
    GroupNotNamed,
    /// One bit of the signature of EF.SOD was changed.
    Signature,
    /// The signed digest is that of another content.
    MessageDigest,
    /// The signed attributes do not say what the content is.
    NoContentType,
    /// The signed attributes stand in an order that DER does not allow, and are signed so. Some issuers do that.
    AttributesUnsorted,
    /// Two trusted CAs have one name. Nothing is wrong by that.
    TwoCas,
    /// The identifier of the signer names another serial number; one certificate is there.
    UnmatchedSigner,
    /// No certificate of the signer is there.
    NoSignerCertificate,
    /// One bit of the signature of the signer's certificate was changed.
    CertificateSignature,
    /// The signer's certificate is signed by a CA that nobody trusts.
    UnknownCa,
    /// The same, and that CA has the name of the real one.
    ImpostorCa,
    /// The signer's certificate is signed by the trusted CA of another country.
    ForeignCa,
    /// The zone names another issuing state.
    ForeignState,
    /// The signer's certificate is for master lists.
    ListSigner,
    /// The signer's certificate has a critical extension that nobody knows.
    CriticalExtension,
    /// The signer's certificate ended before it signed.
    SignerExpired,
    /// The signer's certificate began after it signed.
    SignerTooYoung,
    /// The signer's private key was to be used no more when it signed.
    KeyPeriodOver,
    /// EF.SOD does not tell when it was signed.
    NoSigningTime,
    /// The signer's certificate was revoked.
    Revoked,
    /// The revocation list is out of date.
    OldRevocationList,
    /// There is no revocation list.
    NoRevocationList,
    /// The revocation list that names the signer is signed by somebody else.
    FalseRevocationList,
    /// The revocation list is of certificates of users only.
    PartialRevocationList,
    /// The same, and it names the signer.
    RevokedOnPartialList,
    /// The revocation list says only what changed: that the signer's certificate is on it no longer.
    DeltaRevocationList,
    /// The revocation list names the signer and has a critical extension that nobody knows.
    StrangeRevocationList,
    /// The certificate of the signer of the master list ended before it signed.
    ListSignerExpired,
    /// One bit of the signature of EF.CardSecurity was changed.
    CardSecuritySignature,
    /// The signer's key is on a curve with one parameter changed.
    Curve(Parameter),
    /// Half of EF.SOD is missing.
    HalfOfSod,
    /// Half of DG2 is missing.
    HalfOfPortrait,
    /// The document expired.
    Expired,
    /// The chip answers with other keys than those of DG14 and DG15: a copy.
    Cloned,
}
