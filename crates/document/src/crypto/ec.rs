//! Elliptic curves: keys, ECDSA and the agreement of a shared secret.
//!
//! What is verified is public, so that verification takes variable time. The one secret, the ephemeral key of chip
//! authentication, is multiplied in constant time.

use std::marker::PhantomData;

use elliptic_curve::{
    FieldBytes, Scalar,
    bigint::Invert,
    ff::{Field, PrimeField},
    group::Group,
    ops::{LinearCombination, Reduce},
    point::AffineCoordinates,
    sec1::{FromSec1Point, Sec1Point, ToSec1Point},
    subtle::{ConditionallySelectable, ConstantTimeEq},
};
use primeorder::{AffinePoint, PrimeCurveParams, ProjectivePoint};

use super::{
    KeyError, Private, SignatureError,
    curves::{bp224, bp320, bp512, p224},
};
use crate::asn1::{Oid, Reader, Rules, Tag, Tlv, strip_zeros};

lineward_core::codes! {
    /// A curve over a prime field (NIST SP 800-186; RFC 5639), all of cofactor 1.
    pub enum Curve {
        /// NIST P-224.
        P224 = "P-224",
        /// NIST P-256.
        P256 = "P-256",
        /// NIST P-384.
        P384 = "P-384",
        /// NIST P-521.
        P521 = "P-521",
        /// RFC 5639, 224 bits.
        BrainpoolP224r1 = "brainpoolP224r1",
        /// RFC 5639, 256 bits.
        BrainpoolP256r1 = "brainpoolP256r1",
        /// RFC 5639, 320 bits.
        BrainpoolP320r1 = "brainpoolP320r1",
        /// RFC 5639, 384 bits.
        BrainpoolP384r1 = "brainpoolP384r1",
        /// RFC 5639, 512 bits.
        BrainpoolP512r1 = "brainpoolP512r1",
    }
}

/// A public key: a point that is on its curve and is not infinity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcKey {
    curve: Curve,
    /// Uncompressed (SEC 1, clause 2.3.3): 04, x, y.
    point: Box<[u8]>,
    given: CurveGiven,
}

/// How the curve of a key was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurveGiven {
    /// By its name.
    Named,
    /// By all its parameters, which are those of the named curve.
    Explicit,
    /// By all its parameters but the cofactor, which may be left out (SEC 1, appendix C.2).
    ExplicitWithoutCofactor,
}

impl EcKey {
    /// The key that `point` is (SEC 1, clause 2.3.4, compressed or not) on a curve given by `parameters`.
    ///
    /// # Errors
    /// [`KeyError`]: no curve of ours, or no point of it.
    pub(super) fn read(parameters: Tlv<'_>, point: &[u8]) -> Result<EcKey, KeyError> {
        let (curve, given) = read_curve(parameters)?;
        EcKey::new(curve, given, point)
    }

    /// The key that `point` is on `curve`.
    ///
    /// # Errors
    /// [`KeyError::BadPoint`].
    pub fn on(curve: Curve, point: &[u8]) -> Result<EcKey, KeyError> {
        EcKey::new(curve, CurveGiven::Named, point)
    }

    fn new(curve: Curve, given: CurveGiven, point: &[u8]) -> Result<EcKey, KeyError> {
        let point = curve.arithmetic().uncompressed(point).ok_or(KeyError::BadPoint)?;
        Ok(EcKey { curve, point, given })
    }

    /// The curve.
    pub fn curve(&self) -> Curve {
        self.curve
    }

    /// How the curve was given.
    pub fn given(&self) -> CurveGiven {
        self.given
    }

    /// The point, uncompressed: 04, x, y.
    pub fn point(&self) -> &[u8] {
        &self.point
    }

    /// The x coordinate of the secret point that the holder of the private key to this key also finds, in constant time.
    /// `None` for a private key that is 0 or not below the order.
    pub(super) fn agree(&self, private: &[u8]) -> Option<Vec<u8>> {
        self.curve.arithmetic().agree(&self.point, private)
    }

    /// ECDSA (FIPS 186-5, clause 6.4.2) over a digest of any length: its leftmost bits count.
    pub(super) fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> Result<(), SignatureError> {
        self.curve.arithmetic().verify(&self.point, digest, r, s)
    }
}

