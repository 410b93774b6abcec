//! `vestibule lists`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `vestibule lists`.
#[derive(Debug, Subcommand)]
pub enum Lists {
    /// Read the published files of a list and put it in force.
    Add {
        /// The list: ofac-sdn, ofac-consolidated, un, ftm, targets, custom, eu, uk, us-csl, ca.
        source: String,
        /// Its files, as published.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// A name of its own, so that there may be several lists of one source; without it there is one, called as its source.
        #[arg(long)]
        name: Option<String>,
        /// The tenant (id or key) whose own list it is: nobody else's customers are screened against it.
        #[arg(long)]
        tenant: Option<String>,
        /// Accept a list that has lost more than a tenth of its entries or names.
        #[arg(long)]
        force: bool,
        /// JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Say what a version of a list has that another has not: added, changed, delisted.
    Diff {
        /// The older: LIST (the version in force), LIST@VERSION (its first digits), or with --as a file or folder.
        older: String,
        /// The newer, named likewise.
        newer: String,
        /// What the files are (ofac-sdn, un, ftm ...), where a file or folder is named.
        #[arg(long = "as", value_name = "SOURCE")]
        source: Option<String>,
        /// One JSON object a line instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Show the lists: what they hold, how old they are, and how fetching them goes.
    Status {
        /// JSON lines instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Fetch a list now, or all that have a source.
    Update {
        /// The list; all without one.
        list: Option<String>,
        /// Ask for the whole of it, and take it although it has shrunk, grown tenfold, or is older.
        #[arg(long, requires = "list")]
        force: bool,
        /// JSON lines instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Whether what is kept of the lists is what was taken: the content, its reading, its index.
    Verify {
        /// The list; all without one.
        list: Option<String>,
        /// Every version that is kept, not only those in force.
        #[arg(long)]
        all: bool,
        /// JSON lines instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Where lists are fetched from.
    #[command(subcommand)]
    Source(ListSource),
}

/// `vestibule lists source`.
#[derive(Debug, Subcommand)]
pub enum ListSource {
    /// Have a list fetched: from where it is officially published, or from an address of your own.
    Add(NewSource),
    /// Show the sources.
    List {
        /// JSON lines instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Have a list fetched no more; what is in force stays.
    Remove {
        /// The list.
        list: String,
    },
    /// Show the official addresses that are known.
    Presets {
        /// JSON lines instead of a table.
        #[arg(long)]
        json: bool,
    },
}

/// `vestibule lists source add`.
#[derive(Debug, Args)]
pub struct NewSource {
    /// A preset (`lists source presets` shows them); or, with --url, whose format it is, as for `lists add`.
    pub source: String,
    /// A name of its own for the list, so that there may be several of one source.
    #[arg(long)]
    pub name: Option<String>,
    /// The address of a file; several for a list of several files.
    #[arg(long, value_name = "URL")]
    pub url: Vec<String>,
    /// A header that goes with each request, such as a token; kept sealed.
    #[arg(long, value_name = "NAME: VALUE")]
    pub header: Vec<String>,
    /// The same from a file, one a line, so that a secret is not in the list of processes.
    #[arg(long, value_name = "FILE")]
    pub header_file: Option<PathBuf>,
    /// How often it is looked at: 5 seconds to 7 days.
    #[arg(long, value_name = "DURATION", default_value = "PT15M")]
    pub every: String,
    /// How long fetching it may take: 1 second to 2 hours.
    #[arg(long, value_name = "DURATION", default_value = "PT10M")]
    pub within: String,
    /// How much of its entries or names a version may have lost, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = 10, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub loss: u8,
    /// Bytes of all its files, unpacked: a number, or one with MiB or GiB.
    #[arg(long, value_name = "BYTES", default_value = "512MiB")]
    pub max_bytes: String,
    /// Accept http and addresses of your own network for these addresses, such as a mirror's.
    #[arg(long)]
    pub private: bool,
}
