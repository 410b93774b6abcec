//! The command line. Scripts rely on the names and flags that stand here.

pub mod customer;
pub mod lists;
pub mod webhooks;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use customer::Customer;
pub use lists::{ListSource, Lists, NewSource};
pub use webhooks::Webhooks;

/// The entrance hall of a bank: onboarding, screening, decisions, signed events.
#[derive(Debug, Parser)]
#[command(name = "vestibule", version, about, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Configuration file (TOML); everything has a default.
    #[arg(long, global = true, env = "VESTIBULE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder that holds the data; made if it is not there.
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// PostgreSQL database instead of files in the data folder.
    #[arg(long, global = true, value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
}

/// What the binary does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve HTTP until told to stop.
    Serve(Serve),
    /// Make a demo house with a sample watchlist and a tenant, print how to use it, and serve.
    Demo(Demo),
    /// Tenants: the institutions that may ask.
    #[command(subcommand)]
    Tenant(Tenant),
    /// Credentials: what proves who is asking.
    #[command(subcommand)]
    Credential(Credential),
    /// Webhooks: who is told of what, and what does not arrive.
    #[command(subcommand)]
    Webhooks(Webhooks),
    /// Watchlists: the published lists that customers are screened against.
    #[command(subcommand)]
    Lists(Lists),
    /// Have every customer screened anew against the lists in force, by the running servers.
    Rescreen,
    /// What would be under another version of a list, another threshold or less evidence: hits gained, lost, re-ranked. Nothing
    /// is changed.
    WhatIf(WhatIf),
    /// Which customers were screened against which lists, and who is not covered yet.
    Coverage(Coverage),
    /// Screen a file of people and organisations against the lists.
    Screen(Screen),
    /// Compare two names, or many pairs of them.
    Compare(Compare),
    /// Cases: questions for a person.
    #[command(subcommand)]
    Case(Case),
    /// Customers: who must not be forgotten.
    #[command(subcommand)]
    Customer(Customer),
    /// Risk models: the rules that customers are rated by.
    #[command(subcommand)]
    Risk(Risk),
    /// The journal and its hash chain.
    #[command(subcommand)]
    Audit(Audit),
    /// The configuration in force.
    #[command(subcommand)]
    Config(Config),
}

/// `vestibule serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Address to listen on.
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Accept http and private callback addresses: for development and tests.
    #[arg(long)]
    pub allow_private_callbacks: bool,
    /// Serve the vendors' sandbox: documented names and outcomes, a clock that can be moved. Never in production.
    #[arg(long)]
    pub sandbox: bool,
}

/// `vestibule demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Address to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

/// `vestibule what-if`.
#[derive(Debug, Args)]
pub struct WhatIf {
    /// LIST@VERSION (its first hexadecimal digits): tried in place of the version in force; several times for several lists.
    #[arg(long = "list", value_name = "LIST@VERSION")]
    pub lists: Vec<String>,
    /// Another threshold, from 0.7 to 1.
    #[arg(long)]
    pub threshold: Option<f64>,
    /// Evidence that is not weighed: birth_date, country, identifier.
    #[arg(long, value_name = "FEATURE")]
    pub ignore: Vec<String>,
    /// Only this part of the customers, such as 0.1.
    #[arg(long, conflicts_with = "count")]
    pub share: Option<f64>,
    /// Only so many of the customers of each tenant.
    #[arg(long)]
    pub count: Option<u64>,
    /// Only this tenant (id or key).
    #[arg(long)]
    pub tenant: Option<String>,
    /// One JSON object a tenant instead of text.
    #[arg(long)]
    pub json: bool,
}

