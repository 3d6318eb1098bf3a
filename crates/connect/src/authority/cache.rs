//! Answers that may be used twice (docs/decisions/0025).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lineward_app::ports::{Answered, AuthorityAnswer, IssuerMatch, Standing};

/// The most answers that are remembered: some 200 bytes each. Ours.
const MOST: usize = 4_096;

/// Whole confirmations of fields and standing, for a short time and the very same question. A no, a missing record, a doubt
/// and anything about a portrait are never remembered: a person whose record was mended must not hear the old no. It lives in
/// memory only, since the digest of a question can be guessed back from a number.
#[derive(Debug)]
pub(super) struct Cache {
    life: SignedDuration,
    /// By the digest of the question: when the answer came, and what it was.
    known: BTreeMap<[u8; 32], (Timestamp, Answered)>,
}

impl Cache {
    /// An empty cache whose answers are used for `life`; with zero none is.
    pub(super) const fn new(life: SignedDuration) -> Cache {
        Cache { life, known: BTreeMap::new() }
    }

    /// The answer to the question with this digest, while it may be used.
    pub(super) fn known(&self, question: &[u8; 32], now: Timestamp) -> Option<Answered> {
        let (came_at, answered) = self.known.get(question)?;
        self.is_fresh(*came_at, now).then(|| answered.clone())
    }

    /// Remembers an answer that may be, and forgets what is known of the question when the answer does not confirm it. What
    /// was answered beside a portrait is not remembered: the answer that was signed is about that portrait too.
    pub(super) fn heard(
        &mut self,
        question: [u8; 32],
        answered: &Answered,
        shows_portrait: bool,
        now: Timestamp,
    ) {
        let AuthorityAnswer { standing, fields, portrait: _ } = answered.answer;
        let confirms = standing == Standing::Valid && fields == IssuerMatch::Match;
        if !confirms {
            self.known.remove(&question);
        }
        if !confirms || shows_portrait || self.life <= SignedDuration::ZERO {
            return;
        }
        if self.known.len() >= MOST {
            let life = self.life;
            self.known.retain(|_, (came_at, _)| now.duration_since(*came_at) < life);
        }
        // A full cache of fresh answers takes no more: asking is always right.
        if self.known.len() < MOST {
            self.known.insert(question, (now, answered.clone()));
        }
    }

    /// A clock that was set back makes nothing fresh.
    fn is_fresh(&self, came_at: Timestamp, now: Timestamp) -> bool {
        (SignedDuration::ZERO..self.life).contains(&now.duration_since(came_at))
    }
}

#[cfg(test)]
mod tests {
    use lineward_app::ports::NotValidReason;

    use super::*;

    const CONFIRMED: AuthorityAnswer = AuthorityAnswer {
        standing: Standing::Valid,
        fields: IssuerMatch::Match,
        portrait: IssuerMatch::NotOffered,
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn answered(answer: AuthorityAnswer) -> Answered {
        Answered { answer, answered_at: at(998), evidence_hash: [7; 32] }
    }

    fn cache() -> Cache {
        Cache::new(SignedDuration::from_mins(10))
    }

    #[test]
    fn a_whole_confirmation_is_used_for_its_time_with_its_own_time_and_evidence() {
        let mut cache = cache();
        cache.heard([1; 32], &answered(CONFIRMED), false, at(1_000));
        assert_eq!(cache.known(&[1; 32], at(1_599)), Some(answered(CONFIRMED)));
        for (question, now) in [([1; 32], at(1_600)), ([1; 32], at(999)), ([2; 32], at(1_001))] {
            assert_eq!(cache.known(&question, now), None, "{now}");
        }
    }

    #[test]
    fn nothing_but_a_whole_confirmation_is_remembered_and_a_no_takes_the_yes_away() {
        let others = [
            AuthorityAnswer { standing: Standing::ReportedLost, ..CONFIRMED },
            AuthorityAnswer { standing: Standing::NotValid(NotValidReason::Revoked), ..CONFIRMED },
            AuthorityAnswer::UNKNOWN,
            AuthorityAnswer { fields: IssuerMatch::NoMatch, ..CONFIRMED },
            AuthorityAnswer { fields: IssuerMatch::NotOffered, ..CONFIRMED },
        ];
        for other in others {
            for shows_portrait in [false, true] {
                let mut cache = cache();
                cache.heard([1; 32], &answered(CONFIRMED), false, at(1_000));
                cache.heard([1; 32], &answered(other), shows_portrait, at(1_001));
                assert_eq!(cache.known(&[1; 32], at(1_002)), None, "{other:?}");
            }
        }
    }

    #[test]
    fn what_was_answered_beside_a_portrait_is_not_remembered() {
        let mut cache = cache();
        for portrait in [IssuerMatch::Match, IssuerMatch::NoMatch, IssuerMatch::NotOffered] {
            cache.heard([1; 32], &answered(AuthorityAnswer { portrait, ..CONFIRMED }), true, at(1_000));
            assert_eq!(cache.known(&[1; 32], at(1_001)), None);
        }
    }

    #[test]
    fn a_life_of_zero_remembers_nothing_and_a_full_cache_takes_no_more() {
        let mut none = Cache::new(SignedDuration::ZERO);
        none.heard([1; 32], &answered(CONFIRMED), false, at(0));
        assert_eq!(none.known(&[1; 32], at(0)), None);

        let mut cache = cache();
        for n in 0..MOST + 10 {
            let mut question = [0; 32];
            question[..8].copy_from_slice(&(n as u64).to_be_bytes());
            cache.heard(question, &answered(CONFIRMED), false, at(1_000));
        }
        assert_eq!(cache.known.len(), MOST);
        cache.heard([9; 32], &answered(CONFIRMED), false, at(2_000));
        assert_eq!(cache.known.len(), 1, "what is over makes room");
    }
}
