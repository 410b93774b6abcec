//! The file that is written: there when it is whole, and not before.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// A file in the making. Dropped before [`Output::keep`], it leaves nothing behind.
pub struct Output {
    target: PathBuf,
    /// Beside the target, so that renaming it is one step. None where the target is a pipe, a device or a link, which
    /// renaming would replace.
    partial: Option<PathBuf>,
}

impl Output {
    /// Opens a file to write for the target.
    ///
    /// # Errors
    /// A target that is the input, or that cannot be written.
    pub fn create(target: &Path, input: &Path) -> anyhow::Result<(Self, File)> {
        if is_same_file(target, input) {
            anyhow::bail!("{} is the input as well: name another file to write", target.display());
        }
        let is_plain = target.symlink_metadata().map_or(true, |metadata| metadata.is_file());
        let partial = target.file_name().filter(|_| is_plain).map(|name| {
            let mut partial = OsString::from(".");
            partial.push(name);
            partial.push(format!(".{}.partial", std::process::id()));
            target.with_file_name(partial)
        });
        let file = File::create(partial.as_deref().unwrap_or(target));
        let file = file.with_context(|| format!("cannot write {}", target.display()))?;
        Ok((Self { target: target.to_owned(), partial }, file))
    }

    /// Puts the file, which is whole and closed, in its place.
    ///
    /// # Errors
    /// A target that cannot be replaced.
    pub fn keep(mut self) -> anyhow::Result<()> {
        if let Some(partial) = &self.partial {
            let renamed = std::fs::rename(partial, &self.target);
            renamed.with_context(|| format!("cannot write {}", self.target.display()))?;
        }
        self.partial = None;
        Ok(())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Some(partial) = &self.partial {
            drop(std::fs::remove_file(partial));
        }
    }
}

/// Whether both names lead to one file, by whatever way.
fn is_same_file(one: &Path, two: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(one), Ok(two)) = (one.metadata(), two.metadata()) {
        use std::os::unix::fs::MetadataExt;
        return (one.dev(), one.ino()) == (two.dev(), two.ino());
    }
    matches!((one.canonicalize(), two.canonicalize()), (Ok(one), Ok(two)) if one == two)
}
