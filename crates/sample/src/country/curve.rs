//! Elliptic curves of documents: constants, points and ECDSA of our own, the same for all nine.
//!
//! The verifier's curves come from other code, so this is the second opinion on them. Nothing is constant in time:
//! every key here is a sample's.

use super::hash::expand;
use super::modulus::{Modulus, Residue, fixed, hex};

/// A curve of Doc 9303-12, section 4.1.6.3: NIST's (FIPS 186-4, appendix D.1.2) or brainpool's (RFC 5639, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// NIST P-224.
    P224,
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// brainpoolP224r1.
    BrainpoolP224,
    /// brainpoolP256r1.
    BrainpoolP256,
    /// brainpoolP320r1.
    BrainpoolP320,
    /// brainpoolP384r1.
    BrainpoolP384,
    /// brainpoolP512r1.
    BrainpoolP512,
}

impl Curve {
    /// All of them.
    pub const ALL: [Curve; 9] = [
        Curve::P224,
        Curve::P256,
        Curve::P384,
        Curve::P521,
        Curve::BrainpoolP224,
        Curve::BrainpoolP256,
        Curve::BrainpoolP320,
        Curve::BrainpoolP384,
        Curve::BrainpoolP512,
    ];

    /// The object identifier of the named curve (RFC 5480, section 2.1.1.1; RFC 5639, section 4.1).
    pub(super) fn oid(self) -> &'static str {
        match self {
            Curve::P224 => "1.3.132.0.33",
            Curve::P256 => "1.2.840.10045.3.1.7",
            Curve::P384 => "1.3.132.0.34",
            Curve::P521 => "1.3.132.0.35",
            Curve::BrainpoolP224 => "1.3.36.3.3.2.8.1.1.5",
            Curve::BrainpoolP256 => "1.3.36.3.3.2.8.1.1.7",
            Curve::BrainpoolP320 => "1.3.36.3.3.2.8.1.1.9",
            Curve::BrainpoolP384 => "1.3.36.3.3.2.8.1.1.11",
            Curve::BrainpoolP512 => "1.3.36.3.3.2.8.1.1.13",
        }
    }

    /// The curve ready for arithmetic.
    pub(super) fn domain(self) -> Domain {
        let constants = self.constants();
        let p = Modulus::new(&hex(constants.p));
        let residue = |digits: &str| p.residue(&hex(digits));
        Domain {
            a: residue(constants.a),
            generator: Point { x: residue(constants.gx), y: residue(constants.gy), z: residue("01") },
            n: Modulus::new(&hex(constants.n)),
            p,
        }
    }
}

/// y² = x³ + ax + b modulo p, with a generator of prime order n; every cofactor is 1.
pub(super) struct Domain {
    p: Modulus,
    a: Residue,
    generator: Point,
    n: Modulus,
}

/// Jacobian coordinates: x/z², y/z³. The point at infinity has z = 0.
#[derive(Clone)]
struct Point {
    x: Residue,
    y: Residue,
    z: Residue,
}

impl Domain {
    /// The private key for a seed and a label: 1 to n - 1, as long as n.
    pub(super) fn private_key(&self, seed: &[u8], label: &str) -> Vec<u8> {
        self.scalar(&expand(seed, label, self.n.octets() + 8))
    }

    /// The public key, uncompressed: 04, x, y (SEC 1, section 2.3.3).
    pub(super) fn public_key(&self, private_key: &[u8]) -> Vec<u8> {
        self.uncompressed(&self.times(&self.generator, private_key))
    }

    /// The x of `private_key` times the uncompressed point `theirs`: the shared secret of ECDH (BSI TR-03111, section
    /// 4.3.1). `None` when `theirs` has another length or is not uncompressed.
    pub(super) fn agree(&self, private_key: &[u8], theirs: &[u8]) -> Option<Vec<u8>> {
        let coordinates = theirs.strip_prefix(&[4])?;
        if coordinates.len() != 2 * self.p.octets() {
            return None;
        }
        let (x, y) = coordinates.split_at(self.p.octets());
        let point = Point { x: self.p.residue(x), y: self.p.residue(y), z: self.p.residue(&[1]) };
        Some(self.affine(&self.times(&point, private_key)).0)
    }

