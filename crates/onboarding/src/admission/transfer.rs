//! Transfers that came in: an account of the same name elsewhere shows who somebody is.
//!
//! ```text
//! amount out of bounds ................ OverLimit    the money goes back, no identity is checked
//! nobody waits for it ................. NotAwaited   it goes back, unless the account is open
//! the sender has the customer's name .. Validated
//! somebody else's ..................... OtherName    it goes back
//! it cannot be said ................... ToReview     a person looks at it
//! ```

use jiff::Timestamp;
use uuid::Uuid;

use super::account::AccountState;
use super::demand::{Demand, DemandState};
use super::diligence::{Diligence, DiligenceFile, DiligenceKind, DiligenceState, Proof, Reason};
use super::sender::{self, Sender, SenderScore};
use super::standing::{Rules, Standing};
use super::{Admission, AdmissionRefusal};
use crate::customer::Draft;
use crate::evaluation::words;
use crate::iban::Iban;
use crate::id::FileId;
use crate::party::Party;
use crate::pii::Pii;

/// Most transfers that are kept of a customer; the oldest make room.
pub const TRANSFERS_MAX: usize = 100;

/// Most transfers of which the sender's name is looked at for one demand: who needs more than that is not being verified.
const LOOKED_AT_MAX: usize = 10;

/// A transfer that came in.
#[derive(Debug, Clone, PartialEq)]
pub struct Transfer {
    /// Its id here.
    pub id: Uuid,
    /// Its sender's id for it: the same has one effect.
    pub sender_id: Pii<String>,
    /// How it came.
    pub scheme: TransferScheme,
    /// How much, in cents.
    pub amount_cents: u64,
    /// Who sent it.
    pub debtor_name: Pii<String>,
    /// From which account.
    pub debtor_iban: Pii<String>,
    /// How alike the sender's name is, in hundredths: family name, first name; none if nobody compared them.
    pub likeness: Option<(u8, u8)>,
    /// What came of it.
    pub outcome: TransferOutcome,
    /// Whether the money goes back.
    pub refunded: bool,
    /// When it came in.
    pub received_at: Timestamp,
}

/// How a transfer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferScheme {
    /// A SEPA credit transfer.
    Sct,
    /// An instant one.
    SctInst,
}

/// What came of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferOutcome {
    /// Its sender is the customer.
    Validated,
    /// Whether its sender is the customer is for a person to say.
    ToReview,
    /// Its sender is somebody else.
    OtherName,
    /// More or less than the account takes: no identity was checked.
    OverLimit,
    /// It was not asked for, or not any more: no identity was checked.
    NotAwaited,
}

words!(TransferScheme { Sct = "sct", SctInst = "sct_inst" });
words!(TransferOutcome {
    Validated = "validated",
    ToReview = "to_review",
    OtherName = "other_name",
    OverLimit = "over_limit",
    NotAwaited = "not_awaited",
});

/// What a bank says of money that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Its sender's id for it.
    pub sender_id: Pii<String>,
    /// How it came.
    pub scheme: TransferScheme,
    /// How much, in cents.
    pub amount_cents: u64,
    /// Who sent it.
    pub debtor_name: Pii<String>,
    /// From which account.
    pub debtor_iban: Pii<Iban>,
}

/// The name of the file that holds what a bank said, which a person who looks at the diligence sees. Its id is that of the
/// transfer.
pub const FILE_NAME: &str = "transfer.json";

/// Takes a transfer in. Answers with its id where a diligence came of it.
///
/// # Errors
/// [`AdmissionRefusal::NotAdmitted`].
pub fn receive(
    draft: &mut Draft<'_>,
    incoming: Incoming,
    standing: Standing,
    rules: &Rules,
) -> Result<Option<Uuid>, AdmissionRefusal> {
    let (id, now) = (draft.next_id(), draft.now());
    let admission = draft.customer.admission.as_ref().ok_or(AdmissionRefusal::NotAdmitted)?;
    let (outcome, score) = if !(rules.transfer_min_cents..=rules.transfer_max_cents).contains(&incoming.amount_cents) {
        (TransferOutcome::OverLimit, None)
    } else if standing == Standing::Refused || !is_awaited(admission) {
        (TransferOutcome::NotAwaited, None)
    } else if let Party::Person(person) = &draft.customer.party {
        let (sender, score) = sender::compare(&person.name, admission.birth.name.as_ref(), &incoming.debtor_name);
        let outcome = match sender {
            Sender::Customer => TransferOutcome::Validated,
            Sender::Unclear => TransferOutcome::ToReview,
            Sender::SomebodyElse => TransferOutcome::OtherName,
        };
        (outcome, Some(score))
    } else {
        (TransferOutcome::NotAwaited, None)
    };
    let refunded = match outcome {
        TransferOutcome::Validated | TransferOutcome::ToReview => false,
        TransferOutcome::OtherName | TransferOutcome::OverLimit => true,
        TransferOutcome::NotAwaited => admission.account.state != AccountState::Activated,
    };
    let transfer = Transfer {
        id,
        sender_id: incoming.sender_id,
        scheme: incoming.scheme,
        amount_cents: incoming.amount_cents,
        debtor_name: incoming.debtor_name,
        debtor_iban: Pii(incoming.debtor_iban.as_str().to_owned()),
        likeness: score.map(hundredths),
        outcome,
        refunded,
        received_at: now,
    };
    let admission = draft.customer.admission.as_mut().ok_or(AdmissionRefusal::NotAdmitted)?;
    admission.transfers.push(transfer);
    let surplus = admission.transfers.len().saturating_sub(TRANSFERS_MAX);
    admission.transfers.drain(..surplus);
    let (Some(state), Some(demand)) = (diligence_state(outcome), &mut admission.demand) else { return Ok(None) };
    let kind = DiligenceKind::TransferIn;
    let files = vec![DiligenceFile { id: FileId(id), name: Some(Pii(FILE_NAME.to_owned())) }];
    demand.diligences.push(Diligence { id, kind, state, files, created_at: now, changed_at: now });
    demand.changed_at = now;
    Ok(Some(id))
}

