#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::expect_used)]
use aws::*;
use aws::elbv2::*;
use aws::ownership::*;
use aws::tags::*;
use std::time::Duration;
#[tokio::test]
async fn smoke() {
    let url = std::env::var("SMOKE_URL").unwrap();
    let mut s = Settings { region: Some("eu-west-1".into()), skip_metadata_api_check: true, max_retries: Some(2), ..Settings::default() };
    s.static_credentials = Some(StaticCredentials { access_key: Secret::new("222222222222"), secret_key: Secret::new("x"), token: None });
    for service in Service::ALL { s.endpoints.insert(service, url.clone()); }
    let c = Clients::new(s, Environment::of_process());
    println!("{:?}", c.identity().await.unwrap());
    let ec2 = c.ec2().await.unwrap();
    let subnets: Vec<String> = std::env::var("SMOKE_SUBNETS").unwrap().split(',').map(Into::into).collect();
    let sub = ec2.subnet(&subnets[0]).await.unwrap().unwrap();
    println!("{sub:?} {:?} {:?}", ec2.vpc(&sub.vpc_id).await.unwrap(), ec2.subnet("subnet-nope").await.unwrap());
    let sg = std::env::var("SMOKE_SG").unwrap();
    println!("{:?}", ec2.security_group(&sg).await.unwrap());
    let elb = c.elbv2().await.unwrap();
    println!("{:?}", tokio::join!(elb.load_balancer_by_name("a"), elb.load_balancer_by_name("b")));
    println!("{:?} {:?}", elb.load_balancer("arn:aws:elasticloadbalancing:eu-west-1:222222222222:loadbalancer/net/x/0123456789abcdef").await, elb.tags("arn:aws:elasticloadbalancing:eu-west-1:222222222222:loadbalancer/net/x/0123456789abcdef").await);
    let own = Ownership { cluster: "prod".into(), kind: "api-load-balancer", owner: Some(Owner::parse("me").unwrap()) };
    let lb = elb.create_load_balancer(&NewLoadBalancer { name: names::elb_name("prod","api"), internal: true, ip_address_type: None, subnets: subnets.clone(), security_groups: vec![sg], tags: own.tags() }).await.unwrap();
    println!("{lb:?}");
    let wait = || wait::Wait::new("lb", Duration::from_secs(20), &tokio_util::sync::CancellationToken::new(), wait::Backoff::new(Duration::from_millis(100), Duration::from_secs(1), 1));
    let lb = elb.wait_until_active(&lb.arn, wait()).await.unwrap();
    println!("{:?}", own.claim(&elb.tags(&lb.arn).await.unwrap().unwrap()));
    let hc = HealthCheck { protocol: "HTTPS".into(), port: "traffic-port".into(), path: Some("/readyz".into()), matcher: Some("200".into()), interval_seconds: 10, timeout_seconds: 10, healthy_threshold: 2, unhealthy_threshold: 2 };
    let tg = elb.create_target_group(&NewTargetGroup { name: "prod-api".into(), protocol: "TCP".into(), port: 6443, vpc_id: sub.vpc_id.clone(), target_type: "instance".into(), ip_address_type: None, health_check: hc.clone(), tags: own.tags() }).await.unwrap();
    println!("{:?} same={}", tg, elb.target_group_by_name("prod-api").await.unwrap().as_ref() == Some(&tg));
    elb.set_health_check(&tg.arn, &HealthCheck{ unhealthy_threshold: 3, ..hc }).await.unwrap();
    elb.set_target_group_attributes(&tg.arn, &[("preserve_client_ip.enabled".into(), "false".into())].into()).await.unwrap();
    println!("{:?}", elb.target_group_attributes(&tg.arn).await.unwrap());
    elb.set_load_balancer_attributes(&lb.arn, &[("load_balancing.cross_zone.enabled".into(), "true".into())].into()).await.unwrap();
    println!("{:?}", elb.load_balancer_attributes(&lb.arn).await.unwrap());
    let spec = ListenerSpec { port: 6443, protocol: "TCP".into(), target_group_arn: tg.arn.clone() };
    let l = elb.create_listener(&lb.arn, &spec, &own.tags()).await.unwrap();
    println!("{l:?} {:?}", elb.create_listener(&lb.arn, &spec, &Tags::new()).await.map_err(|e| (e.is_conflict(), e.to_string())));
    println!("{:?}", elb.delete_target_group(&tg.arn).await.map_err(|e| (e.is_conflict(), e.to_string())));
    elb.modify_listener(&l.arn, &ListenerSpec{port: 6444, ..spec}).await.unwrap();
    println!("{:?}", elb.listener(&l.arn).await.unwrap());
    elb.change_tags(&lb.arn, &TagChanges { set: [("k".into(), "v".into())].into(), remove: [OWNER_KEY.to_owned()].into() }).await.unwrap();
    println!("{:?}", tokio::join!(elb.tags(&lb.arn), elb.tags(&tg.arn), elb.tags(&l.arn)));
    elb.set_subnets(&lb.arn, &subnets).await.unwrap();
    elb.set_ip_address_type(&lb.arn, "ipv4").await.unwrap();
    let r = c.route53().await.unwrap();
    let zone = std::env::var("SMOKE_ZONE").unwrap();
    println!("{:?} {:?}", r.hosted_zone(&zone).await.unwrap(), r.hosted_zone("Z0000000NOPE").await);
    use aws::route53::*;
    let rec = Record { name: "api.prod.example.com".into(), record_type: "A".into(), data: RecordData::Alias { dns_name: lb.dns_name.to_lowercase(), zone_id: lb.zone_id.clone(), evaluate_target_health: false }, set_identifier: None };
    println!("{:?}", r.delete_record(&zone, &rec).await.map_err(|e| e.to_string()));
    let made = r.create_record(&zone, &rec).await.unwrap();
    println!("{made:?}");
    if let Created::Made(id) = &made { r.wait_until_in_sync(id, wait()).await.unwrap(); }
    println!("{:?}", r.create_record(&zone, &rec).await.map_err(|e| e.to_string()));
    println!("same={}", r.records(&zone, "api.prod.example.com", "A").await.unwrap() == [rec.clone()]);
    println!("{:?}", r.delete_record(&zone, &rec).await.map_err(|e| e.to_string()));
    elb.delete_listener(&l.arn).await.unwrap();
    elb.delete_target_group(&tg.arn).await.unwrap();
    elb.delete_load_balancer(&lb.arn).await.unwrap();
    elb.delete_load_balancer(&lb.arn).await.unwrap();
    elb.wait_until_load_balancer_gone(&lb.arn, wait()).await.unwrap();
}