/// `vestibule coverage`.
#[derive(Debug, Args)]
pub struct Coverage {
    /// Of this list, the version in force, or the one that --hash names; without it all lists in force.
    #[arg(long)]
    pub list: Option<String>,
    /// The first hexadecimal digits of a version of the list, as `lists status` shows them.
    #[arg(long, requires = "list")]
    pub hash: Option<String>,
    /// Only this tenant (id or key).
    #[arg(long)]
    pub tenant: Option<String>,
    /// JSON lines instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// `vestibule tenant`.
#[derive(Debug, Subcommand)]
pub enum Tenant {
    /// Make a tenant and print its ids and secrets, which are shown this once.
    Create {
        /// The institution's name.
        #[arg(long)]
        name: String,
        /// The key that its clients name it by (`X-Tenant-ID`), where they have one; made of the name otherwise.
        #[arg(long)]
        key: Option<String>,
        /// A sandbox tenant: the vendors' documented names hit a list of their own.
        #[arg(long)]
        sandbox: bool,
        /// A power tenant: it decides for the tenants that name it in `finhub.powerTenant`.
        #[arg(long)]
        power: bool,
        /// One JSON object instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Change a tenant's settings and print them all as JSON, secrets masked.
    Set {
        /// The tenant's id or key.
        tenant: String,
        /// Settings, each as KEY=VALUE; KEY= puts the default back; none only prints.
        #[arg(value_name = "KEY=VALUE")]
        settings: Vec<String>,
        /// Accept http and private addresses: for a server that was started so.
        #[arg(long)]
        allow_private_callbacks: bool,
    },
    /// Print a tenant's settings as JSON, secrets masked.
    Show {
        /// The tenant's id or key.
        tenant: String,
    },
    /// List the tenants.
    List {
        /// JSON lines instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// A tenant's categories of customers, as JSON.
    #[command(subcommand)]
    Categories(Categories),
    /// Make a new secret for telling of money and print it, this once; what is signed with the one before is refused.
    RotateTransferSecret {
        /// The tenant's id or key.
        tenant: String,
        /// One JSON object instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Make a new key for the tokens of a tenant's customers; those signed before are accepted until they expire.
    RotateJwtKey {
        /// The tenant's id or key.
        tenant: String,
    },
}

/// `vestibule tenant categories`.
#[derive(Debug, Subcommand)]
pub enum Categories {
    /// Write the categories in force to a file, or print them.
    Export {
        /// The tenant's id or key.
        tenant: String,
        /// The file; without one they are printed.
        file: Option<PathBuf>,
    },
    /// Put the categories of a file in force. Customers keep the category they have.
    Import {
        /// The tenant's id or key.
        tenant: String,
        /// The file.
        file: PathBuf,
    },
}

/// `vestibule credential`.
#[derive(Debug, Subcommand)]
pub enum Credential {
    /// Give a tenant a further credential and print it; its secret is shown this once.
    Create {
        /// The tenant's id or key.
        tenant: String,
        /// What it is for.
        #[arg(long, value_enum)]
        kind: CredentialKind,
        /// What it is good for (cos, finhub, hawk, lists, risk, screening, v1, waldo), separated by commas; all but lists by default.
        #[arg(long, value_delimiter = ',', value_name = "DIALECT")]
        scope: Vec<String>,
        /// One JSON object instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// List a tenant's credentials, oldest first, the revoked ones too.
    List {
        /// The tenant's id or key.
        tenant: String,
        /// JSON lines instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a credential, and every token given for it: each server refuses it within about a second.
    Revoke {
        /// The credential's id, or its public id.
        id: String,
    },
}

/// What a credential is for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum CredentialKind {
    /// An OAuth client: an id and a secret, changed for tokens (COS, FinHub).
    Client,
    /// A key that is sent with every request (Hawk, screening, our own API).
    ApiKey,
    /// A key and a secret, changed for tokens (Waldo).
    #[value(alias = "pair")]
    Waldo,
}

/// `vestibule screen`.
#[derive(Debug, Args)]
pub struct Screen {
    /// CSV with a header: id, name (or full_name, or first_name, middle_name, last_name), date_of_birth, nationality,
    /// country, gender, schema, passport ...
    #[arg(long = "in", value_name = "FILE")]
    pub input: PathBuf,
    /// CSV to write: one row a match. It appears when it is whole; what is there stays until then.
    #[arg(long = "out", value_name = "FILE")]
    pub output: PathBuf,
    /// Lowest score of a match.
    #[arg(long, default_value_t = 0.7, value_parser = score)]
    pub threshold: f64,
}

/// `vestibule compare`.
#[derive(Debug, Args)]
pub struct Compare {
    /// Two names.
    #[arg(value_name = "NAME", num_args = 2, required_unless_present = "pairs", conflicts_with = "pairs")]
    pub names: Vec<String>,
    /// What the names are of (Person, Company, Organization, LegalEntity, Vessel ...).
    #[arg(long, default_value = "Person")]
    pub schema: String,
    /// Say why, token by token.
    #[arg(long)]
    pub explain: bool,
    /// CSV with the columns schema, name1, name2; printed again with a column `score`. A row that cannot be read ends
    /// it: the rows before it are printed, and the error says which line it was.
    #[arg(long, value_name = "FILE")]
    pub pairs: Option<PathBuf>,
}

/// `vestibule case`.
#[derive(Debug, Subcommand)]
pub enum Case {
    /// List cases, oldest first.
    List {
        /// Closed ones too.
        #[arg(long)]
        all: bool,
        /// One tenant's only, by id or key.
        #[arg(long)]
        tenant: Option<String>,
        /// JSON lines instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Show a case: the customer, the hits, what agrees and what contradicts.
    Show {
        /// The case's id.
        id: String,
        /// JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Take a case: its checks are under review from now on.
    Take {
        /// The case's id.
        id: String,
        /// Who takes it; the account's name by default.
        #[arg(long)]
        by: Option<String>,
    },
    /// Give a case to somebody.
    Assign {
        /// The case's id.
        id: String,
        /// To whom.
        #[arg(long, required_unless_present = "nobody", conflicts_with = "nobody")]
        to: Option<String>,
        /// Take it from whoever has it.
        #[arg(long)]
        nobody: bool,
        /// Who gives it; the account's name by default.
        #[arg(long)]
        by: Option<String>,
    },
    /// Note something on a case.
    Comment {
        /// The case's id.
        id: String,
        /// What.
        text: String,
        /// Who notes it; the account's name by default.
        #[arg(long)]
        by: Option<String>,
    },
    /// Attach a file to a case.
    Attach {
        /// The case's id.
        id: String,
        /// The file.
        file: PathBuf,
        /// Its media type.
        #[arg(long, default_value = "application/octet-stream")]
        content_type: String,
        /// Who attaches it; the account's name by default.
        #[arg(long)]
        by: Option<String>,
    },
    /// Decide a case: a hit, a question, or everything that is open. Where the tenant wants four eyes, it is proposed.
    Decide {
        /// The case's id.
        id: String,
        /// The decision.
        #[arg(value_enum, value_name = "OUTCOME", required_unless_present = "outcome", conflicts_with = "outcome")]
        given: Option<Outcome>,
        /// The decision, as an option.
        #[arg(long, value_enum)]
        outcome: Option<Outcome>,
        #[command(flatten)]
        about: About,
        /// Who decides; the account's name by default.
        #[arg(long)]
        by: Option<String>,
        /// Why.
        #[arg(long)]
        reason: String,
        /// The version that was seen; whatever stands by default.
        #[arg(long, value_name = "VERSION")]
        seen: Option<u64>,
    },
    /// Confirm what another person proposed, in the version that was seen.
    Confirm {
        /// The case's id.
        id: String,
        #[command(flatten)]
        about: About,
        /// Who confirms; the account's name by default.
        #[arg(long)]
        by: Option<String>,
        /// The version that was seen, as `vestibule case show` tells it.
        #[arg(long, value_name = "VERSION")]
        seen: u64,
    },
    /// Send back what was proposed.
    Reject {
        /// The case's id.
        id: String,
        #[command(flatten)]
        about: About,
        /// Who sends it back; the account's name by default.
        #[arg(long)]
        by: Option<String>,
        /// Why.
        #[arg(long)]
        reason: String,
        /// The version that was seen; whatever stands by default.
        #[arg(long, value_name = "VERSION")]
        seen: Option<u64>,
    },
    /// Drop the questions that are left, if no check waits for them.
    Close {
        /// The case's id.
        id: String,
        /// Who closes it; the account's name by default.
        #[arg(long)]
        by: Option<String>,
        /// Why.
        #[arg(long)]
        reason: String,
        /// The version that was seen; whatever stands by default.
        #[arg(long, value_name = "VERSION")]
        seen: Option<u64>,
    },
}

/// What of a case is meant; everything that is open by default.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct About {
    /// Only this hit, such as h1, as `vestibule case show` names it.
    #[arg(long)]
    pub hit: Option<String>,
    /// Only this question, such as q1.
    #[arg(long)]
    pub question: Option<String>,
    /// Only this check's question (sanctions, pep, watchlists, adverse).
    #[arg(long)]
    pub check: Option<String>,
}

/// What a person may decide.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Outcome {
    /// Not the customer.
    #[value(alias = "false-positive")]
    Clear,
    /// The customer.
    #[value(alias = "true-match")]
    Positive,
    /// It cannot be said yet.
    NeedsMore,
    /// The risk, review, document or consent is in order.
    #[value(alias = "validated")]
    Accepted,
    /// It is not. For a document of a prospect the reason must be one of those that are told.
    Refused,
    /// The document is somebody else's: the prospect is refused for good.
    Fraud,
}

/// `vestibule risk`.
#[derive(Debug, Subcommand)]
pub enum Risk {
    /// Show a tenant's models, which is in force, and how its customers are rated.
    Show {
        /// The tenant's id or key.
        #[arg(long)]
        tenant: String,
        /// Print the text of this version instead; 0 is the model that is shipped.
        #[arg(value_name = "VERSION")]
        of: Option<u32>,
        /// JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// List the facts that rules may read.
    Facts {
        /// JSON lines instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Say whether a file is a model, or what is wrong with it and where.
    Check {
        /// The model, TOML or JSON.
        file: PathBuf,
        /// JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Keep a model as the tenant's next version. It is not in force by that.
    Put {
        /// The model, TOML or JSON.
        file: PathBuf,
        /// The tenant's id or key.
        #[arg(long)]
        tenant: String,
        /// Who puts it; the account's name by default.
        #[arg(long)]
        by: Option<String>,
        /// JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Put a version in force.
    Activate {
        /// The version.
        #[arg(value_name = "VERSION")]
        number: u32,
        /// The tenant's id or key.
        #[arg(long)]
        tenant: String,
        /// From when on (2026-12-01T00:00:00Z); at once by default.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
        /// Who activates it; the account's name by default.
        #[arg(long)]
        by: Option<String>,
        /// JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Say what a model would change among the tenant's customers, and change nothing.
    DryRun {
        /// A file, or the number of a version.
        #[arg(value_name = "FILE|VERSION")]
        model: String,
        /// The tenant's id or key.
        #[arg(long)]
        tenant: String,
        /// JSON lines instead of text: each customer that would move, then the sum.
        #[arg(long)]
        json: bool,
    },
    /// Rate every customer of the tenant by the model in force, and open cases where a level rises to high or prohibited.
    Apply {
        /// The tenant's id or key.
        #[arg(long)]
        tenant: String,
        /// JSON instead of text.
        #[arg(long)]
        json: bool,
    },
}

/// `vestibule audit`.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check every tenant's journal against its hash chain, and that it tells of every event its customers count.
    ///
    /// Not covered: cases or deliveries that were deleted, customers that were deleted whole, and check states that were
    /// edited. They are not in the chain.
    Verify {
        /// JSON lines instead of text.
        #[arg(long)]
        json: bool,
    },
}

/// `vestibule config`.
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Say whether the configuration is valid.
    Check,
    /// Print the configuration in force, secrets left out.
    Print,
}

fn score(text: &str) -> Result<f64, String> {
    let parsed = text.parse::<f64>().ok().filter(|score| (0.0..=1.0).contains(score));
    parsed.ok_or_else(|| "must be a number between 0 and 1".to_owned())
}
