//! Who owns a business in the end: shares multiplied along every path and added up, through any layers and circles.
//!
//! The whole of the business is one unit that flows from it to its owners, in parts as large as their shares; companies
//! pass on what they get, natural persons keep it, and what nobody is named for is left over. So no person's share, nor
//! all of them together, can exceed the whole. What runs in circles is solved, not followed: companies are taken out one
//! by one, each replaced by its owners. The order in which things are told makes no difference, not even in the last bit.

mod of;
mod paths;

use std::collections::BTreeMap;

use crate::pii::Pii;

/// Who holds what of whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    holders: BTreeMap<String, Holder>,
    /// By (owned, owner): the fraction.
    stakes: BTreeMap<(String, String), f64>,
    /// By (controlled, who controls): in which role.
    controls: BTreeMap<(String, String), String>,
    root: String,
}

/// A person or a company.
#[derive(Debug, Clone, PartialEq)]
pub struct Holder {
    /// What it is called.
    pub name: Pii<String>,
    /// A natural person, with whom every path ends.
    pub is_person: bool,
}

/// Who owns the business in the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Ownership {
    /// Natural persons, the largest share first.
    pub owners: Vec<BeneficialOwner>,
    /// The fraction of the business that no natural person is named for.
    pub undisclosed: f64,
    /// Whether companies own each other in a circle.
    pub circular: bool,
    /// The longest way from the business to an owner, in steps; 1 where persons own it directly, 0 where nobody is named.
    pub layers: usize,
    /// Companies whose owners were said to own more than the whole; their parts were cut in proportion.
    pub overstated: Vec<Pii<String>>,
    /// Whether there were more paths than are shown. The shares are exact all the same.
    pub paths_cut: bool,
}

/// A natural person who owns or controls the business.
#[derive(Debug, Clone, PartialEq)]
pub struct BeneficialOwner {
    /// The holder's key.
    pub key: String,
    /// What the person is called.
    pub name: Pii<String>,
    /// The fraction owned all in all, from 0 to 1.
    pub share: f64,
    /// The ways that make it, the largest first.
    pub paths: Vec<Path>,
    /// The roles in which the person controls the business or a company above it.
    pub controls: Vec<String>,
    /// Whether the share reaches the threshold, or the person controls.
    pub is_beneficial: bool,
}

/// One way from the business to an owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The names on the way, the business first and the owner last.
    pub names: Vec<Pii<String>>,
    /// The shares on the way multiplied. Circles are not walked: their part is in the owner's share only.
    pub share: f64,
}

/// The share from which on a person is a beneficial owner, where the institution says nothing else: Directive (EU)
/// 2015/849, article 3(6); FATF, guidance on beneficial ownership of legal persons.
pub const THRESHOLD: f64 = 0.25;

/// What is less than this fraction of the whole is a rounding, not a share.
const NEGLIGIBLE: f64 = 1e-9;

impl Graph {
    /// A business of which nothing is known yet.
    #[must_use]
    pub fn new(key: &str, name: Pii<String>) -> Self {
        let holders = BTreeMap::from([(key.to_owned(), Holder { name, is_person: false })]);
        Self { holders, stakes: BTreeMap::new(), controls: BTreeMap::new(), root: key.to_owned() }
    }

    /// Adds a person or a company. The key says who it is; of several names for one the first by order is kept, and who is
    /// once said to be a company is one.
    pub fn add(&mut self, key: &str, name: Pii<String>, is_person: bool) {
        let holder = self.holders.entry(key.to_owned()).or_insert_with(|| Holder { name: name.clone(), is_person });
        holder.is_person &= is_person;
        if key != self.root && name < holder.name {
            holder.name = name;
        }
    }

    /// Adds that `owner` holds this fraction of `owned`. Told twice, the larger one counts; what is no fraction is none.
    pub fn holds(&mut self, owner: &str, owned: &str, fraction: f64) {
        let fits = fraction.is_finite() && fraction > 0.0 && owner != owned;
        let known = self.holders.contains_key(owner) && self.holders.get(owned).is_some_and(|owned| !owned.is_person);
        if fits && known {
            let stake = self.stakes.entry((owned.to_owned(), owner.to_owned())).or_insert(0.0);
            *stake = stake.max(fraction.min(1.0));
        }
    }

    /// Adds that `who` controls `controlled` in this role, whatever the shares.
    pub fn controls(&mut self, who: &str, controlled: &str, role: &str) {
        if self.holders.contains_key(who) && self.holders.contains_key(controlled) {
            let key = (controlled.to_owned(), who.to_owned());
            // Of several roles the first by name is kept, so that the order of telling makes no difference.
            let kept = self.controls.entry(key).or_insert_with(|| role.to_owned());
            if role < kept.as_str() {
                role.clone_into(kept);
            }
        }
    }

