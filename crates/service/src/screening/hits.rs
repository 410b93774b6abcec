//! The hits of one party: each check's best ones, what was dismissed left out, and entries that are one party taken together.

use jiff::Timestamp;
use onboarding::check::Dismissed;
use onboarding::reason::{Agreement, Reason};
use onboarding::screening::{Earlier, Hit, Listing};
use onboarding::{Customer, Pii, Policy};
use watchlists::evidence::Finding;
use watchlists::ftm::topic_words;
use watchlists::same::why_same;
use watchlists::screening::{Match, Options, Query};
use watchlists::{Entity, Fingerprint, Identifier, Index, ListNumber, Material, Topics};

/// Matches looked at for all checks together; where there are more, each check is screened alone.
const WIDE_MAX: usize = 500;

/// One party, as the lists are asked about it.
pub(super) struct Asked<'a> {
    pub query: &'a Query,
    /// The key of the related party, empty for the customer itself.
    pub party: &'a str,
    pub whom: Pii<String>,
    pub threshold: names::Score,
    /// The lists that may be seen; all, if it names none.
    pub lists: Option<Vec<ListNumber>>,
    /// Most matches that one check shows of it.
    pub most: usize,
    pub policy: &'a Policy,
    pub now: Timestamp,
}

/// A match, and what a person said of it for the check that asks.
struct Candidate {
    hit: Hit,
    entity: Option<Entity>,
    /// It was dismissed, and that counts still.
    dismissed: bool,
}

/// The hits of every check of the customer on one of its parties, each check's best ones.
///
/// Each check has room of its own, and what a person has dismissed takes none: hits of one kind never push those of
/// another, or a new one, out of sight. What is dismissed is shown only beside another entry of the same party.
pub(super) fn hits(index: &Index, asked: &Asked<'_>, customer: &Customer) -> Vec<Hit> {
    let topics = customer.checks.keys().fold(Topics::NONE, |all, kind| all.union(kind.topics()));
    let (threshold, lists) = (asked.threshold, &asked.lists);
    let options = |topics, limit| Options { threshold, limit, topics: Some(topics), lists: lists.clone() };
    let wide = index.screen(asked.query, &options(topics, WIDE_MAX));
    let complete = wide.len() < WIDE_MAX;
    let mut best: Vec<Candidate> = Vec::new();
    for (kind, check) in &customer.checks {
        let narrow = if complete { None } else { Some(index.screen(asked.query, &options(kind.topics(), usize::MAX))) };
        let matches = narrow.as_ref().unwrap_or(&wide);
        let (mut open, mut closed) = (0, 0);
        for found in matches.iter().filter(|found| found.topics.meets(kind.topics())) {
            if open == asked.most {
                break;
            }
            let list = index.list_of(found.entity).map_or("", |list| list.name.as_str());
            let earlier: Vec<&Dismissed> =
                check.dismissed.iter().filter(|known| (&*known.list, &known.entity) == (list, &found.id.0)).collect();
            let candidate = candidate(index, asked, found, &earlier);
            if candidate.dismissed {
                closed += 1;
            } else {
                open += 1;
            }
            if candidate.dismissed && closed > asked.most {
                continue;
            }
            let same = |known: &&mut Candidate| {
                (&known.hit.entity, &known.hit.list) == (&candidate.hit.entity, &candidate.hit.list)
            };
            match best.iter_mut().find(same) {
                // One check may ask again what another need not.
                Some(known) => {
                    known.dismissed &= candidate.dismissed;
                    known.hit.earlier = known.hit.earlier.take().or(candidate.hit.earlier);
                }
                None => best.push(candidate),
            }
        }
    }
    // The same order whatever the order of lists: who scores alike is told apart by name.
    best.sort_by(|one, other| {
        let names = |hit: &Hit| (hit.list.clone(), hit.entity.clone());
        other.hit.score.total_cmp(&one.hit.score).then_with(|| names(&one.hit).cmp(&names(&other.hit)))
    });
    together(best)
}

fn candidate(index: &Index, asked: &Asked<'_>, found: &Match, earlier: &[&Dismissed]) -> Candidate {
    let entity = index.entity(found.entity);
    let mut hit = hit(index, asked, found, entity.as_ref());
    let (listed, identified) = (hit.listed.as_ref(), hit.is_identified());
    let mine = earlier.iter().find(|known| known.whom == asked.whom);
    let dismissed = mine.is_some_and(|known| known.stands(listed, identified, asked.policy, asked.now));
    if !dismissed {
        // What was said of who the customer was before is shown where nothing was said of who it is.
        let last = mine.or_else(|| earlier.iter().max_by_key(|known| known.at));
        hit.earlier = last.map(|known| reopened(known, entity.as_ref(), identified, asked));
    }
    Candidate { hit, entity, dismissed }
}