/// Gives transfers that a person was asked about the outcome that their diligence has by now.
pub(super) fn follow(admission: &mut Admission) {
    let Some(demand) = &admission.demand else { return };
    for transfer in admission.transfers.iter_mut().filter(|one| one.outcome == TransferOutcome::ToReview) {
        match demand.diligences.iter().find(|diligence| diligence.id == transfer.id).map(|diligence| diligence.state) {
            Some(DiligenceState::Validated) => transfer.outcome = TransferOutcome::Validated,
            Some(DiligenceState::Refused(_)) => {
                transfer.outcome = TransferOutcome::OtherName;
                transfer.refunded = true;
            }
            _ => {}
        }
    }
}

/// What is said of a diligence that is a transfer, also by a person afterwards.
fn diligence_state(outcome: TransferOutcome) -> Option<DiligenceState> {
    match outcome {
        TransferOutcome::Validated => Some(DiligenceState::Validated),
        TransferOutcome::ToReview => Some(DiligenceState::ToReview),
        TransferOutcome::OtherName => Some(DiligenceState::Refused(Reason::DataMismatch)),
        TransferOutcome::OverLimit | TransferOutcome::NotAwaited => None,
    }
}

/// Whether an identity is being verified that a transfer can prove: its document is in order, and nothing else has shown
/// yet that the document is its own.
fn is_awaited(admission: &Admission) -> bool {
    let Some(demand) = &admission.demand else { return false };
    let shown = |proof: Proof| is_validated(demand, proof);
    let looked_at = demand.diligences.iter().filter(|one| one.kind == DiligenceKind::TransferIn).count();
    matches!(demand.state, DemandState::Pending | DemandState::Incomplete)
        && shown(Proof::Document)
        && !shown(Proof::Selfie)
        && !shown(Proof::Transfer)
        && looked_at < LOOKED_AT_MAX
}

/// Whether the identity document is in order: from then on the customer is told where to send money.
#[must_use]
pub fn is_document_validated(admission: &Admission) -> bool {
    admission.demand.as_ref().is_some_and(|demand| is_validated(demand, Proof::Document))
}

fn is_validated(demand: &Demand, proof: Proof) -> bool {
    demand.diligences.iter().any(|one| one.kind.proof() == proof && one.state == DiligenceState::Validated)
}

fn hundredths(score: SenderScore) -> (u8, u8) {
    let one = |score: names::Score| u8::try_from(score.ten_thousandths() / 100).unwrap_or(100);
    (one(score.last_name), one(score.first_name))
}

#[cfg(test)]
mod tests {
    use super::super::demand::Workflow;
    use super::super::fixture::{Counter, admitted, at_day, demand};
    use super::*;
    use crate::changes::Changes;
    use crate::customer::Customer;
    use DiligenceKind::{IdCard, Selfie, TransferIn};
    use DiligenceState::{Received, ToReview, Validated};

    fn incoming(amount_cents: u64, name: &str) -> Incoming {
        Incoming {
            sender_id: Pii("t-1".to_owned()),
            scheme: TransferScheme::SctInst,
            amount_cents,
            debtor_name: Pii(name.to_owned()),
            debtor_iban: Pii(Iban::parse("DE89370400440532013000").expect("an IBAN")),
        }
    }

