//! A house of its own for a test: the binary on a port of its own, with a data folder of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The binary under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_vestibule");

/// Longest wait for anything: more than a lease, which is how long work waits that a killed node of several had begun.
pub const PATIENCE: Duration = Duration::from_secs(100);

/// How long a connection is kept that nobody uses: less than the house keeps it, so that no request meets a closed one.
const IDLE_MAX: Duration = Duration::from_secs(4);

/// A running house.
pub struct House {
    data: Arc<TempDir>,
    child: Child,
    address: String,
    log: Arc<Mutex<String>>,
    flags: Vec<String>,
    /// `--database URL`, for every command, where the store is not the embedded one.
    database: Vec<String>,
}

/// One tenant's credentials, as the command line printed them.
#[derive(Debug, Clone)]
pub struct Tenant {
    pub id: String,
    pub client_id: String,
    pub client_secret: String,
}

/// A client of one tenant with a token.
#[derive(Debug, Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
    pub token: String,
    pub tenant: Tenant,
}

/// What a request was answered with.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
    pub text: String,
    pub headers: reqwest::header::HeaderMap,
}

impl House {
    /// A house with private callbacks allowed.
    pub fn open() -> Self {
        Self::open_with(&["--allow-private-callbacks"])
    }

    pub fn open_with(flags: &[&str]) -> Self {
        Self::begin(flags, Vec::new())
    }

    /// A house on a PostgreSQL database of its own; none where there is no PostgreSQL, which is said aloud.
    pub async fn open_on_postgres() -> Option<Self> {
        Self::open_on_postgres_with(&["--allow-private-callbacks"]).await
    }

    pub async fn open_on_postgres_with(flags: &[&str]) -> Option<Self> {
        let url = testkit::postgres::fresh_database().await?;
        Some(Self::begin(flags, vec!["--database".to_owned(), url]))
    }

    /// Another node on the same PostgreSQL database.
    pub fn beside(&self) -> Self {
        assert!(!self.database.is_empty(), "the embedded store has one node");
        Self::start(Arc::clone(&self.data), self.flags.clone(), self.database.clone())
    }

    fn begin(flags: &[&str], database: Vec<String>) -> Self {
        let data = Arc::new(tempfile::tempdir().expect("a folder"));
        Self::start(data, flags.iter().map(|flag| (*flag).to_owned()).collect(), database)
    }