    /// ECDSA over a digest (FIPS 186-4, section 6.4): r and s, each as long as n.
    ///
    /// The number that must differ for each digest comes from the key and the digest, as in RFC 6979 though not by its
    /// recipe.
    pub(super) fn sign(&self, private_key: &[u8], digest: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let k = self.scalar(&expand(&[private_key, digest].concat(), "ecdsa", self.n.octets() + 8));
        let r = self.n.residue(&self.affine(&self.times(&self.generator, &k)).0);
        // The leftmost bits: every order is a whole number of octets long except that of P-521, which no digest reaches.
        let message = self.n.residue(&digest[..digest.len().min(self.n.octets())]);
        let k_inverse = self.n.inverse(&self.n.residue(&k));
        let s = k_inverse.mul(&message.add(&r.mul(&self.n.residue(private_key))));
        (self.n.bytes(&r), self.n.bytes(&s))
    }

    /// A number from 1 to n - 1 (0 once in 2^224), as long as n, from more random-looking octets than that.
    fn scalar(&self, random: &[u8]) -> Vec<u8> {
        // n is odd, so is n - 2. Below that, plus one.
        let below = Modulus::new(&self.n.minus(2).to_be_bytes());
        let number = below.residue(random).add(&below.residue(&[1]));
        fixed(&number.retrieve().to_be_bytes(), self.n.octets())
    }

    fn times(&self, point: &Point, scalar: &[u8]) -> Point {
        let mut sum = Point { x: self.p.residue(&[1]), y: self.p.residue(&[1]), z: self.p.residue(&[0]) };
        for octet in scalar {
            for bit in (0..8).rev() {
                sum = self.double(&sum);
                if octet >> bit & 1 == 1 {
                    sum = self.add(&sum, point);
                }
            }
        }
        sum
    }

    fn double(&self, Point { x, y, z }: &Point) -> Point {
        let yy = y.square();
        let s = x.mul(&yy).double().double();
        let m = x.square().mul(&self.p.residue(&[3])).add(&self.a.mul(&z.square().square()));
        let x3 = m.square().sub(&s.double());
        let y3 = m.mul(&s.sub(&x3)).sub(&yy.square().double().double().double());
        Point { x: x3, y: y3, z: y.mul(z).double() }
    }

    fn add(&self, one: &Point, other: &Point) -> Point {
        if bool::from(one.z.is_zero()) {
            return other.clone();
        }
        if bool::from(other.z.is_zero()) {
            return one.clone();
        }
        let (zz1, zz2) = (one.z.square(), other.z.square());
        let (u1, u2) = (one.x.mul(&zz2), other.x.mul(&zz1));
        let (s1, s2) = (one.y.mul(&zz2).mul(&other.z), other.y.mul(&zz1).mul(&one.z));
        let (h, r) = (u2.sub(&u1), s2.sub(&s1));
        if bool::from(h.is_zero()) && bool::from(r.is_zero()) {
            return self.double(one);
        }
        let hh = h.square();
        let (hhh, v) = (hh.mul(&h), u1.mul(&hh));
        let x = r.square().sub(&hhh).sub(&v.double());
        let y = r.mul(&v.sub(&x)).sub(&s1.mul(&hhh));
        Point { x, y, z: one.z.mul(&other.z).mul(&h) }
    }

    fn affine(&self, point: &Point) -> (Vec<u8>, Vec<u8>) {
        let z = self.p.inverse(&point.z);
        let zz = z.square();
        (self.p.bytes(&point.x.mul(&zz)), self.p.bytes(&point.y.mul(&zz).mul(&z)))
    }

    fn uncompressed(&self, point: &Point) -> Vec<u8> {
        let (x, y) = self.affine(point);
        [&[4], x.as_slice(), &y].concat()
    }
}

/// A curve's parameters in hexadecimal digits, each as long as p; n as long as itself.
pub(super) struct Constants {
    pub(super) p: &'static str,
    pub(super) a: &'static str,
    pub(super) b: &'static str,
    pub(super) gx: &'static str,
    pub(super) gy: &'static str,
    pub(super) n: &'static str,
}

