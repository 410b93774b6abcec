//! A browser of its own for a test: headless Chromium with a camera that is not one, driven over WebDriver (W3C).

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::house::{PATIENCE, http};

/// Makes the tests fail where there is no browser, instead of being skipped.
const REQUIRE: &str = "VESTIBULE_REQUIRE_BROWSER";

/// The key of an element's reference in answers (W3C WebDriver, section 11).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    Phone,
    Desktop,
}

/// What there is to take pictures with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Camera {
    /// A moving picture of the browser's own, which may be filmed without a question.
    Fake,
    /// None that may be used.
    Denied,
}

/// A running browser; what it started ends with it.
pub struct Browser {
    driver: Child,
    session: String,
    http: reqwest::Client,
}

impl Browser {
    /// A browser in which nothing is kept yet; none where there is no Chromium, which is said aloud.
    pub async fn open(screen: Screen, camera: Camera) -> Option<Self> {
        let found = found(&["chromedriver"]).zip(found(&["chromium", "chromium-browser", "google-chrome"]));
        let Some((driver, chromium)) = found else {
            let why = "no chromedriver and Chromium here";
            assert!(std::env::var_os(REQUIRE).is_none(), "{why}, and {REQUIRE} is set");
            eprintln!("SKIPPED: {why}: the pages are not driven");
            return None;
        };
        // A group of its own, so that the browser that the driver starts is found again.
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("chromedriver starts");
        let mut lines = BufReader::new(driver.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            line.strip_suffix('.')?.split_once("successfully on port ").map(|(_, port)| port.to_owned())
        });
        let port = port.expect("chromedriver says its port");
        std::thread::spawn(move || lines.for_each(drop));
        let mut browser = Self { driver, session: format!("http://127.0.0.1:{port}/session"), http: http() };
        let mut arguments =
            vec!["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900", "--lang=en"];
        arguments.extend_from_slice(match camera {
            Camera::Fake => &["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
            Camera::Denied => &["--deny-permission-prompts"],
        });
        let mut options = json!({"binary": chromium, "args": arguments});
        if screen == Screen::Phone {
            options["mobileEmulation"] =
                json!({"deviceMetrics": {"width": 390, "height": 844, "pixelRatio": 2.0, "touch": true}});
        }
        let wanted = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}});
        let session = browser.command("POST", "", &wanted).await.expect("a session");
        browser.session = format!("{}/{}", browser.session, session["sessionId"].as_str().expect("an id"));
        Some(browser)
    }

    async fn command(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.session));
        if method == reqwest::Method::POST {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.expect("answered");
        let succeeded = response.status().is_success();
        let mut answer: Value = response.json().await.expect("JSON");
        if succeeded { Ok(answer["value"].take()) } else { Err(format!("{path}: {}", answer["value"]["message"])) }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        match self.command("POST", path, &body).await {
            Ok(value) => value,
            Err(why) => panic!("{why}"),
        }
    }

    pub async fn go(&self, url: &str) {
        self.post("/url", json!({"url": url})).await;
    }

    /// What a script gives in the page or frame that is looked at.
    pub async fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({"script": script, "args": []})).await
    }

    /// Waits until an expression of the page's is true.
    pub async fn until(&self, expression: &str) {
        let start = Instant::now();
        let script = json!({"script": format!("return Boolean({expression})"), "args": []});
        loop {
            // A page that is just being replaced has no answer.
            let answer = self.command("POST", "/execute/sync", &script).await;
            if answer == Ok(Value::Bool(true)) {
                return;
            }
            if start.elapsed() > PATIENCE / 4 {
                self.picture("waited-in-vain").await;
                panic!("waited in vain: {expression}: {answer:?}; {}", self.complaints().await.join("\n"));
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// Waits until the section of this id is the one that is shown.
    pub async fn shown(&self, id: &str) {
        self.until(&format!("document.getElementById('{id}') && !document.getElementById('{id}').closest('[hidden]')"))
            .await;
    }

    async fn element(&self, css: &str) -> String {
        let found = self.post("/element", json!({"using": "css selector", "value": css})).await;
        found[ELEMENT].as_str().expect("an element").to_owned()
    }

    pub async fn click(&self, css: &str) {
        let element = self.element(css).await;
        self.post(&format!("/element/{element}/click"), json!({})).await;
    }

    pub async fn type_into(&self, css: &str, text: &str) {
        let element = self.element(css).await;
        self.post(&format!("/element/{element}/value"), json!({"text": text})).await;
    }

    pub async fn text(&self, css: &str) -> String {
        let script = format!("return document.querySelector({})?.innerText ?? ''", json!(css));
        self.run(&script).await.as_str().expect("text").to_owned()
    }

    /// The pixels of a picture, grey, as this browser draws it into a square.
    pub async fn pixels(&self, media_type: &str, picture: &[u8], side: usize) -> Vec<u8> {
        let url = format!("data:{media_type};base64,{}", STANDARD.encode(picture));
        let script = "
            const [url, side] = arguments;
            const image = new Image(side, side);
            image.src = url;
            return image.decode().then(() => {
                const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side });
                const context = canvas.getContext('2d');
                context.drawImage(image, 0, 0, side, side);
                const { data } = context.getImageData(0, 0, side, side);
                return Array.from({ length: side * side }, (_, at) => data[4 * at]);
            });";
        let drawn = self.post("/execute/sync", json!({"script": script, "args": [url, side]})).await;
        let drawn = drawn.as_array().expect("a list");
        drawn.iter().map(|grey| u8::try_from(grey.as_u64().expect("a number")).expect("a byte")).collect()
    }

    /// Looks into a frame of the page.
    pub async fn enter(&self, css: &str) {
        let element = self.element(css).await;
        self.post("/frame", json!({"id": {ELEMENT: element}})).await;
    }

    /// Looks at the page itself again.
    pub async fn leave(&self) {
        self.post("/frame", json!({"id": null})).await;
    }

    /// Keeps a picture of what is seen, for a person to look at: `target/tmp/pages/NAME.png`.
    pub async fn picture(&self, name: &str) {
        let picture = self.command("GET", "/screenshot", &Value::Null).await.expect("a picture");
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
        std::fs::create_dir_all(&folder).expect("a folder");
        let bytes = STANDARD.decode(picture.as_str().expect("text")).expect("base64");
        std::fs::write(folder.join(format!("{name}.png")), bytes).expect("written");
    }

    /// What the page complained of since it was last asked: scripts that fail, what the policy forbids.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", json!({"type": "browser"})).await;
        log.as_array()
            .expect("a list")
            .iter()
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let group = format!("-{}", self.driver.id());
        drop(Command::new("kill").args(["-KILL", "--", &group]).status());
        drop(self.driver.wait());
    }
}

fn found(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}