    fn start(data: Arc<TempDir>, flags: Vec<String>, database: Vec<String>) -> Self {
        let mut child = Command::new(BINARY)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .args(&flags)
            .args(&database)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let log = Arc::new(Mutex::new(String::new()));
        let (found, address) = std::sync::mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().expect("piped"));
        let kept = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("Listening on ") {
                    let address = address.split_whitespace().next().unwrap_or_default();
                    drop(found.send(address.to_owned()));
                }
                let mut log = kept.lock().expect("whole");
                log.push_str(&line);
                log.push('\n');
            }
        });
        let address = address
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| panic!("it did not start: {}", log.lock().expect("whole")));
        Self { data, child, address, log, flags, database }
    }

    pub fn data(&self) -> &Path {
        self.data.path()
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Everything it has logged.
    pub fn log(&self) -> String {
        self.log.lock().expect("whole").clone()
    }

    /// SIGKILL, in the middle of whatever it does.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// Starts again on the same data.
    pub fn again(mut self) -> Self {
        drop(self.child.kill());
        drop(self.child.wait());
        Self::start(Arc::clone(&self.data), self.flags.clone(), self.database.clone())
    }

    /// SIGTERM, and the exit code.
    pub fn stop(&mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(&id).status().expect("kill runs").success());
        self.child.wait().expect("gone").code()
    }

    /// Runs another command on the same data, beside the server.
    pub fn run(&self, arguments: &[&str]) -> Output {
        Command::new(BINARY)
            .args(arguments)
            .arg("--data")
            .arg(self.data())
            .args(&self.database)
            .output()
            .expect("the binary runs")
    }

    /// The same, which must succeed; its standard output.
    pub fn run_well(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {talk}");
        String::from_utf8(output.stdout).expect("text")
    }

    pub fn tenant(&self, flags: &[&str]) -> Tenant {
        let arguments = [&["tenant", "create", "--name", "Test Bank", "--json"], flags].concat();
        let made: Value = serde_json::from_str(&self.run_well(&arguments)).expect("one JSON object");
        let text = |name: &str| made[name].as_str().unwrap_or_else(|| panic!("{name} in {made}")).to_owned();
        assert!(!text("tenantKey").is_empty() && !text("apiKey").is_empty());
        Tenant { id: text("tenantId"), client_id: text("clientId"), client_secret: text("clientSecret") }
    }

    /// Puts a list in force and waits until the server has it.
    pub async fn list(&self, source: &str, files: &[PathBuf]) {
        let files: Vec<&str> = files.iter().map(|file| file.to_str().expect("text")).collect();
        self.run_well(&[&["lists", "add", source], files.as_slice()].concat());
        let status = self.run_well(&["lists", "status", "--json"]);
        let lists = status.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let entries: u64 = lists.map(|list| list["entries"].as_u64().expect("a number")).sum();
        let loaded = format!(
            "lists.entities={entries}
"
        );
        eventually("the list is in force", async || self.log().contains(&loaded).then_some(())).await;
    }

    /// The fixture of this test suite: one sanctioned person, one sanctioned company, one politically exposed person.
    pub async fn sample_list(&self) {
        let file = self.data().join("sample.ftm.json");
        let lines = [
            json!({"id": "s-1", "schema": "Person", "datasets": ["sample"], "properties": {"name": ["Viktor Sampleov"],
                "birthDate": ["1961-03-14"], "nationality": ["ru"], "topics": ["sanction"]}}),
            json!({"id": "s-2", "schema": "Company", "datasets": ["sample"], "properties": {
                "name": ["Sample Maritime Trading LLC"], "topics": ["sanction"]}}),
            json!({"id": "s-3", "schema": "Person", "datasets": ["sample"], "properties": {"name": ["Maria Exposita Sample"],
                "birthDate": ["1968-11-02"], "topics": ["role.pep"]}}),
        ];
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(&file, text).expect("written");
        self.list("ftm", &[file]).await;
    }

    pub async fn client(&self) -> Client {
        self.client_of(self.tenant(&[])).await
    }

    pub async fn client_of(&self, tenant: Tenant) -> Client {
        let http = http();
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&audience=https%3A%2F%2Fapi.crbcos.com%2F",
            tenant.client_id, tenant.client_secret
        );
        let response = http
            .post(format!("{}/connect/token", self.address))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .expect("answered");
        assert_eq!(response.status(), 200);
        let body: Value = response.json().await.expect("JSON");
        assert_eq!((&body["expires_in"], &body["token_type"]), (&json!(86400), &json!("Bearer")));
        let token = body["access_token"].as_str().expect("a token").to_owned();
        Client { base: self.address.clone(), http, token, tenant }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub fn http() -> reqwest::Client {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    reqwest::Client::builder().timeout(PATIENCE).pool_idle_timeout(IDLE_MAX).build().expect("a client")
}

impl Client {
    /// The same client, asking another node.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>, headers: &[(&str, &str)]) -> Reply {
        let body = body.map(|body| body.to_string().into_bytes());
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.send_raw(method, path, body, &all).await
    }

    /// Sends exactly these bytes and headers.
    pub async fn send_raw(&self, method: &str, path: &str, body: Option<Vec<u8>>, headers: &[(&str, &str)]) -> Reply {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.expect("answered");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("text");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply { status, body, text, headers }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, Some(body), &[]).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        self.send("PUT", path, Some(body), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, None, &[]).await
    }

    /// The seed's Bob Smith, as this tenant's customer.
    pub fn bob(&self) -> Value {
        json!({
            "partnerId": self.tenant.id,
            "name": {"firstName": "Bob", "lastName": "Smith"},
            "classification": "Personal",
            "profile": {"regO": false, "politicallyExposedPerson": false, "taxIdType": "Ssn", "taxId": "119988776",
                "birthDate": "1953-09-22", "riskRating": "Low"}
        })
    }

    /// Another person, with everything else as Bob has it.
    pub fn person(&self, first: &str, last: &str, birth_date: &str) -> Value {
        let mut person = self.bob();
        person["name"] = json!({"firstName": first, "lastName": last});
        person["profile"]["birthDate"] = json!(birth_date);
        person
    }

    /// Lets a customer in and gives its id.
    pub async fn onboard(&self, customer: &Value) -> String {
        let reply = self.post("/core/v1/cm/customers", customer).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.body["id"].as_str().expect("an id").to_owned()
    }

    /// Waits until the customer's scans stand as expected.
    pub async fn scans(&self, id: &str, ofac: &str, pep: &str) -> Value {
        let what = format!("ofac {ofac}, pepScan {pep}");
        eventually(&what, async || {
            let customer = self.get(&format!("/core/v1/cm/customers/{id}")).await.body;
            (customer["ofac"] == ofac && customer["pepScan"] == pep).then_some(customer)
        })
        .await
    }
}

/// Waits until something holds, and gives it.
pub async fn eventually<T>(what: &str, holds: impl AsyncFn() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = holds().await {
            return value;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
