//! What ties say of the parties they belong to.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::draft::{Draft, capped, value};
use super::line::Line;
use crate::entity::{CountryRole, IdentifierKind, Topic};

/// A schema that ties two parties: the properties that name them, and what each is to the other.
struct Bond {
    schema: &'static str,
    one: &'static str,
    other: &'static str,
    /// The property that says more than the schema does.
    label: &'static str,
    /// What the other is to the one, and the one to the other.
    words: (&'static str, &'static str),
}

const BONDS: &[Bond] = &[
    Bond { schema: "Family", one: "person", other: "relative", label: "relationship", words: ("family", "family") },
    Bond {
        schema: "Associate",
        one: "person",
        other: "associate",
        label: "relationship",
        words: ("associate", "associate"),
    },
    Bond { schema: "Ownership", one: "owner", other: "asset", label: "role", words: ("owns", "owned by") },
    Bond {
        schema: "Directorship",
        one: "director",
        other: "organization",
        label: "role",
        words: ("directs", "directed by"),
    },
    Bond {
        schema: "Membership",
        one: "member",
        other: "organization",
        label: "role",
        words: ("member of", "has member"),
    },
    Bond { schema: "Employment", one: "employee", other: "employer", label: "role", words: ("employed by", "employs") },
    Bond {
        schema: "Representation",
        one: "agent",
        other: "client",
        label: "role",
        words: ("represents", "represented by"),
    },
    Bond {
        schema: "Succession",
        one: "predecessor",
        other: "successor",
        label: "",
        words: ("succeeded by", "successor of"),
    },
    Bond { schema: "UnknownLink", one: "subject", other: "object", label: "role", words: ("linked to", "linked to") },
];

/// Everything the ties of a file say, by the party it is said of.
#[derive(Default)]
pub(super) struct Joins {
    addresses: FxHashMap<String, (String, String)>,
    positions: FxHashMap<String, String>,
    facts: FxHashMap<String, Vec<Fact>>,
    /// Who holds or held a position: politically exposed, and so their kin and close associates are looked at too.
    holders: FxHashSet<String>,
    /// Facts that the line at hand may still add.
    room: usize,
}

/// What one tie says of one party.
enum Fact {
    Link { relation: String, to: String, close: bool },
    Occupancy { post: String, span: String },
    Sanction(Rc<Sanction>),
    Document { kind: IdentifierKind, number: String, country: String, label: String },
}

struct Sanction {
    programmes: Vec<String>,
    authority: String,
    reason: String,
    listed_on: String,
    url: String,
}

/// Bytes kept of a text that many parties may refer to.
const SHARED_BYTES_MAX: usize = 1_024;

/// Programmes kept of one sanction.
const PROGRAMMES_MAX: usize = 16;

impl Joins {
    /// Keeps what a line of so many bytes says; says whether it had to leave something out.
    ///
    /// A tie of many with many says more than it has bytes: what it adds is bounded by its length, so that a small file
    /// cannot fill the memory. No tie that is published comes near.
    pub fn keep(&mut self, line: &Line<'_>, bytes: usize) -> bool {
        self.room = (bytes / 4).max(8);
        self.keep_line(line);
        self.room == 0
    }

