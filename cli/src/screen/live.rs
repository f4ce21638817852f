//! Hears of new versions: the WebSocket of what is shown, in a thread of its own. It is opened anew when it is lost, later each time.

use std::io::ErrorKind;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use tungstenite::client::IntoClientRequest as _;
use tungstenite::http::{HeaderName, HeaderValue};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Error, Message, WebSocket};
use ureq::http::Method;

use super::state::Event;
use crate::http::Client;

/// For how long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How often it is looked whether something else is to be watched.
const LOOK: Duration = Duration::from_millis(250);
/// After how many looks in silence it is asked whether the other end is still there; after as many more it is not.
const SILENT: u32 = 120;
/// The first pause after a failure, in looks, and the longest.
const PAUSES: (u32, u32) = (4, 120);
/// How the service closes a socket of whoever may not look any more (RFC 6455, section 7.4.1).
const REFUSED: u16 = 1008;

/// Watches one thing at a time.
#[derive(Debug, Default)]
pub struct Live {
    stop: Arc<AtomicBool>,
}

impl Live {
    /// Watches this, and nothing else any more.
    pub fn watch(&mut self, client: &Client, id: u64, path: String, events: &Sender<Event>) {
        self.end();
        self.stop = Arc::new(AtomicBool::new(false));
        let watch =
            Watch { client: client.clone(), id, path, events: events.clone(), stop: Arc::clone(&self.stop) };
        // Without a thread nothing is heard, and `r` still reads anew.
        let _ = std::thread::Builder::new().name("live".to_owned()).spawn(move || watch.run());
    }

    /// Watches nothing any more.
    pub fn end(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

struct Watch {
    client: Client,
    id: u64,
    path: String,
    events: Sender<Event>,
    stop: Arc<AtomicBool>,
}

/// Why a socket ended.
enum End {
    /// Another one is to be opened.
    Lost,
    /// Another one would end the same way.
    Final,
}

impl Watch {
    fn run(&self) {
        let (first, longest) = PAUSES;
        let mut pause = first;
        while !self.stopped() {
            match self.open() {
                Ok(mut socket) => {
                    pause = first;
                    self.tell(true);
                    let end = self.listen(&mut socket);
                    self.tell(false);
                    if matches!(end, End::Final) {
                        return;
                    }
                }
                Err(End::Final) => return,
                Err(End::Lost) => {}
            }
            for _ in 0..pause {
                if self.stopped() {
                    return;
                }
                std::thread::sleep(LOOK);
            }
            pause = pause.saturating_mul(2).min(longest);
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn tell(&self, heard: bool) {
        // Nobody listens any more when the screen has ended.
        let _ = self.events.send(Event::Heard(self.id, heard));
    }

    fn open(&self) -> Result<WebSocket<MaybeTlsStream<TcpStream>>, End> {
        let origin = &self.client.origin;
        let text =
            format!("{}{}", origin.as_str().trim_end_matches('/').replacen("http", "ws", 1), self.path);
        let mut request = text.into_client_request().map_err(|_| End::Final)?;
        let mut headers = self.client.credential.headers(&Method::GET, origin);
        // The service opens sockets for what comes from itself: no other site can then use a browser's session.
        headers.push(("origin", origin.origin().ascii_serialization()));
        for (name, value) in headers {
            let value = HeaderValue::from_str(&value).map_err(|_| End::Final)?;
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        let host = origin.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = origin.port_or_known_default().unwrap_or(443);
        let addresses = (host, port).to_socket_addrs().map_err(|_| End::Lost)?;
        let stream = addresses
            .into_iter()
            .find_map(|address| TcpStream::connect_timeout(&address, CONNECT).ok())
            .ok_or(End::Lost)?;
        let timeout = |stream: &TcpStream, time| stream.set_read_timeout(Some(time)).map_err(|_| End::Lost);
        timeout(&stream, CONNECT)?;
        let handle = stream.try_clone().map_err(|_| End::Lost)?;
        let (socket, _) = tungstenite::client_tls(request, stream).map_err(|error| match error {
            // Who is refused once is refused again; a fault of the service passes.
            tungstenite::HandshakeError::Failure(Error::Http(answer))
                if answer.status().is_client_error() =>
            {
                End::Final
            }
            _ => End::Lost,
        })?;
        timeout(&handle, LOOK)?;
        Ok(socket)
    }

    fn listen(&self, socket: &mut WebSocket<MaybeTlsStream<TcpStream>>) -> End {
        let mut silent = 0u32;
        while !self.stopped() {
            match socket.read() {
                Ok(Message::Text(text)) => {
                    silent = 0;
                    // A `pong` is no version.
                    if let Ok(version) = text.as_str().parse() {
                        let _ = self.events.send(Event::Version(self.id, version));
                    }
                }
                Ok(Message::Close(Some(frame))) if u16::from(frame.code) == REFUSED => return End::Final,
                Ok(Message::Close(_)) => return End::Lost,
                Ok(_) => silent = 0,
                Err(Error::Io(error))
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    silent = silent.saturating_add(1);
                    if silent == SILENT && socket.send(Message::text("ping")).is_err() {
                        return End::Lost;
                    }
                    if silent >= SILENT.saturating_mul(2) {
                        return End::Lost;
                    }
                }
                Err(_) => return End::Lost,
            }
        }
        // The service need not wait for a reader that has gone.
        let _ = socket.close(None);
        let _ = socket.flush();
        End::Final
    }
}
