//! Verification on a curve in variable time: `u1 G + u2 Q` and the comparison of its x coordinate.
//!
//! Everything here is public. That allows what the constant-time arithmetic of RustCrypto must not do: formulas with
//! exceptions (Jacobian coordinates instead of complete ones), digits of the scalars that skip additions, tables read at
//! the place needed. It is up to four times as fast (docs/decisions/0022), and the tests hold it to RustCrypto's result.

/// Odd multiples of the base point are kept up to 2^6: a digit other than 0 comes in one of 8 places.
const BASE_WINDOW: u32 = 7;
/// Odd multiples of a public key, made anew for each signature, up to 2^4: the cheapest for 224 to 521 bits.
const KEY_WINDOW: u32 = 5;

/// Limbs of a square on the longest curve, P-521.
const WIDE: usize = 18;

/// An integer or an element of a field, least significant limb first; elements are in Montgomery form.
type Limbs<const N: usize> = [u64; N];

/// What is known of a curve beforehand.
pub(super) struct Domain<const N: usize> {
    field: Field<N>,
    a: Limbs<N>,
    /// `a` is -3 on the curves of NIST, which saves two multiplications in each doubling.
    a_is_minus_three: bool,
    order: Limbs<N>,
    /// The odd multiples of the base point.
    base: Vec<Affine<N>>,
}

#[derive(Clone, Copy)]
struct Affine<const N: usize> {
    x: Limbs<N>,
    y: Limbs<N>,
}

/// The point (x / z^2, y / z^3); infinity where z is 0.
#[derive(Clone, Copy)]
struct Jacobian<const N: usize> {
    x: Limbs<N>,
    y: Limbs<N>,
    z: Limbs<N>,
}

/// A point that is added often, with the powers of its z.
struct Prepared<const N: usize> {
    point: Jacobian<N>,
    z2: Limbs<N>,
    z3: Limbs<N>,
}

impl<const N: usize> Domain<N> {
    /// Of big-endian integers; `base` is x and y, one after another.
    pub(super) fn new(p: &[u8], a: &[u8], base: &[u8], n: &[u8]) -> Self {
        let field = Field::new(limbs(p));
        let three = field.add(&field.double(&field.one), &field.one);
        let a = field.element(a);
        let a_is_minus_three = field.add(&a, &three) == [0; N];
        let mut domain = Self { field, a, a_is_minus_three, order: limbs(n), base: Vec::new() };
        let multiples = domain.odd_multiples(domain.point(base), BASE_WINDOW);
        domain.base = domain.normalized(&multiples);
        domain
    }

    /// Whether the x coordinate of `u1 G + u2 Q`, modulo the order, is `r`. `q` is x and y of a point of the curve, one
    /// after another; the others are big-endian and below the order.
    pub(super) fn x_is(&self, u1: &[u8], u2: &[u8], q: &[u8], r: &[u8]) -> bool {
        let sum = self.double_multiply(u1, u2, self.point(q));
        if sum.z == [0; N] {
            return false;
        }
        // x is X / Z^2, so that no inversion is needed; it is r, or r + n where that is still below p.
        let field = &self.field;
        let zz = field.square(&sum.z);
        let is = |x: &Limbs<N>| field.mul(&field.mul(x, &field.r2), &zz) == sum.x;
        let r = limbs(r);
        let (next, carry) = add_limbs(&r, &self.order);
        is(&r) || (!carry && less(&next, &field.modulus) && is(&next))
    }

    /// `u1 G + u2 Q`, both scalars read at once from the most significant digit (Straus).
    fn double_multiply(&self, u1: &[u8], u2: &[u8], q: Jacobian<N>) -> Jacobian<N> {
        let key = self.odd_multiples(q, KEY_WINDOW);
        let key: Vec<Prepared<N>> = key.into_iter().map(|point| self.prepared(point)).collect();
        let (of_base, of_key) = (digits(u1, BASE_WINDOW), digits(u2, KEY_WINDOW));
        let mut sum = Jacobian::INFINITY;
        for place in (0..of_base.len().max(of_key.len())).rev() {
            sum = self.double(&sum);
            let digit = |digits: &[i8]| digits.get(place).copied().unwrap_or(0);
            let (base_digit, key_digit) = (digit(&of_base), digit(&of_key));
            if let (1.., Some(point)) = (base_digit.abs(), self.base.get(index(base_digit))) {
                let y = if base_digit < 0 { self.field.negative(&point.y) } else { point.y };
                sum = self.add_affine(&sum, &Affine { x: point.x, y });
            }
            if let (1.., Some(point)) = (key_digit.abs(), key.get(index(key_digit))) {
                sum = self.add(&sum, point, key_digit < 0);
            }
        }
        sum
    }