    fn keep_line(&mut self, line: &Line<'_>) {
        let schema = line.schema.as_ref();
        if let Some(bond) = BONDS.iter().find(|bond| bond.schema == schema) {
            return self.keep_bond(bond, line);
        }
        match schema {
            "Address" => {
                let full = capped(line.first("full"), SHARED_BYTES_MAX).to_owned();
                let parts = ["street", "city", "postalCode", "region"].map(|part| capped(line.first(part), 256));
                let text = if full.is_empty() { parts.join(" ") } else { full };
                let country = capped(line.first("country"), SHARED_BYTES_MAX).to_owned();
                self.addresses.insert(line.id.to_string(), (text, country));
            }
            "Position" => {
                let name = value(line.first("name")).or_else(|| value(line.caption.as_deref().unwrap_or_default()));
                let name = name.map(|name| capped(&name, SHARED_BYTES_MAX).to_owned());
                self.positions.extend(name.map(|name| (line.id.to_string(), name)));
            }
            "Occupancy" => {
                let span = match (line.first("startDate"), line.first("endDate")) {
                    ("", "") => String::new(),
                    (from, to) => format!(" ({}–{})", capped(from, 32), capped(to, 32)),
                };
                let posts: Vec<String> = line.all("post").map(str::to_owned).collect();
                // An occupancy that does not say of what still says that its holder is a politician.
                let posts = if posts.is_empty() { vec![String::new()] } else { posts };
                for holder in line.all("holder") {
                    self.holders.insert(capped(holder, SHARED_BYTES_MAX).to_owned());
                    for post in posts.iter().take(self.room) {
                        self.add(
                            holder,
                            Fact::Occupancy { post: capped(post, SHARED_BYTES_MAX).to_owned(), span: span.clone() },
                        );
                    }
                }
            }
            "Sanction" => {
                let start = [line.first("listingDate"), line.first("startDate")];
                let short = |text: &str| capped(text, SHARED_BYTES_MAX).to_owned();
                let sanction = Rc::new(Sanction {
                    programmes: line
                        .all("programId")
                        .chain(line.all("program"))
                        .take(PROGRAMMES_MAX)
                        .map(short)
                        .collect(),
                    authority: short(line.first("authority")),
                    reason: short(line.first("reason")),
                    listed_on: short(start.into_iter().find(|date| !date.is_empty()).unwrap_or_default()),
                    url: short(line.first("sourceUrl")),
                });
                for entity in line.all("entity") {
                    self.add(entity, Fact::Sanction(Rc::clone(&sanction)));
                }
            }
            "Identification" | "Passport" => {
                let kind = if schema == "Passport" { IdentifierKind::Passport } else { IdentifierKind::Other };
                for holder in line.all("holder") {
                    for number in line.all("number").chain(line.all("passportNumber")) {
                        let short = |text: &str| capped(text, SHARED_BYTES_MAX).to_owned();
                        let (country, label) = (short(line.first("country")), short(line.first("type")));
                        self.add(holder, Fact::Document { kind, number: short(number), country, label });
                    }
                }
            }
            _ => {}
        }
    }

    fn keep_bond(&mut self, bond: &Bond, line: &Line<'_>) {
        let label = capped(line.first(bond.label), SHARED_BYTES_MAX);
        let close = matches!(bond.schema, "Family" | "Associate");
        let relation = |word: &str| if label.is_empty() { word.to_owned() } else { format!("{word}: {label}") };
        for one in line.all(bond.one) {
            for other in line.all(bond.other).take(self.room) {
                self.add(
                    one,
                    Fact::Link {
                        relation: relation(bond.words.0),
                        to: capped(other, SHARED_BYTES_MAX).to_owned(),
                        close,
                    },
                );
                self.add(
                    other,
                    Fact::Link {
                        relation: relation(bond.words.1),
                        to: capped(one, SHARED_BYTES_MAX).to_owned(),
                        close,
                    },
                );
            }
        }
    }

    fn add(&mut self, party: &str, fact: Fact) {
        let Some(room) = self.room.checked_sub(1) else { return };
        self.room = room;
        self.facts.entry(party.to_owned()).or_default().push(fact);
    }

    /// The address that a party refers to; nothing if it is in no line.
    pub fn pour_address(&self, draft: &mut Draft, id: &str) {
        if let Some((text, country)) = self.addresses.get(id) {
            draft.address(&[text], "");
            draft.country(country, CountryRole::Residence);
        }
    }

    /// All that ties say of this party; said once, should the party stand twice.
    pub fn pour_into(&mut self, draft: &mut Draft, id: &str) {
        for fact in self.facts.remove(id).into_iter().flatten() {
            match fact {
                Fact::Link { relation, to, close } => {
                    if close && self.holders.contains(&to) {
                        draft.topic(Topic::Rca);
                    }
                    draft.link(&relation, &to);
                }
                Fact::Occupancy { post, span } => {
                    draft.topic(Topic::Pep);
                    if let Some(position) = self.positions.get(&post) {
                        draft.position(&format!("{position}{span}"));
                    }
                }
                Fact::Sanction(sanction) => {
                    let Sanction { programmes, authority, reason, listed_on, url } = sanction.as_ref();
                    for programme in programmes {
                        draft.programme(programme);
                    }
                    draft.labelled_note("Sanctioned by", authority);
                    draft.labelled_note("Reason", reason);
                    draft.source_url(url);
                    let listed_on = crate::date::DateRange::parse_iso(listed_on);
                    draft.entity.listed_on = match (draft.entity.listed_on, listed_on) {
                        (Some(one), Some(other)) => Some(one.min(other)),
                        (one, other) => one.or(other),
                    };
                }
                Fact::Document { kind, number, country, label } => draft.identifier(kind, &number, &country, &label),
            }
        }
    }
}
