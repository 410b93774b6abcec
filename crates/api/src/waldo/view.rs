//! How a customer and its evaluation look on the wire.

use std::collections::BTreeSet;

use onboarding::evaluation::document::{DocumentFinding, DocumentReport};
use onboarding::evaluation::finding::check_of;
use onboarding::evaluation::operation::{EvaluationKind, Operation, Phase, Trigger};
use onboarding::evaluation::{Approval, DocumentTag, Evaluation, FraudScore, Kyc, Standing, Tag};
use onboarding::signals::SignalName;
use onboarding::{Customer, CustomerId};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Number;
use uuid::Uuid;

use super::application::Options;

/// Where the console shows a customer.
#[must_use]
pub fn uri(public_url: &str, customer: CustomerId) -> String {
    format!("{}/console/customers/{customer}", public_url.trim_end_matches('/'))
}

/// A run, as everything that tells of one begins.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told<'a> {
    /// The id of the request; absent where nobody asked over the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<&'a str>,
    /// What happened.
    pub event: &'static str,
    /// The run.
    pub evaluation: Run,
    /// How the customer stands.
    pub validation: Validation<'a>,
    /// The options, as they were sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<OptionsView>,
    /// The first answer about the identity.
    #[serde(rename = "expressKYC", skip_serializing_if = "Option::is_none")]
    pub express: Option<Express>,
    /// The caller's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<&'a str>,
    /// Ours.
    pub customer_id: Uuid,
    /// Where the console shows it.
    pub uri: String,
    /// What went wrong with it; nothing ever does that is not told by a status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<[(); 0]>,
}

/// Where a run stands.
#[derive(Debug, Serialize)]
pub struct Run {
    /// What is evaluated.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Where it stands.
    pub status: &'static str,
}

impl Run {
    /// A run of this kind in this phase.
    #[must_use]
    pub const fn of(kind: EvaluationKind, phase: Phase) -> Self {
        Self { kind: kind.as_str(), status: phase.as_str() }
    }

    /// What is under way, or that nothing is.
    #[must_use]
    pub fn under_way(evaluation: &Evaluation) -> Self {
        let idle = Self { kind: "idle", status: "idle" };
        evaluation.running().map_or(idle, |run| Self::of(run.kind, run.phase))
    }
}

/// The options, as they were sent.
#[derive(Debug, Serialize)]
pub struct OptionsView {
    #[serde(rename = "includeFraudCheck")]
    fraud_check: bool,
    #[serde(rename = "useExpressKYC", skip_serializing_if = "Option::is_none")]
    express: Option<bool>,
}

impl From<Options> for OptionsView {
    fn from(Options { fraud_check, express }: Options) -> Self {
        Self { fraud_check, express }
    }
}

/// The first answer about the identity, if there is one in time.
#[derive(Debug, Serialize)]
pub struct Express {
    /// Whether there is one.
    pub success: bool,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kyc: Option<&'static str>,
}

/// How a customer stands.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Validation<'a> {
    status: &'static str,
    kyc: &'static str,
    fraud_score: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    fraud_flag: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warnings: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning_tags: Option<WarningTags<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kyc_breakdown: Option<Breakdown<'a>>,
}

impl<'a> Validation<'a> {
    /// The three values that are known from the beginning.
    #[must_use]
    pub fn short(standing: &Standing) -> Self {
        Self {
            status: approval(standing.approval),
            kyc: kyc(standing.kyc),
            fraud_score: score(standing.score),
            fraud_flag: None,
            warnings: None,
            warning_tags: None,
            kyc_breakdown: None,
        }
    }

    /// The same, with whether it is flagged.
    #[must_use]
    pub fn flagged(standing: &Standing) -> Self {
        Self { fraud_flag: Some(standing.flagged), ..Self::short(standing) }
    }

    /// Everything that is known. `document` is what a document said, where the run was about one.
    #[must_use]
    pub fn whole(standing: &Standing, document: Option<&'a DocumentReport>) -> Self {
        let Some(failed) = &standing.failed else { return Self::flagged(standing) };
        let of_document = document
            .map_or(0, |report| report.findings.values().filter(|finding| finding.passed == Some(false)).count());
        Self {
            warnings: Some(failed.len() + of_document),
            warning_tags: Some(WarningTags { failed: failed.clone(), document }),
            kyc_breakdown: Some(Breakdown { failed: failed.clone(), signals: standing.signals.clone(), document }),
            ..Self::flagged(standing)
        }
    }
}

