//! A country of its own: its CA, its signers, its chips, in every algorithm and with every flaw.
//!
//! It is the independent second opinion on the verifier of `lineward_document`: nothing here reads with that crate's
//! readers or computes with its curves. Keys follow from a seed, times from a day, so one input gives the same bytes.
//! The state is Utopia: `UTO` in the zone (Doc 9303-3, section 5, part G) and `UT` in certificates, which ISO 3166
//! gives to nobody; every name says that it is a sample.
//!
//! ```
//! use jiff::civil::date;
//! use lineward_sample::{card, country::{Country, Order}, person};
//! let today = date(2026, 1, 1);
//! let portrait = card::to_jpeg(&image::RgbImage::from_pixel(48, 64, image::Rgb([120, 100, 90])))?;
//! let utopia = Country::new([7; 32], today);
//! let chip = utopia.issue(&Order::new(&person::people(today)[0], &portrait))?;
//! assert!(chip.file("DG1").is_some_and(|dg1| dg1.starts_with(&[0x61])));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod certificate;
mod chip;
mod cms;
mod curve;
mod der;
mod files;
mod flaw;
mod hash;
mod key;
mod modulus;
mod primes;
mod rsa;
#[cfg(test)]
mod tests;

use std::io::Cursor;

use image::ImageReader;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use lineward_document::{
    mrz::{Format, NewZone, WriteError},
    state::StateCode,
};

use self::{
    certificate::{RevocationList, Template},
    chip::AgreementKey,
    cms::{SignedData, SignerId},
    key::Key,
    rsa::Owner,
};
pub use self::{
    chip::{Active, Agreement, Cipher, SampleChip},
    cms::Encoding,
    curve::Curve,
    files::{FacialRecord, LdsVersion},
    flaw::Flaw,
    hash::Hash,
    key::{Algorithm, KeyKind, Parameter, Parameters, Scheme},
    rsa::Exponent,
};
use crate::person::SamplePerson;

/// The country's code in certificates.
pub const COUNTRY: &str = "UT";
/// The country's code in zones.
pub const STATE: &str = "UTO";
/// Another country's code in certificates; ISO 3166 leaves it to its users.
const OTHER_COUNTRY: &str = "XX";

/// A country with its CA.
#[derive(Clone)]
pub struct Country {
    seed: [u8; 32],
    today: Date,
    authority: Authority,
    /// What was before its key was renewed: the old CA, and the link certificate that it signed for the new key.
    before: Option<(Authority, Vec<u8>)>,
}

/// A file as a chip or a trust folder has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// The file's name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a chip shall be; [`Order::new`] fills in what is usual today.
#[derive(Clone)]
pub struct Order<'a> {
    /// Whose chip it is.
    pub person: &'a SamplePerson,
    /// The portrait, a JPEG file.
    pub portrait: &'a [u8],
    /// How DG2 holds it.
    pub record: FacialRecord,
    /// The format of the zone: TD1 with the code `I`, TD2 with `I` or TD3 with `P`.
    pub format: Format,
    /// The document signer's key, and what it signs EF.SOD with.
    pub signer: Algorithm,
    /// The hash of the groups. That of the signed content is the signer's.
    pub digest: Hash,
    /// The version of the security object.
    pub lds: LdsVersion,
    /// Whether the signer's certificate is named by its key instead of by issuer and serial number.
    pub by_subject_key: bool,
    /// Whether the signer's certificate travels in EF.SOD.
    pub certificate_inside: bool,
    /// Whether EF.SOD tells when it was signed.
    pub tells_time: bool,
    /// DER or BER.
    pub encoding: Encoding,
    /// The key of active authentication.
    pub active: Option<Active>,
    /// The key of chip authentication.
    pub agreement: Option<Agreement>,
    /// Whether the chip has EF.CardSecurity too, with what data group 14 holds.
    pub card_security: bool,
}