/// Why a decision counts no more.
fn reopened(known: &Dismissed, entity: Option<&Entity>, identified: bool, asked: &Asked<'_>) -> Earlier {
    /// Changes told one by one.
    const CHANGES_MAX: usize = 10;
    let mut because = Vec::new();
    if known.whom != asked.whom {
        because.push("the customer has another name, birth date or nationality".to_owned());
    }
    if let (Some(seen), Some(entity)) = (&known.listed, entity) {
        let changes = Material::of(entity).changes_since(seen);
        because.extend(changes.iter().take(CHANGES_MAX).map(|change| format!("the list has changed: {change}")));
    }
    if identified && !known.identified {
        because.push("a document or number agrees now".to_owned());
    }
    if known.expires_at(asked.policy).is_some_and(|at| at <= asked.now) {
        because.push("the decision has expired".to_owned());
    }
    Earlier { case: known.case, by: known.by.clone(), at: known.at, because }
}

/// Takes entries of one party together, the best first; parties of which everything is dismissed are left out.
fn together(candidates: Vec<Candidate>) -> Vec<Hit> {
    let mut parties: Vec<(Candidate, Vec<Entity>)> = Vec::new();
    for next in candidates {
        // An entry may tie two parties together that had nothing in common before.
        let mut tied = Vec::new();
        for (at, (_, entities)) in parties.iter().enumerate() {
            let why = next.entity.as_ref().and_then(|next| entities.iter().find_map(|known| why_same(known, next)));
            tied.extend(why.map(|why| (at, why)));
        }
        let Some((first, why)) = tied.first().cloned() else {
            let entities = next.entity.iter().cloned().collect();
            parties.push((next, entities));
            continue;
        };
        for (at, why) in tied.into_iter().skip(1).rev() {
            let (party, entities) = parties.remove(at);
            join(&mut parties[first], party, entities, why);
        }
        let entities = next.entity.iter().cloned().collect();
        join(&mut parties[first], next, entities, why);
    }
    parties.into_iter().filter(|(party, _)| !party.dismissed).map(|(party, _)| party.hit).collect()
}

fn join((party, known): &mut (Candidate, Vec<Entity>), other: Candidate, entities: Vec<Entity>, why: String) {
    let Candidate { hit, dismissed, .. } = other;
    party.dismissed &= dismissed;
    party.hit.topics = party.hit.topics.union(hit.topics);
    party.hit.earlier = party.hit.earlier.take().or(hit.earlier);
    party.hit.others.push(Listing {
        entity: hit.entity,
        list: hit.list,
        topics: hit.topics,
        caption: hit.caption,
        matched_name: hit.matched_name,
        score: hit.score,
        why,
        details: hit.details,
        listed: hit.listed,
    });
    party.hit.others.extend(hit.others);
    party.hit.others.sort_by(|one, other| (&one.list, &one.entity).cmp(&(&other.list, &other.entity)));
    known.extend(entities);
}

fn hit(index: &Index, asked: &Asked<'_>, found: &Match, entity: Option<&Entity>) -> Hit {
    let evidence = found.evidence.iter().map(|evidence| Reason {
        feature: evidence.feature.as_str().to_owned(),
        finding: match evidence.finding {
            Finding::Agrees(_) => Agreement::Agrees,
            Finding::Contradicts(_) => Agreement::Contradicts,
            Finding::Missing => Agreement::Missing,
        },
        why: evidence.reason.to_owned(),
        customer: Pii(evidence.query.clone()),
        listed: evidence.listed.clone(),
    });
    let names = Reason {
        feature: "name".to_owned(),
        finding: Agreement::Agrees,
        why: format!("alike by {:.3}", found.name_score),
        customer: Pii(found.query_name.clone()),
        listed: found.listed_name.clone(),
    };
    Hit {
        party: asked.party.to_owned(),
        whom: asked.whom.clone(),
        entity: found.id.0.clone(),
        list: index.list_of(found.entity).map(|list| list.name.clone()).unwrap_or_default(),
        topics: found.topics,
        caption: found.caption.clone(),
        matched_name: found.listed_name.clone(),
        score: found.score.as_f64(),
        name_score: found.name_score.as_f64(),
        reasons: std::iter::once(names).chain(evidence).collect(),
        details: entity.map(details).unwrap_or_default(),
        listed: entity.map(Fingerprint::of),
        others: Vec::new(),
        earlier: None,
    }
}

