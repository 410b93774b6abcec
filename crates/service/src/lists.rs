//! Watchlists: added by an operator, kept by content, built into the index in force.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use store::ListVersion;
use watchlists::formats::{self, FormatError, InputFile, Limits, Report, Source};
use watchlists::{Entity, Index};

use crate::Service;
use crate::refused::Refused;
use crate::screening::Lists;

/// A published file, read into memory.
#[derive(Debug)]
pub struct ListFile {
    /// Its name; it tells which file of a set it is.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What adding a list did.
#[derive(Debug)]
pub struct Added {
    /// The version now in force.
    pub version: ListVersion,
    /// What was read and what was wrong with it.
    pub report: Report,
}

/// Why a list was not added. The one in force stays.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The files are not what they should be.
    #[error("the list is refused: {0}")]
    Format(#[from] FormatError),
    /// Nobody is listed in it.
    #[error("the list is refused: it lists nobody")]
    Nobody,
    /// The store failed.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl Service {
    /// Reads a list and puts it in force. The same content again confirms the one in force.
    ///
    /// # Errors
    /// A file that does not parse, or lists nobody, is refused.
    pub async fn add_list(&self, source: Source, files: Vec<ListFile>) -> Result<Added, AddError> {
        let (report, files) = tokio::task::spawn_blocking(move || {
            let inputs: Vec<InputFile<'_>> = inputs(&files);
            let report = formats::read(source, &inputs, &Limits::default(), &mut |_| ());
            report.map(|report| (report, files))
        })
        .await
        .map_err(|error| Refused::Internal(Box::new(error)))??;
        if report.entities == 0 {
            return Err(AddError::Nobody);
        }
        let now = self.now();
        let version = ListVersion {
            list: source.as_str().to_owned(),
            hash: content_hash(&files),
            title: source.title().to_owned(),
            published_on: report.published_on.map(|date| date.to_string()),
            entities: report.entities,
            names: report.names,
            topics: report.topics,
            defects: report.defects_total,
            bytes: files.iter().map(|file| file.bytes.len() as u64).sum(),
            files: files.iter().map(|file| file.name.clone()).collect(),
            added_at: now,
            confirmed_at: now,
        };
        let contents: Vec<(String, &[u8])> =
            files.iter().map(|file| (file.name.clone(), file.bytes.as_slice())).collect();
        self.store().put_list(&version, &contents).await.map_err(Refused::from)?;
        Ok(Added { version, report })
    }

    /// The lists in force, with what the store knows of them.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn lists(&self) -> Result<Vec<ListVersion>, Refused> {
        Ok(self.store().current_lists().await?)
    }

    /// Builds the index of the lists in force and swaps it in; screenings that run keep the old one to their end.
    ///
    /// # Errors
    /// A stored list that cannot be read leaves the old index in force.
    pub async fn load_lists(&self) -> Result<(), Refused> {
        let versions = self.store().current_lists().await?;
        let mut sets = Vec::with_capacity(versions.len());
        for version in &versions {
            sets.push(self.store().list_files(&version.list, version.hash).await?);
        }
        let build = move || -> Result<Lists, FormatError> {
            let mut builder = Index::builder();
            for (version, files) in versions.iter().zip(sets) {
                let files: Vec<ListFile> = files.into_iter().map(|(name, bytes)| ListFile { name, bytes }).collect();
                let list = builder.list(version.list.clone(), crate::screening::hex(&version.hash));
                // What was put in force is one of our own sources; a word we no longer know is a damaged store.
                let source: Source = version.list.parse().map_err(|_| FormatError::NotOneList {
                    why: "the store holds a list of an unknown source".to_owned(),
                })?;
                formats::read(source, &inputs(&files), &Limits::default(), &mut |entity: Entity| {
                    builder.add(list, &entity);
                })?;
            }
            Ok(Lists { index: Arc::new(builder.build()), versions })
        };
        let built = tokio::task::spawn_blocking(build).await.map_err(|error| Refused::Internal(Box::new(error)))?;
        let lists = built.map_err(|error| Refused::Internal(Box::new(error)))?;
        self.put_in_force(lists);
        Ok(())
    }
}

fn inputs(files: &[ListFile]) -> Vec<InputFile<'_>> {
    files.iter().map(|file| InputFile { name: &file.name, bytes: &file.bytes }).collect()
}

/// SHA-256 over the names and contents of the files, in the order of their names.
fn content_hash(files: &[ListFile]) -> [u8; 32] {
    let mut ordered: Vec<&ListFile> = files.iter().collect();
    ordered.sort_by(|a, b| a.name.cmp(&b.name));
    let mut hash = Sha256::new();
    for file in ordered {
        hash.update((file.name.len() as u64).to_be_bytes());
        hash.update(file.name.as_bytes());
        hash.update((file.bytes.len() as u64).to_be_bytes());
        hash.update(&file.bytes);
    }
    hash.finalize().into()
}
