//! How well the score tells frauds from honest people in a made-up town, and that every score can be added up again.
//!
//! The numbers say how the model does on what we thought of; no real applicants were measured.

mod network;
mod population;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use network::Network;
use onboarding::Policy;
use onboarding::evaluation::judge::judge;
use population::{Applicant, Chance, Truth, month};

/// Scores of those who applied, each with what it was in truth.
#[derive(Debug, PartialEq)]
struct Measured(Vec<(f64, Truth)>);

/// A month, measured three times.
#[derive(Debug, PartialEq)]
struct Months {
    /// Each with the score of the moment it came.
    on_arrival: Measured,
    /// Each with the score that the house holds when the month is over: who shares something with one who comes or is
    /// flagged is looked at again, as the house does by itself.
    held: Measured,
    /// Everybody scored again at the end, as if a check for fraud were asked for then.
    again: Measured,
    /// How many were looked at again for each who came.
    looks: f64,
}

/// Lets the month happen: each is judged by what is known when it comes, and of the rejected frauds half are flagged.
fn live_through(applicants: &[Applicant], seed: u64) -> Months {
    let (mut network, mut chance, mut looks) = (Network::default(), Chance(seed), 0_u32);
    let at: BTreeMap<_, _> = applicants.iter().enumerate().map(|(at, one)| (one.customer.id, at)).collect();
    let (mut on_arrival, mut held) = (Vec::new(), Vec::new());
    for applicant in applicants {
        let customer = &applicant.customer;
        let score = self::score(applicant, &network);
        let changes_others = network.facts(customer).changes_others();
        network.add(customer);
        let flagged = applicant.truth.is_fraud() && score < 0.4 && chance.often(500);
        if flagged {
            network.flag(customer.id);
        }
        on_arrival.push((score, applicant.truth));
        held.push((score, applicant.truth));
        if flagged || changes_others {
            for other in network.others(customer) {
                looks += 1;
                held[at[&other]].0 = self::score(&applicants[at[&other]], &network);
            }
        }
    }
    let again = applicants.iter().map(|applicant| (self::score(applicant, &network), applicant.truth)).collect();
    let looks = f64::from(looks) / applicants.len() as f64;
    Months { on_arrival: Measured(on_arrival), held: Measured(held), again: Measured(again), looks }
}

fn score(applicant: &Applicant, network: &Network) -> f64 {
    let customer = &applicant.customer;
    let today = customer.created_at.to_zoned(TimeZone::UTC).date();
    let seen = judge(customer, Some(&network.facts(customer)), &Policy::default(), today);
    let weighed = seen.weighed.as_ref().expect("nothing was promised");
    let sum: f64 = weighed.base() + weighed.contributions().iter().map(|one| one.log_odds).sum::<f64>();
    assert!((1.0 / (1.0 + (-sum).exp()) - seen.score.as_f64()).abs() < 1e-4, "the weights are not the score");
    seen.score.as_f64()
}

impl Measured {
    /// How often a fraud scores below an honest one; a tie counts half (area under the ROC curve, by ranks).
    fn auc(&self) -> f64 {
        let (frauds, honest): (Vec<_>, Vec<_>) = self.0.iter().partition(|(_, truth)| truth.is_fraud());
        let mut below = 0.0;
        for (fraud, _) in &frauds {
            for (score, _) in &honest {
                below += if fraud < score {
                    1.0
                } else if fraud > score {
                    0.0
                } else {
                    0.5
                };
            }
        }
        below / (frauds.len() as f64 * honest.len() as f64)
    }

    /// Of those who are turned to when nine of ten frauds are to be met, how many are frauds.
    fn precision_at_recall(&self, recall: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(|(one, _), (two, _)| one.total_cmp(two));
        let frauds = sorted.iter().filter(|(_, truth)| truth.is_fraud()).count() as f64;
        let mut met = 0.0;
        for (looked_at, (_, truth)) in sorted.iter().enumerate() {
            met += f64::from(u8::from(truth.is_fraud()));
            if met >= frauds * recall {
                return met / (looked_at + 1) as f64;
            }
        }
        0.0
    }

    fn told(&self) -> String {
        let mut by_truth: BTreeMap<Truth, [usize; 3]> = BTreeMap::new();
        for (score, truth) in &self.0 {
            let at = if *score >= 0.8 {
                0
            } else if *score >= 0.4 {
                1
            } else {
                2
            };
            by_truth.entry(*truth).or_default()[at] += 1;
        }
        let lines = by_truth.iter().map(|(truth, [approved, review, rejected])| {
            let truth = format!("{truth:?}");
            format!("  {truth:<12} approved {approved:>5}  review {review:>4}  rejected {rejected:>4}")
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[test]
fn frauds_are_told_from_honest_people() {
    for seed in [1, 2, 3] {
        let Months { on_arrival, held, again, looks } = live_through(&month(seed), seed);
        println!("seed {seed}: {looks:.2} looked at again for each who came");
        assert!(looks < 2.0, "{looks} looked at again for each who came");
        for (when, measured, at_least) in [
            ("on arrival", on_arrival, 0.93),
            ("as the house holds it", held, 0.95),
            ("all looked at again", again, 0.95),
        ] {
            let (auc, precision) = (measured.auc(), measured.precision_at_recall(0.9));
            println!("seed {seed}, {when}: ROC AUC {auc:.4}, precision at 90 % recall {precision:.3}");
            println!("{}", measured.told());
            assert!(auc >= at_least, "{when} ROC AUC {auc:.4}");
        }
    }
}

#[test]
fn the_same_town_is_judged_the_same() {
    assert_eq!(live_through(&month(4), 4), live_through(&month(4), 4));
}