impl<'a> Order<'a> {
    /// A card of `person` with a chip as issued today: P-256, SHA-256, active and chip authentication on P-256.
    pub fn new(person: &'a SamplePerson, portrait: &'a [u8]) -> Self {
        Self {
            person,
            portrait,
            record: FacialRecord::Iso19794,
            format: Format::Td1,
            signer: Algorithm::P256,
            digest: Hash::Sha256,
            lds: LdsVersion::V1,
            by_subject_key: false,
            certificate_inside: true,
            tells_time: true,
            encoding: Encoding::Der,
            active: Some(Active::Ec(Curve::P256, Hash::Sha256)),
            agreement: Some(Agreement::Ecdh(Curve::P256, Cipher::Aes128)),
            card_security: false,
        }
    }
}

impl Country {
    /// A country whose CA signs with ECDSA on P-256.
    pub fn new(seed: [u8; 32], today: Date) -> Self {
        let authority = Authority::of_curve(Curve::P256, Hash::Sha256, &seed, today);
        Self { seed, today, authority, before: None }
    }

    /// The country whose chips the demo takes. Its seed is in the source, so anybody can issue its chips: nothing but a demo
    /// may trust it.
    pub fn of_the_demo(today: Date) -> Self {
        Self::new(*b"lineward demo: sample documents.", today)
    }

    /// A country whose CA signs with this algorithm.
    ///
    /// # Errors
    /// [`CountryError::KeySize`] for an RSA key of a size that there are no primes for.
    pub fn with_algorithm(seed: [u8; 32], today: Date, algorithm: Algorithm) -> Result<Self, CountryError> {
        let authority = Authority::new(algorithm, &seed, today)?;
        Ok(Self { seed, today, authority, before: None })
    }

    /// The same country after its CA changed its key: the old key signed a link certificate for the new one, which signs
    /// from now on (Doc 9303-12, section 7.1.1).
    pub fn renewed(&self) -> Self {
        let private = Curve::P384.domain().private_key(&self.seed, "next country CA");
        let key = Key::Ec { curve: Curve::P384, parameters: Parameters::Named, private };
        let authority = Authority::with_key(key, Scheme::Ecdsa(Hash::Sha384), &self.seed, self.today);
        let old = &self.authority;
        let link = Template {
            serial: serial(&self.seed, "link"),
            issuer: old.name.clone(),
            subject: authority.name.clone(),
            not_before: self.midnight(-60),
            not_after: self.midnight(15 * 365),
            public_key_info: authority.key.public_key_info(),
            extensions: certificate::country_ca(&authority.key, &old.key, STATE),
        };
        let before = Some((old.clone(), old.sign(&link)));
        Self { authority, before, ..self.clone() }
    }

    /// A chip to this order, issued 30 days ago.
    ///
    /// # Errors
    /// [`CountryError`] when the portrait is no image, the person's data fit no zone, or an RSA key has a size that
    /// there are no primes for.
    pub fn issue(&self, order: &Order<'_>) -> Result<SampleChip, CountryError> {
        self.make(order, None)
    }

    /// The same with one thing wrong.
    ///
    /// # Errors
    /// As for [`Country::issue`].
    pub fn issue_with(&self, order: &Order<'_>, flaw: Flaw) -> Result<SampleChip, CountryError> {
        self.make(order, Some(flaw))
    }

    /// What somebody needs to check the country's chips: the CA's certificate, a list that revokes nothing and a master
    /// list with the CA in it. After the key was changed, the old CA's certificate and the link certificate.
    pub fn trust_files(&self) -> Vec<NamedFile> {
        self.trust(None)
    }

    /// What somebody has who checks a chip of [`Country::issue_with`].
    pub fn trust_files_with(&self, flaw: Flaw) -> Vec<NamedFile> {
        self.trust(Some(flaw))
    }

