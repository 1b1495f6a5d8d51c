//! Numbers: exact decimals, as Terraform has them.

use std::fmt;
use std::str::FromStr;

use bigdecimal::{BigDecimal, FromPrimitive, ToPrimitive};

/// The longest number text that is read. Terraform computes with 512 bits, 155 decimal digits; the
/// rest is room for leading and trailing zeros.
const MAX_TEXT: usize = 4096;

/// The largest power of ten, either way, that is read. Larger ones can't be written out as digits
/// without filling memory, and no configuration means them.
const MAX_EXPONENT: i64 = 5000;

/// An exact decimal number.
///
/// Terraform's numbers are neither integers nor floats: 0.1 is one tenth, and integers have no
/// upper bound at 2^53 or 2^64. So are these.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigDecimal);

/// Why something is no number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a finite decimal number of reasonable size")]
pub struct NumberError;

impl Number {
    /// The number as an integer, if it is one and fits.
    pub fn to_i64(&self) -> Option<i64> {
        self.0.is_integer().then(|| self.0.to_i64()).flatten()
    }

    /// The number as an unsigned integer, if it is one and fits.
    pub fn to_u64(&self) -> Option<u64> {
        self.0.is_integer().then(|| self.0.to_u64()).flatten()
    }

    /// The number as a float, only if the float is exactly that number.
    pub(crate) fn to_exact_f64(&self) -> Option<f64> {
        // BigDecimal's own conversion rounds large numbers wrongly; reading text doesn't.
        let float = self.to_string().parse::<f64>().ok()?;
        (BigDecimal::from_f64(float)? == self.0).then_some(float)
    }

    fn checked(number: BigDecimal) -> Result<Self, NumberError> {
        let exponent = number.fractional_digit_count();
        if exponent
            .checked_abs()
            .is_none_or(|size| size > MAX_EXPONENT)
        {
            return Err(NumberError);
        }
        Ok(Self(number.normalized()))
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(BigDecimal::from(value))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(BigDecimal::from(value))
    }
}

impl TryFrom<f64> for Number {
    type Error = NumberError;

    /// Takes the float's exact value.
    fn try_from(value: f64) -> Result<Self, NumberError> {
        Self::checked(BigDecimal::from_f64(value).ok_or(NumberError)?)
    }
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        // An underscore is BigDecimal's own liberty, not Terraform's.
        if text.len() > MAX_TEXT || text.contains('_') {
            return Err(NumberError);
        }
        Self::checked(BigDecimal::from_str(text).map_err(|_| NumberError)?)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_is_a_tenth() {
        let tenth: Number = "0.1".parse().unwrap();
        assert_eq!(tenth.to_exact_f64(), None);
        assert_eq!(tenth.to_string(), "0.1");
        assert_ne!(tenth, Number::try_from(0.1).unwrap());
    }

    #[test]
    fn integers_have_no_upper_bound() {
        let big = "123456789012345678901234567890";
        assert_eq!(big.parse::<Number>().unwrap().to_string(), big);
        assert_eq!(Number::from(u64::MAX).to_i64(), None);
        assert_eq!(Number::from(u64::MAX).to_u64(), Some(u64::MAX));
        assert_eq!("1e3".parse::<Number>().unwrap().to_i64(), Some(1000));
        assert_eq!("1.5".parse::<Number>().unwrap().to_i64(), None);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "one",
            "NaN",
            "inf",
            "1_000",
            "1e999999999",
            "1e-999999999",
            "--1",
        ] {
            assert_eq!(text.parse::<Number>(), Err(NumberError), "{text}");
        }
        assert_eq!(Number::try_from(f64::NAN), Err(NumberError));
        assert_eq!(Number::try_from(f64::INFINITY), Err(NumberError));
    }
}