impl Curve {
    /// How many bits the order of the base point has.
    pub const fn bits(self) -> u32 {
        match self {
            Curve::P224 | Curve::BrainpoolP224r1 => 224,
            Curve::P256 | Curve::BrainpoolP256r1 => 256,
            Curve::BrainpoolP320r1 => 320,
            Curve::P384 | Curve::BrainpoolP384r1 => 384,
            Curve::BrainpoolP512r1 => 512,
            Curve::P521 => 521,
        }
    }

    /// How many octets a coordinate has.
    pub const fn size(self) -> usize {
        self.bits().div_ceil(8) as usize
    }

    /// The curve with this identifier (RFC 5480, clause 2.1.1.1; RFC 5639, clause 4.1).
    pub fn from_oid(oid: Oid<'_>) -> Option<Curve> {
        Curve::ALL.iter().copied().find(|curve| curve.oid() == oid)
    }

    /// The identifier (RFC 5480, clause 2.1.1.1; RFC 5639, clause 4.1).
    pub const fn oid(self) -> Oid<'static> {
        Oid(match self {
            Curve::P224 => &[0x2B, 0x81, 0x04, 0x00, 0x21],
            Curve::P256 => &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07],
            Curve::P384 => &[0x2B, 0x81, 0x04, 0x00, 0x22],
            Curve::P521 => &[0x2B, 0x81, 0x04, 0x00, 0x23],
            Curve::BrainpoolP224r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x05],
            Curve::BrainpoolP256r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07],
            Curve::BrainpoolP320r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x09],
            Curve::BrainpoolP384r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0B],
            Curve::BrainpoolP512r1 => &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0D],
        })
    }

    /// A private key from random octets, at least 8 more than the order has (FIPS 186-5, appendix A.2.1).
    pub(super) fn private(self, random: &[u8]) -> Private {
        self.arithmetic().private(random)
    }

    /// The public key to a private key, uncompressed, in constant time. `None` as for [`EcKey::agree`].
    pub(super) fn public(self, private: &[u8]) -> Option<Vec<u8>> {
        self.arithmetic().public(private)
    }

    fn arithmetic(self) -> &'static dyn Arithmetic {
        match self {
            Curve::P224 => &Over::<p224::P224>(PhantomData),
            Curve::P256 => &Over::<p256::NistP256>(PhantomData),
            Curve::P384 => &Over::<p384::NistP384>(PhantomData),
            Curve::P521 => &Over::<p521::NistP521>(PhantomData),
            Curve::BrainpoolP224r1 => &Over::<bp224::BrainpoolP224r1>(PhantomData),
            Curve::BrainpoolP256r1 => &Over::<bp256::BrainpoolP256r1>(PhantomData),
            Curve::BrainpoolP320r1 => &Over::<bp320::BrainpoolP320r1>(PhantomData),
            Curve::BrainpoolP384r1 => &Over::<bp384::BrainpoolP384r1>(PhantomData),
            Curve::BrainpoolP512r1 => &Over::<bp512::BrainpoolP512r1>(PhantomData),
        }
    }
}

/// BSI TR-03110-3, table 4: the standardized domain parameters that are curves of ours.
const STANDARDIZED: [(u64, Curve); 9] = [
    (10, Curve::P224),
    (11, Curve::BrainpoolP224r1),
    (12, Curve::P256),
    (13, Curve::BrainpoolP256r1),
    (14, Curve::BrainpoolP320r1),
    (15, Curve::P384),
    (16, Curve::BrainpoolP384r1),
    (17, Curve::BrainpoolP512r1),
    (18, Curve::P521),
];

fn read_curve(parameters: Tlv<'_>) -> Result<(Curve, CurveGiven), KeyError> {
    match parameters.tag {
        Tag::OID => {
            let curve = Curve::from_oid(parameters.oid()?).ok_or(KeyError::UnknownCurve)?;
            Ok((curve, CurveGiven::Named))
        }
        Tag::INTEGER => {
            let number = parameters.small()?;
            let known = STANDARDIZED.iter().find(|(n, _)| *n == number);
            known.map(|(_, curve)| (*curve, CurveGiven::Named)).ok_or(KeyError::UnknownCurve)
        }
        Tag::SEQUENCE => read_explicit(parameters),
        _ => Err(KeyError::UnknownCurve),
    }
}

