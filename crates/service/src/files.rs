//! Files of customers: kept sealed, given back byte for byte.

use onboarding::customer::Ids;
use onboarding::{CustomerId, FileId, Pii};
use store::{CommitError, Ctx, FileInfo, NewFile};
use zeroize::Zeroizing;

use crate::Service;
use crate::refused::Refused;

/// Most files of a customer that are listed.
const LISTED_MAX: u32 = 200;

/// A file that somebody sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// What it is for, in a word of the dialect's that holds nothing personal; kept in clear.
    pub purpose: &'static str,
    /// Its media type; kept in clear.
    pub content_type: String,
    /// Its name, as it was sent.
    pub name: Option<Pii<String>>,
    /// What it holds.
    pub content: Pii<Vec<u8>>,
}

impl Upload {
    /// Largest file, in bytes.
    pub const BYTES_MAX: usize = NewFile::BYTES_MAX;

    /// The file as it is kept for a customer. Goes into the write of what it belongs to.
    #[must_use]
    pub fn file(self, id: FileId, customer: CustomerId) -> NewFile {
        let Self { purpose, content_type, name, content } = self;
        NewFile { id, customer, purpose: purpose.to_owned(), content_type, name, content }
    }
}

impl Service {
    /// Keeps a file of a customer.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for an unknown customer; [`Refused::State`] for a file that is too large.
    pub async fn keep_file(&self, ctx: &Ctx, customer: CustomerId, upload: Upload) -> Result<FileId, Refused> {
        if upload.content.len() > Upload::BYTES_MAX {
            return Err(Refused::State("the file is too large"));
        }
        self.store().customer(ctx, customer).await?.ok_or(Refused::NotFound)?;
        let now = self.now();
        let id = FileId(self.ids(now).next());
        let mut write = self.store().write(ctx, now);
        write.keep_file(&upload.file(id, customer))?;
        match self.commit(write).await {
            Ok(()) => Ok(id),
            Err(CommitError::Conflict) => Err(Refused::NotFound),
            Err(error) => Err(error.into()),
        }
    }

    /// One file with what it holds.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn file(&self, ctx: &Ctx, file: FileId) -> Result<(FileInfo, Zeroizing<Vec<u8>>), Refused> {
        self.store().file(ctx, file).await?.ok_or(Refused::NotFound)
    }

    /// Which files a customer has, the oldest first, at most 200.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn files_of(&self, ctx: &Ctx, customer: CustomerId) -> Result<Vec<FileInfo>, Refused> {
        Ok(self.store().files_of(ctx, customer, LISTED_MAX).await?)
    }
}
