//! Error rates from scores (ISO/IEC 19795-1).

use super::{Best, PointOrigin, RatePoint};

/// One pair's score; `None` when an image of it was not acquired.
pub(super) struct Scored<'a> {
    pub(super) same: bool,
    pub(super) group: Option<&'a str>,
    pub(super) score: Option<f32>,
}

/// The scores of a set of pairs, each list ascending.
pub(super) struct Rates {
    genuine: Vec<f32>,
    impostor: Vec<f32>,
    genuine_failed: usize,
    impostor_failed: usize,
}

impl Rates {
    pub(super) fn of<'a>(scored: impl Iterator<Item = &'a Scored<'a>>) -> Rates {
        let mut rates =
            Rates { genuine: Vec::new(), impostor: Vec::new(), genuine_failed: 0, impostor_failed: 0 };
        for pair in scored {
            match (pair.same, pair.score) {
                (true, Some(score)) => rates.genuine.push(score),
                (false, Some(score)) => rates.impostor.push(score),
                (true, None) => rates.genuine_failed += 1,
                (false, None) => rates.impostor_failed += 1,
            }
        }
        rates.genuine.sort_by(f32::total_cmp);
        rates.impostor.sort_by(f32::total_cmp);
        rates
    }

    pub(super) fn pairs(&self) -> usize {
        self.genuine.len() + self.impostor.len() + self.genuine_failed + self.impostor_failed
    }

    /// Share of pairs on the right side; a failed pair is a `non_match`.
    pub(super) fn accuracy(&self, threshold: f32) -> f64 {
        let right = (self.genuine.len() - below(&self.genuine, threshold))
            + below(&self.impostor, threshold)
            + self.impostor_failed;
        rate(right, self.pairs()).unwrap_or(0.0)
    }

    /// The threshold with the best accuracy; `None` unless there are scores of both kinds.
    pub(super) fn best(&self) -> Option<Best> {
        if self.genuine.is_empty() || self.impostor.is_empty() {
            return None;
        }
        // Only at a score does the accuracy change; above all of them everything is a `non_match`.
        let candidates = self.genuine.iter().copied().chain([1.1]);
        let accuracies = candidates.map(|threshold| Best { threshold, accuracy: self.accuracy(threshold) });
        accuracies.reduce(|best, next| if next.accuracy > best.accuracy { next } else { best })
    }

    pub(super) fn at(&self, threshold: f32, origin: PointOrigin) -> RatePoint {
        let false_matches = self.impostor.len() - below(&self.impostor, threshold);
        RatePoint {
            threshold,
            origin,
            fmr: rate(false_matches, self.impostor.len()),
            fnmr: rate(below(&self.genuine, threshold), self.genuine.len()),
            fmr_upper95: (!self.impostor.is_empty()).then(|| upper95(false_matches, self.impostor.len())),
        }
    }

    /// Points at 1e-1, 1e-2 ... as far as there are impostor pairs to see such a rate at all.
    pub(super) fn resolvable_points(&self) -> Vec<RatePoint> {
        let n = self.impostor.len();
        let targets = (1..=6).map(|power| 10f64.powi(-power)).take_while(|fmr| fmr * n as f64 >= 1.0 - 1e-9);
        let point = |fmr: f64| {
            let allowed = (fmr * n as f64 + 1e-9).floor() as usize;
            // The highest score that must stay below: the threshold is the next number above it.
            let highest = self.impostor.get(n.checked_sub(allowed + 1)?)?;
            Some(self.at(highest.next_up(), PointOrigin::TargetFmr(fmr)))
        };
        targets.filter_map(point).collect()
    }
}

/// How many scores lie below the threshold.
fn below(ascending: &[f32], threshold: f32) -> usize {
    ascending.partition_point(|&score| score < threshold)
}

/// A share of what was seen; `None` when nothing was.
fn rate(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Upper end of the one-sided 95 % Clopper-Pearson interval for `k` events among `n`: the rate at which seeing at most `k`
/// has probability 0.05. 1 when nothing was observed.
fn upper95(k: usize, n: usize) -> f64 {
    if k >= n {
        return 1.0;
    }
    let at_most_k = |p: f64| {
        // Binomial terms by recurrence, in logarithms: the first underflows when n is large.
        let odds = (p / (1.0 - p)).ln();
        let mut log_term = n as f64 * (-p).ln_1p();
        let mut sum = log_term.exp();
        for i in 1..=k {
            log_term += ((n - i + 1) as f64 / i as f64).ln() + odds;
            sum += log_term.exp();
        }
        sum
    };
    let (mut low, mut high) = (k as f64 / n as f64, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if at_most_k(middle) > 0.05 { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(same: bool, scores: &[f32]) -> Vec<Scored<'static>> {
        scores.iter().map(|&score| Scored { same, group: None, score: Some(score) }).collect()
    }

    #[test]
    fn clopper_pearson_agrees_with_published_values() {
        // 0 of 300: the rule of three gives 0.0100; exactly 1 - 0.05^(1/300). 1 of 10: 0.3942; 5 of 100: 0.1023.
        for (k, n, expected) in
            [(0, 300, 0.009936), (1, 10, 0.394163), (5, 100, 0.102253), (0, 0, 1.0), (7, 7, 1.0)]
        {
            assert!((upper95(k, n) - expected).abs() < 1e-5, "{k} of {n}: {}", upper95(k, n));
        }
    }

    #[test]
    fn rates_and_accuracy_count_what_lies_on_the_wrong_side() {
        let mut all = scored(true, &[0.9, 0.6, 0.3]);
        all.extend(scored(false, &[0.1, 0.2, 0.5, 0.05]));
        all.push(Scored { same: true, group: None, score: None });
        let rates = Rates::of(all.iter());
        let point = rates.at(0.5, PointOrigin::Pack);
        assert_eq!((point.fmr, point.fnmr), (Some(0.25), Some(1.0 / 3.0)));
        assert_eq!(rates.accuracy(0.5), 5.0 / 8.0);
        assert_eq!(rates.best(), Some(Best { threshold: 0.3, accuracy: 6.0 / 8.0 }));
    }

    #[test]
    fn no_rate_is_stated_of_pairs_that_are_not_there() {
        let genuine = Rates::of(scored(true, &[0.9, 0.1]).iter());
        let point = genuine.at(0.5, PointOrigin::Pack);
        assert_eq!((point.fmr, point.fmr_upper95, point.fnmr), (None, None, Some(0.5)));
        let impostor = Rates::of(scored(false, &[0.9, 0.1]).iter());
        let point = impostor.at(0.5, PointOrigin::Pack);
        assert_eq!((point.fmr, point.fnmr), (Some(0.5), None));
        assert_eq!((genuine.best(), impostor.best()), (None, None));
    }

    #[test]
    fn only_rates_that_the_number_of_pairs_can_show_are_stated() {
        let scores: Vec<f32> = (0..300).map(|i| i as f32 / 1000.0).collect();
        let points = Rates::of(scored(false, &scores).iter()).resolvable_points();
        assert_eq!(points.iter().map(|p| p.fmr).collect::<Vec<_>>(), [Some(0.1), Some(0.01)]);
        assert!(points.iter().all(|p| p.fnmr.is_none() && p.fmr_upper95 > p.fmr));
    }
}