/// The curve of explicit ECParameters (SEC 1, appendix C.2), only when each of p, a, b, G and n, and h where it is
/// given, is that of the curve: a curve of somebody's own making signs whatever its maker likes.
fn read_explicit(parameters: Tlv<'_>) -> Result<(Curve, CurveGiven), KeyError> {
    const PRIME_FIELD: Oid<'_> = Oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01]);
    let mut fields = parameters.inside();
    fields.expect(Tag::INTEGER)?;
    let mut field = fields.sequence()?;
    if field.expect(Tag::OID)?.oid()? != PRIME_FIELD {
        return Err(KeyError::UnknownCurve);
    }
    let p = field.expect(Tag::INTEGER)?.unsigned()?;
    field.end()?;
    let mut equation = fields.sequence()?;
    let a = strip_zeros(equation.expect(Tag::OCTET_STRING)?.value);
    let b = strip_zeros(equation.expect(Tag::OCTET_STRING)?.value);
    equation.optional(Tag::BIT_STRING)?;
    equation.end()?;
    let base = fields.expect(Tag::OCTET_STRING)?.value;
    let n = fields.expect(Tag::INTEGER)?.unsigned()?;
    let cofactor = fields.optional(Tag::INTEGER)?;
    if cofactor.is_some_and(|h| h.unsigned() != Ok(&[1])) {
        return Err(KeyError::UnknownCurve);
    }
    let given = if cofactor.is_some() { CurveGiven::Explicit } else { CurveGiven::ExplicitWithoutCofactor };
    let same = |curve: &&Curve| {
        let arithmetic = curve.arithmetic();
        let own = arithmetic.parameters();
        let integers = [(&own.p, p), (&own.a, a), (&own.b, b), (&own.n, n)];
        integers.iter().all(|(own, given)| strip_zeros(own) == *given)
            && arithmetic.uncompressed(base).as_ref() == Some(&own.base)
    };
    Curve::ALL.iter().find(same).map(|curve| (*curve, given)).ok_or(KeyError::UnknownCurve)
}

/// r and s of a DER signature (RFC 3279, clause 2.2.3).
pub(super) fn split_der(signature: &[u8]) -> Result<(&[u8], &[u8]), SignatureError> {
    let mut integers = Reader::new(signature, Rules::Der);
    let mut pair = integers.sequence().map_err(|_| SignatureError::Malformed)?;
    let (r, s) = (integer(&mut pair)?, integer(&mut pair)?);
    integers.end().and(pair.end()).map_err(|_| SignatureError::Malformed)?;
    Ok((r, s))
}

/// r and s of a plain signature: two halves (BSI TR-03111, clause 5.2.1).
pub(super) fn split_plain(signature: &[u8]) -> Result<(&[u8], &[u8]), SignatureError> {
    if !signature.len().is_multiple_of(2) {
        return Err(SignatureError::Malformed);
    }
    signature.split_at_checked(signature.len() / 2).ok_or(SignatureError::Malformed)
}

/// A positive INTEGER in its shortest form.
fn integer<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], SignatureError> {
    let tlv = reader.expect(Tag::INTEGER).map_err(|_| SignatureError::Malformed)?;
    match tlv.value {
        [0, second, ..] if second & 0x80 == 0 => Err(SignatureError::Malformed),
        _ => tlv.unsigned().map_err(|_| SignatureError::Malformed),
    }
}

/// The parameters of a curve; integers big-endian, as long as a coordinate.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parameters {
    p: Box<[u8]>,
    a: Box<[u8]>,
    b: Box<[u8]>,
    base: Box<[u8]>,
    n: Box<[u8]>,
}

/// What is done on a curve, whichever it is. Points are given and taken as octets.
trait Arithmetic: Sync {
    fn parameters(&self) -> Parameters;

    /// The point, uncompressed, if it is on the curve and is not infinity.
    fn uncompressed(&self, point: &[u8]) -> Option<Box<[u8]>>;

    fn verify(&self, point: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> Result<(), SignatureError>;

    fn private(&self, random: &[u8]) -> Private;

    fn public(&self, private: &[u8]) -> Option<Vec<u8>>;

    fn agree(&self, point: &[u8], private: &[u8]) -> Option<Vec<u8>>;
}

struct Over<C>(PhantomData<C>);

impl<C: PrimeCurveParams> Arithmetic for Over<C>
where
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    fn parameters(&self) -> Parameters {
        // Both are odd, so that one more than the greatest element never carries.
        let modulus = |mut greatest: FieldBytes<C>| {
            if let Some(last) = greatest.last_mut() {
                *last |= 1;
            }
            Box::from(greatest.as_slice())
        };
        Parameters {
            p: modulus((-C::FieldElement::ONE).to_repr()),
            a: Box::from(C::EQUATION_A.to_repr().as_slice()),
            b: Box::from(C::EQUATION_B.to_repr().as_slice()),
            base: Box::from(AffinePoint::<C>::GENERATOR.to_sec1_point(false).as_bytes()),
            n: modulus((-Scalar::<C>::ONE).to_repr()),
        }
    }

