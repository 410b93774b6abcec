//! The configuration: a file, then the environment, then flags; each stands above the one before. All have defaults.
//!
//! `VESTIBULE__SECTION__KEY` in the environment stands for `key` in `[section]` of the file.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::cli::Cli;
use crate::networks::Networks;

/// Everything that can be configured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// HTTP.
    pub server: Server,
    /// What is kept, and where.
    pub data: Data,
    /// Screening over HTTP.
    pub screening: Screening,
    /// Mail that goes out.
    pub mail: Mail,
    /// Numbers for who looks after the house.
    pub metrics: Metrics,
    /// What is logged, and how.
    pub log: Log,
}

/// `[metrics]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// What must be shown, as a bearer token, to be told them; without it, only callers on this machine are.
    #[serde(skip_serializing)]
    pub token: Option<String>,
    /// File that holds it.
    pub token_file: Option<PathBuf>,
}

/// `[mail]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// The server it goes to: `smtps://user:password@host:465`, or `smtp://host:587?tls=required`.
    #[serde(skip_serializing)]
    pub url: Option<String>,
    /// File that holds the server's URL.
    pub url_file: Option<PathBuf>,
    /// Folder that gets each mail as an `.eml` file instead; `outbox` in the data folder for a demo and a sandbox.
    pub directory: Option<PathBuf>,
    /// Who it is from, such as `Demo Bank <no-reply@bank.example>`.
    pub from: Option<String>,
}

/// `[screening]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Screening {
    /// Answer the field's screening clients without a key, as the open engines do. The lists are public; what is asked
    /// is not, so keep such a server where only your own programs reach it.
    pub open: bool,
    /// Days after which every customer is screened whole again, whatever changed in the lists.
    #[serde(deserialize_with = "number")]
    pub everybody_after_days: u32,
}

impl Default for Screening {
    fn default() -> Self {
        Self { open: false, everybody_after_days: 30 }
    }
}

/// `[server]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Where this server can be reached from outside, for the links it gives out; made of `listen` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Seconds that a caller may take to send a request's headers, and again its body; as long may a connection be idle,
    /// or an answer not be taken.
    #[serde(deserialize_with = "number")]
    pub read_timeout_seconds: u32,
    /// Accept http and private callback addresses.
    pub allow_private_callbacks: bool,
    /// Proxies whose `X-Forwarded-For` is believed, as networks. Without any, a caller is who holds the connection.
    pub trusted_proxies: Networks,
    /// Serve the vendors' sandbox.
    pub sandbox: bool,
    /// This house is in production: what is for development and tests is refused, and the master key is not made up.
    pub production: bool,
}

/// `[data]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    /// Folder of the embedded store, and of the master key unless it is elsewhere.
    pub folder: PathBuf,
    /// PostgreSQL URL; the embedded store is used without it.
    #[serde(skip_serializing)]
    pub database: Option<String>,
    /// File that holds the PostgreSQL URL.
    pub database_file: Option<PathBuf>,
    /// File that holds the master key; `master.key` in the folder by default.
    pub master_key_file: Option<PathBuf>,
    /// The master key itself, 64 hexadecimal digits: for the environment (`VESTIBULE__DATA__MASTER_KEY`).
    #[serde(skip_serializing)]
    pub master_key: Option<String>,
}

/// `[log]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// How lines look.
    pub format: LogFormat,
    /// What is logged: a level, or directives such as `info,service=debug`.
    pub filter: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For a person.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Server {
    fn default() -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        Self {
            listen,
            public_url: None,
            read_timeout_seconds: 10,
            allow_private_callbacks: false,
            trusted_proxies: Networks::default(),
            sandbox: false,
            production: false,
        }
    }
}

impl Server {
    /// Where this server can be reached from outside.
    pub fn public_url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }
}

