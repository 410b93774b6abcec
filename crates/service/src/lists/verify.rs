//! Whether what is kept of the lists is what was taken: the content by its hash, the reading again, the index.

use store::ListVersion;
use watchlists::formats::{self, Limits, Source};
use watchlists::screening::ListNumber;
use watchlists::{Entity, Index};

use super::{ListFile, content_hash, inputs};
use crate::Service;
use crate::refused::Refused;

/// What was found of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The version.
    pub version: ListVersion,
    /// What is wrong; nothing if all is well.
    pub wrong: Vec<String>,
}

impl Service {
    /// Verifies the versions in force, or every version that is kept: of one list, or of all.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for a list that is not kept; what the store cannot do.
    pub async fn verify_lists(&self, list: Option<&str>, all_versions: bool) -> Result<Vec<Verified>, Refused> {
        let current = self.lists().await?;
        let current: Vec<_> = current.into_iter().filter(|known| list.is_none_or(|list| known.list == list)).collect();
        if current.is_empty() && list.is_some() {
            return Err(Refused::NotFound);
        }
        let mut verified = Vec::new();
        for version in current {
            let versions = if all_versions { self.store().list_versions(&version.list).await? } else { vec![version] };
            for version in versions {
                let files = match self.store().list_files(&version.list, version.hash).await {
                    Ok(files) => files,
                    Err(store::StoreError::Inconsistent(error)) => {
                        verified.push(Verified { version, wrong: vec![error.to_string()] });
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                };
                let files = files.into_iter().map(|(name, bytes)| ListFile { name, bytes }).collect();
                let looked = tokio::task::spawn_blocking(move || verify(version, files)).await;
                verified.push(looked.map_err(|error| Refused::Internal(Box::new(error)))?);
            }
        }
        Ok(verified)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the content of a list goes with the thread that reads it")]
fn verify(version: ListVersion, files: Vec<ListFile>) -> Verified {
    let mut wrong = Vec::new();
    if content_hash(&files) != version.hash {
        wrong.push("the content is not what its hash says".to_owned());
    }
    let Ok(source) = version.format.parse::<Source>() else {
        wrong.push("it is of a source that is not read here".to_owned());
        return Verified { version, wrong };
    };
    let mut builder = Index::builder();
    let number = builder.list(version.list.clone(), String::new());
    let mut ids = Vec::new();
    let read = formats::read(source, &inputs(&files), &Limits::default(), &mut |entity: Entity| {
        builder.add(number, &entity);
        ids.push(entity.id);
    });
    match read {
        Err(error) => wrong.push(format!("it does not read any more: {error}")),
        Ok(report) if (report.entities, report.names) != (version.entities, version.names) => wrong.push(format!(
            "it reads as {} entries and {} names, and was taken as {} and {}",
            report.entities, report.names, version.entities, version.names
        )),
        Ok(_) => {
            let index = builder.build();
            let lost = ids.iter().filter(|id| index.find(ListNumber(0), id).is_none()).count();
            if lost > 0 || index.len() != ids.len() {
                wrong.push(format!("the index has {} entries, and misses {lost} of {}", index.len(), ids.len()));
            }
        }
    }
    Verified { version, wrong }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use watchlists::Topics;

    use super::*;

    fn files(rows: &str) -> Vec<ListFile> {
        vec![ListFile { name: "own.csv".to_owned(), bytes: format!("id,name\n{rows}").into_bytes() }]
    }

    fn version(hash: [u8; 32], entities: u64) -> ListVersion {
        ListVersion {
            list: "own-list".to_owned(),
            format: "custom".to_owned(),
            tenant: None,
            hash,
            title: String::new(),
            published_on: None,
            entities,
            names: entities,
            topics: Topics::NONE,
            defects: 0,
            bytes: 0,
            files: vec!["own.csv".to_owned()],
            added_at: Timestamp::UNIX_EPOCH,
            confirmed_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_list_is_what_it_was_taken_for_or_it_is_told_what_is_not() {
        let kept = files("1,Erna Musterfrau\n2,Bob Smith\n");
        let hash = content_hash(&kept);
        assert_eq!(verify(version(hash, 2), kept).wrong, Vec::<String>::new());
        let told = |hash, entities, rows: &str| verify(version(hash, entities), files(rows)).wrong.join("; ");
        assert!(told(hash, 2, "1,Erna Musterfrau\n2,Bob Smyth\n").contains("hash"));
        assert!(told(hash, 3, "1,Erna Musterfrau\n2,Bob Smith\n").contains("2 entries"));
        assert!(told(hash, 2, "").contains("does not read"));
        assert!(!told(hash, 2, "1,Erna Musterfrau\n2,Bob Smyth\n").contains("Erna"));
    }
}