/// What a reviewer reads of a listed party: (what, value), the long lists cut.
fn details(entity: &Entity) -> Vec<(String, String)> {
    const EACH_MAX: usize = 12;
    let mut details = Vec::new();
    let mut tell = |what: &str, values: Vec<String>| {
        details.extend(values.into_iter().take(EACH_MAX).map(|value| (what.to_owned(), value)));
    };
    tell("schema", vec![format!("{:?}", entity.schema)]);
    tell("topic", topic_words(entity.topics).into_iter().map(str::to_owned).collect());
    tell("alias", entity.names.iter().skip(1).map(|name| name.text.clone()).collect());
    tell("born", entity.birth_dates.iter().map(ToString::to_string).collect());
    tell("birth place", entity.birth_places.clone());
    tell("country", entity.countries.iter().map(|country| format!("{} ({:?})", country.code, country.role)).collect());
    tell("identifier", entity.identifiers.iter().map(shown).collect());
    tell("position", entity.positions.clone());
    tell("programme", entity.programmes.clone());
    tell("address", entity.addresses.clone());
    tell("note", entity.notes.clone());
    tell("source", entity.source_url.iter().cloned().collect());
    details
}

fn shown(identifier: &Identifier) -> String {
    let label = identifier.label.clone().unwrap_or_else(|| format!("{:?}", identifier.kind));
    format!("{label} {}", identifier.value)
}

#[cfg(test)]
mod tests {
    use watchlists::{IdentifierKind, Schema, Topic};

    use super::*;

    fn candidate(list: &str, entity: &str, passport: &[&str], score: f64, dismissed: bool) -> Candidate {
        let mut listed = Entity::new(entity, Schema::Person, "Bob Smith");
        for value in passport {
            let (value, country) = ((*value).to_owned(), Some("us".to_owned()));
            listed.identifiers.push(Identifier { kind: IdentifierKind::Passport, value, country, label: None });
        }
        let hit = Hit {
            party: String::new(),
            whom: Pii("bob".to_owned()),
            entity: entity.to_owned(),
            list: list.to_owned(),
            topics: if list == "pep" { Topics::of(Topic::Pep) } else { Topics::of(Topic::Sanction) },
            caption: String::new(),
            matched_name: String::new(),
            score,
            name_score: score,
            reasons: Vec::new(),
            details: Vec::new(),
            listed: Some(Fingerprint::of(&listed)),
            others: Vec::new(),
            earlier: None,
        };
        Candidate { hit, entity: Some(listed), dismissed }
    }

    fn told(hits: &[Hit]) -> Vec<Vec<String>> {
        hits.iter().map(|hit| hit.entries().map(|(list, entity, _)| format!("{list}/{entity}")).collect()).collect()
    }

    #[test]
    fn entries_of_one_party_are_one_hit_with_all_sources() {
        let hits = together(vec![
            candidate("un", "1", &["AB123456"], 0.97, false),
            candidate("eu", "2", &[], 0.95, false),
            candidate("ofac", "3", &["ab 123456", "CD777777"], 0.93, false),
            candidate("pep", "4", &["CD777777"], 0.91, false),
        ]);
        assert_eq!(told(&hits), [vec!["un/1", "ofac/3", "pep/4"], vec!["eu/2"]]);
        assert!(hits[0].topics.has(Topic::Pep) && hits[0].topics.has(Topic::Sanction));
        assert_eq!(hits[0].others[0].why, "the same passport: AB123456");
    }

    #[test]
    fn an_entry_that_ties_two_parties_makes_them_one() {
        let hits = together(vec![
            candidate("un", "1", &["AB123456"], 0.97, false),
            candidate("eu", "2", &["CD777777"], 0.95, false),
            candidate("uk", "3", &["EF888888"], 0.94, false),
            candidate("ofac", "4", &["AB123456", "CD777777"], 0.93, false),
        ]);
        assert_eq!(told(&hits), [vec!["un/1", "eu/2", "ofac/4"], vec!["uk/3"]]);
    }

    #[test]
    fn what_was_dismissed_is_shown_only_beside_what_was_not() {
        let both = |dismissed| {
            together(vec![
                candidate("un", "1", &["AB123456"], 0.97, true),
                candidate("eu", "2", &["AB123456"], 0.95, dismissed),
                candidate("uk", "3", &[], 0.95, true),
            ])
        };
        assert_eq!(told(&both(true)), Vec::<Vec<String>>::new());
        assert_eq!(told(&both(false)), [vec!["un/1", "eu/2"]]);
    }
}
