//! Arithmetic with a modulus, in Montgomery form: what curves and RSA need. Slow is fast enough for samples.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd, Resize};

/// A number below a modulus.
pub(super) type Residue = BoxedMontyForm;

/// An odd modulus greater than 2.
#[derive(Clone)]
pub(super) struct Modulus(BoxedMontyParams);

impl Modulus {
    /// `odd` is a big-endian number. All moduli of the sample country are odd constants or products of such; an even
    /// number would count as 1.
    pub(super) fn new(odd: &[u8]) -> Self {
        let odd = Odd::new(BoxedUint::from_be_slice_vartime(odd));
        Self(BoxedMontyParams::new_vartime(odd.into_option().unwrap_or_default()))
    }

    /// `number` modulo this, of any length.
    pub(super) fn residue(&self, number: &[u8]) -> Residue {
        let number = BoxedUint::from_be_slice_vartime(number);
        BoxedMontyForm::new(number.rem_vartime(self.0.modulus().as_nz_ref()), &self.0)
    }

    /// The modulus minus `less`.
    pub(super) fn minus(&self, less: u32) -> BoxedUint {
        let modulus: &BoxedUint = self.0.modulus();
        modulus.wrapping_sub(BoxedUint::from(less).resize(modulus.bits_precision()))
    }

    /// The modulus itself, big-endian.
    pub(super) fn number(&self) -> Vec<u8> {
        fixed(&self.minus(0).to_be_bytes(), self.octets())
    }

    /// The inverse of a residue other than 0; the modulus is a prime (Fermat).
    pub(super) fn inverse(&self, of: &Residue) -> Residue {
        of.pow(&self.minus(2))
    }

    /// How many octets hold the modulus.
    pub(super) fn octets(&self) -> usize {
        self.bits().div_ceil(8)
    }

    /// How many bits the modulus has.
    pub(super) fn bits(&self) -> usize {
        self.0.modulus().bit_width_vartime() as usize
    }

    /// A residue as a big-endian number of as many octets as the modulus has.
    pub(super) fn bytes(&self, residue: &Residue) -> Vec<u8> {
        fixed(&residue.retrieve().to_be_bytes(), self.octets())
    }
}

/// The number in exactly `len` octets: zeros are put before it or taken away.
pub(super) fn fixed(number: &[u8], len: usize) -> Vec<u8> {
    let number = super::der::trimmed(number);
    let mut out = vec![0; len.saturating_sub(number.len())];
    out.extend_from_slice(&number[number.len().saturating_sub(len)..]);
    out
}

/// A constant of ours in hexadecimal digits.
pub(super) fn hex(digits: &str) -> Vec<u8> {
    let digit = |octet: u8| (octet as char).to_digit(16).unwrap_or(0) as u8;
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |sum, octet| sum << 4 | digit(*octet)))
        .collect()
}
