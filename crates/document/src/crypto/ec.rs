//! Elliptic curves: keys, ECDSA and the agreement of a shared secret.
//!
//! What is verified is public, so that verification takes variable time. The one secret, the ephemeral key of chip
//! authentication, is multiplied in constant time.

use std::{marker::PhantomData, sync::LazyLock};

use elliptic_curve::{
    FieldBytes, Scalar,
    bigint::Invert,
    ff::{Field, PrimeField},
    ops::Reduce,
    point::AffineCoordinates,
    sec1::{FromSec1Point, Sec1Point, ToSec1Point},
    subtle::{ConditionallySelectable, ConstantTimeEq},
};
use primeorder::{AffinePoint, PrimeCurveParams, ProjectivePoint};

use super::{
    KeyError, Private, SignatureError,
    curves::{bp224, bp320, bp512, p224},
    vartime::Domain,
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

    /// Whether both are the same point of the same curve, however the curve was given.
    pub(super) fn is_same_point(&self, other: &EcKey) -> bool {
        (self.curve, &self.point) == (other.curve, &other.point)
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
            Curve::P224 => &P224,
            Curve::P256 => &P256,
            Curve::P384 => &P384,
            Curve::P521 => &P521,
            Curve::BrainpoolP224r1 => &BRAINPOOL_P224R1,
            Curve::BrainpoolP256r1 => &BRAINPOOL_P256R1,
            Curve::BrainpoolP320r1 => &BRAINPOOL_P320R1,
            Curve::BrainpoolP384r1 => &BRAINPOOL_P384R1,
            Curve::BrainpoolP512r1 => &BRAINPOOL_P512R1,
        }
    }
}

static P224: Over<p224::P224, 4> = Over::new();
static P256: Over<p256::NistP256, 4> = Over::new();
static P384: Over<p384::NistP384, 6> = Over::new();
static P521: Over<p521::NistP521, 9> = Over::new();
static BRAINPOOL_P224R1: Over<bp224::BrainpoolP224r1, 4> = Over::new();
static BRAINPOOL_P256R1: Over<bp256::BrainpoolP256r1, 4> = Over::new();
static BRAINPOOL_P320R1: Over<bp320::BrainpoolP320r1, 5> = Over::new();
static BRAINPOOL_P384R1: Over<bp384::BrainpoolP384r1, 6> = Over::new();
static BRAINPOOL_P512R1: Over<bp512::BrainpoolP512r1, 8> = Over::new();

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
    // Which hash function the seed was for.
    fields.optional(Tag::SEQUENCE)?;
    fields.end()?;
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

/// A curve of RustCrypto, and what is prepared for verifying on it, in `N` limbs.
struct Over<C, const N: usize> {
    domain: LazyLock<Domain<N>>,
    curve: PhantomData<fn() -> C>,
}

impl<C: PrimeCurveParams, const N: usize> Over<C, N>
where
    AffinePoint<C>: ToSec1Point<C>,
{
    const fn new() -> Self {
        Over { domain: LazyLock::new(prepare::<C, N>), curve: PhantomData }
    }
}

fn prepare<C: PrimeCurveParams, const N: usize>() -> Domain<N>
where
    AffinePoint<C>: ToSec1Point<C>,
{
    let Parameters { p, a, base, n, .. } = parameters::<C>();
    Domain::new(&p, &a, base.get(1..).unwrap_or_default(), &n)
}

