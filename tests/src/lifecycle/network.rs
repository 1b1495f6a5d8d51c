//! What the resources of a cluster stand on, made without Terraform.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::SystemTime;

use pki::{Algorithm, Moment, PrivateKey, SelfSigned, Serial, Subject, Validity};
use serde_json::json;

use super::Aws;

/// A VPC with a subnet in each of six zones, security groups, target groups, a hosted zone, buckets,
/// and what instances are launched with.
#[derive(Clone, Debug)]
pub struct Network {
    /// Id of the VPC.
    pub vpc_id: String,
    /// Ids of its subnets by zone: us-east-1a to us-east-1f.
    pub subnets: BTreeMap<String, String>,
    /// Ids of three security groups.
    pub security_groups: Vec<String>,
    /// Id of the hosted zone of `example.com`.
    pub hosted_zone_id: String,
    /// Names of two buckets that logs may go to.
    pub buckets: [String; 2],
    /// Names of two instance profiles, each with a role of the same name.
    pub instance_profiles: [String; 2],
    /// Names of two key pairs.
    pub key_pairs: [String; 2],
    /// ARNs of three managed policies.
    pub policies: [String; 3],
    /// ARNs of two certificates.
    pub certificates: [String; 2],
    /// ARNs of three target groups of instances.
    pub target_groups: [String; 3],
    /// Names of the parameters that have an authority's certificate and its private key.
    pub authority: [String; 2],
}

/// The emulator's image for x86_64.
pub const IMAGE_X86_64: &str = "ami-12c6146b";

/// The emulator's image for arm64.
pub const IMAGE_ARM64: &str = "ami-12c6146c";

/// The hosted zone's name.
const DOMAIN: &str = "example.com";

impl Network {
    /// Makes all of it.
    #[must_use]
    pub fn make(aws: &Aws) -> Self {
        // Buckets of all accounts share one space of names.
        let buckets = ["logs", "other-logs"].map(|name| format!("{name}-{}", aws.account()));
        for bucket in &buckets {
            aws.make_bucket(bucket);
        }
        let vpc_id = Self::vpc(aws);
        Self::internet_gateway(aws, &vpc_id);
        Self {
            subnets: Self::subnets_of(aws, &vpc_id, &["a", "b", "c", "d", "e", "f"]),
            security_groups: ["one", "two", "three"]
                .map(|name| Self::security_group(aws, &vpc_id, name))
                .into(),
            hosted_zone_id: Self::hosted_zone(aws, DOMAIN),
            instance_profiles: ["node", "other-node"].map(|name| Self::instance_profile(aws, name)),
            key_pairs: ["key", "other-key"].map(|name| Self::key_pair(aws, name)),
            policies: ["one", "two", "three"].map(|name| Self::policy(aws, name)),
            certificates: ["site", "other-site"].map(|name| Self::certificate(aws, name)),
            target_groups: ["one", "two", "three"]
                .map(|name| Self::target_group(aws, &vpc_id, name, 6443)),
            authority: Self::authority(aws),
            vpc_id,
            buckets,
        }
    }

    /// Stores an authority, one for all tests of a run, and returns the names of its certificate's
    /// and its private key's parameters.
    #[must_use]
    pub fn authority(aws: &Aws) -> [String; 2] {
        static MADE: OnceLock<(String, String)> = OnceLock::new();
        let (certificate, key) = MADE.get_or_init(|| {
            let key = PrivateKey::generate(Algorithm::EcdsaP256).expect("a key");
            let own = SelfSigned {
                subject: &Subject::new("elsewhere", [""; 0]).expect("a subject"),
                validity: Validity::hours(100_000).expect("a validity"),
                now: Moment::of(SystemTime::now()),
                serial: &Serial::random().expect("a serial number"),
            };
            let certificate = own.sign(&key).expect("a certificate");
            (certificate.to_pem(), key.to_pem().to_string())
        });
        let names = ["/elsewhere/certificate", "/elsewhere/private_key"].map(str::to_owned);
        let texts = [(certificate, "String"), (key, "SecureString")];
        for (name, (text, kind)) in names.iter().zip(texts) {
            aws.ssm(
                "PutParameter",
                &json!({ "Name": name, "Value": text, "Type": kind }),
            );
        }
        names
    }

    /// Makes a VPC and returns its id.
    #[must_use]
    pub fn vpc(aws: &Aws) -> String {
        aws.ec2("CreateVpc", &[("CidrBlock", "10.0.0.0/16")])
            .text("vpcId")
    }

