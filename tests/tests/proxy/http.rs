//! As much HTTP/1.1 as the tests need, on plain sockets, so that what they see is what is on the wire.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// No answer takes this long unless something is broken.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A request or an answer.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// The request line or the status line.
    pub(crate) first: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// A signed request.
    pub(crate) fn request(
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Self {
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-west-1/{service}/aws4_request, Signature=0"
        );
        let always = [
            ("host", "aws.example"),
            ("authorization", signature.as_str()),
        ];
        Self {
            first: format!("{method} {path} HTTP/1.1"),
            headers: always
                .iter()
                .chain(headers)
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            body: body.into(),
        }
    }

    /// A call of the query protocol. `call` is its form, like `DescribeVpcs&VpcId.1=vpc-1`.
    pub(crate) fn query(service: &str, call: &str) -> Self {
        let form = ("content-type", "application/x-www-form-urlencoded");
        Self::request(service, "POST", "/", &[form], &format!("Action={call}"))
    }

    pub(crate) fn status(&self) -> u16 {
        self.first
            .split(' ')
            .nth(1)
            .expect("a status line")
            .parse()
            .expect("a status")
    }

    pub(crate) fn header(&self, wanted: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    pub(crate) fn write(&self, stream: &mut impl Write) -> io::Result<()> {
        stream.write_all(&self.bytes())
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{}\r\n", self.first);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("content-length: {}\r\n\r\n", self.body.len());
        [head.as_bytes(), &self.body].concat()
    }

    pub(crate) fn read(stream: &mut impl BufRead) -> io::Result<Self> {
        let first = line(stream)?;
        let mut headers = Vec::new();
        loop {
            let line = line(stream)?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').expect("a header");
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let mut message = Self {
            first,
            headers,
            body: Vec::new(),
        };
        let length = message
            .header("content-length")
            .map_or(0, |length| length.parse().expect("a length"));
        message.body = vec![0; length];
        stream.read_exact(&mut message.body)?;
        Ok(message)
    }
}

fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

/// A connection that is kept alive.
pub(crate) struct Client(BufReader<TcpStream>);

impl Client {
    pub(crate) fn connect(url: &str) -> Self {
        let stream =
            TcpStream::connect(url.trim_start_matches("http://")).expect("the server listens");
        stream
            .set_read_timeout(Some(LONG))
            .expect("a timeout can be set");
        stream.set_nodelay(true).expect("an option can be set");
        Self(BufReader::new(stream))
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).expect("the server reads");
    }

    pub(crate) fn call(&mut self, request: &Message) -> io::Result<Message> {
        request.write(self.0.get_mut())?;
        Message::read(&mut self.0)
    }

    /// What comes until the connection ends, and how it ends.
    pub(crate) fn rest(mut self) -> (Vec<u8>, io::Result<usize>) {
        let mut bytes = Vec::new();
        let end = self.0.read_to_end(&mut bytes);
        (bytes, end)
    }
}

/// One call on a connection of its own.
pub(crate) fn call(url: &str, request: &Message) -> io::Result<Message> {
    Client::connect(url).call(request)
}
