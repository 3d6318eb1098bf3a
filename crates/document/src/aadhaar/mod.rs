//! The Aadhaar Secure QR: what UIDAI prints on its letters and cards, signed.
//!
//! The text of the code is one decimal number; its bytes are compressed; what comes out is text fields divided by the
//! byte 255, a portrait in JPEG 2000, perhaps hashes of the holder's mobile number and e-mail address, and 256 bytes of
//! signature (RSA PKCS #1 v1.5 with SHA-256) over all before it (UIDAI, User manual for QR code reader, March 2019).
//!
//! **What is confirmed.** The manual describes the first version. The later ones begin with `V2`, `V3` ... and have the
//! last digits of the mobile number before the portrait; this is known from published readers and from the test code
//! they share, not from a document of UIDAI. Whether they still carry the hashes differs between these sources; the end
//! of the portrait decides here. The typed fields at the beginning (reference, date, sex) catch a version that is laid
//! out otherwise.
//!
//! A signature that verifies proves that UIDAI wrote these fields and this portrait. It does not prove that the code is
//! on the card it was given out with, or that whoever shows it is its holder: it can be copied.

mod keys;
mod number;

use std::fmt;
use std::io::Read;

use flate2::bufread::{GzDecoder, ZlibDecoder};
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, tz};
use lineward_core::evidence::CheckResult;

use crate::crypto::{self, Hash, Scheme};
use crate::dates::PartialDate;
use crate::facts::Sex;

pub use keys::{AadhaarKey, AadhaarKeyError, AadhaarKeys};

/// The content of a Secure QR, as it was signed. Its `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecureQr {
    /// 1 without a version in the code, else the digit after `V`.
    pub version: u8,
    /// The last four digits of the holder's Aadhaar number.
    pub aadhaar_last_four: String,
    /// When the code was made, by the clocks of India.
    pub made_at: DateTime,
    /// The holder's name as written.
    pub name: String,
    /// The birth date; for some people only the year is known.
    pub birth_date: PartialDate,
    /// The sex stated; `T` (transgender) is unspecified.
    pub sex: Sex,
    /// The address.
    pub address: Address,
    /// The last digits of the mobile number, from the second version on.
    pub mobile_last_four: Option<String>,
    /// The portrait as received: JPEG 2000, undecoded.
    pub portrait: Vec<u8>,
    /// A hash of the e-mail address.
    pub email_hash: Option<[u8; HASH]>,
    /// A hash of the mobile number.
    pub mobile_hash: Option<[u8; HASH]>,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

/// An address in the parts that the code has; a part that is not stated is empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// Care of: mostly a parent's or husband's name.
    pub care_of: String,
    /// The district.
    pub district: String,
    /// A landmark.
    pub landmark: String,
    /// The house.
    pub house: String,
    /// The locality.
    pub location: String,
    /// The postal code.
    pub pin_code: String,
    /// The post office.
    pub post_office: String,
    /// The state.
    pub state: String,
    /// The street.
    pub street: String,
    /// The sub-district.
    pub sub_district: String,
    /// The village, town or city.
    pub town: String,
}

/// What the signature says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrSignature {
    /// `pass` under one of the keys; `fail` under none, which may also mean that UIDAI's key is not among them;
    /// `not_checked` without keys.
    pub result: CheckResult,
    /// The name of the key it passed under.
    pub key: Option<String>,
    /// Whether the code was made in the period of that key; `not_checked` without key or period.
    pub key_period: CheckResult,
}

/// The most digits a QR code holds (ISO/IEC 18004, table 7: version 40, level L).
const MAX_DIGITS: usize = 7089;

/// The most bytes that come out. A QR code holds 2,944 bytes; of these the portrait does not shrink, and the text is
/// some hundred bytes. A code that blows up to more is none of UIDAI's.
const MAX_BYTES: usize = 16 * 1024;

/// RSA of 2048 bits.
const SIGNATURE: usize = 256;

/// SHA-256.
const HASH: usize = 32;

const DIVIDER: u8 = 255;

