//! The one text on stdout that tells the host where the plugin listens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::json;

use super::Settings;
use super::endpoint::Address;

/// go-plugin's handshake line: core protocol 1, our protocol, address, and the server's
/// certificate (DER) for the host to pin.
pub(super) fn handshake(address: &Address, certificate: &[u8]) -> String {
    format!(
        "1|{}|{}|{address}|grpc|{}\n",
        Settings::PROTOCOL,
        address.network(),
        STANDARD_NO_PAD.encode(certificate)
    )
}

/// What a person exports so that Terraform attaches to this process instead of starting its own.
pub(super) fn reattach(settings: &Settings, address: &Address, pid: u32) -> String {
    let providers = json!({
        settings.address: {
            "Protocol": "grpc",
            "ProtocolVersion": Settings::PROTOCOL,
            "Pid": pid,
            "Test": true,
            "Addr": { "Network": address.network(), "String": address.to_string() },
        }
    });
    let warning = match address {
        Address::Tcp(_) => "Anybody on this machine can call it: a debugged port has no TLS.\n\n",
        #[cfg(unix)]
        Address::Unix(_) => "",
    };
    let quoted = providers.to_string().replace('\'', r"'\''");
    format!(
        "Provider started. To attach Terraform to it, set this where terraform runs:\n\
         \n\
         \texport TF_REATTACH_PROVIDERS='{quoted}'\n\
         \n{warning}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: Address = Address::Tcp(std::net::SocketAddr::new(
        std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
        1234,
    ));

    #[test]
    fn handshake_is_one_unpadded_line() {
        assert_eq!(
            handshake(&ADDRESS, b"a"),
            "1|6|tcp|127.0.0.1:1234|grpc|YQ\n"
        );
    }

    #[test]
    fn reattach_is_shell_quoted_json() {
        let settings = Settings {
            name: "x",
            version: "1",
            address: "h/o'n/x",
            log_targets: &[],
        };
        let text = reattach(&settings, &ADDRESS, 7);
        let line = text.lines().find(|line| line.contains("export")).unwrap();
        let quoted = line
            .trim()
            .strip_prefix("export TF_REATTACH_PROVIDERS='")
            .unwrap();
        let json = quoted.strip_suffix('\'').unwrap().replace(r"'\''", "'");
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["h/o'n/x"]["Pid"], 7);
        assert_eq!(value["h/o'n/x"]["Addr"]["String"], "127.0.0.1:1234");
    }
}
