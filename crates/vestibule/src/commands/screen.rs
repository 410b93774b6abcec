//! `vestibule screen`: a file of parties against the lists in force, on every core.

use std::io::{BufWriter, IsTerminal};
use std::path::Path;
use std::sync::mpsc;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use watchlists::Index;
use watchlists::evidence::Feature;
use watchlists::screening::{Match, Options, Query};

use self::columns::{Columns, Party};
use self::output::Output;
use self::unread::Tally;
use crate::cli::Screen;
use crate::config::Config;
use crate::house;

mod columns;
mod date;
mod output;
mod unread;

/// Rows that one thread takes at a time.
const CHUNK_ROWS: usize = 256;

/// The second axis, in the order of its columns.
const FEATURES: [Feature; 6] =
    [Feature::BirthDate, Feature::Country, Feature::Gender, Feature::Identifier, Feature::BirthPlace, Feature::Address];

/// Screens the file.
///
/// # Errors
/// A file that is no CSV or has no name column, a store without lists, a file without one row that has a name.
pub async fn run(config: &Config, screen: &Screen) -> anyhow::Result<()> {
    let service = house::quiet(config).await?;
    service.load_lists().await?;
    let lists = service.lists_in_force();
    if lists.index.is_empty() {
        anyhow::bail!("no list is in force: add one with `vestibule lists add`");
    }
    let (input, output, threshold) = (screen.input.clone(), screen.output.clone(), screen.threshold);
    let index = std::sync::Arc::clone(&lists.index);
    let (rows, matches, unread) = tokio::task::spawn_blocking(move || all(&index, &input, &output, threshold))
        .await
        .context("screening failed")??;
    let not_screened = unread.not_screened();
    eprintln!("{} screened against {} entries, {matches} matches", rows - not_screened, lists.index.len());
    for sentence in unread.sentences() {
        eprintln!("{sentence}");
    }
    if rows > 0 && rows == not_screened {
        anyhow::bail!("nothing was screened: no row has a name to compare");
    }
    Ok(())
}

/// A chunk of the input, numbered so that the output keeps its order.
type Chunk = (usize, Vec<(String, Query)>);

/// Rows, matches, and what could not be read of the rows.
fn all(index: &Index, input: &Path, output: &Path, threshold: f64) -> anyhow::Result<(u64, u64, Tally)> {
    let bytes = std::fs::metadata(input).map(|metadata| metadata.len()).unwrap_or_default();
    let mut reader = csv::Reader::from_path(input).with_context(|| format!("cannot read {}", input.display()))?;
    let columns = Columns::of(reader.headers()?)?;
    let (output, file) = Output::create(output, input)?;
    let mut writer = csv::Writer::from_writer(BufWriter::new(file));
    writer.write_record(header())?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the flag is between 0 and 1")]
    let threshold = names::Score::from_ten_thousandths((threshold * 10_000.0).round() as u16);
    let options = Options { threshold, ..Options::default() };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let bar = progress(bytes);
    let counted = std::thread::scope(|scope| {
        let (chunks_out, chunks_in) = mpsc::sync_channel::<Chunk>(threads * 4);
        let chunks_in = std::sync::Arc::new(std::sync::Mutex::new(chunks_in));
        let (found_out, found_in) = mpsc::sync_channel::<(usize, usize, Vec<[String; 11]>)>(threads * 4);
        for _ in 0..threads {
            let (chunks_in, found_out, options) = (std::sync::Arc::clone(&chunks_in), found_out.clone(), &options);
            scope.spawn(move || {
                loop {
                    let next = chunks_in.lock().map(|chunks| chunks.recv());
                    let Ok(Ok((number, parties))) = next else { return };
                    let rows = parties.len();
                    let found = parties.iter().flat_map(|(id, query)| {
                        index.screen(query, options).into_iter().map(|found| row(index, id, &found))
                    });
                    if found_out.send((number, rows, found.collect())).is_err() {
                        return;
                    }
                }
            });
        }
        drop(found_out);
        let reading = scope.spawn(|| -> anyhow::Result<Tally> {
            let (chunks_out, mut tally) = (chunks_out, Tally::default());
            let (mut number, mut chunk) = (0, Vec::with_capacity(CHUNK_ROWS));
            for (line, record) in reader.records().enumerate() {
                let record = record?;
                bar.set_position(record.position().map_or(0, csv::Position::byte));
                let Party { id, query, unread } = columns.party(line, &record);
                tally.add(record.position().map_or(0, csv::Position::line), &unread);
                chunk.push((id, query));
                if chunk.len() == CHUNK_ROWS {
                    if chunks_out.send((number, std::mem::take(&mut chunk))).is_err() {
                        return Ok(tally);
                    }
                    number += 1;
                }
            }
            drop(chunks_out.send((number, chunk)));
            Ok(tally)
        });
        let (mut rows, mut matches, mut next) = (0, 0, 0);
        let mut early = std::collections::BTreeMap::new();
        for (number, count, found) in found_in {
            rows += count as u64;
            matches += found.len() as u64;
            early.insert(number, found);
            while let Some(found) = early.remove(&next) {
                for row in found {
                    writer.write_record(&row)?;
                }
                next += 1;
            }
        }
        let tally = reading.join().map_err(|_| anyhow::anyhow!("reading failed"))??;
        bar.finish_and_clear();
        anyhow::Ok((rows, matches, tally))
    })?;
    let file = writer.into_inner().map_err(|error| anyhow::anyhow!("cannot write: {}", error.error()))?;
    drop(file.into_inner().map_err(|error| anyhow::anyhow!("cannot write: {}", error.error()))?);
    output.keep()?;
    Ok(counted)
}

fn header() -> impl Iterator<Item = &'static str> {
    let fixed = ["id", "entity_id", "list", "name", "score"];
    fixed.into_iter().chain(FEATURES.map(Feature::as_str))
}

/// One match: what was asked, who was found, and what each feature says.
fn row(index: &Index, id: &str, found: &Match) -> [String; 11] {
    let list = index.list_of(found.entity).map(|list| list.name.clone()).unwrap_or_default();
    let feature = |feature: Feature| {
        let evidence = found.evidence.iter().find(|evidence| evidence.feature == feature);
        evidence.map(|evidence| evidence.finding.as_str().to_owned()).unwrap_or_default()
    };
    let [birth_date, country, gender, identifier, birth_place, address] = FEATURES.map(feature);
    let (entity, name, score) = (found.id.0.clone(), found.listed_name.clone(), found.score.to_string());
    [id.to_owned(), entity, list, name, score, birth_date, country, gender, identifier, birth_place, address]
}

/// A bar with rate and time left, where somebody is looking.
fn progress(bytes: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left");
    ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
