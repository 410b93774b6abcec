//! OFAC's advanced XML (`sdn_advanced.xml`, `cons_advanced.xml`): everything by reference to code tables.
//!
//! The parties stand in the middle of the file and refer to what stands before and behind them, so the text is walked
//! twice: once for tables, places, documents, relations and entries, once for the parties. Only this format has
//! native-script names.

use rustc_hash::FxHashMap;

use super::super::dates::CIRCA_YEARS;
use super::super::draft::{Draft, capped};
use super::super::xml::{Node, Records};
use super::super::{DefectKind, FormatError, Place, Reading};
use super::features::{self, Feature};
use super::source_url;
use crate::country;
use crate::date::{DateRange, Day};
use crate::entity::{CountryRole, NameKind, Schema};

/// What the first walk looks for.
const SURROUNDINGS: [&str; 6] =
    ["DateOfIssue", "ReferenceValueSets", "Location", "IDRegDocument", "ProfileRelationship", "SanctionsEntry"];

/// Bytes kept of a text that many parties may refer to.
const SHARED_BYTES_MAX: usize = 1_024;

/// Everything that parties refer to.
#[derive(Default)]
struct Surroundings {
    /// The code tables: by table, by id.
    values: FxHashMap<String, FxHashMap<String, String>>,
    /// What the subtypes of parties are subtypes of.
    party_types: FxHashMap<String, String>,
    /// Codes of the countries in the table, where we know them.
    countries: FxHashMap<String, &'static str>,
    locations: FxHashMap<String, Location>,
    /// By identity.
    documents: FxHashMap<String, Vec<Document>>,
    /// By profile.
    relations: FxHashMap<String, Vec<(String, String)>>,
    /// By profile.
    entries: FxHashMap<String, Vec<Entry>>,
    issued_on: Option<DateRange>,
}

struct Location {
    text: String,
    country: Option<&'static str>,
}

struct Document {
    label: String,
    number: String,
    country: Option<&'static str>,
}

struct Entry {
    programmes: Vec<String>,
    listed_on: Option<DateRange>,
}

pub(super) fn read(file: &str, text: &str, reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let limits = reading.limits;
    let mut around = Surroundings::default();
    let mut records = Records::new(file, text, limits, &SURROUNDINGS)?;
    while let Some(node) = records.next()? {
        around.keep(&node);
    }
    reading.report.published_on = around.issued_on;
    let mut records = Records::new(file, text, limits, &["DistinctParty"])?;
    let mut found = 0;
    while let Some(node) = records.next()? {
        found += 1;
        let place = Place::Byte(node.offset);
        let uid = node.attribute("FixedRef");
        let key = if uid.is_empty() { format!("ofac-entry-{found}") } else { format!("ofac-{uid}") };
        if uid.is_empty() {
            reading.defect(file, place, DefectKind::Shape, format!("party {found} has no key; numbered by its place"));
        }
        let mut draft = around.party(&node, key);
        if !uid.is_empty() {
            draft.source_url(&source_url(uid));
        }
        reading.emit(file, place, draft)?;
    }
    reading.bearable(file, reading.report.lost, found)
}

impl Surroundings {
    fn keep(&mut self, node: &Node) {
        match node.name.as_str() {
            "DateOfIssue" => self.issued_on = point(node),
            "ReferenceValueSets" => self.keep_tables(node),
            "Location" => self.keep_location(node),
            "IDRegDocument" => {
                let country = self.countries.get(node.attribute("IssuedBy-CountryID")).copied();
                let label = self.value("IDRegDocType", node.attribute("IDRegDocTypeID")).to_owned();
                let number = node.text_of("IDRegistrationNo").to_owned();
                let of = self.documents.entry(node.attribute("IdentityID").to_owned()).or_default();
                of.push(Document { label, number, country });
            }
            "ProfileRelationship" => {
                let relation = self.value("RelationType", node.attribute("RelationTypeID")).to_lowercase();
                let from = node.attribute("From-ProfileID").to_owned();
                self.relations.entry(from).or_default().push((relation, node.attribute("To-ProfileID").to_owned()));
            }
            "SanctionsEntry" => {
                let programmes = node.all("SanctionsMeasure").filter_map(|measure| {
                    let is_programme = self.value("SanctionsType", measure.attribute("SanctionsTypeID")) == "Program";
                    is_programme.then(|| measure.text_of("Comment").to_owned())
                });
                let listed_on = node.items("EntryEvent", "Date").filter_map(point).min();
                let entry = Entry { programmes: programmes.collect(), listed_on };
                self.entries.entry(node.attribute("ProfileID").to_owned()).or_default().push(entry);
            }
            _ => {}
        }
    }