/// The tags: an object by tag; a list, where a document has added its own.
#[derive(Debug)]
struct WarningTags<'a> {
    failed: BTreeSet<Tag>,
    document: Option<&'a DocumentReport>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TagView {
    tag: &'static str,
    label: &'static str,
    passed: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TagInList {
    tag: &'static str,
    passed: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_doc: bool,
    label: &'static str,
}

impl Serialize for WarningTags<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let passed = |tag: &Tag| !self.failed.contains(tag);
        let Some(report) = self.document else {
            let mut map = serializer.serialize_map(Some(Tag::ALL.len()))?;
            for tag in Tag::ALL {
                let view = TagView { tag: tag.as_str(), label: tag.label(), passed: passed(&tag) };
                map.serialize_entry(tag.as_str(), &view)?;
            }
            return map.end();
        };
        let own = Tag::ALL.into_iter().map(|tag| TagInList {
            tag: tag.as_str(),
            passed: passed(&tag),
            is_doc: false,
            label: tag.label(),
        });
        let documents = DocumentTag::ALL.into_iter().map(|tag| TagInList {
            tag: tag.as_str(),
            passed: report.findings.get(&tag).and_then(|finding| finding.passed) == Some(true),
            is_doc: true,
            label: tag.label(),
        });
        serializer.collect_seq(own.chain(documents))
    }
}

/// KYC taken apart: what stands behind each tag, by the names of facts and never by values. Where no signals were looked
/// at, it is as empty as in the vendor's examples.
#[derive(Debug)]
struct Breakdown<'a> {
    failed: BTreeSet<Tag>,
    signals: BTreeSet<SignalName>,
    document: Option<&'a DocumentReport>,
}

#[derive(Serialize)]
struct Part<T> {
    label: &'static str,
    passed: bool,
    tags: T,
}

struct Details<'a>(&'a DocumentFinding);

#[derive(Serialize)]
struct Detail {
    label: String,
    passed: bool,
}

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_map(self.0.details.iter().map(|(word, &passed)| (word, Detail { label: readable(word), passed })))
    }
}

/// `minimum_accepted_age` as somebody would say it.
fn readable(word: &str) -> String {
    let mut label = word.replace('_', " ");
    if let Some(first) = label.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    label
}

/// The tags that lists answer, or those that signals do.
struct OfTags<'a> {
    of: &'a Breakdown<'a>,
    listed: bool,
}

impl Serialize for OfTags<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Breakdown { failed, signals, .. } = self.of;
        let told = |tag: &Tag| !signals.is_empty() && check_of(*tag).is_some() == self.listed;
        serializer.collect_map(Tag::ALL.into_iter().filter(told).map(|tag| {
            let passed = !failed.contains(&tag);
            (tag.as_str(), Part { label: tag.label(), passed, tags: Signals { tag, of: signals } })
        }))
    }
}

/// The signals of one tag. One that only moves the score passes.
struct Signals<'a> {
    tag: Tag,
    of: &'a BTreeSet<SignalName>,
}

impl Serialize for Signals<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = self.of.iter().filter(|signal| signal.family() == Some(self.tag));
        serializer.collect_map(own.map(|signal| {
            let word = signal.as_str().split_once('.').map_or(signal.as_str(), |(_, word)| word);
            (word, Detail { label: readable(word), passed: signal.fails() != Some(self.tag) })
        }))
    }
}

struct OfDocument<'a>(Option<&'a DocumentReport>);

impl Serialize for OfDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let findings = self.0.into_iter().flat_map(|report| &report.findings);
        serializer.collect_map(findings.map(|(tag, finding)| {
            let passed = finding.passed == Some(true);
            (tag.as_str(), Part { label: tag.label(), passed, tags: Details(finding) })
        }))
    }
}