    /// `P, 3 P, 5 P, ...`, as many as the digits of a window need.
    fn odd_multiples(&self, point: Jacobian<N>, window: u32) -> Vec<Jacobian<N>> {
        let twice = self.prepared(self.double(&point));
        let next = |last: &Jacobian<N>| Some(self.add(last, &twice, false));
        std::iter::successors(Some(point), next).take(1 << (window - 2)).collect()
    }

    fn point(&self, coordinates: &[u8]) -> Jacobian<N> {
        let (x, y) = coordinates.split_at(coordinates.len() / 2);
        Jacobian { x: self.field.element(x), y: self.field.element(y), z: self.field.one }
    }

    fn prepared(&self, point: Jacobian<N>) -> Prepared<N> {
        let z2 = self.field.square(&point.z);
        Prepared { point, z2, z3: self.field.mul(&z2, &point.z) }
    }

    /// With z = 1. One inversion does for all points, none of which is infinity: that of the product of their z.
    fn normalized(&self, points: &[Jacobian<N>]) -> Vec<Affine<N>> {
        let field = &self.field;
        let mut product = field.one;
        let mut before = Vec::with_capacity(points.len());
        for point in points {
            before.push(product);
            product = field.mul(&product, &point.z);
        }
        let mut inverse = field.inverse(&product);
        let mut affine = Vec::with_capacity(points.len());
        for (point, before) in points.iter().zip(before).rev() {
            let of_z = field.mul(&inverse, &before);
            inverse = field.mul(&inverse, &point.z);
            let square = field.square(&of_z);
            let y = field.mul(&point.y, &field.mul(&square, &of_z));
            affine.push(Affine { x: field.mul(&point.x, &square), y });
        }
        affine.reverse();
        affine
    }

    /// Explicit-Formulas Database, `dbl-2001-b` (a = -3) and `dbl-2007-bl`. Infinity and points of order 2 give z = 0.
    fn double(&self, point: &Jacobian<N>) -> Jacobian<N> {
        let field = &self.field;
        let Jacobian { x, y, z } = point;
        let (zz, yy) = (field.square(z), field.square(y));
        let four_beta = field.double(&field.double(&field.mul(x, &yy)));
        let slope = if self.a_is_minus_three {
            let product = field.mul(&field.sub(x, &zz), &field.add(x, &zz));
            field.add(&field.double(&product), &product)
        } else {
            let xx = field.square(x);
            let a_z4 = field.mul(&self.a, &field.square(&zz));
            field.add(&field.add(&field.double(&xx), &xx), &a_z4)
        };
        let x3 = field.sub(&field.square(&slope), &field.double(&four_beta));
        let eight_y4 = field.double(&field.double(&field.double(&field.square(&yy))));
        let y3 = field.sub(&field.mul(&slope, &field.sub(&four_beta, &x3)), &eight_y4);
        let z3 = field.sub(&field.sub(&field.square(&field.add(y, z)), &yy), &zz);
        Jacobian { x: x3, y: y3, z: z3 }
    }

    /// `p + q`, or `p - q`.
    fn add(&self, p: &Jacobian<N>, q: &Prepared<N>, negative: bool) -> Jacobian<N> {
        let field = &self.field;
        let y2 = if negative { field.negative(&q.point.y) } else { q.point.y };
        if p.z == [0; N] {
            return Jacobian { y: y2, ..q.point };
        }
        if q.point.z == [0; N] {
            return *p;
        }
        let zz = field.square(&p.z);
        let (u1, u2) = (field.mul(&p.x, &q.z2), field.mul(&q.point.x, &zz));
        let (s1, s2) = (field.mul(&p.y, &q.z3), field.mul(&y2, &field.mul(&p.z, &zz)));
        self.add_aligned(p, [&u1, &s1], [&u2, &s2], &field.mul(&p.z, &q.point.z))
    }