    fn keep_tables(&mut self, tables: &Node) {
        for row in tables.children.iter().flat_map(|table| &table.children) {
            let (id, text) = (row.attribute("ID").to_owned(), row.text.trim());
            if row.name == "Country" {
                let code = country::code(row.attribute("ISO2")).or_else(|| country::code(text));
                self.countries.extend(code.map(|code| (id.clone(), code)));
            }
            if row.name == "PartySubType" {
                self.party_types.insert(id.clone(), row.attribute("PartyTypeID").to_owned());
            }
            let text = capped(text, SHARED_BYTES_MAX).to_owned();
            self.values.entry(row.name.clone()).or_default().insert(id, text);
        }
    }

    fn keep_location(&mut self, node: &Node) {
        let parts: Vec<&str> = node
            .items("LocationPart", "LocationPartValue")
            .map(|value| value.text_of("Value"))
            .filter(|value| !value.is_empty())
            .collect();
        let country_id = node.all("LocationCountry").next().map_or("", |country| country.attribute("CountryID"));
        let name = self.value("Country", country_id);
        let text = parts.into_iter().chain(Some(name).filter(|name| !name.is_empty())).collect::<Vec<_>>().join(", ");
        let country = self.countries.get(country_id).copied();
        let text = capped(&text, SHARED_BYTES_MAX).to_owned();
        self.locations.insert(node.attribute("ID").to_owned(), Location { text, country });
    }

    /// The value of a code; nothing if the table does not have it.
    fn value(&self, table: &str, id: &str) -> &str {
        self.values.get(table).and_then(|table| table.get(id)).map_or("", String::as_str)
    }

    fn schema(&self, subtype: &str) -> Option<Schema> {
        let party_type = self.party_types.get(subtype).map_or("", String::as_str);
        Some(match (self.value("PartySubType", subtype), self.value("PartyType", party_type)) {
            ("Vessel", _) => Schema::Vessel,
            ("Aircraft", _) => Schema::Airplane,
            (_, "Individual") => Schema::Person,
            (_, "Entity") => Schema::Organization,
            _ => return None,
        })
    }

    fn party(&mut self, node: &Node, key: String) -> Draft {
        let profile = node.all("Profile").next();
        let schema = profile.and_then(|profile| self.schema(profile.attribute("PartySubTypeID")));
        let mut draft = Draft::sanctioned(key, schema.unwrap_or(Schema::LegalEntity));
        if schema.is_none() {
            draft.problems.push((DefectKind::UnknownKind, format!("{}: unknown kind of party", draft.entity.id)));
        }
        draft.note(node.text_of("Comment"));
        for profile in node.all("Profile") {
            for identity in profile.all("Identity") {
                self.pour_identity(&mut draft, identity);
            }
            for feature in profile.all("Feature") {
                self.pour_feature(&mut draft, feature);
            }
            let id = profile.attribute("ID");
            // What is said of a profile is said once, should it stand twice.
            for (relation, to) in self.relations.remove(id).into_iter().flatten() {
                draft.link(&relation, &format!("ofac-{to}"));
            }
            for entry in self.entries.remove(id).into_iter().flatten() {
                for programme in &entry.programmes {
                    draft.programme(programme);
                }
                draft.entity.listed_on = match (draft.entity.listed_on, entry.listed_on) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                };
            }
        }
        draft
    }

    fn pour_identity(&mut self, draft: &mut Draft, identity: &Node) {
        let groups =
            identity.items("NamePartGroups", "MasterNamePartGroup").flat_map(|group| group.all("NamePartGroup"));
        let types: FxHashMap<&str, &str> = groups
            .map(|group| (group.attribute("ID"), self.value("NamePartType", group.attribute("NamePartTypeID"))))
            .collect();
        for alias in identity.all("Alias") {
            let is_low = alias.attribute("LowQuality") == "true";
            let mut kind = match self.value("AliasType", alias.attribute("AliasTypeID")) {
                "F.K.A." => NameKind::Former,
                _ if alias.attribute("Primary") == "true" => NameKind::Primary,
                _ if is_low => NameKind::Weak,
                _ => NameKind::Alias,
            };
            for name in alias.all("DocumentedName") {
                pour_name(draft, name, &types, kind);
                // The further documented names of an alias are the same name in other scripts.
                if kind == NameKind::Primary {
                    kind = NameKind::Alias;
                }
            }
        }
        for document in self.documents.remove(identity.attribute("ID")).into_iter().flatten() {
            let issuer = document.country.unwrap_or_default();
            features::pour(draft, features::of_label(&document.label), &document.label, &document.number, issuer);
        }
    }

    fn pour_feature(&self, draft: &mut Draft, feature: &Node) {
        let label = self.value("FeatureType", feature.attribute("FeatureTypeID"));
        for version in feature.all("FeatureVersion") {
            for period in version.all("DatePeriod") {
                let date = period_of(period);
                match (label, date) {
                    ("Birthdate" | "Organization Established Date" | "Aircraft Manufacture Date", Some(date)) => {
                        draft.entity.birth_dates.push(date);
                    }
                    (_, Some(date)) => draft.labelled_note(label, &date.to_string()),
                    (_, None) => {
                        let why = format!("{}: a date of `{label}` cannot be read", draft.entity.id);
                        draft.problems.push((DefectKind::Date, why));
                    }
                }
            }
            for location in version.all("VersionLocation") {
                if let Some(location) = self.locations.get(location.attribute("LocationID")) {
                    pour_location(draft, label, location);
                }
            }
            for detail in version.all("VersionDetail") {
                let referred = self.value("DetailReference", detail.attribute("DetailReferenceID"));
                let text = if detail.text.trim().is_empty() { referred } else { detail.text.trim() };
                pour_detail(draft, label, text);
            }
            draft.note(version.text_of("Comment"));
        }
    }
}

