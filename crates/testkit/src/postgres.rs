//! A throw-away PostgreSQL, shared by all test processes that run at the same time.
//!
//! The first process that needs it makes a cluster in the temporary folder, reachable through a socket only and without
//! fsync, and starts a watcher. Every process holds a shared lock while it lives, however it ends; once nobody has held
//! it for some seconds, the watcher stops the server and removes the folder.
//!
//! `VESTIBULE_TEST_POSTGRES=postgres://…` names a server to use instead; its user must be allowed to create databases.
//! Without a PostgreSQL on the machine the tests that need one are skipped with a message, unless
//! `VESTIBULE_REQUIRE_POSTGRES` is set: then they fail.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use db::{Batch, Config, Database, Expect, PostgresConfig, Sql};

/// The environment variable that names a server to use.
const URL_VARIABLE: &str = "VESTIBULE_TEST_POSTGRES";

/// The environment variable that turns a missing server into a failure.
const REQUIRE_VARIABLE: &str = "VESTIBULE_REQUIRE_POSTGRES";

/// What the cluster runs with: nothing is kept, and many tests connect at once.
const SETTINGS: &str = "
listen_addresses = ''
fsync = off
full_page_writes = off
shared_buffers = 64MB
max_connections = 300
max_locks_per_transaction = 128
";

/// Waits until no test process is left, lingers a little for the next, then stops the server and removes the folder.
/// `$1` is the folder. SIGQUIT is PostgreSQL's immediate shutdown.
const WATCHER: &str = r#"
while flock -x "$1/users.lock" true && sleep 3; do
  flock -n -x "$1/users.lock" sh -c '
    server=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
    if [ -n "$server" ]; then
      kill -QUIT "$server"
      while kill -0 "$server" 2>/dev/null; do sleep 0.1; done
    fi
    rm -rf "$1/data" "$1/socket"
  ' stop "$1" && exit
done
"#;

/// Creates an empty database and gives its URL; `None` when there is no PostgreSQL to be had and none is required.
pub async fn fresh_database() -> Option<String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = server()?;
    let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut config = PostgresConfig::new(server.url("postgres"));
    config.pool_max = 1;
    // Copying the template waits its turn when a hundred tests start together.
    config.statement_time_max = std::time::Duration::from_secs(120);
    let admin = Database::open(Config::Postgres(config)).await.expect("the test server takes connections");
    // A process with the same number may have left one behind.
    for statement in
        [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name} TEMPLATE template0")]
    {
        let mut batch = Batch::new();
        batch.add(&Sql::built(statement), Vec::new(), Expect::Any);
        admin.write(batch).await.expect("the user of the test server may create databases");
    }
    admin.close().await;
    Some(server.url(&name))
}

/// A running server, in whose URL the database is still to be named.
struct Server {
    url: String,
    /// Held as long as the process lives: the watcher waits for it.
    _lock: Option<File>,
}

impl Server {
    fn url(&self, database: &str) -> String {
        // Whatever database the URL names is replaced; parameters after it stay.
        let (address, parameters) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
        let host = rest.split('/').next().unwrap_or(rest);
        let separator = if parameters.is_empty() { "" } else { "?" };
        format!("{scheme}://{host}/{database}{separator}{parameters}")
    }
}

fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let found = SERVER.get_or_init(|| {
        if let Some(url) = std::env::var_os(URL_VARIABLE) {
            let url = url.into_string().expect("the URL of the test server is UTF-8");
            return Some(Server { url, _lock: None });
        }
        match start() {
            Ok(server) => Some(server),
            Err(why) => {
                assert!(std::env::var_os(REQUIRE_VARIABLE).is_none(), "PostgreSQL is required but {why}");
                eprintln!("SKIPPED the PostgreSQL half of the tests: {why}");
                None
            }
        }
    });
    found.as_ref()
}

/// Finds the cluster that another test process runs, or starts one.
fn start() -> Result<Server, String> {
    if on_path("flock").is_none() {
        return Err(format!("there is no flock program to guard a shared server with; set {URL_VARIABLE}"));
    }
    let me = tempfile::tempfile().and_then(|file| file.metadata()).map_err(|error| error.to_string())?.uid();
    let folder = folder(me);
    std::fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    if std::fs::metadata(&folder).map_err(|error| error.to_string())?.uid() != me {
        return Err(format!("{} belongs to somebody else", folder.display()));
    }
    let url = format!("postgres://vestibule@{}", folder.join("socket").display().to_string().replace('/', "%2F"));
    let users = lock_file(&folder.join("users.lock"))?;
    // Waits while the watcher is stopping the server.
    users.lock_shared().map_err(|error| error.to_string())?;
    let starting = lock_file(&folder.join("start.lock"))?;
    starting.lock().map_err(|error| error.to_string())?;
    if !is_running(&folder) {
        let programs = programs(&folder)?;
        create(&folder, &programs, owner(me)?)?;
        watch(&folder)?;
    }
    Ok(Server { url, _lock: Some(users) })
}

/// One folder a user. The path of a socket may have only a hundred characters or so.
fn folder(me: u32) -> PathBuf {
    let name = format!("vestibule-test-postgres-{me}");
    let folder = std::env::temp_dir().join(&name);
    if folder.as_os_str().len() < 70 { folder } else { Path::new("/tmp").join(name) }
}

fn lock_file(path: &Path) -> Result<File, String> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    file.map_err(|error| format!("{} cannot be opened: {error}", path.display()))
}

