//! brainpoolP320r1 (RFC 5639, clause 3.5), which no released crate has.

use elliptic_curve::{
    Curve, CurveArithmetic, PrimeCurve, PrimeCurveArithmetic,
    bigint::{Odd, U384},
    consts::U40,
    hazmat::FieldArithmetic,
    point::PointCompression,
};
use primeorder::{AffinePoint, PrimeCurveParams, ProjectivePoint, mul_backend, point_arithmetic};

use field::FieldElement;
use scalar::Scalar;

/// brainpoolP320r1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct BrainpoolP320r1;

/// The order of the base point.
const ORDER: &str =
    "0000000000000000d35e472036bc4fb7e13c785ed201e065f98fcfa5b68f12a32d482ec7ee8658e98691555b44c59311";

impl Curve for BrainpoolP320r1 {
    type FieldBytesSize = U40;
    type Uint = U384;
    const ORDER: Odd<U384> = Odd::<U384>::from_be_hex(ORDER);
}

impl PrimeCurve for BrainpoolP320r1 {}

impl PointCompression for BrainpoolP320r1 {
    const COMPRESS_POINTS: bool = false;
}

impl CurveArithmetic for BrainpoolP320r1 {
    type AffinePoint = AffinePoint<Self>;
    type ProjectivePoint = ProjectivePoint<Self>;
    type Scalar = Scalar;
}

impl FieldArithmetic for BrainpoolP320r1 {
    type FieldElement = FieldElement;
}

impl PrimeCurveArithmetic for BrainpoolP320r1 {
    type CurveGroup = ProjectivePoint<Self>;
}

impl PrimeCurveParams for BrainpoolP320r1 {
    type PointArithmetic = point_arithmetic::EquationAIsGeneric;
    type Backend = mul_backend::VariableOnly;
    const EQUATION_A: FieldElement = FieldElement::from_hex_vartime(
        "3ee30b568fbab0f883ccebd46d3f3bb8a2a73513f5eb79da66190eb085ffa9f492f375a97d860eb4",
    );
    const EQUATION_B: FieldElement = FieldElement::from_hex_vartime(
        "520883949dfdbc42d3ad198640688a6fe13f41349554b49acc31dccd884539816f5eb4ac8fb1f1a6",
    );
    const GENERATOR: (FieldElement, FieldElement) = (
        FieldElement::from_hex_vartime(
            "43bd7e9afb53d8b85289bcc48ee5bfe6f20137d10a087eb6e7871e2a10a599c710af8d0d39e20611",
        ),
        FieldElement::from_hex_vartime(
            "14fdd05545ec1cc8ab4093247f77275e0743ffed117182eaa9c77877aaac6ac7d35245d1692e8ee1",
        ),
    );
}

mod field {
    use elliptic_curve::{
        bigint::U384,
        ff::PrimeField,
        ops::BatchInvert,
        subtle::{Choice, ConstantTimeEq, CtOption},
    };

    primefield::monty_field_params! {
        name: FieldParams,
        modulus: "0000000000000000d35e472036bc4fb7e13c785ed201e065f98fcfa6f6f40def4f92b9ec7893ec28fcd412b1f1b32e27",
        uint: U384,
        byte_order: primefield::ByteOrder::BigEndian,
        multiplicative_generator: 5,
        doc: "The prime of the field."
    }

    primefield::monty_field_element! {
        name: FieldElement,
        params: FieldParams,
        uint: U384,
        doc: "A coordinate."
    }

    primefield::monty_field_arithmetic! {
        name: FieldElement,
        params: FieldParams,
        uint: U384
    }

    impl BatchInvert for FieldElement {}
}

mod scalar {
    use elliptic_curve::{
        bigint::U384,
        ff::PrimeField,
        ops::Reduce,
        scalar::{FromUintUnchecked, IsHigh},
        subtle::{Choice, ConstantTimeEq, ConstantTimeGreater, CtOption},
    };

    use super::{BrainpoolP320r1, ORDER};

    type FieldBytes = elliptic_curve::FieldBytes<BrainpoolP320r1>;

    primefield::monty_field_params! {
        name: ScalarParams,
        modulus: ORDER,
        uint: U384,
        byte_order: primefield::ByteOrder::BigEndian,
        multiplicative_generator: 3,
        doc: "The order of the base point."
    }

    primefield::monty_field_element! {
        name: Scalar,
        params: ScalarParams,
        uint: U384,
        doc: "A multiplier of points."
    }

    primefield::monty_field_arithmetic! {
        name: Scalar,
        params: ScalarParams,
        uint: U384
    }

    impl Reduce<U384> for Scalar {
        fn reduce(integer: &U384) -> Self {
            Self::from_uint_unchecked(*integer)
        }
    }

    // The integers are longer than the octets: crypto-bigint has none of 320 bits that is read from octets.
    impl Reduce<FieldBytes> for Scalar {
        fn reduce(octets: &FieldBytes) -> Self {
            let mut wide = [0; 48];
            wide[8..].copy_from_slice(octets);
            Self::from_uint_unchecked(U384::from_be_slice(&wide))
        }
    }

    elliptic_curve::scalar_impls!(BrainpoolP320r1, Scalar);
    primeorder::wnaf::impl_wnaf_size_for_scalar!(Scalar);

    impl AsRef<Scalar> for Scalar {
        fn as_ref(&self) -> &Scalar {
            self
        }
    }

    impl FromUintUnchecked for Scalar {
        type Uint = U384;

        fn from_uint_unchecked(uint: U384) -> Self {
            Self::from_uint_unchecked(uint)
        }
    }

    impl IsHigh for Scalar {
        fn is_high(&self) -> Choice {
            const HALF: U384 = ScalarParams::PARAMS.modulus().as_ref().shr_vartime(1);
            self.to_canonical().ct_gt(&HALF)
        }
    }
}