    fn make(&self, order: &Order<'_>, flaw: Option<Flaw>) -> Result<SampleChip, CountryError> {
        let mut order = order.clone();
        match flaw {
            Some(Flaw::NoSigningTime) => order.tells_time = false,
            Some(Flaw::NoSignerCertificate) => order.certificate_inside = false,
            Some(Flaw::Curve(parameter)) => {
                order.signer = Algorithm {
                    key: KeyKind::Ec(Curve::P256, Parameters::Wrong(parameter)),
                    scheme: Scheme::Ecdsa(Hash::Sha256),
                };
            }
            _ => {}
        }
        let signer = self.signer(order.signer, flaw)?;
        let (groups, active) = self.groups(&order, flaw)?;
        let named = |group: u8| flaw != Some(Flaw::GroupNotNamed) || group != 12;
        let digests: Vec<(u8, Vec<u8>)> = groups
            .iter()
            .filter(|(group, _)| named(*group))
            .map(|(group, bytes)| (*group, order.digest.of(bytes)))
            .collect();
        let content = files::security_object(order.lds, order.digest, &digests);
        let mut sod = self.signed(&order, &signer, cms::SECURITY_OBJECT, content);
        match flaw {
            Some(Flaw::MessageDigest) => {
                let digest = sod.digest.of(b"another content");
                sod.attributes = cms::attributes(sod.content_type, &digest, Some(self.issued_at()));
            }
            Some(Flaw::NoContentType) => drop(sod.attributes.remove(0)),
            Some(Flaw::UnmatchedSigner) => {
                sod.signer =
                    SignerId::IssuerAndSerial(signer.template.issuer.clone(), serial(&self.seed, "nobody"));
            }
            Some(Flaw::AttributesUnsorted) => {
                sod.attributes.reverse();
                sod.attributes_as_is = true;
            }
            _ => {}
        }
        let numbers: Vec<u8> = groups.iter().map(|(group, _)| *group).collect();
        let file = |name: &str, bytes| NamedFile { name: name.to_owned(), bytes };
        let mut files = vec![
            file("EF_COM.bin", files::com(&numbers)),
            file("EF_SOD.bin", der::tlv(0x77, &sod.sign(&signer.key))),
        ];
        files.extend(groups.into_iter().map(|(group, bytes)| file(&format!("DG{group}.bin"), bytes)));
        if order.card_security {
            let infos = self.agreement(&order, None).map(|key| key.infos()).unwrap_or_default();
            let signed = self.signed(&order, &signer, cms::CARD_SECURITY, der::set_of(infos));
            files.push(file("EF_CardSecurity.bin", signed.sign(&signer.key)));
        }
        for file in &mut files {
            match (flaw, file.name.as_str()) {
                (Some(Flaw::CardSecuritySignature), "EF_CardSecurity.bin")
                | (Some(Flaw::ZoneByte), "DG1.bin")
                | (Some(Flaw::PortraitByte), "DG2.bin")
                | (Some(Flaw::Signature), "EF_SOD.bin") => flip_last(&mut file.bytes),
                (Some(Flaw::HalfOfSod), "EF_SOD.bin") | (Some(Flaw::HalfOfPortrait), "DG2.bin") => {
                    file.bytes.truncate(file.bytes.len() / 2);
                }
                _ => {}
            }
        }
        let agreement = self.agreement(&order, flaw);
        Ok(SampleChip::new(files, active, agreement))
    }

    fn trust(&self, flaw: Option<Flaw>) -> Vec<NamedFile> {
        let file = |name: &str, bytes| NamedFile { name: name.to_owned(), bytes };
        let mut files = match &self.before {
            None => vec![
                file("utopia-sample-ca.cer", self.authority.certificate.clone()),
                file("utopia-sample.ml", self.master_list(flaw)),
            ],
            Some((old, link)) => vec![
                file("utopia-sample-ca.cer", old.certificate.clone()),
                file("utopia-sample-link.cer", link.clone()),
            ],
        };
        let signer = [serial(&self.seed, "signer")];
        let list = match flaw {
            Some(Flaw::NoRevocationList) => None,
            Some(Flaw::Revoked) => Some(self.revocation_list(&signer, 90)),
            Some(Flaw::FalseRevocationList) => Some(self.revocation_list(&signer, 90)),
            Some(Flaw::OldRevocationList) => Some(self.revocation_list(&[], -1)),
            Some(Flaw::PartialRevocationList) => {
                let extensions = vec![certificate::users_only()];
                Some(RevocationList { extensions, ..self.revocation_list(&[], 90) })
            }
            Some(Flaw::RevokedOnPartialList) => {
                let extensions = vec![certificate::users_only()];
                Some(RevocationList { extensions, ..self.revocation_list(&signer, 90) })
            }
            Some(Flaw::DeltaRevocationList) => {
                let (of_entries, extensions) = (vec![certificate::removed()], vec![certificate::delta()]);
                Some(RevocationList { of_entries, extensions, ..self.revocation_list(&signer, 90) })
            }
            Some(Flaw::StrangeRevocationList) => {
                let extensions = vec![certificate::unknown_critical()];
                Some(RevocationList { extensions, ..self.revocation_list(&signer, 90) })
            }
            _ => Some(self.revocation_list(&[], 90)),
        };
        let impostor = self.other_authority(Flaw::ImpostorCa);
        let by = if flaw == Some(Flaw::FalseRevocationList) { &impostor } else { &self.authority };
        files.extend(list.map(|list| file("utopia-sample.crl", list.sign(&by.key, by.scheme))));
        if let Some(flaw @ (Flaw::ForeignCa | Flaw::TwoCas)) = flaw {
            files.insert(0, file("another-sample-ca.cer", self.other_authority(flaw).certificate));
        }
        files
    }