    /// `p + q`.
    fn add_affine(&self, p: &Jacobian<N>, q: &Affine<N>) -> Jacobian<N> {
        let field = &self.field;
        if p.z == [0; N] {
            return Jacobian { x: q.x, y: q.y, z: field.one };
        }
        let zz = field.square(&p.z);
        let (u2, s2) = (field.mul(&q.x, &zz), field.mul(&q.y, &field.mul(&p.z, &zz)));
        self.add_aligned(p, [&p.x, &p.y], [&u2, &s2], &p.z)
    }

    /// The sum of `p` and another point, whose coordinates [x, y] were brought to one z: Explicit-Formulas Database,
    /// `add-1998-cmo-2`.
    fn add_aligned(
        &self,
        p: &Jacobian<N>,
        [u1, s1]: [&Limbs<N>; 2],
        [u2, s2]: [&Limbs<N>; 2],
        z: &Limbs<N>,
    ) -> Jacobian<N> {
        let field = &self.field;
        let (h, r) = (field.sub(u2, u1), field.sub(s2, s1));
        if h == [0; N] {
            // The same x: the same point, or its negative.
            return if r == [0; N] { self.double(p) } else { Jacobian::INFINITY };
        }
        let hh = field.square(&h);
        let (hhh, v) = (field.mul(&hh, &h), field.mul(u1, &hh));
        let x = field.sub(&field.sub(&field.square(&r), &hhh), &field.double(&v));
        let y = field.sub(&field.mul(&r, &field.sub(&v, &x)), &field.mul(s1, &hhh));
        Jacobian { x, y, z: field.mul(z, &h) }
    }
}

impl<const N: usize> Jacobian<N> {
    const INFINITY: Self = Self { x: [0; N], y: [0; N], z: [0; N] };
}

/// Integers modulo an odd prime, in Montgomery form: x stands as x R modulo p, where R is 2^(64 N), and 1 for P-521.
struct Field<const N: usize> {
    modulus: Limbs<N>,
    /// -1 / p modulo 2^64.
    inverse: u64,
    /// Whether p is 2^521 - 1: 2^521 is 1, so that R is 1 and nothing is divided.
    mersenne: bool,
    /// R modulo p, which stands for 1.
    one: Limbs<N>,
    /// R^2 modulo p.
    r2: Limbs<N>,
}

impl<const N: usize> Field<N> {
    fn new(modulus: Limbs<N>) -> Self {
        // Newton: each step doubles the bits that are right, from the 3 of p itself.
        let p0 = modulus[0];
        let inverse = (0..5).fold(p0, |x, _| x.wrapping_mul(2u64.wrapping_sub(p0.wrapping_mul(x))));
        let mersenne = N == 9
            && modulus.iter().enumerate().all(|(i, limb)| *limb == if i == 8 { 0x1FF } else { u64::MAX });
        let zero = [0; N];
        let mut unit = zero;
        unit[0] = 1;
        let mut field = Self { modulus, inverse: inverse.wrapping_neg(), mersenne, one: unit, r2: unit };
        if mersenne {
            return field;
        }
        field.one = (0..64 * N).fold(unit, |x, _| field.double(&x));
        field.r2 = (0..64 * N).fold(field.one, |x, _| field.double(&x));
        field
    }

    /// A big-endian integer below p, in Montgomery form.
    fn element(&self, octets: &[u8]) -> Limbs<N> {
        self.mul(&limbs(octets), &self.r2)
    }

    #[inline]
    fn add(&self, a: &Limbs<N>, b: &Limbs<N>) -> Limbs<N> {
        let (sum, carry) = add_limbs(a, b);
        self.reduced(sum, carry)
    }

    #[inline]
    fn double(&self, a: &Limbs<N>) -> Limbs<N> {
        self.add(a, a)
    }

    #[inline]
    fn sub(&self, a: &Limbs<N>, b: &Limbs<N>) -> Limbs<N> {
        let (difference, borrow) = sub_limbs(a, b);
        let mask = u64::from(borrow).wrapping_neg();
        add_limbs(&difference, &self.modulus.map(|limb| limb & mask)).0
    }

    fn negative(&self, a: &Limbs<N>) -> Limbs<N> {
        self.sub(&[0; N], a)
    }

