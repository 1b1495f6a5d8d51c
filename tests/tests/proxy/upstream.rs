//! A tiny service behind the proxy that keeps what reached it.

use std::io::{BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::http::Message;

/// Answers each request with the number of requests that have reached it. It ends with the test process.
pub(crate) struct Upstream {
    pub(crate) url: String,
    reached: Arc<Mutex<Vec<Message>>>,
}

impl Upstream {
    pub(crate) fn start() -> Self {
        Self::answering(|nth| (200, format!("<Answer><Number>{nth}</Number></Answer>")))
    }

    /// An upstream that answers its nth request with this status and body.
    pub(crate) fn answering(
        answer: impl Fn(usize) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let url = format!(
            "http://{}",
            listener.local_addr().expect("the port is known")
        );
        let reached: Arc<Mutex<Vec<Message>>> = Arc::default();
        let answer = Arc::new(answer);
        let kept = Arc::clone(&reached);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (reached, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream, &reached, &*answer));
            }
        });
        Self { url, reached }
    }

    /// The requests that have reached it, as their bodies.
    pub(crate) fn reached(&self) -> Vec<String> {
        self.requests()
            .iter()
            .map(|request| request.text().to_owned())
            .collect()
    }

    pub(crate) fn requests(&self) -> Vec<Message> {
        self.reached.lock().unwrap().clone()
    }

    /// A look at it that closures can keep.
    pub(crate) fn count(&self) -> impl Fn() -> usize + Send + use<> {
        let reached = Arc::clone(&self.reached);
        move || reached.lock().unwrap().len()
    }
}

fn serve(
    mut stream: TcpStream,
    reached: &Mutex<Vec<Message>>,
    answer: &dyn Fn(usize) -> (u16, String),
) {
    let Ok(request) = Message::read(&mut BufReader::new(&stream)) else {
        return;
    };
    let nth = {
        let mut reached = reached.lock().unwrap();
        reached.push(request);
        reached.len()
    };
    let (status, body) = answer(nth);
    let headers = vec![
        ("Content-Type".into(), "text/xml".into()),
        ("Connection".into(), "close".into()),
    ];
    let answer = Message {
        first: format!("HTTP/1.1 {status} Any"),
        headers,
        body: body.into(),
    };
    // Whether the proxy still wants the answer is not this server's concern.
    _ = stream.write_all(&answer.bytes());
}