    /// Who owns the business in the end; who has `threshold` or more of it is a beneficial owner.
    #[must_use]
    pub fn resolve(&self, threshold: f64) -> Ownership {
        let (parts, overstated) = self.parts();
        let shares = flow(&parts, &self.root, |key| self.is_person(key));
        let walked = paths::walk(self, &parts);
        let controls = self.controlling(&parts);
        let mut owners: Vec<BeneficialOwner> = Vec::new();
        for (key, holder) in self.holders.iter().filter(|(_, holder)| holder.is_person) {
            let share = shares.get(key.as_str()).copied().unwrap_or(0.0).clamp(0.0, 1.0);
            let controls = controls.get(key.as_str()).cloned().unwrap_or_default();
            if share < NEGLIGIBLE && controls.is_empty() {
                continue;
            }
            let is_beneficial = share + NEGLIGIBLE >= threshold || !controls.is_empty();
            let paths = walked.paths.get(key.as_str()).cloned().unwrap_or_default();
            owners.push(BeneficialOwner {
                key: key.clone(),
                name: holder.name.clone(),
                share,
                paths,
                controls,
                is_beneficial,
            });
        }
        owners.sort_by(|one, other| other.share.total_cmp(&one.share).then_with(|| one.key.cmp(&other.key)));
        let owned: f64 = owners.iter().map(|owner| owner.share).sum();
        let undisclosed = if owned > 1.0 - NEGLIGIBLE { 0.0 } else { 1.0 - owned };
        let overstated = overstated.into_iter().map(|key| self.holders[&key].name.clone()).collect();
        Ownership {
            owners,
            undisclosed,
            circular: walked.circular,
            layers: walked.layers,
            overstated,
            paths_cut: walked.cut,
        }
    }

    fn is_person(&self, key: &str) -> bool {
        self.holders.get(key).is_some_and(|holder| holder.is_person)
    }

    /// For each company its owners and their parts, cut in proportion where they are more than the whole.
    fn parts(&self) -> (Parts<'_>, Vec<String>) {
        let mut parts: Parts<'_> = BTreeMap::new();
        for ((owned, owner), &fraction) in &self.stakes {
            parts.entry(owned).or_default().insert(owner, fraction);
        }
        let mut overstated = Vec::new();
        for (owned, owners) in &mut parts {
            let sum: f64 = owners.values().sum();
            if sum > 1.0 {
                owners.values_mut().for_each(|part| *part /= sum);
            }
            if sum > 1.0 + NEGLIGIBLE {
                overstated.push((*owned).to_owned());
            }
        }
        (parts, overstated)
    }

    /// Who controls the business, or a company that holds the threshold's half of control above it: every company on the
    /// way counts, since who directs it votes its shares.
    fn controlling(&self, parts: &Parts<'_>) -> BTreeMap<&str, Vec<String>> {
        let mut above = vec![self.root.as_str()];
        let mut at = 0;
        while let Some(&company) = above.get(at) {
            at += 1;
            // A majority decides what the company below does.
            let majority =
                parts.get(company).into_iter().flatten().filter(|&(_, &part)| part > 0.5).map(|(&owner, _)| owner);
            for owner in majority {
                if !self.is_person(owner) && !above.contains(&owner) {
                    above.push(owner);
                }
            }
        }
        let mut controlling: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for ((controlled, who), role) in &self.controls {
            if above.contains(&controlled.as_str()) && self.is_person(who) {
                controlling.entry(who).or_default().push(role.clone());
            }
        }
        controlling
    }
}

type Parts<'g> = BTreeMap<&'g str, BTreeMap<&'g str, f64>>;

/// How much of the root arrives at each person.
///
/// Companies are eliminated one after the other, in the order of their keys: whoever owned the company now owns a part of
/// what the company held. A company that holds itself, directly or by then, passes on to the others in proportion; one
/// that holds nothing but itself passes nothing on.
fn flow<'g>(parts: &Parts<'g>, root: &'g str, is_person: impl Fn(&str) -> bool) -> BTreeMap<&'g str, f64> {
    let mut parts = parts.clone();
    let companies: Vec<&str> = parts.keys().copied().filter(|&key| key != root && !is_person(key)).collect();
    for company in companies {
        let mut owners = parts.remove(company).unwrap_or_default();
        let itself = owners.remove(company).unwrap_or(0.0);
        spread_self(&mut owners, itself);
        for held_by in parts.values_mut() {
            let Some(part) = held_by.remove(company) else { continue };
            for (&owner, &share) in &owners {
                *held_by.entry(owner).or_insert(0.0) += part * share;
            }
        }
    }
    let mut owners = parts.remove(root).unwrap_or_default();
    let itself = owners.remove(root).unwrap_or(0.0);
    spread_self(&mut owners, itself);
    // What is left beside persons are companies of which no owner is known.
    owners.retain(|key, _| is_person(key));
    owners
}

/// What a company holds of itself belongs to its owners in proportion.
fn spread_self(owners: &mut BTreeMap<&str, f64>, itself: f64) {
    if itself > 0.0 {
        let rest = 1.0 - itself;
        let scale = if rest > NEGLIGIBLE { 1.0 / rest } else { 0.0 };
        owners.values_mut().for_each(|part| *part *= scale);
        // Roundings must not make more than the whole.
        let sum: f64 = owners.values().sum();
        if sum > 1.0 {
            owners.values_mut().for_each(|part| *part /= sum);
        }
    }
}

#[cfg(test)]
mod tests;