    /// a^2 / R modulo p. Each product of two limbs is made once and doubled, which saves a third of the time of `mul`.
    fn square(&self, a: &Limbs<N>) -> Limbs<N> {
        const { assert!(2 * N <= WIDE) };
        let mut t = [0; WIDE];
        for i in 0..N {
            let mut carry = 0;
            for j in i + 1..N {
                (t[i + j], carry) = multiply_add(a[i], a[j], t[i + j], carry);
            }
            t[i + N] = carry;
        }
        let (mut carry, mut shifted) = (0, 0);
        for i in 0..N {
            let (even, odd) = (t[2 * i], t[2 * i + 1]);
            let (low, high) = multiply_add(a[i], a[i], even << 1 | shifted, carry);
            let (high, over) = high.overflowing_add(odd << 1 | even >> 63);
            (t[2 * i], t[2 * i + 1]) = (low, high);
            (carry, shifted) = (u64::from(over), odd >> 63);
        }
        if N == 9 && self.mersenne {
            self.folded(std::array::from_fn(|i| t[i]), std::array::from_fn(|i| t[i + N]))
        } else {
            self.divided(t)
        }
    }

    /// a b / R modulo p (Koç, Acar, Kaliski 1996: coarsely integrated operand scanning).
    fn mul(&self, a: &Limbs<N>, b: &Limbs<N>) -> Limbs<N> {
        if N == 9 && self.mersenne {
            return self.mul_mersenne(a, b);
        }
        let p = &self.modulus;
        let mut t = [0; N];
        let mut above = false;
        for b in b {
            let mut carry = 0;
            for (t, a) in t.iter_mut().zip(a) {
                (*t, carry) = multiply_add(*a, *b, *t, carry);
            }
            let (top, over) = carry.overflowing_add(u64::from(above));
            let m = t[0].wrapping_mul(self.inverse);
            let (_, mut carry) = multiply_add(m, p[0], t[0], 0);
            for j in 1..N {
                (t[j - 1], carry) = multiply_add(m, p[j], t[j], carry);
            }
            let (last, over_again) = top.overflowing_add(carry);
            t[N - 1] = last;
            above = over || over_again;
        }
        self.reduced(t, above)
    }

    /// a b modulo 2^521 - 1.
    fn mul_mersenne(&self, a: &Limbs<N>, b: &Limbs<N>) -> Limbs<N> {
        let (mut low, mut high) = ([0; N], [0; N]);
        for (low, b) in low.iter_mut().zip(b) {
            let mut carry;
            (*low, carry) = multiply_add(a[0], *b, high[0], 0);
            for j in 1..N {
                (high[j - 1], carry) = multiply_add(a[j], *b, high[j], carry);
            }
            high[N - 1] = carry;
        }
        self.folded(low, high)
    }

    /// `high R' + low` modulo 2^521 - 1, where R' is 2^576: what lies above the 521 bits is added to them.
    #[inline]
    fn folded(&self, mut low: Limbs<N>, high: Limbs<N>) -> Limbs<N> {
        let above = std::array::from_fn(|i| {
            let below = if i == 0 { low[N - 1] } else { high[i - 1] };
            below >> 9 | high[i] << 55
        });
        low[N - 1] &= 0x1FF;
        let (sum, carry) = add_limbs(&low, &above);
        self.reduced(sum, carry)
    }

    /// t / R modulo p, by adding the multiple of p that empties the lower half.
    #[inline]
    fn divided(&self, mut t: [u64; WIDE]) -> Limbs<N> {
        let mut above = false;
        for i in 0..N {
            let m = t[i].wrapping_mul(self.inverse);
            let mut carry = 0;
            for j in 0..N {
                (t[i + j], carry) = multiply_add(m, self.modulus[j], t[i + j], carry);
            }
            let (sum, over) = t[i + N].overflowing_add(carry);
            let (sum, over_again) = sum.overflowing_add(u64::from(above));
            t[i + N] = sum;
            above = over || over_again;
        }
        self.reduced(std::array::from_fn(|i| t[i + N]), above)
    }

    /// 1 / a, by Fermat; 0 for 0.
    fn inverse(&self, a: &Limbs<N>) -> Limbs<N> {
        let mut two = [0; N];
        two[0] = 2;
        let (exponent, _) = sub_limbs(&self.modulus, &two);
        let bit = |i: usize| exponent[i / 64] >> (i % 64) & 1 == 1;
        (0..64 * N).rev().fold(self.one, |power, i| {
            let power = self.square(&power);
            if bit(i) { self.mul(&power, a) } else { power }
        })
    }

