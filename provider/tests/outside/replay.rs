//! AWS as a recording, played back over HTTP.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::damage::Damage;
use crate::fixtures::Recorded;

/// A server that answers what was recorded. It ends when dropped.
pub(crate) struct Replay {
    url: String,
    plan: Arc<Mutex<Plan>>,
    server: tokio::task::JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Plan {
    answers: Vec<Recorded>,
    /// What befalls the calls to come, the next one last; nothing when it is used up.
    damages: Vec<Option<Damage>>,
}

impl Replay {
    pub(crate) async fn start(answers: Vec<Recorded>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let plan = Arc::new(Mutex::new(Plan {
            answers,
            ..Plan::default()
        }));
        let shared = Arc::clone(&plan);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&shared)));
            }
        });
        Self { url, plan, server }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    /// Damages the answers to the calls from now on, the first in the list that to the first call.
    pub(crate) fn damage(&self, damages: Vec<Option<Damage>>) {
        self.plan.lock().unwrap().damages = damages.into_iter().rev().collect();
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Plan {
    /// The answer to a request: what was recorded for the very same, or else for one of its action.
    fn answer(&mut self, request: &str, action: &str) -> Recorded {
        let same = self.answers.iter().find(|one| one.request == request);
        let alike = || self.answers.iter().find(|one| one.action == action);
        let found = same.or_else(alike).cloned();
        let found = found.unwrap_or_else(|| Recorded {
            action: action.to_owned(),
            request: request.to_owned(),
            status: 501,
            content_type: "text/plain".to_owned(),
            body: b"not recorded".to_vec(),
        });
        match self.damages.pop().flatten() {
            Some(damage) => damage.done_to(&found, &self.answers),
            None => found,
        }
    }
}

/// One request, one answer, and the connection ends.
async fn converse(mut stream: TcpStream, plan: Arc<Mutex<Plan>>) {
    let Some(request) = read(&mut stream).await else {
        return;
    };
    let answer = plan
        .lock()
        .unwrap()
        .answer(&request.whole(), &request.action());
    let length = answer.body.len();
    let head = format!(
        "HTTP/1.1 {} -\r\ncontent-type: {}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n",
        answer.status, answer.content_type
    );
    // The client may be gone: that is its own affair.
    _ = stream.write_all(head.as_bytes()).await;
    _ = stream.write_all(&answer.body).await;
}

/// A request, as far as it tells which one it is.
struct Request {
    line: String,
    service: String,
    target: String,
    body: String,
}

impl Request {
    /// As recordings have it.
    fn whole(&self) -> String {
        format!("{} {}", self.line, self.body)
    }

    /// As `tests/src/proxy` names it, where that needs no table: Route 53's is method and path.
    fn action(&self) -> String {
        let operation = if self.target.is_empty() {
            let fields = self.body.split('&');
            let mut named = fields.filter_map(|field| field.strip_prefix("Action="));
            named.next().unwrap_or(&self.line)
        } else {
            self.target.rsplit('.').next().unwrap_or_default()
        };
        format!("{}:{operation}", self.service)
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut text = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.ok()?;
        if read == 0 {
            return None;
        }
        text.extend_from_slice(&buffer[..read]);
        let whole = String::from_utf8_lossy(&text);
        let Some((head, body)) = whole.split_once("\r\n\r\n") else {
            continue;
        };
        let header = |wanted: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            let mut found = lines.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.next().map(|(_, value)| value.to_owned())
        };
        let length: usize = header("content-length").map_or(0, |length| length.parse().unwrap());
        if body.len() < length {
            continue;
        }
        let line = head.lines().next().unwrap_or_default();
        // .../20260101/us-east-1/ec2/aws4_request, SignedHeaders=...
        let scope = header("authorization").unwrap_or_default();
        let service = scope.split('/').nth(3).unwrap_or_default().to_owned();
        return Some(Request {
            line: line.trim_end_matches(" HTTP/1.1").to_owned(),
            service,
            target: header("x-amz-target").unwrap_or_default(),
            body: body.to_owned(),
        });
    }
}
