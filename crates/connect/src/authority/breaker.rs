//! A circuit breaker: an authority that fails again and again is left alone for a while, and then tried with one question.

use jiff::{SignedDuration, Timestamp};

/// When a breaker opens and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerOptions {
    /// This many failures, one after the other, open it.
    pub failures: u32,
    /// For this long nobody is asked; then one question is let through, and another one after as long again.
    pub rest: SignedDuration,
}

impl Default for BreakerOptions {
    /// Five failures and 30 seconds, both ours: five people have met the outage before a sixth is spared the wait, and a
    /// question that goes on waiting is asked again after 30 seconds anyway.
    fn default() -> Self {
        BreakerOptions { failures: 5, rest: SignedDuration::from_secs(30) }
    }
}

/// One authority's breaker, within one process. Time is an argument: that of the request or job that asks.
#[derive(Debug)]
pub(super) struct Breaker {
    options: BreakerOptions,
    failed: u32,
    rests_until: Option<Timestamp>,
}

impl Breaker {
    /// A closed breaker: everybody may ask.
    pub(super) const fn new(options: BreakerOptions) -> Breaker {
        Breaker { options, failed: 0, rests_until: None }
    }

    /// Whether a question may be asked now. Asking whether is taking leave: of an open breaker one question a rest gets
    /// through, and if nobody ever hears what became of it (the person went away), the next rest lets another one.
    pub(super) fn lets_through(&mut self, now: Timestamp) -> bool {
        match self.rests_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                self.rests_until = Some(self.rest_from(now));
                true
            }
        }
    }

    /// An answer came: everybody may ask again.
    pub(super) const fn answered(&mut self) {
        self.failed = 0;
        self.rests_until = None;
    }

    /// No answer came that can be used.
    pub(super) fn failed(&mut self, now: Timestamp) {
        self.failed = self.failed.saturating_add(1);
        if self.failed >= self.options.failures {
            self.rests_until = Some(self.rest_from(now));
        }
    }

    /// At the end of time nobody rests any more.
    fn rest_from(&self, now: Timestamp) -> Timestamp {
        now.checked_add(self.options.rest).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn open_since_zero() -> Breaker {
        let mut breaker = Breaker::new(BreakerOptions::default());
        for _ in 0..5 {
            assert!(breaker.lets_through(at(0)));
            breaker.failed(at(0));
        }
        breaker
    }

    #[test]
    fn failures_one_after_the_other_open_it_and_an_answer_between_them_does_not() {
        assert!(!open_since_zero().lets_through(at(29)));
        let mut breaker = Breaker::new(BreakerOptions::default());
        for _ in 0..20 {
            (0..4).for_each(|_| breaker.failed(at(0)));
            breaker.answered();
        }
        assert!(breaker.lets_through(at(0)));
    }

    #[test]
    fn after_a_rest_one_question_is_let_through_and_its_answer_closes_it() {
        let mut breaker = open_since_zero();
        assert!(breaker.lets_through(at(30)));
        assert!(!breaker.lets_through(at(30)), "one only");
        breaker.answered();
        assert!(breaker.lets_through(at(30)) && breaker.lets_through(at(30)));
    }

    #[test]
    fn a_failed_trial_is_another_rest_and_so_is_one_that_nobody_heard_of() {
        let mut breaker = open_since_zero();
        assert!(breaker.lets_through(at(30)));
        breaker.failed(at(35));
        assert!(!breaker.lets_through(at(64)));
        assert!(breaker.lets_through(at(65)));
        assert!(!breaker.lets_through(at(94)));
        assert!(breaker.lets_through(at(95)));
    }
}
