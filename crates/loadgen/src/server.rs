//! The server under load: the real binary, on a data folder of its own.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::Options;
use crate::http::Connection;

/// How long the server may take to open, and to close.
const PATIENCE: Duration = Duration::from_secs(60);

/// The list that is screened against where no folder of published ones is named.
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../vestibule/demo/sample-watchlist.ftm.json");

/// A running server; it is killed with this value.
pub struct Server {
    pub address: SocketAddr,
    pub tenant_id: String,
    /// What it screens against, for the report.
    pub lists: String,
    client_id: String,
    client_secret: String,
    waldo_key: String,
    waldo_secret: String,
    process: Child,
    folder: TempDir,
}

impl Server {
    /// Makes a house with lists and a tenant, and opens it. Webhooks about evaluations go to `webhooks`.
    pub async fn open(options: &Options, webhooks: Option<SocketAddr>) -> Result<Self> {
        let binary = match &options.binary {
            Some(binary) => binary.clone(),
            None => std::env::current_exe()?.with_file_name("vestibule"),
        };
        ensure!(binary.is_file(), "there is no {}: cargo build --release --package vestibule", binary.display());
        let near = options.folder.as_deref().or(binary.parent()).context("the binary is in no folder")?;
        let folder = tempfile::Builder::new().prefix("loadgen-").tempdir_in(near)?;
        let command = |arguments: &[&str]| {
            let mut command = Command::new(&binary);
            command.args(arguments).arg("--data").arg(data(&folder)).stdin(Stdio::null());
            if let Some(url) = &options.database {
                command.args(["--database", url]);
            }
            command
        };
        let mut lists = Vec::new();
        for (source, files) in lists_in(options.lists.as_deref())? {
            let mut add = command(&["lists", "add", source]);
            lists.push(output(add.args(&files))?.lines().next().unwrap_or_default().to_owned());
        }
        let tenant = output(&mut command(&["tenant", "create", "--name", "Load", "--json"]))?;
        let tenant: serde_json::Value =
            serde_json::from_str(&tenant).context("tenant create --json printed no JSON")?;
        let field = |name: &str| tenant[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"));
        let (tenant_id, client_id) = (field("tenantId")?, field("clientId")?);
        if let Some(webhooks) = webhooks {
            let setting = format!("waldo.webhookUrl=http://{webhooks}/webhooks");
            output(&mut command(&["tenant", "set", &tenant_id, &setting, "--allow-private-callbacks"]))?;
        }
        // A port that is free now: another process would have to be very quick.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let process = command(&["serve", "--listen", &address.to_string(), "--allow-private-callbacks"])
            .stdout(Stdio::null())
            .stderr(File::create(folder.path().join("server.log"))?)
            .spawn()
            .context("the server cannot be started")?;
        let (client_secret, waldo_key) = (field("clientSecret")?, field("waldoApiKey")?);
        let waldo_secret = field("waldoClientSecret")?;
        let lists = lists.join("; ");
        let mut server =
            Self { address, tenant_id, lists, client_id, client_secret, waldo_key, waldo_secret, process, folder };
        server.wait_until_open().await?;
        Ok(server)
    }

    async fn wait_until_open(&mut self) -> Result<()> {
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(self.address).await.is_err() {
            if let Some(status) = self.process.try_wait()? {
                bail!("the server ended with {status}:\n{}", self.last_words());
            }
            ensure!(begun.elapsed() < PATIENCE, "the server did not open:\n{}", self.last_words());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// An access token for the tenant.
    pub async fn token(&self) -> Result<String> {
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            form_value(&self.client_id),
            form_value(&self.client_secret)
        );
        let request = format!(
            "POST /connect/token HTTP/1.1\r\nhost: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{form}",
            self.address,
            form.len()
        );
        let mut connection = Connection::new(self.address);
        let (status, body) = connection.exchange(request.as_bytes()).await.context("no token")?;
        ensure!(status == 200, "no token: {status} {}", String::from_utf8_lossy(body));
        let answer: serde_json::Value = serde_json::from_slice(body).context("the token's answer is not JSON")?;
        answer["access_token"].as_str().map(str::to_owned).context("the answer holds no access_token")
    }

    /// A token for the dialect of evaluations; it lasts an hour.
    pub async fn waldo_token(&self) -> Result<String> {
        let body = serde_json::json!({"apiKey": self.waldo_key, "clientSecret": self.waldo_secret}).to_string();
        let request = format!(
            "POST /authenticate HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let mut connection = Connection::new(self.address);
        let (status, body) = connection.exchange(request.as_bytes()).await.context("no token")?;
        ensure!(status == 200, "no token: {status} {}", String::from_utf8_lossy(body));
        let answer: serde_json::Value = serde_json::from_slice(body).context("the token's answer is not JSON")?;
        answer["token"].as_str().map(str::to_owned).context("the answer holds no token")
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The folder on the disk that is measured.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The size of the databases in the data folder, write-ahead logs left out: those are of a size of their own.
    pub fn bytes_kept(&self) -> u64 {
        let files = std::fs::read_dir(data(&self.folder)).into_iter().flatten().flatten();
        let databases = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "db"));
        databases.filter_map(|file| file.metadata().ok()).map(|metadata| metadata.len()).sum()
    }

    /// Lets the server finish, as an operator would.
    pub fn stop(&mut self) -> Result<()> {
        let told = Command::new("kill").arg(self.pid().to_string()).status().context("kill cannot be run")?;
        ensure!(told.success(), "the server was gone before it was told to stop:\n{}", self.last_words());
        let begun = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait()? {
                ensure!(status.success(), "the server ended with {status}:\n{}", self.last_words());
                return Ok(());
            }
            ensure!(begun.elapsed() < PATIENCE, "the server did not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The end of the server's log.
    pub fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already, and the folder goes away in any case.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn data(folder: &TempDir) -> PathBuf {
    folder.path().join("data")
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().context("the binary cannot be run")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed: {}", said.trim());
    String::from_utf8(output.stdout).context("the binary printed no UTF-8")
}

/// Which files of a folder make which list: the newest complete CSV set of OFAC (`sdn.csv` beside `alt.csv` and
/// `add.csv`), the newest `consolidated_*.xml` in a folder `un`, and the largest file of FollowTheMoney entities.
/// Newest is the last in the order of names, which begin with or are a date.
fn lists_in(folder: Option<&Path>) -> Result<Vec<(&'static str, Vec<PathBuf>)>> {
    let Some(folder) = folder else {
        return Ok(vec![("ftm", vec![PathBuf::from(SAMPLE)])]);
    };
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut lists = Vec::new();
    let set = |sdn: &PathBuf| [sdn.clone(), sdn.with_file_name("alt.csv"), sdn.with_file_name("add.csv")];
    let is_ofac = |path: &&PathBuf| name(path) == "sdn.csv" && set(path).iter().all(|file| file.is_file());
    lists.extend(files.iter().rfind(is_ofac).map(|sdn| ("ofac-sdn", set(sdn).to_vec())));
    let is_un = |path: &&PathBuf| {
        name(path).starts_with("consolidated_") && path.parent().is_some_and(|parent| parent.ends_with("un"))
    };
    lists.extend(files.iter().rfind(is_un).map(|file| ("un", vec![file.clone()])));
    let entities = files.iter().filter(|path| name(path).ends_with(".ftm.json"));
    let largest = entities.max_by_key(|path| path.metadata().map(|metadata| metadata.len()).unwrap_or_default());
    lists.extend(largest.map(|file| ("ftm", vec![file.clone()])));
    ensure!(!lists.is_empty(), "{} holds no list that is known here", folder.display());
    Ok(lists)
}

fn form_value(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_found_by_their_published_names() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |path: &str, bytes: usize| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
            std::fs::write(path, vec![b'x'; bytes]).expect("it can be written");
        };
        assert!(lists_in(Some(folder.path())).is_err());
        for set in ["2021-01-01", "2022-01-01"] {
            for file in ["sdn.csv", "alt.csv", "add.csv"] {
                put(&format!("us/{set}/{file}"), 1);
            }
        }
        put("us/2023-01-01/sdn.csv", 1);
        put("un/consolidated_2020-01-01.xml", 1);
        put("un/consolidated_2021-01-01.xml", 1);
        put("us/consolidated_2025-01-01.xml", 1);
        put("peps/large.entities.ftm.json", 9);
        put("peps/small.entities.ftm.json", 1);
        let lists = lists_in(Some(folder.path())).expect("lists");
        let found: Vec<_> = lists.iter().map(|(source, files)| (*source, files.len(), files[0].clone())).collect();
        let at = |path: &str| folder.path().join(path);
        assert_eq!(
            found,
            [
                ("ofac-sdn", 3, at("us/2022-01-01/sdn.csv")),
                ("un", 1, at("un/consolidated_2021-01-01.xml")),
                ("ftm", 1, at("peps/large.entities.ftm.json")),
            ]
        );
    }

    #[test]
    fn the_sample_of_the_demo_is_there() {
        assert!(Path::new(SAMPLE).is_file());
    }

    #[test]
    fn a_form_carries_any_value() {
        assert_eq!(form_value("a-Z_9 &="), "a-Z_9%20%26%3D");
    }
}
