//! The keys and certificates of a cluster, by algorithm.

use criterion::{Criterion, SamplingMode};
use pki::{Algorithm, Error, Moment, Part, PrivateKey, SelfSigned, Serial, Validity};

use crate::Result;
use crate::cpu::CpuTime;

/// What `kubeha_pki` makes at its create: a key for each part, and a certificate for those that are
/// authorities.
pub(crate) fn bench(criterion: &mut Criterion<CpuTime>) -> Result<()> {
    let mut group = criterion.benchmark_group("pki");
    group.sampling_mode(SamplingMode::Flat);
    let validity = Validity::hours(10 * 365 * 24)?;
    for algorithm in Algorithm::ALL {
        if algorithm.is_rsa() {
            // A prime is found by luck: many rounds tell what it takes on average, few how long
            // anybody wants to wait.
            group.sample_size(20);
        }
        make(algorithm, validity)?;
        group.bench_function(algorithm.name(), |bencher| {
            bencher.iter(|| make(algorithm, validity));
        });
    }
    group.finish();
    Ok(())
}

fn make(
    algorithm: Algorithm,
    validity: Validity,
) -> std::result::Result<Vec<(PrivateKey, Option<pki::Certificate>)>, Error> {
    Part::ALL
        .into_iter()
        .map(|part| {
            let key = PrivateKey::generate(algorithm)?;
            let certificate = part.subject().map(|subject| {
                let authority = SelfSigned {
                    subject: &subject,
                    validity,
                    now: Moment(1_800_000_000),
                    serial: &Serial::random()?,
                };
                authority.sign(&key)
            });
            Ok((key, certificate.transpose()?))
        })
        .collect()
}
