//! A line's kinds and states, and the one table of its moves.

use crate::codes;

codes! {
    /// What a line is.
    pub enum LineKind {
        /// A mobile number.
        Mobile = "mobile",
        /// A landline number.
        FixedVoice = "fixed_voice",
        /// Internet access.
        Broadband = "broadband",
        /// A machine's line, without a person's use.
        Machine = "machine",
    }
}

codes! {
    /// How a line is paid.
    pub enum Payment {
        /// Paid before use.
        Prepaid = "prepaid",
        /// Paid after use.
        Postpaid = "postpaid",
        /// Not paid by itself.
        None = "none",
    }
}

codes! {
    /// Lines that are counted together against a cap.
    pub enum KindGroup {
        /// Mobile numbers.
        Mobile = "mobile",
        /// Landlines and internet access.
        Fixed = "fixed",
        /// Machines; country rules leave these out of the person's cap (RULES.md, NG: IoT exempt).
        Machine = "machine",
    }
}

impl LineKind {
    /// The group this kind is counted in.
    pub const fn group(self) -> KindGroup {
        match self {
            LineKind::Mobile => KindGroup::Mobile,
            LineKind::FixedVoice | LineKind::Broadband => KindGroup::Fixed,
            LineKind::Machine => KindGroup::Machine,
        }
    }
}

codes! {
    /// Where a line stands.
    pub enum LineState {
        /// Asked for; nobody has decided.
        Requested = "requested",
        /// Decided in the applicant's favour; the network knows nothing yet.
        Approved = "approved",
        /// Ordered from the network.
        Activating = "activating",
        /// In service.
        Active = "active",
        /// Outgoing off.
        Limited = "limited",
        /// Both ways off, emergency calls on.
        Suspended = "suspended",
        /// Its end is ordered from the network.
        Closing = "closing",
        /// Ended; the number is held back and the line can still be restored.
        Closed = "closed",
        /// Final: the number may go to someone else.
        Released = "released",
    }
}

codes! {
    /// What can happen to a line.
    pub enum LineEvent {
        /// The application was approved.
        Approve = "approve",
        /// The application ended without approval.
        Drop = "drop",
        /// The network was asked to activate.
        OrderActivation = "order_activation",
        /// The network gave up on activating.
        ActivationFailed = "activation_failed",
        /// The network confirmed the activation.
        ConfirmActive = "confirm_active",
        /// Outgoing use is switched off.
        Limit = "limit",
        /// Both ways are switched off.
        Suspend = "suspend",
        /// Full service is switched on again.
        Resume = "resume",
        /// The network was asked to end the line.
        OrderClosure = "order_closure",
        /// The network confirmed the end.
        ConfirmClosed = "confirm_closed",
        /// A closed line is ordered back.
        Restore = "restore",
        /// The hold on the number is over.
        Release = "release",
    }
}

/// Every move a line may make. A pair that is not here is refused.
pub const MOVES: &[(LineState, LineEvent, LineState)] = {
    use LineEvent as E;
    use LineState as S;
    &[
        (S::Requested, E::Approve, S::Approved),
        (S::Requested, E::Drop, S::Released),
        (S::Approved, E::OrderActivation, S::Activating),
        (S::Approved, E::Drop, S::Released),
        (S::Activating, E::ConfirmActive, S::Active),
        (S::Activating, E::ActivationFailed, S::Approved),
        (S::Active, E::Limit, S::Limited),
        (S::Active, E::Suspend, S::Suspended),
        (S::Active, E::OrderClosure, S::Closing),
        (S::Limited, E::Suspend, S::Suspended),
        (S::Limited, E::Resume, S::Active),
        (S::Limited, E::OrderClosure, S::Closing),
        (S::Suspended, E::Limit, S::Limited),
        (S::Suspended, E::Resume, S::Active),
        (S::Suspended, E::OrderClosure, S::Closing),
        (S::Closing, E::ConfirmClosed, S::Closed),
        (S::Closed, E::Restore, S::Activating),
        (S::Closed, E::Release, S::Released),
    ]
};

