//! `vestibule compare`: how alike two names are, and why.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use names::{Kind, Name};

use super::say;
use crate::cli::Compare;

/// Runs the command.
///
/// # Errors
/// An unknown schema, a file that is no CSV or lacks a column.
pub fn run(compare: &Compare) -> anyhow::Result<()> {
    if let Some(pairs) = &compare.pairs {
        return all(pairs);
    }
    let [one, two] = compare.names.as_slice() else { anyhow::bail!("two names are needed") };
    let kind = kind(&compare.schema)?;
    let (one, two) = (Name::parse(kind, one), Name::parse(kind, two));
    if compare.explain {
        return say(names::explain(&one, &two).to_string().trim_end());
    }
    say(&format!("{}\n{}", names::similarity(&one, &two), names::explain(&one, &two).to_string().trim_end()))
}

/// Prints every row of the file again, with its score.
fn all(path: &Path) -> anyhow::Result<()> {
    let mut reader = csv::Reader::from_path(path).with_context(|| format!("cannot read {}", path.display()))?;
    let header = reader.headers()?.clone();
    let column = |name: &str| {
        let found =
            header.iter().position(|column| column.trim_start_matches('\u{feff}').trim().eq_ignore_ascii_case(name));
        found.with_context(|| format!("{} has no column `{name}`", path.display()))
    };
    let (schema, one, two) = (column("schema")?, column("name1")?, column("name2")?);
    let mut writer = csv::Writer::from_writer(std::io::BufWriter::new(std::io::stdout().lock()));
    writer.write_record(header.iter().chain(["score"]))?;
    let scored = reader.records().try_for_each(|record| {
        let record = record?;
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let kind =
            kind(cell(schema)).with_context(|| format!("line {}", record.position().map_or(0, csv::Position::line)))?;
        let score = names::similarity(&Name::parse(kind, cell(one)), &Name::parse(kind, cell(two)));
        Ok(writer.write_record(record.iter().chain([score.to_string().as_str()]))?)
    });
    // Whole rows in any case: the rows before one that cannot be read are right.
    writer.flush()?;
    writer.into_inner().map_err(|error| anyhow::anyhow!("cannot write: {}", error.error()))?.flush()?;
    scored
}

/// How names of such a thing are read (FollowTheMoney schema names).
fn kind(schema: &str) -> anyhow::Result<Kind> {
    Ok(match schema.trim().to_ascii_lowercase().as_str() {
        "person" | "individual" => Kind::Person,
        "company" | "organization" | "organisation" | "publicbody" => Kind::Organisation,
        "vessel" | "ship" | "airplane" | "aircraft" | "vehicle" => Kind::Object,
        "" | "legalentity" | "entity" | "thing" | "address" | "cryptowallet" => Kind::Any,
        _ => anyhow::bail!(
            "unknown schema `{schema}`; known are: Person, Company, Organization, PublicBody, LegalEntity, Vessel, Airplane, Vehicle, Thing, Address, CryptoWallet"
        ),
    })
}