    /// An integer below 2 p, whose highest bit is `carry`, modulo p. The choice is made without a branch, which would be
    /// guessed wrong every other time.
    #[inline]
    fn reduced(&self, a: Limbs<N>, carry: bool) -> Limbs<N> {
        let (less, borrow) = sub_limbs(&a, &self.modulus);
        let keep = u64::from(borrow && !carry).wrapping_neg();
        std::array::from_fn(|i| (a[i] & keep) | (less[i] & !keep))
    }
}

/// a b + c + d, low and high.
#[inline(always)]
fn multiply_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let wide = u128::from(a) * u128::from(b) + u128::from(c) + u128::from(d);
    (wide as u64, (wide >> 64) as u64)
}

#[inline(always)]
fn add_limbs<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> (Limbs<N>, bool) {
    let mut carry = false;
    let sum = std::array::from_fn(|i| {
        let (once, first) = a[i].overflowing_add(b[i]);
        let (twice, second) = once.overflowing_add(u64::from(carry));
        carry = first || second;
        twice
    });
    (sum, carry)
}

#[inline(always)]
fn sub_limbs<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> (Limbs<N>, bool) {
    let mut borrow = false;
    let difference = std::array::from_fn(|i| {
        let (once, first) = a[i].overflowing_sub(b[i]);
        let (twice, second) = once.overflowing_sub(u64::from(borrow));
        borrow = first || second;
        twice
    });
    (difference, borrow)
}

fn less<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> bool {
    sub_limbs(a, b).1
}

/// From big-endian octets; those above the highest limb are left out.
fn limbs<const N: usize>(octets: &[u8]) -> Limbs<N> {
    let mut limbs = [0; N];
    for (limb, chunk) in limbs.iter_mut().zip(octets.rchunks(8)) {
        *limb = chunk.iter().fold(0, |limb, octet| limb << 8 | u64::from(*octet));
    }
    limbs
}

/// The digits of a big-endian integer, least significant first: 0 or odd, below 2^(window - 1) in size, and after each odd
/// one at least `window - 1` zeros.
fn digits(integer: &[u8], window: u32) -> Vec<i8> {
    let bits = integer.len() * 8;
    let bit = |i: usize| i < bits && integer[integer.len() - 1 - i / 8] >> (i % 8) & 1 == 1;
    // One place more for a last carry.
    let mut digits = vec![0; bits + 1];
    let (mut place, mut carry) = (0, 0);
    while place <= bits {
        if u16::from(bit(place)) == carry {
            place += 1;
            continue;
        }
        let word = (0..window as usize).fold(carry, |word, i| word + (u16::from(bit(place + i)) << i));
        carry = word >> (window - 1);
        // Below 2^(window - 1) in size, so that nothing is lost.
        digits[place] = (word as i16 - ((carry as i16) << window)) as i8;
        place += window as usize;
    }
    digits
}