impl Curve {
    /// The parameters as the standards print them.
    pub(super) fn constants(self) -> Constants {
        match self {
            Curve::P224 => Constants {
                p: "ffffffffffffffffffffffffffffffff000000000000000000000001",
                a: "fffffffffffffffffffffffffffffffefffffffffffffffffffffffe",
                b: "b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4",
                gx: "b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21",
                gy: "bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34",
                n: "ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d",
            },
            Curve::P256 => Constants {
                p: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
                a: "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
                b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
                gx: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
                gy: "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
                n: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
            },
            Curve::P384 => Constants {
                p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
                a: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc",
                b: "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
                gx: "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
                gy: "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
                n: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
            },
            Curve::P521 => Constants {
                p: "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
                ffffffffffffffffffffffffffffffffffff",
                a: "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
                fffffffffffffffffffffffffffffffffffc",
                b: "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1\
                bf073573df883d2c34f1ef451fd46b503f00",
                gx: "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ff\
                a8de3348b3c1856a429bf97e7e31c2e5bd66",
                gy: "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad\
                0761353c7086a272c24088be94769fd16650",
                n: "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709\
                a5d03bb5c9b8899c47aebb6fb71e91386409",
            },
            Curve::BrainpoolP224 => Constants {
                p: "d7c134aa264366862a18302575d1d787b09f075797da89f57ec8c0ff",
                a: "68a5e62ca9ce6c1c299803a6c1530b514e182ad8b0042a59cad29f43",
                b: "2580f63ccfe44138870713b1a92369e33e2135d266dbb372386c400b",
                gx: "0d9029ad2c7e5cf4340823b2a87dc68c9e4ce3174c1e6efdee12c07d",
                gy: "58aa56f772c0726f24c6b89e4ecdac24354b9e99caa3f6d3761402cd",
                n: "d7c134aa264366862a18302575d0fb98d116bc4b6ddebca3a5a7939f",
            },
            Curve::BrainpoolP256 => Constants {
                p: "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
                a: "7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
                b: "26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
                gx: "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
                gy: "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
                n: "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
            },
            Curve::BrainpoolP320 => Constants {
                p: "d35e472036bc4fb7e13c785ed201e065f98fcfa6f6f40def4f92b9ec7893ec28fcd412b1f1b32e27",
                a: "3ee30b568fbab0f883ccebd46d3f3bb8a2a73513f5eb79da66190eb085ffa9f492f375a97d860eb4",
                b: "520883949dfdbc42d3ad198640688a6fe13f41349554b49acc31dccd884539816f5eb4ac8fb1f1a6",
                gx: "43bd7e9afb53d8b85289bcc48ee5bfe6f20137d10a087eb6e7871e2a10a599c710af8d0d39e20611",
                gy: "14fdd05545ec1cc8ab4093247f77275e0743ffed117182eaa9c77877aaac6ac7d35245d1692e8ee1",
                n: "d35e472036bc4fb7e13c785ed201e065f98fcfa5b68f12a32d482ec7ee8658e98691555b44c59311",
            },
            Curve::BrainpoolP384 => Constants {
                p: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
                a: "7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
                b: "04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11",
                gx: "1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
                gy: "8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
                n: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
            },
            Curve::BrainpoolP512 => Constants {
                p: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e6\
                2881ff2f2d82c68528aa6056583a48f3",
                a: "7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b5\
                7f1117a72bf2c7b9e7c1ac4d77fc94ca",
                b: "3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67\
                984050b75ebae5dd2809bd638016f723",
                gx: "81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f\
                7c6d5047406a5e688b352209bcb9f822",
                gy: "7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763ae\
                d1ca2b2fa8f0540678cd1e0f3ad80892",
                n: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac1047\
                1db1d381085ddaddb58796829ca90069",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_generator_is_on_its_curve_and_has_the_order_that_is_said() {
        for curve in Curve::ALL {
            let (domain, constants) = (curve.domain(), curve.constants());
            let (x, y) = (&domain.generator.x, &domain.generator.y);
            let b = domain.p.residue(&hex(constants.b));
            assert_eq!(y.square(), x.square().add(&domain.a).mul(x).add(&b), "{curve:?}");
            let end = domain.times(&domain.generator, &hex(constants.n));
            assert!(bool::from(end.z.is_zero()), "{curve:?}");
            assert!(!bool::from(domain.times(&domain.generator, &[7]).z.is_zero()), "{curve:?}");
        }
    }

    #[test]
    fn two_sides_agree_on_one_secret() {
        for curve in Curve::ALL {
            let domain = curve.domain();
            let [one, other] = ["one", "other"].map(|label| domain.private_key(b"SAMPLE", label));
            let secret = domain.agree(&one, &domain.public_key(&other));
            assert!(secret.is_some(), "{curve:?}");
            assert_eq!(secret, domain.agree(&other, &domain.public_key(&one)), "{curve:?}");
            assert_eq!(domain.agree(&one, &domain.public_key(&other)[1..]), None);
        }
    }
}
