//! P-224 (NIST SP 800-186, clause 3.2.1.2), which no released crate has.

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

/// P-224.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct P224;

/// The order of the base point.
const ORDER: &str = "00000000ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d";

impl Curve for P224 {
    type FieldBytesSize = U28;
    type Uint = U256;
    const ORDER: Odd<U256> = Odd::<U256>::from_be_hex(ORDER);
}

impl PrimeCurve for P224 {}

impl PointCompression for P224 {
    const COMPRESS_POINTS: bool = false;
}

impl CurveArithmetic for P224 {
    type AffinePoint = AffinePoint<Self>;
    type ProjectivePoint = ProjectivePoint<Self>;
    type Scalar = Scalar;
}

impl FieldArithmetic for P224 {
    type FieldElement = FieldElement;
}

impl PrimeCurveArithmetic for P224 {
    type CurveGroup = ProjectivePoint<Self>;
}

impl PrimeCurveParams for P224 {
    type PointArithmetic = point_arithmetic::EquationAIsMinusThree;
    type Backend = mul_backend::VariableOnly;
    const EQUATION_A: FieldElement =
        FieldElement::from_hex_vartime("fffffffffffffffffffffffffffffffefffffffffffffffffffffffe");
    const EQUATION_B: FieldElement =
        FieldElement::from_hex_vartime("b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4");
    const GENERATOR: (FieldElement, FieldElement) = (
        FieldElement::from_hex_vartime("b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21"),
        FieldElement::from_hex_vartime("bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34"),
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
        modulus: "00000000ffffffffffffffffffffffffffffffff000000000000000000000001",
        uint: U256,
        byte_order: primefield::ByteOrder::BigEndian,
        multiplicative_generator: 11,
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

    use super::{ORDER, P224};

    type FieldBytes = elliptic_curve::FieldBytes<P224>;

    primefield::monty_field_params! {
        name: ScalarParams,
        modulus: ORDER,
        uint: U256,
        byte_order: primefield::ByteOrder::BigEndian,
        multiplicative_generator: 2,
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

    elliptic_curve::scalar_impls!(P224, Scalar);
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
