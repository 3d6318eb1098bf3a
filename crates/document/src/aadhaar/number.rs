//! From a decimal number to its bytes.

/// How many digits are taken at once: as many as fit 32 bits.
const DIGITS: usize = 9;

/// The bytes of a decimal number, the most significant first; `None` unless it is digits, at least one. The work grows
/// with the square of the length, which the caller limits.
pub(super) fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // The least significant limb first.
    let mut limbs: Vec<u32> = Vec::with_capacity(digits.len() / DIGITS + 1);
    for chunk in digits.chunks(DIGITS) {
        let (factor, value) = chunk
            .iter()
            .fold((1u64, 0u64), |(factor, value), digit| (factor * 10, value * 10 + u64::from(digit - b'0')));
        let mut carry = value;
        for limb in &mut limbs {
            let product = u64::from(*limb) * factor + carry;
            // The lower half; the upper is carried.
            *limb = product as u32;
            carry = product >> 32;
        }
        if carry > 0 {
            // A product of two factors of 32 bits and a carry of 32 carries at most 32.
            limbs.push(carry as u32);
        }
    }
    let bytes = limbs.iter().rev().flat_map(|limb| limb.to_be_bytes());
    Some(bytes.skip_while(|byte| *byte == 0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_their_bytes() {
        let check =
            |text: &str, expected: &[u8]| assert_eq!(bytes_of(text).as_deref(), Some(expected), "{text}");
        check("0", &[]);
        check("255", &[255]);
        check("00256", &[1, 0]);
        check("4294967296", &[1, 0, 0, 0, 0]);
        check("18446744073709551616", &[1, 0, 0, 0, 0, 0, 0, 0, 0]);
        check(&u128::MAX.to_string(), &[255; 16]);
        for text in ["", "12a", "-1", "1 2", "\u{661}"] {
            assert_eq!(bytes_of(text), None, "{text}");
        }
    }
}
