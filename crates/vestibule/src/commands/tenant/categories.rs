//! `vestibule tenant categories`.

use anyhow::{Context, bail};
use service::Service;
use service::categories::ImportError;

use super::super::{operator, say};
use crate::cli::Categories;

/// Longest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Runs the command.
///
/// # Errors
/// An unknown tenant, a file that cannot be used, everything that is wrong with what stands in it.
pub async fn run(service: &Service, command: Categories) -> anyhow::Result<()> {
    match command {
        Categories::Export { tenant, file } => {
            let hierarchy = service.export_hierarchy(&tenant).await?;
            let json = serde_json::to_string_pretty(&hierarchy.to_json())?;
            let Some(file) = file else { return say(&json) };
            std::fs::write(&file, json + "\n").with_context(|| format!("cannot write {}", file.display()))
        }
        Categories::Import { tenant, file } => {
            let cannot_read = || format!("cannot read {}", file.display());
            if std::fs::metadata(&file).with_context(cannot_read)?.len() > FILE_BYTES_MAX {
                bail!("{} is longer than {FILE_BYTES_MAX} bytes", file.display());
            }
            let text = std::fs::read_to_string(&file).with_context(cannot_read)?;
            let json = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", file.display()))?;
            let imported = service.import_hierarchy(&operator(None), &tenant, &json).await;
            let hierarchy = imported.map_err(|error| match error {
                ImportError::Hierarchy(error) => {
                    let findings: Vec<String> = error.0.iter().map(ToString::to_string).collect();
                    anyhow::anyhow!("{}:\n  {}", file.display(), findings.join("\n  "))
                }
                ImportError::Refused(error) => error.into(),
            })?;
            let (categories, features) = (hierarchy.categories.len(), hierarchy.features.len());
            say(&format!("{categories} categories and {features} features are in force."))
        }
    }
}