/// Where the odd multiple for a digit stands.
fn index(digit: i8) -> usize {
    usize::from(digit.unsigned_abs() / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All points of a small curve of prime order: 229 points on y^2 = x^3 + a x + b modulo 251, none of them of small
    /// order, with every pair of scalars. All exceptions of the formulas come up, and x coordinates between n and p.
    fn check_small_curve(a: i64, base: (i64, i64)) {
        const P: i64 = 251;
        const N: i64 = 229;
        let octet = |integer: i64| [integer.rem_euclid(P) as u8];
        let domain = Domain::<1>::new(&[P as u8], &octet(a), &[base.0 as u8, base.1 as u8], &[N as u8]);
        assert_eq!(domain.a_is_minus_three, a == -3);

        let invert = |n: i64| (1..P).find(|i| n.rem_euclid(P) * i % P == 1).unwrap();
        let add = |p: Option<(i64, i64)>, q: Option<(i64, i64)>| {
            let (Some((x1, y1)), Some((x2, y2))) = (p, q) else { return p.or(q) };
            if x1 == x2 && (y1 + y2) % P == 0 {
                return None;
            }
            let slope =
                if x1 == x2 { (3 * x1 * x1 + a) * invert(2 * y1) } else { (y2 - y1) * invert(x2 - x1) };
            let slope = slope.rem_euclid(P);
            let x = (slope * slope - x1 - x2).rem_euclid(P);
            Some((x, (slope * (x1 - x) - y1).rem_euclid(P)))
        };
        let mut multiples = vec![None];
        for _ in 1..N {
            multiples.push(add(*multiples.last().unwrap(), Some(base)));
        }
        assert_eq!(add(multiples[N as usize - 1], Some(base)), None);

        for q in [1, 2, 3, 5, 114, 226, 227, 228] {
            let (x, y) = multiples[q].unwrap();
            for u1 in 0..N as usize {
                for u2 in 0..N as usize {
                    let sum = multiples[(u1 + u2 * q) % N as usize];
                    let r = sum.map_or(0, |(x, _)| x % N) as u8;
                    let found = domain.x_is(&[u1 as u8], &[u2 as u8], &[x as u8, y as u8], &[r]);
                    assert_eq!(found, sum.is_some(), "{u1} G + {u2} * {q} G");
                    let other = domain.x_is(&[u1 as u8], &[u2 as u8], &[x as u8, y as u8], &[r ^ 1]);
                    assert!(!other || sum.is_some_and(|(x, _)| x % N == i64::from(r ^ 1)));
                }
            }
        }
    }

    #[test]
    fn every_sum_on_a_small_curve_is_right() {
        check_small_curve(-3, (1, 110));
        check_small_curve(7, (0, 33));
    }

    #[test]
    fn digits_add_up_to_the_integer() {
        for window in [KEY_WINDOW, BASE_WINDOW] {
            for integer in (0..=u16::MAX).step_by(13).chain([u16::MAX]) {
                let digits = digits(&integer.to_be_bytes(), window);
                let sum = digits.iter().rev().fold(0i64, |sum, digit| 2 * sum + i64::from(*digit));
                assert_eq!(sum, i64::from(integer), "{window}");
                assert!(
                    digits.iter().all(|d| *d == 0 || (d % 2 != 0 && i16::from(*d).abs() < 1 << (window - 1)))
                );
            }
        }
    }

    #[test]
    fn multiplication_modulo_2_521_minus_1_is_that_of_montgomery() {
        let mut modulus = [u64::MAX; 9];
        modulus[8] = 0x1FF;
        let shifted = Field::new(modulus);
        let plain = Field { mersenne: false, ..Field::new(modulus) };
        let sum = |x: &Limbs<9>| (0..64 * 9).fold(*x, |x, _| plain.double(&x));
        let r2 = sum(&sum(&shifted.one));
        let mut a = shifted.sub(&[0; 9], &shifted.one);
        for _ in 0..200 {
            let b = shifted.add(&shifted.mul(&a, &a), &shifted.one);
            assert_eq!(shifted.mul(&a, &b), plain.mul(&plain.mul(&a, &b), &r2));
            assert_eq!(shifted.square(&a), shifted.mul(&a, &a));
            assert_eq!(plain.square(&a), plain.mul(&a, &a));
            a = b;
        }
        assert_eq!(shifted.mul(&a, &shifted.inverse(&a)), shifted.one);
    }

    fn check_squares<const N: usize>(modulus: Limbs<N>) {
        let field = Field::new(modulus);
        let mut a = field.sub(&[0; N], &field.one);
        for _ in 0..500 {
            assert_eq!(field.square(&a), field.mul(&a, &a));
            a = field.add(&field.mul(&a, &field.r2), &field.one);
        }
        for a in [
            [0; N],
            field.one,
            field.negative(&{
                let mut one = [0; N];
                one[0] = 1;
                one
            }),
        ] {
            assert_eq!(field.square(&a), field.mul(&a, &a));
        }
    }

    #[test]
    fn squares_are_products() {
        check_squares([251]);
        check_squares([u64::MAX, 0xFFFF_FFFF, 0, 0xFFFF_FFFF_0000_0001]);
        check_squares([u64::MAX; 5]);
        check_squares([u64::MAX; 6]);
        check_squares([u64::MAX; 8]);
        let mut mersenne = [u64::MAX; 9];
        mersenne[8] = 0x1FF;
        check_squares(mersenne);
    }
}