    /// Makes a gateway that leads from a VPC to the world.
    pub fn internet_gateway(aws: &Aws, vpc_id: &str) {
        let gateway = aws.ec2("CreateInternetGateway", &[]);
        let gateway = gateway.text("internetGatewayId");
        let parameters = [("InternetGatewayId", &*gateway), ("VpcId", vpc_id)];
        aws.ec2("AttachInternetGateway", &parameters);
    }

    /// Makes a certificate, as it were, and returns its ARN.
    #[must_use]
    pub fn certificate(aws: &Aws, name: &str) -> String {
        let parameters = [
            ("ServerCertificateName", name),
            ("CertificateBody", "nobody reads it"),
            ("PrivateKey", "nobody reads it"),
        ];
        aws.iam("UploadServerCertificate", &parameters).text("Arn")
    }

    /// Makes a subnet in each of these zones, given by their letters.
    #[must_use]
    pub fn subnets_of(aws: &Aws, vpc_id: &str, letters: &[&str]) -> BTreeMap<String, String> {
        let make = |(at, letter): (usize, &&str)| {
            let zone = format!("us-east-1{letter}");
            let block = format!("10.0.{at}.0/24");
            let parameters = [
                ("VpcId", vpc_id),
                ("CidrBlock", &block),
                ("AvailabilityZone", &zone),
            ];
            let id = aws.ec2("CreateSubnet", &parameters).text("subnetId");
            (zone, id)
        };
        letters.iter().enumerate().map(make).collect()
    }

    /// Makes a security group and returns its id.
    #[must_use]
    pub fn security_group(aws: &Aws, vpc_id: &str, name: &str) -> String {
        let parameters = [
            ("VpcId", vpc_id),
            ("GroupName", name),
            ("GroupDescription", name),
        ];
        aws.ec2("CreateSecurityGroup", &parameters).text("groupId")
    }

    /// Makes a role that instances may take, and an instance profile with it, of the same name;
    /// returns the name.
    #[must_use]
    pub fn instance_profile(aws: &Aws, name: &str) -> String {
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": { "Service": "ec2.amazonaws.com" },
            }],
        });
        let role = [
            ("RoleName", name),
            ("AssumeRolePolicyDocument", &trust.to_string()),
        ];
        aws.iam("CreateRole", &role);
        aws.iam("CreateInstanceProfile", &[("InstanceProfileName", name)]);
        let both = [("InstanceProfileName", name), ("RoleName", name)];
        aws.iam("AddRoleToInstanceProfile", &both);
        name.to_owned()
    }

    /// Makes a key pair and returns its name.
    #[must_use]
    pub fn key_pair(aws: &Aws, name: &str) -> String {
        // Made quicker than the default's primes are found.
        let parameters = [("KeyName", name), ("KeyType", "ed25519")];
        aws.ec2("CreateKeyPair", &parameters).text("keyName")
    }

    /// Makes a target group of instances, for TCP on this port, and returns its ARN.
    #[must_use]
    pub fn target_group(aws: &Aws, vpc_id: &str, name: &str, port: u16) -> String {
        let parameters = [
            ("Name", name),
            ("Protocol", "TCP"),
            ("Port", &port.to_string()),
            ("VpcId", vpc_id),
            ("TargetType", "instance"),
        ];
        aws.elb("CreateTargetGroup", &parameters)
            .text("TargetGroupArn")
    }

    /// Makes a public hosted zone and returns its id.
    #[must_use]
    pub fn hosted_zone(aws: &Aws, domain: &str) -> String {
        let body = format!(
            "<CreateHostedZoneRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">\
             <Name>{domain}</Name><CallerReference>{domain}</CallerReference>\
             </CreateHostedZoneRequest>"
        );
        let answer = aws.route53("POST", "hostedzone", &body);
        answer
            .text("Id")
            .trim_start_matches("/hostedzone/")
            .to_owned()
    }

    /// Makes a managed policy and returns its ARN.
    #[must_use]
    pub fn policy(aws: &Aws, name: &str) -> String {
        let document = json!({
            "Version": "2012-10-17",
            "Statement": { "Effect": "Allow", "Action": "ec2:DescribeRegions", "Resource": "*" },
        });
        let parameters = [
            ("PolicyName", name),
            ("PolicyDocument", &document.to_string()),
        ];
        aws.iam("CreatePolicy", &parameters).text("Arn")
    }

    /// The subnets of these zones, given by their letters, as HCL.
    #[must_use]
    pub fn subnets_hcl(&self, letters: &[&str]) -> String {
        let entry = |letter: &&str| {
            let zone = format!("us-east-1{letter}");
            format!("\"{zone}\" = \"{}\"", self.subnets[&zone])
        };
        let entries: Vec<_> = letters.iter().map(entry).collect();
        format!("{{ {} }}", entries.join(", "))
    }
}