/// A move that the table does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a line that is {state} cannot take {event}")]
pub struct NoSuchMove {
    /// Where the line stands.
    pub state: LineState,
    /// What was asked of it.
    pub event: LineEvent,
}

impl LineState {
    /// The state after `event`.
    ///
    /// # Errors
    /// [`NoSuchMove`] when [`MOVES`] does not name the pair.
    ///
    /// ```
    /// use lineward_core::line::{LineEvent, LineState};
    /// assert_eq!(LineState::Requested.after(LineEvent::Approve), Ok(LineState::Approved));
    /// assert!(LineState::Requested.after(LineEvent::ConfirmActive).is_err());
    /// ```
    pub fn after(self, event: LineEvent) -> Result<LineState, NoSuchMove> {
        MOVES
            .iter()
            .find(|(from, on, _)| *from == self && *on == event)
            .map(|(_, _, to)| *to)
            .ok_or(NoSuchMove { state: self, event })
    }

    /// Whether the line counts against its holder's cap.
    pub const fn counts(self) -> bool {
        !matches!(self, LineState::Requested | LineState::Closed | LineState::Released)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Path = [(LineState, LineEvent, LineState)];

    /// Walks every sequence of at most `depth` events from `requested` and shows each step to `see`.
    fn walk(depth: usize, see: &mut dyn FnMut(&Path)) {
        fn go(
            state: LineState,
            left: usize,
            path: &mut Vec<(LineState, LineEvent, LineState)>,
            see: &mut dyn FnMut(&Path),
        ) {
            see(path);
            if left == 0 {
                return;
            }
            for event in LineEvent::ALL {
                if let Ok(next) = state.after(*event) {
                    path.push((state, *event, next));
                    go(next, left - 1, path, see);
                    path.pop();
                }
            }
        }
        go(LineState::Requested, depth, &mut Vec::new(), see);
    }

    fn in_service(state: LineState) -> bool {
        matches!(state, LineState::Active | LineState::Limited | LineState::Suspended)
    }

    /// The invariants of DESIGN's line, written without looking at the table.
    #[test]
    fn every_path_to_depth_eight_keeps_the_invariants() {
        let mut paths = 0_u32;
        walk(8, &mut |path| {
            paths += 1;
            let mut approved = false;
            let mut confirmed = false;
            let mut closure_ordered = false;
            for (from, event, to) in path {
                approved |= *event == LineEvent::Approve;
                confirmed |= *event == LineEvent::ConfirmActive;
                assert_ne!(*from, LineState::Released, "released is final: {path:?}");
                assert!(!in_service(*to) || approved, "service without an approval: {path:?}");
                assert!(!in_service(*to) || confirmed, "service the network did not confirm: {path:?}");
                assert!(*to != LineState::Activating || approved, "ordered without an approval: {path:?}");
                if *to == LineState::Closed {
                    assert!(closure_ordered, "closed without an order: {path:?}");
                    assert_eq!(*event, LineEvent::ConfirmClosed, "only the network's word closes: {path:?}");
                }
                if in_service(*from) && !in_service(*to) {
                    assert_eq!(*to, LineState::Closing, "service ends only through closing: {path:?}");
                }
                if *to == LineState::Released && confirmed {
                    assert_eq!(*from, LineState::Closed, "a number in use is held back first: {path:?}");
                }
                closure_ordered |= *event == LineEvent::OrderClosure;
                if *event == LineEvent::Restore {
                    (closure_ordered, confirmed) = (false, false);
                }
            }
        });
        assert!(paths > 100, "the walk went nowhere: {paths}");
    }

    #[test]
    fn every_state_is_reached_and_only_released_has_no_way_out() {
        for state in LineState::ALL {
            assert!(*state == LineState::Requested || MOVES.iter().any(|(_, _, to)| to == state), "{state}");
            assert_eq!(
                MOVES.iter().any(|(from, _, _)| from == state),
                *state != LineState::Released,
                "{state}"
            );
        }
    }

    #[test]
    fn no_pair_is_listed_twice() {
        for (i, (from, event, _)) in MOVES.iter().enumerate() {
            assert!(!MOVES.iter().skip(i + 1).any(|(f, e, _)| f == from && e == event), "{from} {event}");
        }
    }
}