    /// The groups of a chip with the key of active authentication.
    #[expect(clippy::type_complexity, reason = "two results of one step, taken apart at once")]
    fn groups(
        &self,
        order: &Order<'_>,
        flaw: Option<Flaw>,
    ) -> Result<(Vec<(u8, Vec<u8>)>, Option<(Active, Key)>), CountryError> {
        let person = order.person;
        let zone = self.zone(order, flaw);
        let mut groups = vec![
            (1, files::dg1(&zone)?),
            (2, files::dg2(order.record, order.portrait, size(order.portrait)?)),
            (11, files::dg11(&person.names, person.birth_date)),
            (12, files::dg12(TimeZone::UTC.to_datetime(self.issued_at()).date())),
        ];
        let mut infos = self.agreement(order, None).map(|key| key.infos()).unwrap_or_default();
        infos.extend(order.active.and_then(Active::info));
        if !infos.is_empty() {
            groups.push((14, files::dg14(infos)));
        }
        let Some(active) = order.active else { return Ok((groups, None)) };
        let key = self.key(active.key(), Owner::Chip)?;
        groups.push((15, files::dg15(&key.public_key_info())));
        let answers = match flaw {
            Some(Flaw::Cloned) => self.key(active.key(), Owner::Other)?,
            _ => key,
        };
        Ok((groups, Some((active, answers))))
    }

    /// The chip's key of chip authentication; a copy of a chip has another.
    fn agreement(&self, order: &Order<'_>, flaw: Option<Flaw>) -> Option<AgreementKey> {
        let seed = if flaw == Some(Flaw::Cloned) { b"a copy".as_slice() } else { &self.seed };
        order.agreement.map(|kind| AgreementKey::new(kind, seed))
    }

    fn zone(&self, order: &Order<'_>, flaw: Option<Flaw>) -> NewZone {
        let mut zone = order.person.new_zone(order.format);
        match flaw {
            // The United Nations: a code that stands for no state (Doc 9303-3, section 5, part C).
            Some(Flaw::ForeignState) => {
                zone.issuing_state = StateCode::parse("UNO").unwrap_or(zone.issuing_state);
            }
            Some(Flaw::Expired) => zone.expiry_date = TimeZone::UTC.to_datetime(self.midnight(-1)).date(),
            _ => {}
        }
        zone
    }

    /// A document signer with its certificate.
    fn signer(&self, algorithm: Algorithm, flaw: Option<Flaw>) -> Result<Signer, CountryError> {
        let key = self.key(algorithm.key, Owner::Signer)?;
        let other = match flaw {
            Some(flaw @ (Flaw::UnknownCa | Flaw::ImpostorCa | Flaw::ForeignCa)) => {
                Some(self.other_authority(flaw))
            }
            _ => None,
        };
        let authority = other.as_ref().unwrap_or(&self.authority);
        let mut extensions = match flaw {
            Some(Flaw::ListSigner) => certificate::master_list_signer(&key, &authority.key, STATE),
            _ => certificate::document_signer(&key, &authority.key, STATE, &["P", "I"]),
        };
        let key_until = if flaw == Some(Flaw::KeyPeriodOver) { -40 } else { 90 };
        extensions.push(certificate::private_key_usage(self.midnight(-90), self.midnight(key_until)));
        if flaw == Some(Flaw::CriticalExtension) {
            extensions.push(certificate::unknown_critical());
        }
        let (from, to) = match flaw {
            Some(Flaw::SignerExpired) => (-90, -40),
            Some(Flaw::SignerTooYoung) => (-20, 3650),
            _ => (-90, 3650),
        };
        let template = Template {
            serial: serial(&self.seed, "signer"),
            issuer: authority.name.clone(),
            subject: certificate::name(COUNTRY, "Document Signer SAMPLE"),
            not_before: self.midnight(from),
            not_after: self.midnight(to),
            public_key_info: key.public_key_info(),
            extensions,
        };
        let mut certificate = authority.sign(&template);
        if flaw == Some(Flaw::CertificateSignature) {
            flip_last(&mut certificate);
        }
        Ok(Signer { certificate, template, key, scheme: algorithm.scheme })
    }