    fn received(customer: Customer, standing: Standing, incoming: Incoming) -> (Transfer, Changes) {
        let mut ids = Counter::default();
        let mut draft = Draft::new(customer, &mut ids, at_day(2));
        receive(&mut draft, incoming, standing, &Rules::default()).expect("admitted");
        let changes = draft.finish();
        let admission = changes.customer.admission.as_ref().expect("admitted");
        (admission.transfers.last().expect("kept").clone(), changes)
    }

    fn with(shown: &[(DiligenceKind, DiligenceState)]) -> Customer {
        let mut customer = admitted();
        customer.admission.as_mut().expect("admitted").demand = Some(demand(Workflow::Identity, shown));
        customer
    }

    #[test]
    fn what_comes_in_is_judged_once_its_amount_is_right_and_somebody_waits_for_it() {
        use TransferOutcome as O;
        let (none, card): (&[_], &[_]) = (&[], &[(IdCard, Validated)]);
        for (shown, cents, name, outcome, refunded, compared) in [
            (card, 100, "DURAND CAMILLE", O::Validated, false, true),
            (card, 100_000, "Camille Durand", O::Validated, false, true),
            (card, 5_000, "PETIT CAMILLE", O::Validated, false, true),
            (card, 5_000, "DURAND SYLVIE", O::ToReview, false, true),
            (card, 5_000, "JEAN MARTIN", O::OtherName, true, true),
            (card, 99, "DURAND CAMILLE", O::OverLimit, true, false),
            (card, 100_001, "DURAND CAMILLE", O::OverLimit, true, false),
            (none, 5_000, "DURAND CAMILLE", O::NotAwaited, true, false),
            (&[(IdCard, Received)], 5_000, "DURAND CAMILLE", O::NotAwaited, true, false),
            (&[(IdCard, Validated), (Selfie, Validated)], 5_000, "DURAND CAMILLE", O::NotAwaited, true, false),
            (&[(IdCard, Validated), (TransferIn, Validated)], 5_000, "DURAND CAMILLE", O::NotAwaited, true, false),
            (&[(IdCard, Validated), (TransferIn, ToReview)], 5_000, "DURAND CAMILLE", O::Validated, false, true),
        ] {
            let (transfer, changes) = received(with(shown), Standing::InProgress, incoming(cents, name));
            let what = format!("{cents} of {name} with {shown:?}");
            assert_eq!((transfer.outcome, transfer.refunded), (outcome, refunded), "{what}");
            assert_eq!(transfer.likeness.is_some(), compared, "{what}");
            let demand = changes.customer.admission.expect("admitted").demand.expect("a demand");
            let added = &demand.diligences[shown.len()..];
            assert_eq!(added.iter().map(|one| one.state).collect::<Vec<_>>(), Vec::from_iter(diligence_state(outcome)));
            let files: Vec<FileId> = added.iter().flat_map(|one| &one.files).map(|file| file.id).collect();
            assert_eq!(files, Vec::from_iter(compared.then_some(FileId(transfer.id))), "{what}");
        }
    }

    #[test]
    fn money_for_an_open_account_stays_and_that_for_a_refused_one_goes_back() {
        let mut open = with(&[(IdCard, Validated), (Selfie, Validated)]);
        open.admission.as_mut().expect("admitted").account.state = AccountState::Activated;
        let (transfer, _) = received(open, Standing::Validated, incoming(5_000, "ANYBODY"));
        assert_eq!((transfer.outcome, transfer.refunded), (TransferOutcome::NotAwaited, false));
        let (transfer, _) =
            received(with(&[(IdCard, Validated)]), Standing::Refused, incoming(5_000, "CAMILLE DURAND"));
        assert_eq!((transfer.outcome, transfer.refunded), (TransferOutcome::NotAwaited, true));
    }

    #[test]
    fn what_is_kept_and_looked_at_is_bounded() {
        let mut customer = with(&[(IdCard, Validated)]);
        for number in 0..TRANSFERS_MAX + 20 {
            let (transfer, changes) = received(customer, Standing::InProgress, incoming(5_000, "JEAN MARTIN"));
            assert_eq!(transfer.outcome == TransferOutcome::OtherName, number < LOOKED_AT_MAX, "{number}");
            customer = changes.customer;
        }
        let admission = customer.admission.expect("admitted");
        assert_eq!(admission.transfers.len(), TRANSFERS_MAX);
        assert_eq!(admission.demand.expect("a demand").diligences.len(), 1 + LOOKED_AT_MAX);
    }

    #[test]
    fn who_is_on_no_such_way_gets_no_transfer() {
        let mut ids = Counter::default();
        let mut draft = Draft::new(Customer { admission: None, ..admitted() }, &mut ids, at_day(2));
        let refused = receive(&mut draft, incoming(5_000, "X"), Standing::Initialized, &Rules::default());
        assert_eq!(refused, Err(AdmissionRefusal::NotAdmitted));
    }
}
