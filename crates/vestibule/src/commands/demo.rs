//! `vestibule demo`: a house to try, with a sample watchlist of our own and one tenant.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use service::Service;
use service::lists::{AddError, ListFile};
use service::tenants::TenantKind;
use watchlists::formats::Source;

use super::say;
use super::serve::serve;
use crate::cli;
use crate::config::{Config, Data};

/// Invented people and companies, labelled as a sample, in the published form of FollowTheMoney.
const SAMPLE: &[u8] = include_bytes!("../../demo/sample-watchlist.ftm.json");

/// Makes the house and serves it.
///
/// # Errors
/// What keeps the house from opening.
pub async fn run(mut config: Config, demo: &cli::Demo) -> anyhow::Result<()> {
    config.server.listen = demo.listen;
    config.server.allow_private_callbacks = true;
    if config.data.folder == Data::default().folder {
        config.data.folder = PathBuf::from("demo-data");
    }
    let folder = config.data.folder.clone();
    let mail = &mut config.mail;
    if mail.url.is_none() && mail.url_file.is_none() && mail.directory.is_none() {
        mail.directory = Some(folder.join("outbox"));
    }
    serve(config, async |service, address| open(service, address, &folder).await).await
}

async fn open(service: &Service, address: SocketAddr, folder: &Path) -> anyhow::Result<()> {
    let file = ListFile { name: "sample-watchlist.ftm.json".to_owned(), bytes: SAMPLE.to_vec() };
    // Whoever put a larger list of this source into the folder keeps it: a demo must not clear anybody.
    let entries = match service.add_list(Source::Ftm, vec![file]).await {
        Ok(added) => added.version.entities,
        Err(AddError::Shrunk { was, .. }) => was.entries,
        Err(error) => return Err(error).context("the sample list cannot be added"),
    };
    let made = service.create_tenant("Demo Bank", TenantKind::default()).await?;
    let tenant = made.tenant.id;
    let (id, secret) = (&made.client_id, &made.client_secret);
    say(&format!(
        r#"
Vestibule is open at http://{address} with a sample watchlist of {entries} entries.

  tenantId      {tenant}
  tenantKey     {key}
  clientId      {id}
  clientSecret  {secret}
  apiKey        {api_key}

Get a token and let a first customer in (paste into another terminal):

TOKEN=$(curl -s http://{address}/connect/token -d grant_type=client_credentials \
  -d client_id={id} -d client_secret={secret} | sed 's/.*"access_token":"\([^"]*\)".*/\1/')

curl -s http://{address}/core/v1/cm/customers -H "Authorization: Bearer $TOKEN" \
  -H 'Content-Type: application/json' -H "Idempotency-Key: first-customer" -d '{{
  "partnerId": "{tenant}", "classification": "Personal",
  "name": {{"firstName": "Bob", "lastName": "Smith"}},
  "profile": {{"regO": false, "politicallyExposedPerson": false, "taxIdType": "Ssn",
    "taxId": "119988776", "birthDate": "1953-09-22", "riskRating": "Low"}}}}'

A listed person is held for a reviewer: send "Viktor Sampleov", born 1961-03-14, and then look with
  vestibule case list --data {folder}

Press Ctrl-C to stop.
"#,
        key = made.tenant.key,
        api_key = made.api_key,
        folder = shell_word(&folder.to_string_lossy()),
    ))
}

/// The text as one word of a shell, quoted where it needs to be.
fn shell_word(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./+:,@".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::shell_word;

    #[test]
    fn a_folder_is_printed_as_a_shell_reads_it() {
        assert_eq!(shell_word("./demo-data"), "./demo-data");
        assert_eq!(shell_word("my data"), "'my data'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word(""), "''");
    }
}
