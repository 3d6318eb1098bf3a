//! brainpoolP224r1 (RFC 5639, clause 3.3), which no released crate has.

use elliptic_curve::{
    Curve, CurveArithmetic, PrimeCurve, PrimeCurveArithmetic,
    bigint::{Odd, U256},
    consts::U28,
    hazmat::FieldArithmetic,
    point::PointCompression,
};
use primeorder::{AffinePoint, PrimeCurveParams, ProjectivePoint, mul_backend, point_arithmetic};

use field::FieldElement;
use scalar::Scalar;

/// brainpoolP224r1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct BrainpoolP224r1;

/// The order of the base point.
const ORDER: &str = "00000000d7c134aa264366862a18302575d0fb98d116bc4b6ddebca3a5a7939f";

impl Curve for BrainpoolP224r1 {
    type FieldBytesSize = U28;
    type Uint = U256;
    const ORDER: Odd<U256> = Odd::<U256>::from_be_hex(ORDER);
}

impl PrimeCurve for BrainpoolP224r1 {}

impl PointCompression for BrainpoolP224r1 {
    const COMPRESS_POINTS: bool = false;
}

impl CurveArithmetic for BrainpoolP224r1 {
    type AffinePoint = AffinePoint<Self>;
    type ProjectivePoint = ProjectivePoint<Self>;
    type Scalar = Scalar;
}

impl FieldArithmetic for BrainpoolP224r1 {
    type FieldElement = FieldElement;
}

impl PrimeCurveArithmetic for BrainpoolP224r1 {
    type CurveGroup = ProjectivePoint<Self>;
}

impl PrimeCurveParams for BrainpoolP224r1 {
    type PointArithmetic = point_arithmetic::EquationAIsGeneric;
    type Backend = mul_backend::VariableOnly;
    const EQUATION_A: FieldElement =
        FieldElement::from_hex_vartime("68a5e62ca9ce6c1c299803a6c1530b514e182ad8b0042a59cad29f43");
    const EQUATION_B: FieldElement =
        FieldElement::from_hex_vartime("2580f63ccfe44138870713b1a92369e33e2135d266dbb372386c400b");
    const GENERATOR: (FieldElement, FieldElement) = (
        FieldElement::from_hex_vartime("0d9029ad2c7e5cf4340823b2a87dc68c9e4ce3174c1e6efdee12c07d"),
        FieldElement::from_hex_vartime("58aa56f772c0726f24c6b89e4ecdac24354b9e99caa3f6d3761402cd"),
    );
}

mod field {
    use elliptic_curve::{
        bigint::U256,
        ff::PrimeField,
        ops::BatchInvert,
        subtle::{Choice, ConstantTimeEq, CtOption},
    };

    primefield::monty_field_params! {
        name: FieldParams,
        modulus: "00000000d7c134aa264366862a18302575d1d787b09f075797da89f57ec8c0ff",
        uint: U256,
        byte_order: primefield::ByteOrder::BigEndian,
        multiplicative_generator: 3,
        doc: "The prime of the field."
    }

    primefield::monty_field_element! {
        name: FieldElement,
        params: FieldParams,
        uint: U256,
        doc: "A coordinate."
    }

    primefield::monty_field_arithmetic! {
        name: FieldElement,
        params: FieldParams,
        uint: U256
    }

    impl BatchInvert for FieldElement {}
}

mod scalar {
    use elliptic_curve::{
        bigint::U256,
        ff::PrimeField,
        ops::Reduce,
        scalar::{FromUintUnchecked, IsHigh},
        subtle::{Choice, ConstantTimeEq, ConstantTimeGreater, CtOption},
    };

    use super::{BrainpoolP224r1, ORDER};

    type FieldBytes = elliptic_curve::FieldBytes<BrainpoolP224r1>;

    primefield::monty_field_params! {
        name: ScalarParams,
        modulus: ORDER,
        uint: U256,
        byte_order: primefield::ByteOrder::BigEndian,
        multiplicative_generator: 3,
        doc: "The order of the base point."
    }

    primefield::monty_field_element! {
        name: Scalar,
        params: ScalarParams,
        uint: U256,
        doc: "A multiplier of points."
    }

    primefield::monty_field_arithmetic! {
        name: Scalar,
        params: ScalarParams,
        uint: U256
    }

    impl Reduce<U256> for Scalar {
        fn reduce(integer: &U256) -> Self {
            Self::from_uint_unchecked(*integer)
        }
    }

    // The integers are longer than the octets: crypto-bigint has none of 224 bits that is read from octets.
    impl Reduce<FieldBytes> for Scalar {
        fn reduce(octets: &FieldBytes) -> Self {
            let mut wide = [0; 32];
            wide[4..].copy_from_slice(octets);
            Self::from_uint_unchecked(U256::from_be_slice(&wide))
        }
    }

    elliptic_curve::scalar_impls!(BrainpoolP224r1, Scalar);
    primeorder::wnaf::impl_wnaf_size_for_scalar!(Scalar);

    impl AsRef<Scalar> for Scalar {
        fn as_ref(&self) -> &Scalar {
            self
        }
    }

    impl FromUintUnchecked for Scalar {
        type Uint = U256;

        fn from_uint_unchecked(uint: U256) -> Self {
            Self::from_uint_unchecked(uint)
        }
    }

    impl IsHigh for Scalar {
        fn is_high(&self) -> Choice {
            const HALF: U256 = ScalarParams::PARAMS.modulus().as_ref().shr_vartime(1);
            self.to_canonical().ct_gt(&HALF)
        }
    }
}