    fn uncompressed(&self, point: &[u8]) -> Option<Box<[u8]>> {
        Some(Box::from(decode::<C>(point)?.to_sec1_point(false).as_bytes()))
    }

    fn verify(&self, point: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> Result<(), SignatureError> {
        let q = decode::<C>(point).ok_or(SignatureError::Malformed)?;
        let (r, s) = (scalar::<C>(r)?, scalar::<C>(s)?);
        let inverse = s.invert_vartime().into_option().ok_or(SignatureError::Malformed)?;
        let (u1, u2) = (leftmost::<C>(digest) * inverse, r * inverse);
        let sum = ProjectivePoint::<C>::lincomb_vartime(&[(ProjectivePoint::GENERATOR, u1), (q.into(), u2)]);
        if sum.is_identity().into() {
            return Err(SignatureError::Mismatch);
        }
        let x = sum.to_affine().x();
        let x = <Scalar<C> as Reduce<FieldBytes<C>>>::reduce(&x);
        if x == r { Ok(()) } else { Err(SignatureError::Mismatch) }
    }

    fn private(&self, random: &[u8]) -> Private {
        // From 1 to n - 1: the octets modulo n, and 1 in the place of 0, which comes once in 2^224.
        let octet = |octet: &u8| Scalar::<C>::from(u64::from(*octet));
        let reduced =
            random.iter().fold(Scalar::<C>::ZERO, |sum, next| sum * octet(&0xFF) + sum + octet(next));
        let zero = reduced.ct_eq(&Scalar::<C>::ZERO);
        let scalar = Scalar::<C>::conditional_select(&reduced, &Scalar::<C>::ONE, zero);
        Private::new(scalar.to_repr().to_vec())
    }

    fn public(&self, private: &[u8]) -> Option<Vec<u8>> {
        let private = scalar::<C>(private).ok()?;
        let public = ProjectivePoint::<C>::GENERATOR * private;
        Some(public.to_affine().to_sec1_point(false).as_bytes().to_vec())
    }

    fn agree(&self, point: &[u8], private: &[u8]) -> Option<Vec<u8>> {
        let private = scalar::<C>(private).ok()?;
        let secret = ProjectivePoint::<C>::from(decode::<C>(point)?) * private;
        Some(secret.to_affine().x().to_vec())
    }
}

/// A point that is on the curve and is not infinity.
fn decode<C: PrimeCurveParams>(point: &[u8]) -> Option<AffinePoint<C>> {
    // The other tags of SEC 1 are infinity, the compact and the hybrid form: documents use none of them.
    if !matches!(point.first(), Some(2..=4)) {
        return None;
    }
    let encoded = Sec1Point::<C>::from_bytes(point).ok()?;
    AffinePoint::<C>::from_sec1_point(&encoded).into_option()
}

/// An integer from 1 to n - 1.
fn scalar<C: PrimeCurveParams>(octets: &[u8]) -> Result<Scalar<C>, SignatureError> {
    let scalar = padded::<C>(strip_zeros(octets)).and_then(|repr| Scalar::<C>::from_repr(repr).into_option());
    scalar.filter(|scalar| !bool::from(scalar.is_zero())).ok_or(SignatureError::Malformed)
}

/// The leftmost bits of a digest, as many as n has (FIPS 186-5, clause 6.4.2). The order of P-521, the only one
/// whose bits do not fill octets, is longer than every digest; so octets are enough.
fn leftmost<C: PrimeCurveParams>(digest: &[u8]) -> Scalar<C> {
    let size = FieldBytes::<C>::default().len();
    let digest = digest.get(..size).unwrap_or(digest);
    padded::<C>(digest).map_or(Scalar::<C>::ZERO, |repr| Reduce::<FieldBytes<C>>::reduce(&repr))
}

/// As long as a coordinate, with leading zeros; `None` when it is longer.
fn padded<C: PrimeCurveParams>(octets: &[u8]) -> Option<FieldBytes<C>> {
    let mut repr = FieldBytes::<C>::default();
    let start = repr.len().checked_sub(octets.len())?;
    repr.get_mut(start..)?.copy_from_slice(octets);
    Some(repr)
}