    /// The CA that signs the signer's certificate instead of the real one.
    fn other_authority(&self, flaw: Flaw) -> Authority {
        let name = match flaw {
            Flaw::ImpostorCa | Flaw::TwoCas => self.authority.name.clone(),
            Flaw::ForeignCa => certificate::name(OTHER_COUNTRY, "Country CA SAMPLE"),
            _ => certificate::name(COUNTRY, "Unknown CA SAMPLE"),
        };
        let private = Curve::P256.domain().private_key(&self.seed, "other CA");
        let key = Key::Ec { curve: Curve::P256, parameters: Parameters::Named, private };
        Authority::with_name(name, key, Scheme::Ecdsa(Hash::Sha256), &self.seed, self.today)
    }

    /// A message signed by a document signer, ready to be signed.
    fn signed(
        &self,
        order: &Order<'_>,
        signer: &Signer,
        content_type: &'static str,
        content: Vec<u8>,
    ) -> SignedData {
        let digest = signer.scheme.hash();
        let signed_at = order.tells_time.then(|| self.issued_at());
        SignedData {
            content_type,
            certificates: order.certificate_inside.then(|| signer.certificate.clone()).into_iter().collect(),
            signer: signer.id(order.by_subject_key),
            digest,
            scheme: signer.scheme,
            attributes: cms::attributes(content_type, &digest.of(&content), signed_at),
            attributes_as_is: false,
            encoding: order.encoding,
            content,
        }
    }

    fn master_list(&self, flaw: Option<Flaw>) -> Vec<u8> {
        let curve = Curve::P256.domain();
        let private = curve.private_key(&self.seed, "master list signer");
        let key = Key::Ec { curve: Curve::P256, parameters: Parameters::Named, private };
        let template = Template {
            serial: serial(&self.seed, "master list signer"),
            issuer: self.authority.name.clone(),
            subject: certificate::name(COUNTRY, "Master List Signer SAMPLE"),
            not_before: self.midnight(-90),
            not_after: self.midnight(if flaw == Some(Flaw::ListSignerExpired) { -40 } else { 365 }),
            public_key_info: key.public_key_info(),
            extensions: certificate::master_list_signer(&key, &self.authority.key, STATE),
        };
        let scheme = Scheme::Ecdsa(Hash::Sha256);
        let signer = Signer { certificate: self.authority.sign(&template), template, key, scheme };
        let certificates = der::set_of(vec![self.authority.certificate.clone()]);
        let content = der::sequence(&[der::small(0), certificates]);
        let list = SignedData {
            content_type: cms::MASTER_LIST,
            certificates: vec![signer.certificate.clone(), self.authority.certificate.clone()],
            signer: signer.id(false),
            digest: Hash::Sha256,
            scheme,
            attributes: cms::attributes(cms::MASTER_LIST, &Hash::Sha256.of(&content), Some(self.issued_at())),
            attributes_as_is: false,
            encoding: Encoding::Der,
            content,
        };
        list.sign(&signer.key)
    }

    fn revocation_list<'a>(&'a self, serials: &'a [Vec<u8>], days: i64) -> RevocationList<'a> {
        RevocationList {
            issuer: &self.authority.name,
            this_update: self.midnight(-20),
            next_update: self.midnight(days),
            serials,
            of_entries: Vec::new(),
            extensions: Vec::new(),
        }
    }

    fn key(&self, kind: KeyKind, owner: Owner) -> Result<Key, CountryError> {
        Key::new(kind, &self.seed, owner).ok_or(CountryError::KeySize(kind))
    }

