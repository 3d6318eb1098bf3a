//! What the tests of signatures share.

use super::RsaKey;

/// A key of 1024 bits, made with OpenSSL for these tests.
const N: &str = "b45669437a949ab57015e1ee57dd1374b7a9da8ba3b8afe33b0a8d910c024058368c43eedb52a0460afa249280cee7816efaf4375a817b226f\
    2b64a7a95557180f73f796eebe5f9d1972cd1a98af7ba6bdaff17dcb8835aa08ba3ee2ee3bc4205550a922485919c5f26b86fa3d216197ecc47369ea444825e9\
    6815ecd3e1a8cf";
/// Its private exponent.
const D: &str = "2ef68de527c8095e14b96e23eeb7c0f855582374d80721aef0523839bcc1dd55dba6bd8e378995f987a44adfe83179b2885f4c381a16bc2564\
    840d6b683ab43a3c66a486ff5e9564e987c69880d719a71b03e494b2a7c0b938c75d639d7ec8cca59ff9936dd61709cc44fce22784bae494634d14b4b16d0bff\
    795b6649fd08b9";

/// The modulus.
pub(crate) fn modulus() -> Vec<u8> {
    unhex(N)
}

/// The private exponent.
pub(crate) fn private_exponent() -> Vec<u8> {
    unhex(D)
}

/// The public key, with the exponent 65537.
pub(crate) fn public() -> RsaKey {
    RsaKey::new(&modulus(), &[1, 0, 1]).unwrap()
}

/// The private operation: raising to the private exponent.
pub(crate) fn sign(representative: &[u8]) -> Vec<u8> {
    RsaKey::new(&modulus(), &private_exponent()).unwrap().raise(representative).unwrap()
}

/// Octets from hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let pair = |i: usize| u8::from_str_radix(&text[i..i + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(pair).collect()
}