impl Serialize for Breakdown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("identityBreakdown", &OfTags { of: self, listed: false })?;
        map.serialize_entry("watchlistBreakdown", &OfTags { of: self, listed: true })?;
        map.serialize_entry("documentBreakdown", &OfDocument(self.document))?;
        map.end()
    }
}

/// The vendor's word for whether a customer is let in.
#[must_use]
pub const fn approval(approval: Approval) -> &'static str {
    match approval {
        Approval::Review => "REVIEW",
        Approval::Approved => "APPROVED",
        Approval::Rejected => "REJECTED",
    }
}

/// The vendor's word for what KYC says.
#[must_use]
pub const fn kyc(kyc: Kyc) -> &'static str {
    match kyc {
        Kyc::Pending => "PENDING",
        Kyc::Passed => "PASSED",
        Kyc::Review => "REVIEW",
        Kyc::Rejected => "REJECTED",
    }
}

/// The vendor's word for what started a run.
#[must_use]
pub const fn event(trigger: Trigger) -> &'static str {
    trigger.as_str()
}

/// A score as the vendor writes it: whole numbers without a point, and 0 as long as nobody asked.
#[must_use]
pub fn score(score: Option<FraudScore>) -> Number {
    match score.map_or(0, FraudScore::ten_thousandths) {
        whole @ (0 | 10_000) => Number::from(whole / 10_000),
        part => Number::from_f64(f64::from(part) / 10_000.0).unwrap_or_else(|| Number::from(0)),
    }
}

/// A run of a customer as it is told at one of its steps: what was known when it began, or when it ended.
#[must_use]
pub fn told<'a>(customer: &'a Customer, run: &'a Operation, phase: Phase, public_url: &str) -> Told<'a> {
    let validation = match (phase, &run.after) {
        (Phase::Completed | Phase::Failed, Some(after)) => Validation::whole(after, run.document.as_ref()),
        _ => Validation::whole(&run.before, None),
    };
    Told {
        request_id: run.request_id.as_deref(),
        event: event(run.trigger),
        evaluation: Run::of(run.kind, phase),
        validation,
        options: None,
        express: None,
        external_id: external_id(customer),
        customer_id: customer.id.0,
        uri: uri(public_url, customer.id),
        errors: None,
    }
}