fn parameters<C: PrimeCurveParams>() -> Parameters
where
    AffinePoint<C>: ToSec1Point<C>,
{
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

impl<C: PrimeCurveParams, const N: usize> Arithmetic for Over<C, N>
where
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    fn parameters(&self) -> Parameters {
        parameters::<C>()
    }

    fn uncompressed(&self, point: &[u8]) -> Option<Box<[u8]>> {
        Some(Box::from(decode::<C>(point)?.to_sec1_point(false).as_bytes()))
    }

    fn verify(&self, point: &[u8], digest: &[u8], r: &[u8], s: &[u8]) -> Result<(), SignatureError> {
        // The first octet says that the point is uncompressed; what follows was checked when the key was read.
        let q = point.get(1..).ok_or(SignatureError::Malformed)?;
        let (r, s) = (scalar::<C>(r)?, scalar::<C>(s)?);
        let inverse = s.invert_vartime().into_option().ok_or(SignatureError::Malformed)?;
        let (u1, u2) = (leftmost::<C>(digest) * inverse, r * inverse);
        let right = self.domain.x_is(&u1.to_repr(), &u2.to_repr(), q, &r.to_repr());
        if right { Ok(()) } else { Err(SignatureError::Mismatch) }
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

#[cfg(test)]
mod tests {
    use elliptic_curve::{group::Group, ops::LinearCombination};

    use super::*;

    /// Scalars that are random enough, and those at the ends.
    fn scalars<C: PrimeCurveParams>(over: &impl Arithmetic) -> Vec<Scalar<C>> {
        let random = |seed: u8| scalar::<C>(&over.private(&[seed; 128])).unwrap();
        let small = [0, 1, 2, 65].map(Scalar::<C>::from);
        small.into_iter().chain([-Scalar::<C>::ONE]).chain([1, 0xA7].map(random)).collect()
    }

    /// The sums of RustCrypto are those of our own arithmetic.
    fn check_sums<C: PrimeCurveParams, const N: usize>(over: &Over<C, N>)
    where
        AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    {
        let generator = ProjectivePoint::<C>::GENERATOR;
        let scalars = scalars::<C>(over);
        for multiple in scalars.iter().skip(1).step_by(2) {
            let q = generator * *multiple;
            let encoded = q.to_affine().to_sec1_point(false);
            for (u1, u2) in scalars.iter().flat_map(|u1| scalars.iter().map(move |u2| (u1, u2))) {
                let sum = ProjectivePoint::lincomb_vartime(&[(generator, *u1), (q, *u2)]);
                let x: Scalar<C> = Reduce::<FieldBytes<C>>::reduce(&sum.to_affine().x());
                let is = |x: &Scalar<C>| {
                    let q = encoded.as_bytes().get(1..).unwrap();
                    over.domain.x_is(&u1.to_repr(), &u2.to_repr(), q, &x.to_repr())
                };
                assert_eq!(is(&x), !bool::from(sum.is_identity()));
                assert!(!is(&(x + Scalar::<C>::ONE)));
            }
        }
    }

    #[test]
    fn sums_are_those_of_rustcrypto_on_every_curve() {
        check_sums(&P224);
        check_sums(&P256);
        check_sums(&P384);
        check_sums(&P521);
        check_sums(&BRAINPOOL_P224R1);
        check_sums(&BRAINPOOL_P256R1);
        check_sums(&BRAINPOOL_P320R1);
        check_sums(&BRAINPOOL_P384R1);
        check_sums(&BRAINPOOL_P512R1);
    }

    /// p and n are prime by Fermat, G is on the curve, and n G is infinity.
    fn check_constants<C: PrimeCurveParams>() {
        let (two, three) = (C::FieldElement::ONE.double(), Scalar::<C>::from(3));
        let (one, last) = (C::FieldElement::ONE, (-Scalar::<C>::ONE).to_repr());
        assert_eq!(two.pow_vartime(exponent((-one).to_repr().as_slice())), one);
        assert_eq!(three.pow_vartime(exponent(last.as_slice())), Scalar::<C>::ONE);
        let (x, y) = C::GENERATOR;
        assert_eq!(y.square(), x.square() * x + C::EQUATION_A * x + C::EQUATION_B);
        let generator = ProjectivePoint::<C>::GENERATOR;
        assert_eq!(generator * -Scalar::<C>::ONE, -generator);
    }

    fn exponent(big_endian: &[u8]) -> Vec<u64> {
        let limb = |chunk: &[u8]| chunk.iter().fold(0, |limb, octet| limb << 8 | u64::from(*octet));
        big_endian.rchunks(8).map(limb).collect()
    }

    #[test]
    fn the_constants_of_the_curves_defined_here_are_sound() {
        check_constants::<p224::P224>();
        check_constants::<bp224::BrainpoolP224r1>();
        check_constants::<bp320::BrainpoolP320r1>();
        check_constants::<bp512::BrainpoolP512r1>();
    }

    #[test]
    fn both_sides_agree_on_a_secret_on_every_curve() {
        for curve in Curve::ALL {
            let [a, b] = [[0x11; 128], [0x22; 128]].map(|seed| curve.private(&seed));
            let [public_a, public_b] =
                [&a, &b].map(|private| EcKey::on(*curve, &curve.public(private).unwrap()));
            let secret = public_a.unwrap().agree(&b);
            assert_eq!(secret, public_b.unwrap().agree(&a), "{curve}");
            assert_eq!(secret.unwrap().len(), curve.size());
            let order = curve.arithmetic().parameters().n;
            assert!(curve.public(&order).is_none() && curve.public(&[0]).is_none());
        }
    }

    #[test]
    fn points_that_are_none_are_refused() {
        for curve in Curve::ALL {
            let base = curve.arithmetic().parameters().base;
            assert!(EcKey::on(*curve, &base).is_ok());
            let mut off = base.to_vec();
            *off.last_mut().unwrap() ^= 1;
            let hybrid = [&[6], &base[1..]].concat();
            let p = curve.arithmetic().parameters().p;
            let beyond = [&[4], &p[..], &base[1 + curve.size()..]].concat();
            for wrong in [&off[..], &hybrid, &beyond, &[0], &[], &base[..base.len() - 1], &[4; 200]] {
                assert_eq!(EcKey::on(*curve, wrong), Err(KeyError::BadPoint), "{curve}");
            }
        }
    }

    #[test]
    fn r_and_s_outside_their_range_are_refused_as_well_as_other_forms_than_der() {
        for curve in Curve::ALL {
            let parameters = curve.arithmetic().parameters();
            let key = EcKey::on(*curve, &parameters.base).unwrap();
            let verify = |r: &[u8], s: &[u8]| key.verify(&[0x5A; 32], r, s);
            for wrong in [&[][..], &[0], &parameters.n, &[0xFF; 80]] {
                assert_eq!(verify(wrong, &[1]), Err(SignatureError::Malformed), "{curve}");
                assert_eq!(verify(&[1], wrong), Err(SignatureError::Malformed), "{curve}");
            }
            assert_eq!(verify(&[1], &[0, 0, 1]), Err(SignatureError::Mismatch));
        }
        assert_eq!(split_der(&[0x30, 6, 2, 1, 5, 2, 1, 6]), Ok((&[5][..], &[6][..])));
        for wrong in [
            &[0x30, 7, 2, 2, 0, 5, 2, 1, 6][..],
            &[0x30, 6, 2, 1, 0x85, 2, 1, 6],
            &[0x30, 0x81, 6, 2, 1, 5, 2, 1, 6],
            &[0x30, 6, 2, 1, 5, 2, 1, 6, 0],
            &[0x30, 9, 2, 1, 5, 2, 1, 6, 2, 1, 7],
            &[0x30, 3, 2, 1, 5],
            &[],
        ] {
            assert_eq!(split_der(wrong), Err(SignatureError::Malformed), "{wrong:02X?}");
        }
        assert_eq!(split_plain(&[1, 2]), Ok((&[1][..], &[2][..])));
        assert_eq!(split_plain(&[1, 2, 3]), Err(SignatureError::Malformed));
    }
}