impl SecureQr {
    /// Reads the text of a code.
    ///
    /// # Errors
    /// [`AadhaarError`]: it is no Secure QR. A signature that is wrong is no error: see [`SecureQr::signature`].
    pub fn read(text: &str) -> Result<SecureQr, AadhaarError> {
        let text = text.trim();
        if text.len() > MAX_DIGITS {
            return Err(AadhaarError::TooLong { digits: text.len(), limit: MAX_DIGITS });
        }
        let compressed = number::bytes_of(text).ok_or(AadhaarError::NotDecimal)?;
        let data = decompressed(&compressed)?;
        let Some((signed, signature)) = data.split_last_chunk::<SIGNATURE>() else {
            return Err(AadhaarError::Truncated);
        };
        let mut fields = Fields { rest: signed };
        let version = fields.version();
        let flags = fields.text()?;
        let [email, mobile] = match flags.as_str() {
            "0" => [false, false],
            "1" => [true, false],
            "2" => [false, true],
            "3" => [true, true],
            _ => return Err(AadhaarError::Field { name: "indicator" }),
        };
        let (aadhaar_last_four, made_at) = fields.reference()?;
        let name = fields.text()?;
        let birth_date = fields.birth_date()?;
        let sex = match fields.text()?.as_str() {
            "M" => Sex::Male,
            "F" => Sex::Female,
            "T" => Sex::Unspecified,
            _ => return Err(AadhaarError::Field { name: "sex" }),
        };
        let address = fields.address()?;
        let mobile_last_four =
            if version > 1 { Some(fields.text()?).filter(|digits| !digits.is_empty()) } else { None };
        let (portrait, hashes) = portrait_and_hashes(fields.rest, usize::from(email) + usize::from(mobile));
        // The mobile number's hash is the last one.
        let mut hashes = hashes.as_chunks::<HASH>().0.iter().copied();
        let email_hash = if email { hashes.next() } else { None };
        let mobile_hash = if mobile { hashes.next() } else { None };
        Ok(SecureQr {
            version,
            aadhaar_last_four,
            made_at,
            name,
            birth_date,
            sex,
            address,
            mobile_last_four,
            portrait: portrait.to_vec(),
            email_hash,
            mobile_hash,
            signed: signed.to_vec(),
            signature: signature.to_vec(),
        })
    }

    /// Whether one of the keys made the signature. Those in whose period the code was made are tried first.
    pub fn signature(&self, keys: &AadhaarKeys) -> QrSignature {
        let none = |result| QrSignature { result, key: None, key_period: CheckResult::NotChecked };
        if keys.all().is_empty() {
            return none(CheckResult::NotChecked);
        }
        let made_at = self.made_timestamp();
        let in_period = |key: &&AadhaarKey| made_at.is_some_and(|made_at| key.is_in_period(made_at));
        let (inside, outside): (Vec<_>, Vec<_>) = keys.all().iter().partition(in_period);
        let verifies = |key: &&AadhaarKey| {
            crypto::verify(&key.key, Scheme::RsaPkcs1(Hash::Sha256), &[&self.signed], &self.signature).is_ok()
        };
        let pass = |key: &AadhaarKey, key_period| QrSignature {
            result: CheckResult::Pass,
            key: Some(key.name.clone()),
            key_period,
        };
        if let Some(key) = inside.into_iter().find(verifies) {
            return pass(key, CheckResult::Pass);
        }
        match outside.into_iter().find(verifies) {
            Some(key) if key.period.is_some() => pass(key, CheckResult::Fail),
            Some(bare) => pass(bare, CheckResult::NotChecked),
            None => none(CheckResult::Fail),
        }
    }

    /// When the code was made, as a point in time. India has one zone without summer time, UTC+5:30.
    fn made_timestamp(&self) -> Option<Timestamp> {
        let india = tz::Offset::from_seconds(5 * 3600 + 30 * 60).ok()?;
        india.to_timestamp(self.made_at).ok()
    }
}

impl fmt::Debug for SecureQr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecureQr(version {}, portrait of {} bytes)", self.version, self.portrait.len())
    }
}

/// Why a text is no Secure QR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AadhaarError {
    /// It has more digits than a QR code holds.
    #[error("{digits} digits, a QR code holds {limit}")]
    TooLong {
        /// How many there are.
        digits: usize,
        /// How many there can be.
        limit: usize,
    },
    /// It is not one decimal number.
    #[error("not a decimal number")]
    NotDecimal,
    /// Its bytes are not compressed by gzip or zlib, or are damaged.
    #[error("the bytes of the number cannot be decompressed")]
    NotCompressed,
    /// More comes out than any code of UIDAI holds.
    #[error("more than {limit} bytes decompressed")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// It ends before its last field, or has no room for the signature.
    #[error("it ends too soon")]
    Truncated,
    /// A field is not what it has to be.
    #[error("the field {name} is not what it has to be")]
    Field {
        /// Which.
        name: &'static str,
    },
}

