//! get PROXY_PORT CA_FILE HOST...: prints the body that each host serves under its verified certificate.
use rustls::pki_types::{pem::PemObject, CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, Stream};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&arguments[2])?)?;
    let config = Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth());
    for host in &arguments[3..] {
        let mut tcp = TcpStream::connect(format!("127.0.0.1:{}", arguments[1]))?;
        write!(tcp, "CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n")?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            tcp.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())?;
        let mut connection = ClientConnection::new(config.clone(), name)?;
        let mut tls = Stream::new(&mut connection, &mut tcp);
        write!(tls, "GET / HTTP/1.0\r\nHost: {host}\r\n\r\n")?;
        let mut response = String::new();
        tls.read_to_string(&mut response)?;
        print!("{}", response.split_once("\r\n\r\n").ok_or("no body")?.1);
    }
    Ok(())
}
