//! The index in force, kept in the store's folder, so that a server that starts need not build it.
//!
//! It holds what the published lists say, and nothing of a customer. Whatever is wrong with it, the index is built from the
//! lists instead; so nothing is lost with it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};
use store::ListVersion;
use watchlists::Index;

use crate::screening::ENGINE;

/// Where the snapshot of an index is, and what it is of.
pub(crate) struct Snapshot {
    path: PathBuf,
    key: [u8; 32],
}

impl Snapshot {
    /// The snapshot of these lists in a folder.
    pub(crate) fn of(folder: &Path, versions: &[ListVersion]) -> Self {
        let mut key = Sha256::new();
        key.update(ENGINE);
        // Tables that names are read by change from one build to the next.
        if let Ok(program) = std::env::current_exe().and_then(fs::metadata) {
            let made = program.modified().ok().and_then(|made| made.duration_since(UNIX_EPOCH).ok());
            key.update(program.len().to_be_bytes());
            key.update(made.map_or(0, |made| made.as_nanos()).to_be_bytes());
        }
        for version in versions {
            for part in [&version.list, &version.format] {
                key.update((part.len() as u64).to_be_bytes());
                key.update(part);
            }
            key.update(version.hash);
        }
        Self { path: folder.join("lists.index"), key: key.finalize().into() }
    }

    /// The index, if it is there and is of these lists.
    pub(crate) fn load(&self) -> Option<Index> {
        let bytes = fs::read(&self.path).ok()?;
        match Index::from_snapshot(&self.key, &bytes) {
            Ok(index) => Some(index),
            Err(unfit) => {
                tracing::info!(snapshot.path = %self.path.display(), why = %unfit, "The index is built from the lists");
                None
            }
        }
    }

    /// Keeps the index. A snapshot that cannot be kept costs the next start its time, and nothing else.
    pub(crate) fn keep(&self, index: &Index) {
        if let Err(error) = self.write(&index.to_snapshot(&self.key)) {
            tracing::warn!(snapshot.path = %self.path.display(), error = %error, "The index could not be kept for the next start");
        }
    }

    /// Beside the old one, and then in its place.
    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let next = self.path.with_extension(format!("index.{}", std::process::id()));
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&next)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&next, &self.path));
        written.inspect_err(|_| drop(fs::remove_file(&next)))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use watchlists::{Entity, Schema, Topics};

    use super::*;

    fn version(hash: u8) -> ListVersion {
        ListVersion {
            list: "un".to_owned(),
            format: "un".to_owned(),
            tenant: None,
            hash: [hash; 32],
            title: String::new(),
            published_on: None,
            entities: 1,
            names: 1,
            topics: Topics::NONE,
            defects: 0,
            bytes: 1,
            files: Vec::new(),
            added_at: Timestamp::UNIX_EPOCH,
            confirmed_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_index_is_kept_for_its_own_lists_and_a_damaged_one_is_not_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut builder = Index::builder();
        let list = builder.list("un", "1");
        builder.add(list, &Entity::new("a", Schema::Person, "Erna Musterfrau"));
        let index = builder.build();
        let snapshot = Snapshot::of(folder.path(), &[version(1)]);
        assert!(snapshot.load().is_none(), "there is none yet");
        snapshot.keep(&index);
        assert_eq!(snapshot.load().map(|index| index.len()), Some(1));
        assert!(Snapshot::of(folder.path(), &[version(2)]).load().is_none(), "of other lists");
        assert!(Snapshot::of(folder.path(), &[]).load().is_none(), "of none");
        let mut bytes = fs::read(folder.path().join("lists.index")).expect("it is there");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(folder.path().join("lists.index"), bytes).expect("written");
        assert!(snapshot.load().is_none(), "damaged");
        snapshot.keep(&index);
        assert!(snapshot.load().is_some(), "and made anew");
        let left = fs::read_dir(folder.path()).expect("readable").count();
        assert_eq!(left, 1, "nothing else is left behind");
    }
}