/// gzip as in the manual; readers in use accept zlib, too, and the test code they share is made with it.
fn decompressed(bytes: &[u8]) -> Result<Vec<u8>, AadhaarError> {
    let mut data = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    let (read, left) = match bytes {
        [0x1f, 0x8b, ..] => {
            let mut decoder = GzDecoder::new(bytes).take(limit);
            (decoder.read_to_end(&mut data), decoder.into_inner().into_inner())
        }
        [0x08 | 0x18 | 0x28 | 0x38 | 0x48 | 0x58 | 0x68 | 0x78, ..] => {
            let mut decoder = ZlibDecoder::new(bytes).take(limit);
            (decoder.read_to_end(&mut data), decoder.into_inner().into_inner())
        }
        _ => return Err(AadhaarError::NotCompressed),
    };
    if data.len() > MAX_BYTES {
        return Err(AadhaarError::TooLarge { limit: MAX_BYTES });
    }
    if read.is_err() || !left.is_empty() { Err(AadhaarError::NotCompressed) } else { Ok(data) }
}

/// Divides what follows the fields. The indicator says how many hashes there are; where the portrait's end (the marker
/// EOC, ITU-T T.800, annex A.4.4) stands only at the very end, there are none all the same.
fn portrait_and_hashes(rest: &[u8], hashes: usize) -> (&[u8], &[u8]) {
    const END_OF_CODESTREAM: &[u8] = &[0xff, 0xd9];
    let (portrait, tail) = rest.split_at(rest.len().saturating_sub(hashes * HASH));
    if !portrait.ends_with(END_OF_CODESTREAM) && rest.ends_with(END_OF_CODESTREAM) {
        return (rest, &[]);
    }
    (portrait, tail)
}

/// The fields that are still to be read.
struct Fields<'a> {
    rest: &'a [u8],
}

impl Fields<'_> {
    /// Takes the field with the version, where there is one.
    fn version(&mut self) -> u8 {
        match self.rest {
            [b'V', digit @ b'2'..=b'9', DIVIDER, rest @ ..] => {
                self.rest = rest;
                digit - b'0'
            }
            _ => 1,
        }
    }

    /// The next field. The manual says ISO 8859-1; names outside of it are met as UTF-8, which has no byte 255 either.
    fn text(&mut self) -> Result<String, AadhaarError> {
        let end = self.rest.iter().position(|byte| *byte == DIVIDER).ok_or(AadhaarError::Truncated)?;
        let (field, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        Ok(match std::str::from_utf8(field) {
            Ok(text) => text.to_owned(),
            Err(_) => field.iter().map(|byte| char::from(*byte)).collect(),
        })
    }

    /// The last four digits of the number, and a moment down to milliseconds.
    fn reference(&mut self) -> Result<(String, DateTime), AadhaarError> {
        let bad = AadhaarError::Field { name: "reference" };
        let text = self.text()?;
        if text.len() != 21 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad);
        }
        let (last_four, moment) = text.split_at(4);
        let part =
            |from: usize, to: usize| moment.get(from..to).and_then(|digits| digits.parse::<i16>().ok());
        let small = |from: usize| part(from, from + 2).and_then(|number| i8::try_from(number).ok());
        let moment = (|| {
            let milliseconds = i32::from(part(14, 17)?);
            DateTime::new(
                part(0, 4)?,
                small(4)?,
                small(6)?,
                small(8)?,
                small(10)?,
                small(12)?,
                milliseconds * 1_000_000,
            )
            .ok()
        })();
        Ok((last_four.to_owned(), moment.ok_or(bad)?))
    }

    /// `DD-MM-YYYY`, or only `YYYY`.
    fn birth_date(&mut self) -> Result<PartialDate, AadhaarError> {
        let text = self.text()?;
        let mut parts = text.split(['-', '/']).map(|part| part.parse::<i16>().ok());
        let date = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Some(year)), None, ..) if text.len() == 4 => PartialDate::new(Some(year), None, None),
            (Some(Some(day)), Some(Some(month)), Some(Some(year)), None) if text.len() == 10 => {
                let small = |number: i16| i8::try_from(number).ok();
                small(month)
                    .zip(small(day))
                    .and_then(|(month, day)| Date::new(year, month, day).ok())
                    .map(PartialDate::from)
            }
            _ => None,
        };
        date.ok_or(AadhaarError::Field { name: "birth_date" })
    }

    fn address(&mut self) -> Result<Address, AadhaarError> {
        Ok(Address {
            care_of: self.text()?,
            district: self.text()?,
            landmark: self.text()?,
            house: self.text()?,
            location: self.text()?,
            pin_code: self.text()?,
            post_office: self.text()?,
            state: self.text()?,
            street: self.text()?,
            sub_district: self.text()?,
            town: self.text()?,
        })
    }
}

#[cfg(test)]
mod tests;
