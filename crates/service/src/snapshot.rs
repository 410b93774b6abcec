//! The index in force, kept in the store's folder, so that a server that starts need not build it.
//!
//! It holds what the published lists say, and nothing of a customer. Whatever is wrong with it, the index is built from the
//! lists instead; so nothing is lost with it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};

use sha2::{Digest, Sha256};
use store::ListVersion;
use watchlists::{Index, Unfit};

use crate::screening::ENGINE;

/// Its name in the folder.
const FILE: &str = "lists.index";

/// What follows the name while one is written.
const NEXT: &str = "index.next-";

/// How many of one number of a process may be written at once, or have been left behind within the hour.
const AT_ONCE_MAX: u32 = 64;

/// How long one may be written; what is older was left behind. Writing a gigabyte takes seconds.
const BEGUN_MAX: Duration = Duration::from_secs(60 * 60);

/// Where the snapshot of an index is, and what it is of.
pub(crate) struct Snapshot {
    path: PathBuf,
    key: [u8; 32],
}

/// Why there is no index to be had.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error(transparent)]
    Unfit(#[from] Unfit),
    #[error(transparent)]
    Io(#[from] io::Error),
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
        Self { path: folder.join(FILE), key: key.finalize().into() }
    }

    /// The index, if it is there and is of these lists.
    pub(crate) fn load(&self) -> Option<Index> {
        let began = Instant::now();
        match self.read() {
            Ok(index) => {
                let millis = began.elapsed().as_millis();
                tracing::info!(
                    snapshot.path = %self.path.display(), lists.entities = index.len(), millis,
                    "The index was read as it was kept"
                );
                Some(index)
            }
            Err(Unread::Io(error)) if error.kind() == io::ErrorKind::NotFound => None,
            Err(why) => {
                tracing::info!(snapshot.path = %self.path.display(), why = %why, "The index is built from the lists");
                None
            }
        }
    }

    fn read(&self) -> Result<Index, Unread> {
        // Asked before it is opened: to open what is no file may wait for ever.
        if !fs::metadata(&self.path)?.is_file() {
            return Err(Unread::Unfit(Unfit::Form));
        }
        let mut file = &File::open(&self.path)?;
        let mut bytes = Vec::with_capacity(Index::SNAPSHOT_HEAD_BYTES);
        file.take(Index::SNAPSHOT_HEAD_BYTES as u64).read_to_end(&mut bytes)?;
        Index::begins_snapshot(&self.key, &bytes)?;
        file.read_to_end(&mut bytes)?;
        Ok(Index::from_snapshot(&self.key, &bytes)?)
    }

    /// Keeps the index. A snapshot that cannot be kept costs the next start its time, and nothing else.
    pub(crate) fn keep(&self, index: &Index) {
        self.sweep();
        if let Err(error) = self.write(&index.to_snapshot(&self.key)) {
            tracing::warn!(snapshot.path = %self.path.display(), error = %error, "The index could not be kept for the next start");
        }
    }

    /// Beside the old one, and then in its place; so whoever reads has the one or the other whole. Two that write at once
    /// each write their own, and the last stays.
    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let (mut file, next) = self.begin()?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&next, &self.path));
        written.inspect_err(|_| drop(fs::remove_file(&next)))
    }

    /// A file of its own, which nobody else writes.
    fn begin(&self) -> io::Result<(File, PathBuf)> {
        let mut options = File::options();
        // Never what is there already, which may be of others and lead elsewhere.
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut number = 0;
        loop {
            let next = self.path.with_extension(format!("{NEXT}{}-{number}", std::process::id()));
            match options.open(&next) {
                Ok(file) => return Ok((file, next)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < AT_ONCE_MAX => number += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Removes what was begun long ago by a process that died.
    fn sweep(&self) {
        let Some(folder) = self.path.parent() else { return };
        let begun = self.path.with_extension(NEXT);
        let Some(begun) = begun.file_name().and_then(|name| name.to_str()) else { return };
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let is_begun = entry.file_name().to_str().is_some_and(|name| name.starts_with(begun));
            let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
            if is_begun && age().is_some_and(|age| age > BEGUN_MAX) {
                drop(fs::remove_file(entry.path()));
            }
        }
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
        let file = folder.path().join(FILE);
        let whole = fs::read(&file).expect("it is there");
        let mut changed = whole.clone();
        changed[whole.len() / 2] ^= 1;
        for (what, bytes) in [
            ("damaged", changed.as_slice()),
            ("cut", &whole[..whole.len() - 8]),
            ("cut in its head", &whole[..20]),
            ("empty", &[]),
            ("of somebody else's", b"a file of somebody else's, of some length that is more than a head"),
        ] {
            fs::write(&file, bytes).expect("written");
            assert!(snapshot.load().is_none(), "{what}");
        }
        fs::remove_file(&file).expect("removed");
        fs::create_dir(&file).expect("made");
        assert!(snapshot.load().is_none(), "no file");
        fs::remove_dir(&file).expect("removed");
        snapshot.keep(&index);
        assert!(snapshot.load().is_some(), "and made anew");
        assert_eq!(names(folder.path()), [FILE], "nothing else is left behind");
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("readable");
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect()
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_it_and_nothing_that_was_begun_stays() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let old = folder.path().join("lists.index.next-of-one-who-died");
        let young = folder.path().join("lists.index.next-of-another");
        for (path, hours) in [(&old, 2), (&young, 0)] {
            let begun = File::create(path).expect("made");
            let now = begun.metadata().and_then(|begun| begun.modified()).expect("dated");
            begun.set_modified(now - Duration::from_secs(hours * 3_600)).expect("dated");
        }
        let snapshot = Snapshot::of(folder.path(), &[version(1)]);
        snapshot.keep(&Index::builder().build());
        let mode = fs::metadata(folder.path().join(FILE)).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!old.exists() && young.exists(), "who still writes is not disturbed");
    }

    #[test]
    fn two_that_keep_at_once_leave_a_whole_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let of = |hash: u8| {
            let mut builder = Index::builder();
            let list = builder.list("un", "1");
            for number in 0..u32::from(hash) * 200 {
                builder.add(list, &Entity::new(number.to_string(), Schema::Person, format!("Erna Muster {number}")));
            }
            (Snapshot::of(folder.path(), &[version(hash)]), builder.build())
        };
        let both = [of(1), of(2)];
        std::thread::scope(|scope| {
            for (snapshot, index) in &both {
                scope.spawn(|| (0..20).for_each(|_| snapshot.keep(index)));
            }
        });
        let kept: Vec<usize> =
            both.iter().filter_map(|(snapshot, _)| snapshot.load()).map(|index| index.len()).collect();
        assert!(matches!(kept[..], [200] | [400]), "{kept:?}");
        assert_eq!(names(folder.path()), [FILE]);
    }
}