    fn issued_at(&self) -> Timestamp {
        self.midnight(-30)
    }

    fn midnight(&self, days: i64) -> Timestamp {
        midnight(self.today, days)
    }
}

/// Who signs certificates and lists.
#[derive(Clone)]
struct Authority {
    key: Key,
    scheme: Scheme,
    /// The encoded name.
    name: Vec<u8>,
    /// Signed by itself.
    certificate: Vec<u8>,
}

impl Authority {
    fn new(algorithm: Algorithm, seed: &[u8], today: Date) -> Result<Self, CountryError> {
        let key =
            Key::new(algorithm.key, seed, Owner::CountryCa).ok_or(CountryError::KeySize(algorithm.key))?;
        Ok(Self::with_key(key, algorithm.scheme, seed, today))
    }

    fn of_curve(curve: Curve, hash: Hash, seed: &[u8], today: Date) -> Self {
        let private = curve.domain().private_key(seed, "country CA");
        let key = Key::Ec { curve, parameters: Parameters::Named, private };
        Self::with_key(key, Scheme::Ecdsa(hash), seed, today)
    }

    fn with_key(key: Key, scheme: Scheme, seed: &[u8], today: Date) -> Self {
        Self::with_name(certificate::name(COUNTRY, "Country CA SAMPLE"), key, scheme, seed, today)
    }

    fn with_name(name: Vec<u8>, key: Key, scheme: Scheme, seed: &[u8], today: Date) -> Self {
        let template = Template {
            serial: serial(seed, "country CA"),
            issuer: name.clone(),
            subject: name.clone(),
            not_before: midnight(today, -5 * 365),
            not_after: midnight(today, 15 * 365),
            public_key_info: key.public_key_info(),
            extensions: certificate::country_ca(&key, &key, STATE),
        };
        let certificate = template.sign(&key, scheme);
        Self { key, scheme, name, certificate }
    }

    fn sign(&self, template: &Template) -> Vec<u8> {
        template.sign(&self.key, self.scheme)
    }
}

/// Who signs files.
struct Signer {
    key: Key,
    scheme: Scheme,
    template: Template,
    certificate: Vec<u8>,
}

impl Signer {
    fn id(&self, by_subject_key: bool) -> SignerId {
        if by_subject_key {
            SignerId::SubjectKey(self.key.identifier())
        } else {
            SignerId::IssuerAndSerial(self.template.issuer.clone(), self.template.serial.clone())
        }
    }
}

/// Why a country or a chip could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CountryError {
    /// There are no sample primes for this size.
    #[error("there are no sample primes for {0:?}: RSA keys have 512, 1024, 2048, 3072, 4096 or 6144 bits")]
    KeySize(KeyKind),
    /// The person's data fit no machine-readable zone.
    #[error("the data of the sample person fit no zone: {0}")]
    Zone(#[from] WriteError),
    /// The portrait is not a JPEG file whose sides fit two octets.
    #[error("the portrait is not a JPEG file that fits DG2")]
    Portrait,
}

/// Width and height of a JPEG file.
fn size(portrait: &[u8]) -> Result<(u16, u16), CountryError> {
    let reader = ImageReader::with_format(Cursor::new(portrait), image::ImageFormat::Jpeg);
    let (width, height) = reader.into_dimensions().map_err(|_| CountryError::Portrait)?;
    let side = |side: u32| u16::try_from(side).map_err(|_| CountryError::Portrait);
    Ok((side(width)?, side(height)?))
}

/// Another bit in the last octet, where signatures, zones and pictures end.
fn flip_last(bytes: &mut [u8]) {
    bytes.iter_mut().rev().take(1).for_each(|last| *last ^= 1);
}

/// A serial number of eight octets, positive and without a leading zero.
fn serial(seed: &[u8], label: &str) -> Vec<u8> {
    let mut serial = hash::expand(seed, label, 8);
    if let Some(first) = serial.first_mut() {
        *first = *first & 0x3F | 0x40;
    }
    serial
}

/// Midnight so many days after `day`; outside of what a timestamp can say, the day itself at the epoch.
fn midnight(day: Date, days: i64) -> Timestamp {
    let start = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or_default();
    start.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(start)
}