impl Default for Data {
    fn default() -> Self {
        let folder = PathBuf::from("vestibule-data");
        Self { folder, database: None, database_file: None, master_key_file: None, master_key: None }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

/// What stands before a key in the environment.
const PREFIX: &str = "VESTIBULE__";

impl Data {
    /// Whether the store is the embedded one.
    pub fn is_embedded(&self) -> bool {
        self.database.is_none() && self.database_file.is_none()
    }
}

impl Config {
    /// Reads file, environment and the flags that every command has.
    ///
    /// # Errors
    /// An unreadable file, an unknown key, a value that does not fit: each is named.
    pub fn load(cli: &Cli, environment: impl Iterator<Item = (String, String)>) -> anyhow::Result<Self> {
        let mut tree = match &cli.config {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                text.parse::<toml::Table>().with_context(|| format!("{} is not valid", path.display()))?
            }
            None => toml::Table::new(),
        };
        for (name, value) in environment {
            if let Some(path) = name.strip_prefix(PREFIX) {
                put(&mut tree, path, &value).with_context(|| format!("environment variable {name}"))?;
            }
        }
        let mut config: Self = tree.try_into().context("the configuration is not valid")?;
        if let Some(folder) = &cli.data {
            config.data.folder.clone_from(folder);
        }
        if let Some(database) = &cli.database {
            config.data.database = Some(database.clone());
        }
        Ok(config)
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// What does not.
    pub fn validate(&self) -> anyhow::Result<()> {
        if self.server.production {
            if self.server.sandbox {
                bail!("server.sandbox and server.production exclude each other");
            }
            if self.server.allow_private_callbacks {
                bail!("server.allow_private_callbacks and server.production exclude each other");
            }
            if self.screening.open && !self.server.listen.ip().is_loopback() {
                bail!("screening.open and server.production exclude each other beyond loopback");
            }
            if self.data.master_key.is_none() && self.data.master_key_file.is_none() {
                bail!("production needs data.master_key_file, or VESTIBULE__DATA__MASTER_KEY in the environment");
            }
        }
        if !(1..=120).contains(&self.server.read_timeout_seconds) {
            bail!("server.read_timeout_seconds must be 1 to 120");
        }
        if !(1..=366).contains(&self.screening.everybody_after_days) {
            bail!("screening.everybody_after_days must be 1 to 366");
        }
        if [self.mail.url.is_some(), self.mail.url_file.is_some(), self.mail.directory.is_some()]
            .iter()
            .filter(|&&set| set)
            .count()
            > 1
        {
            bail!("mail.url, mail.url_file and mail.directory exclude each other");
        }
        if let Some(url) = &self.server.public_url
            && !(url.starts_with("https://") || url.starts_with("http://"))
        {
            bail!("server.public_url must begin with https:// or http://");
        }
        if self.metrics.token.is_some() && self.metrics.token_file.is_some() {
            bail!("metrics.token and metrics.token_file exclude each other");
        }
        if self.data.database.is_some() && self.data.database_file.is_some() {
            bail!("data.database and data.database_file exclude each other");
        }
        Ok(())
    }
}

/// A number, which the environment has as a text.
fn number<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a whole number")]
    enum Written {
        Number(u32),
        Text(String),
    }
    match Written::deserialize(from)? {
        Written::Number(number) => Ok(number),
        Written::Text(text) => text.parse().map_err(|_| de::Error::custom("must be a whole number")),
    }
}

/// Puts `SECTION__KEY` into the tree, as the type its text looks like.
fn put(tree: &mut toml::Table, path: &str, value: &str) -> anyhow::Result<()> {
    let Some((section, key)) = path.split_once("__") else { bail!("must be {PREFIX}SECTION__KEY") };
    let section = tree.entry(section.to_ascii_lowercase()).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    let Some(section) = section.as_table_mut() else { bail!("the file has no such section") };
    let value = match value {
        "true" => toml::Value::Boolean(true),
        "false" => toml::Value::Boolean(false),
        text => toml::Value::String(text.to_owned()),
    };
    section.insert(key.to_ascii_lowercase(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn load(arguments: &[&str], environment: &[(&str, &str)]) -> anyhow::Result<Config> {
        let arguments = ["vestibule"].iter().chain(arguments);
        let cli = Cli::try_parse_from(arguments).expect("valid arguments");
        Config::load(&cli, environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn it_starts_with_nothing() {
        let config = load(&["config", "check"], &[]).expect("valid");
        assert_eq!(config, Config::default());
        config.validate().expect("the default is valid");
    }

    /// The keys that are known, as the refusal of another names them.
    fn known(text: &str) -> Vec<String> {
        let error = toml::from_str::<Config>(text).expect_err("it is unknown").to_string();
        let (_, expected) = error.split_once("expected").unwrap_or_else(|| panic!("{error}"));
        expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn each_key_is_described() {
        let page = include_str!("../../../docs/SETTINGS.md");
        let sections = known("[nothing]\n");
        assert!(sections.len() >= 5, "{sections:?}");
        for section in sections {
            for key in known(&format!("[{section}]\nnothing = 1\n")) {
                let row = format!("\n| `{section}.{key}` | ");
                assert!(page.contains(&row), "docs/SETTINGS.md has no row for {section}.{key}");
            }
        }
    }

    #[test]
    fn a_flag_stands_above_the_environment_and_that_above_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("vestibule.toml");
        std::fs::write(&file, "[data]\nfolder = \"a\"\n[server]\nlisten = \"127.0.0.1:1\"\n").expect("written");
        let file = file.to_str().expect("text");
        let environment = [("VESTIBULE__DATA__FOLDER", "b"), ("VESTIBULE__SERVER__LISTEN", "127.0.0.1:2")];
        let config = load(&["config", "check", "--config", file, "--data", "c"], &environment).expect("valid");
        assert_eq!(config.data.folder, PathBuf::from("c"));
        assert_eq!(config.server.listen.port(), 2);
    }

    #[test]
    fn a_mistake_is_named() {
        for (name, value, named) in [
            ("VESTIBULE__SERVER__LISTEN", "nowhere", "listen"),
            ("VESTIBULE__SERVER__LISTENN", "127.0.0.1:2", "listenn"),
            ("VESTIBULE__NOWHERE__KEY", "x", "nowhere"),
            ("VESTIBULE__LISTEN", "x", "VESTIBULE__LISTEN"),
        ] {
            let error = load(&["config", "check"], &[(name, value)]).expect_err("refused");
            assert!(format!("{error:#}").contains(named), "{error:#}");
        }
    }

    #[test]
    fn how_long_a_caller_may_take_is_bounded() {
        for (seconds, fits) in [("1", true), ("120", true), ("0", false), ("121", false)] {
            let config = load(&["config", "check"], &[("VESTIBULE__SERVER__READ_TIMEOUT_SECONDS", seconds)]);
            assert_eq!(config.expect("a number").validate().is_ok(), fits, "{seconds}");
        }
        assert!(load(&["config", "check"], &[("VESTIBULE__SERVER__READ_TIMEOUT_SECONDS", "long")]).is_err());
    }

    #[test]
    fn proxies_are_networks_or_addresses() {
        let name = "VESTIBULE__SERVER__TRUSTED_PROXIES";
        let config = load(&["config", "check"], &[(name, "10.0.0.0/8, 192.0.2.7,::1")]).expect("networks");
        let shown = toml::to_string(&config).expect("printable");
        assert!(shown.contains(r#"trusted_proxies = ["10.0.0.0/8", "192.0.2.7/32", "::1/128"]"#), "{shown}");
        for bad in ["10.0.0.0/33", "proxy.example.com", "10.0.0.0/8 192.0.2.7"] {
            assert!(load(&["config", "check"], &[(name, bad)]).is_err(), "{bad}");
        }
    }

    #[test]
    fn production_refuses_what_is_for_tests() {
        let base = [("VESTIBULE__SERVER__PRODUCTION", "true"), ("VESTIBULE__DATA__MASTER_KEY_FILE", "key")];
        assert!(load(&["config", "check"], &base).expect("valid").validate().is_ok());
        for name in ["VESTIBULE__SERVER__SANDBOX", "VESTIBULE__SERVER__ALLOW_PRIVATE_CALLBACKS"] {
            let config = load(&["config", "check"], &[base[0], base[1], (name, "true")]).expect("valid");
            assert!(config.validate().is_err(), "{name}");
        }
        assert!(load(&["config", "check"], &base[..1]).expect("valid").validate().is_err(), "no master key");
    }

    #[test]
    fn secrets_are_not_printed() {
        let environment = [
            ("VESTIBULE__DATA__MASTER_KEY", "5ec2e7"),
            ("VESTIBULE__DATA__DATABASE", "postgres://u:5ec2e7@h/d"),
            ("VESTIBULE__MAIL__URL", "smtps://u:5ec2e7@h"),
            ("VESTIBULE__METRICS__TOKEN", "5ec2e7-5ec2e7-5ec2e7"),
        ];
        let config = load(&["config", "print"], &environment).expect("valid");
        assert!(!toml::to_string(&config).expect("printable").contains("5ec2e7"));
    }
}