fn pour_name(draft: &mut Draft, name: &Node, types: &FxHashMap<&str, &str>, kind: NameKind) {
    let (mut first, mut given, mut family) = (Vec::new(), Vec::new(), Vec::new());
    for value in name.items("DocumentedNamePart", "NamePartValue") {
        match types.get(value.attribute("NamePartGroupID")).copied().unwrap_or_default() {
            "First Name" => first.push(value.text.trim()),
            "Middle Name" | "Patronymic" | "Matronymic" | "Nickname" => given.push(value.text.trim()),
            _ => family.push(value.text.trim()),
        }
    }
    first.append(&mut given);
    draft.name_of_parts(&first.join(" "), &family.join(" "), kind);
}

fn pour_location(draft: &mut Draft, label: &str, location: &Location) {
    match label {
        "Place of Birth" => draft.birth_place(&location.text),
        "Location" => draft.address(&[&location.text], ""),
        "Nationality Country"
        | "Citizenship Country"
        | "Vessel Flag"
        | "Former Vessel Flag"
        | "Nationality of Registration" => {}
        _ => draft.labelled_note(label, &location.text),
    }
    let role = match label {
        "Place of Birth" => CountryRole::Birth,
        "Nationality Country" | "Citizenship Country" => CountryRole::Nationality,
        "Vessel Flag" | "Former Vessel Flag" | "Nationality of Registration" => CountryRole::Jurisdiction,
        _ => CountryRole::Residence,
    };
    if let Some(code) = location.country {
        draft.country_code(code, role);
    }
}

fn pour_detail(draft: &mut Draft, label: &str, text: &str) {
    match label {
        "Title" => draft.position(text),
        "Birthdate" => draft.birth_date(text),
        "Place of Birth" => draft.birth_place(text),
        _ => match features::of_label(label) {
            Feature::Note => draft.labelled_note(label, text),
            feature => features::pour(draft, feature, label, text, ""),
        },
    }
}

/// From the first day of the start to the last of the end.
fn period_of(period: &Node) -> Option<DateRange> {
    let (start, end) = (period.all("Start").next()?, period.all("End").next());
    let edge = |of: &Node, one: &str, other: &str| of.all(one).next().or(of.all(other).next()).and_then(point);
    let from = edge(start, "From", "To")?;
    let to = edge(end.unwrap_or(start), "To", "From").unwrap_or(from);
    let range = DateRange { first: from.first, last: to.last.max(from.last), approximate: false };
    let is_approximate = [Some(start), end].into_iter().flatten().any(|edge| edge.attribute("Approximate") == "true");
    Some(if is_approximate { range.about(CIRCA_YEARS) } else { range })
}

/// A day, or as much of one as is given.
fn point(node: &Node) -> Option<DateRange> {
    let year = node.text_of("Year").parse().ok()?;
    match (node.text_of("Month").parse().ok(), node.text_of("Day").parse().ok()) {
        (Some(month), Some(day)) => Day::new(year, month, day).map(DateRange::day),
        (Some(month), None) => DateRange::month(year, month),
        (None, _) => DateRange::year(year),
    }
}