fn is_running(folder: &Path) -> bool {
    // After a crash of the machine the file may name a process that is something else: the socket tells.
    std::os::unix::net::UnixStream::connect(folder.join("socket/.s.PGSQL.5432")).is_ok()
}

/// `initdb` and `pg_ctl`, installed if that is possible.
struct Programs {
    initdb: PathBuf,
    pg_ctl: PathBuf,
}

fn programs(folder: &Path) -> Result<Programs, String> {
    if let Some(found) = find_programs() {
        return Ok(found);
    }
    let tried = folder.join("install-failed");
    let is_root = std::fs::metadata(folder).is_ok_and(|folder| folder.uid() == 0);
    if is_root
        && !tried.exists()
        && let Some(apt) = on_path("apt-get")
    {
        eprintln!("PostgreSQL is not installed: trying apt-get install postgresql");
        let mut install = Command::new(apt);
        install.args(["install", "-y", "--no-install-recommends", "postgresql"]);
        install.env("DEBIAN_FRONTEND", "noninteractive");
        if let Err(why) = output(&mut install) {
            eprintln!("{why}");
            // Once is enough: the other test processes need not wait for the same failure.
            std::fs::write(&tried, why).map_err(|error| error.to_string())?;
        }
    }
    find_programs().ok_or_else(|| "PostgreSQL is not installed (no initdb and pg_ctl)".to_owned())
}

fn find_programs() -> Option<Programs> {
    let on_path = on_path("initdb").and_then(|initdb| Some(initdb.canonicalize().ok()?.parent()?.to_owned()));
    // Debian keeps a folder a version; the newest first.
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    on_path
        .into_iter()
        .chain(versions.into_iter().rev())
        .map(|bin| Programs { initdb: bin.join("initdb"), pg_ctl: bin.join("pg_ctl") })
        .find(|programs| programs.initdb.is_file() && programs.pg_ctl.is_file())
}

fn on_path(program: impl AsRef<OsStr>) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program.as_ref())).find(|file| file.is_file())
}

/// PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody`.
fn owner(me: u32) -> Result<Option<(u32, u32)>, String> {
    if me != 0 {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").map_err(|error| error.to_string())?;
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let found = find("postgres").or_else(|| find("nobody"));
    found.map(Some).ok_or_else(|| "there is no user other than root to run PostgreSQL as".to_owned())
}

fn create(folder: &Path, programs: &Programs, owner: Option<(u32, u32)>) -> Result<(), String> {
    let (data, socket) = (folder.join("data"), folder.join("socket"));
    let io = |error: std::io::Error| error.to_string();
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).map_err(io)?;
    for part in [&data, &socket] {
        if part.exists() {
            std::fs::remove_dir_all(part).map_err(io)?;
        }
        std::fs::create_dir(part).map_err(io)?;
        std::fs::set_permissions(part, PermissionsExt::from_mode(0o700)).map_err(io)?;
        if let Some((uid, gid)) = owner {
            chown(part, Some(uid), Some(gid)).map_err(io)?;
        }
    }
    let run = |program: &Path, arguments: &[&OsStr]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder);
        if let Some((uid, gid)) = owner {
            command.uid(uid).gid(gid);
        }
        output(&mut command)
    };
    let initdb = ["-U", "vestibule", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"].map(OsStr::new);
    run(&programs.initdb, &[&initdb[..], &[data.as_os_str()]].concat())?;
    let settings = format!("{SETTINGS}unix_socket_directories = '{}'\n", socket.display());
    let file = data.join("postgresql.auto.conf");
    std::fs::write(&file, settings).map_err(io)?;
    let log = data.join("server.log");
    let start = [OsStr::new("start"), OsStr::new("-w"), OsStr::new("-D"), data.as_os_str(), OsStr::new("-l")];
    run(&programs.pg_ctl, &[&start[..], &[log.as_os_str()]].concat())
}

/// Runs a program to its end. Its output goes to a file: a server that it starts would keep a pipe open.
fn output(command: &mut Command) -> Result<(), String> {
    let said = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    let copy = || said.reopen().map(Stdio::from).map_err(|error| error.to_string());
    command.stdin(Stdio::null()).stdout(copy()?).stderr(copy()?);
    let name = command.get_program().to_string_lossy().into_owned();
    let Output { status, .. } = command.output().map_err(|error| format!("{name} cannot be run: {error}"))?;
    let said = std::fs::read_to_string(said.path()).unwrap_or_default();
    if status.success() { Ok(()) } else { Err(format!("{name} failed: {}", said.trim())) }
}

/// Starts the watcher, which outlives this process: that is its purpose.
fn watch(folder: &Path) -> Result<(), String> {
    let mut watcher = Command::new("sh");
    watcher.args(["-c", WATCHER, "watch"]).arg(folder).current_dir("/");
    // In a group of its own: an interrupted test run must not interrupt the watcher.
    watcher.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    watcher.spawn().map(drop).map_err(|error| format!("sh cannot be run: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_named_in_any_url() {
        let url = |url: &str| Server { url: url.to_owned(), _lock: None }.url("new");
        assert_eq!(url("postgres://u@%2Ftmp%2Fx"), "postgres://u@%2Ftmp%2Fx/new");
        assert_eq!(url("postgres://u:p@host:5432/old?sslmode=disable"), "postgres://u:p@host:5432/new?sslmode=disable");
    }
}
