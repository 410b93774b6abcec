//! Networks in the configuration: `10.0.0.0/8`, a lone address, or several of them with commas, as the environment has
//! them.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Some networks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(pub Vec<IpNet>);

impl<'de> Deserialize<'de> for Networks {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a list of networks such as \"10.0.0.0/8\"")]
        enum Written {
            List(Vec<String>),
            Line(String),
        }
        let words = match Written::deserialize(from)? {
            Written::List(words) => words,
            Written::Line(line) => line.split(',').map(str::to_owned).collect(),
        };
        let words = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty());
        let networks: Option<Vec<IpNet>> = words.map(network).collect();
        networks.map(Self).ok_or_else(|| de::Error::custom("must be networks such as 10.0.0.0/8 or ::1"))
    }
}

impl Serialize for Networks {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(ToString::to_string))
    }
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}