/// The caller's id for the customer.
#[must_use]
pub fn external_id(customer: &Customer) -> Option<&str> {
    customer.client_identifier.as_ref().map(|id| id.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn standing(failed: Option<&[Tag]>) -> Standing {
        Standing {
            approval: Approval::Approved,
            kyc: Kyc::Passed,
            score: Some(FraudScore::of(0.9)),
            flagged: false,
            failed: failed.map(|tags| tags.iter().copied().collect()),
            signals: BTreeSet::new(),
        }
    }

    #[test]
    fn the_seeds_validation_byte_for_byte() {
        let standing = standing(Some(&[Tag::FraudReports, Tag::Phone, Tag::Email]));
        let shown = serde_json::to_string(&Validation::whole(&standing, None)).expect("JSON");
        let expected = concat!(
            r#"{"status":"APPROVED","kyc":"PASSED","fraudScore":0.9,"fraudFlag":false,"warnings":3,"warningTags":{"#,
            r#""ssn":{"tag":"ssn","label":"SSN Integrity","passed":true},"#,
            r#""date_of_birth":{"tag":"date_of_birth","label":"Date of Birth Integrity","passed":true},"#,
            r#""address":{"tag":"address","label":"Address Integrity","passed":true},"#,
            r#""legal_and_regulatory_warnings":{"tag":"legal_and_regulatory_warnings","#,
            r#""label":"Legal and Regulatory Warnings","passed":true},"#,
            r#""politically_exposed_person":{"tag":"politically_exposed_person","#,
            r#""label":"Politically Exposed Person","passed":true},"#,
            r#""sanction":{"tag":"sanction","label":"Sanctions List","passed":true},"#,
            r#""fraud_reports":{"tag":"fraud_reports","label":"Network Fraud Detection","passed":false},"#,
            r#""watchlists_validation":{"tag":"watchlists_validation","label":"Watchlists Validation","passed":true},"#,
            r#""phone_number_validation":{"tag":"phone_number_validation","#,
            r#""label":"Phone Number Validation","passed":false},"#,
            r#""email_address_validation":{"tag":"email_address_validation","#,
            r#""label":"Email Address Validation","passed":false}},"#,
            r#""kycBreakdown":{"identityBreakdown":{},"watchlistBreakdown":{},"documentBreakdown":{}}}"#,
        );
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_stands_behind_the_tags_is_told_by_name() {
        let mut standing = standing(Some(&[Tag::Ssn, Tag::Sanction]));
        standing.signals = [SignalName::SsnNeverIssued, SignalName::SsnRailroad, SignalName::PhoneTollFree].into();
        let shown = serde_json::to_value(Validation::whole(&standing, None)).expect("JSON");
        let breakdown = &shown["kycBreakdown"];
        let ssn = json!({"label": "SSN Integrity", "passed": false, "tags": {
            "never_issued": {"label": "Never issued", "passed": false},
            "railroad": {"label": "Railroad", "passed": false}}});
        let phone = json!({"label": "Phone Number Validation", "passed": true, "tags": {
            "toll_free": {"label": "Toll free", "passed": true}}});
        let identity = breakdown["identityBreakdown"].as_object().expect("an object");
        assert_eq!((identity.len(), &identity["ssn"], &identity["phone_number_validation"]), (6, &ssn, &phone));
        let lists = breakdown["watchlistBreakdown"].as_object().expect("an object");
        assert_eq!(lists["sanction"], json!({"label": "Sanctions List", "passed": false, "tags": {}}));
        assert_eq!((lists.len(), &lists["watchlists_validation"]["passed"]), (4, &json!(true)));
    }

    #[test]
    fn before_anything_is_known_nothing_is_told() {
        let unknown = Evaluation::unknown(onboarding::evaluation::Origin::default()).standing();
        let shown = serde_json::to_string(&Validation::short(&unknown)).expect("JSON");
        assert_eq!(shown, r#"{"status":"REVIEW","kyc":"PENDING","fraudScore":0}"#);
        let shown = serde_json::to_value(Validation::whole(&unknown, None)).expect("JSON");
        assert_eq!(shown, json!({"status": "REVIEW", "kyc": "PENDING", "fraudScore": 0, "fraudFlag": false}));
    }

    #[test]
    fn a_document_makes_the_tags_a_list_and_fills_its_breakdown() {
        let passed = |passed, details: &[(&str, bool)]| DocumentFinding {
            passed: Some(passed),
            details: details.iter().map(|(word, passed)| ((*word).to_owned(), *passed)).collect(),
        };
        let report = DocumentReport {
            file: onboarding::id::FileId(uuid::Uuid::nil()),
            kind: onboarding::evaluation::document::DocumentKind::Passport,
            side: onboarding::evaluation::document::DocumentSide::Front,
            country: "UTO".to_owned(),
            issued_on: None,
            findings: [
                (DocumentTag::Age, passed(false, &[("minimum_accepted_age", false)])),
                (DocumentTag::Image, passed(true, &[("colour_picture", true)])),
            ]
            .into(),
        };
        let standing = standing(Some(&[Tag::Ssn]));
        let shown = serde_json::to_value(Validation::whole(&standing, Some(&report))).expect("JSON");
        assert_eq!(shown["warnings"], 2);
        let tags = shown["warningTags"].as_array().expect("a list");
        assert_eq!(tags.len(), 17);
        assert_eq!(tags[0], json!({"tag": "ssn", "passed": false, "label": "SSN Integrity"}));
        assert_eq!(
            tags[10],
            json!({"tag": "age_validation", "passed": false, "isDoc": true, "label": "Age Validation"})
        );
        assert_eq!(
            shown["kycBreakdown"]["documentBreakdown"]["age_validation"],
            json!({"label": "Age Validation", "passed": false,
                "tags": {"minimum_accepted_age": {"label": "Minimum accepted age", "passed": false}}})
        );
    }

    #[test]
    fn a_score_is_written_as_the_vendor_does() {
        for (given, shown) in
            [(None, "0"), (Some(0.9), "0.9"), (Some(1.0), "1"), (Some(0.0), "0"), (Some(0.57), "0.57")]
        {
            assert_eq!(score(given.map(FraudScore::of)).to_string(), shown);
        }
    }
}
