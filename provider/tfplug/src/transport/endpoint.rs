//! The local socket the plugin listens on.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

use super::{Error, Socket};

/// A bound socket. Dropping it closes the socket and removes its directory.
#[derive(Debug)]
pub(super) struct Endpoint {
    listener: Listener,
    address: Address,
}

/// Where clients connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    #[cfg(unix)]
    Unix(String),
    Tcp(SocketAddr),
}

/// A byte stream to a client.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

impl Endpoint {
    /// Binds what `socket` asks for; must run inside the tokio runtime.
    pub(super) fn bind(socket: &Socket) -> Result<Self, Error> {
        match socket {
            #[cfg(unix)]
            Socket::Unix(directories) => unix::bind(directories),
            #[cfg(not(unix))]
            Socket::Unix(_) => Err(Error::SocketPath),
            Socket::Tcp(ports) => bind_tcp(ports.clone()),
        }
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// The next connection.
    pub(super) async fn accept(&self) -> io::Result<Box<dyn Io>> {
        match &self.listener {
            #[cfg(unix)]
            Listener::Unix(listener, _) => Ok(Box::new(listener.accept().await?.0)),
            Listener::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Requests are small and answered at once; waiting to fill packets only delays.
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }
}

impl Address {
    /// Go's name of the network.
    pub(super) fn network(&self) -> &'static str {
        match self {
            #[cfg(unix)]
            Self::Unix(_) => "unix",
            Self::Tcp(_) => "tcp",
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(unix)]
            Self::Unix(path) => f.write_str(path),
            Self::Tcp(address) => address.fmt(f),
        }
    }
}

#[derive(Debug)]
enum Listener {
    /// The directory goes when the socket does.
    #[cfg(unix)]
    Unix(
        tokio::net::UnixListener,
        #[expect(dead_code, reason = "held for its Drop")] tempfile::TempDir,
    ),
    Tcp(TcpListener),
}

fn bind_tcp(ports: RangeInclusive<u16>) -> Result<Endpoint, Error> {
    let (min, max) = (*ports.start(), *ports.end());
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for port in ports {
        let bound = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|listener| {
            listener.set_nonblocking(true)?;
            let address = Address::Tcp(listener.local_addr()?);
            Ok(Endpoint {
                listener: Listener::Tcp(TcpListener::from_std(listener)?),
                address,
            })
        });
        match bound {
            Ok(endpoint) => return Ok(endpoint),
            Err(source) => last = source,
        }
    }
    Err(Error::Port {
        min,
        max,
        source: last,
    })
}

#[cfg(unix)]
mod unix {
    //! Sockets in the file system.

    use std::fs::Permissions;
    use std::io;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::{Path, PathBuf};

    use tokio::net::UnixListener;

    use super::{Address, Endpoint, Error, Listener};

    /// Longest socket path: macOS's `sun_path` has 104 bytes with its final zero, Linux's 108.
    const MAX_PATH: usize = 103;

    /// Tries each directory, since a `TMPDIR` may be too long, gone or read-only.
    pub(super) fn bind(directories: &[PathBuf]) -> Result<Endpoint, Error> {
        let mut last = Error::SocketPath;
        for parent in directories {
            match bind_in(parent) {
                Ok(Some(endpoint)) => return Ok(endpoint),
                Ok(None) => {}
                Err(source) => {
                    last = Error::Socket {
                        path: parent.clone(),
                        source,
                    }
                }
            }
        }
        Err(last)
    }

    /// None when the path is unfit for a socket.
    fn bind_in(parent: &Path) -> io::Result<Option<Endpoint>> {
        // The directory keeps other users out from the start; a socket's own mode would leave a
        // gap between bind and chmod.
        let directory = tempfile::Builder::new()
            .prefix("tfplug")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(std::path::absolute(parent)?)?;
        let path = directory.path().join("plugin.sock");
        let Some(text) = path.to_str().filter(|text| fits(text)) else {
            return Ok(None);
        };
        let listener = UnixListener::bind(&path)?;
        let address = Address::Unix(text.to_owned());
        Ok(Some(Endpoint {
            listener: Listener::Unix(listener, directory),
            address,
        }))
    }

    /// Short enough for the kernel, and without what would break the handshake line.
    fn fits(path: &str) -> bool {
        path.len() <= MAX_PATH && !path.contains(|c: char| c == '|' || c.is_control())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[tokio::test]
        async fn unfit_directories_are_passed_over() {
            let home = tempfile::tempdir().unwrap();
            let long = home.path().join("x".repeat(120));
            let pipe = home.path().join("a|b");
            std::fs::create_dir(&long).unwrap();
            std::fs::create_dir(&pipe).unwrap();
            let missing = home.path().join("missing");
            let short = home.path().join("s");
            std::fs::create_dir(&short).unwrap();

            let endpoint = bind(&[long.clone(), pipe, missing.clone(), short.clone()]).unwrap();
            let path = PathBuf::from(endpoint.address().to_string());
            assert!(path.starts_with(&short), "{path:?}");
            let mode = path
                .parent()
                .unwrap()
                .metadata()
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o700);
            drop(endpoint);
            assert_eq!(std::fs::read_dir(&short).unwrap().count(), 0);

            assert_eq!(std::fs::read_dir(&long).unwrap().count(), 0, "no leftovers");
            assert!(matches!(bind(&[long]), Err(Error::SocketPath)));
            assert!(matches!(bind(&[missing]), Err(Error::Socket { .. })));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tcp_takes_a_free_port_of_the_range() {
        let taken = bind_tcp(0..=0).unwrap();
        let Address::Tcp(address) = *taken.address() else {
            panic!("not tcp")
        };
        let port = address.port();
        assert!(address.ip().is_loopback());
        assert!(matches!(bind_tcp(port..=port), Err(Error::Port { .. })));
    }
}
