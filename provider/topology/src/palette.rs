//! The colours of drawings, on light and on dark ground.

use std::fmt::Write as _;

/// What has a colour, and which.
struct Paint {
    /// What in the drawing, as CSS selects it.
    selector: &'static str,
    /// The CSS property.
    property: &'static str,
    light: &'static str,
    dark: &'static str,
}

/// The drawing's style sheet. It brings its own ground, since a page's may be of either kind.
pub(crate) fn style() -> String {
    let mut style = String::from(SHAPES);
    for paint in PAINTS {
        let _ = writeln!(style, "    {}", rule(paint, paint.light));
    }
    style.push_str("    @media (prefers-color-scheme: dark) {\n");
    for paint in PAINTS {
        let _ = writeln!(style, "      {}", rule(paint, paint.dark));
    }
    style.push_str("    }\n");
    style
}

/// Rules of a style sheet hold for the whole page that a drawing is put into, hence the class.
fn rule(paint: &Paint, colour: &str) -> String {
    format!(
        ".kubeha-topology {} {{ {}: {colour}; }}",
        paint.selector, paint.property
    )
}

/// What is the same on either ground. Fonts are the reader's own: a drawing can't bring any.
const SHAPES: &str = "    .kubeha-topology text { font: 13px system-ui, -apple-system, \
                      \"Segoe UI\", Helvetica, Arial, sans-serif; }
    .kubeha-topology .title { font-size: 18px; font-weight: 600; }
    .kubeha-topology .name { font-size: 14px; font-weight: 600; }
    .kubeha-topology .stays, .kubeha-topology .stops { font-weight: 600; }
    .kubeha-topology .line { fill: none; stroke-width: 1.5; }
";

const PAINTS: &[Paint] = &[
    paint(".ground", "fill", "#ffffff", "#0d1117"),
    paint(".ground", "stroke", "#d1d9e0", "#3d444d"),
    paint(".zone", "fill", "#f6f8fa", "#151b23"),
    paint(".zone", "stroke", "#818b98", "#656c76"),
    paint(".panel", "fill", "#ffffff", "#0d1117"),
    paint(".panel", "stroke", "#d1d9e0", "#3d444d"),
    paint(".master", "fill", "#ddf4ff", "#12294d"),
    paint(".master", "stroke", "#0969da", "#4493f8"),
    paint(".worker", "fill", "#fbefff", "#2b1d47"),
    paint(".worker", "stroke", "#8250df", "#ab7df8"),
    paint(".balancer", "fill", "#fff8c5", "#352a0b"),
    paint(".balancer", "stroke", "#9a6700", "#d29922"),
    paint(".line", "stroke", "#59636e", "#9198a1"),
    paint(".head", "fill", "#59636e", "#9198a1"),
    paint("text", "fill", "#1f2328", "#f0f6fc"),
    paint(".muted", "fill", "#59636e", "#9198a1"),
    paint(".stays", "fill", "#1a7f37", "#3fb950"),
    paint(".stops", "fill", "#cf222e", "#f85149"),
];

const fn paint(
    selector: &'static str,
    property: &'static str,
    light: &'static str,
    dark: &'static str,
) -> Paint {
    Paint {
        selector,
        property,
        light,
        dark,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast of two colours, <https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio>.
    fn contrast(a: &str, b: &str) -> f64 {
        let luminance = |colour: &str| {
            let channel = |at: usize| {
                let value = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
                let value = f64::from(value) / 255.0;
                if value <= 0.04045 {
                    value / 12.92
                } else {
                    ((value + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn fill(selector: &str) -> &'static Paint {
        PAINTS
            .iter()
            .find(|paint| paint.selector == selector && paint.property == "fill")
            .unwrap()
    }

    /// 4.5 is what WCAG 2.1 asks of text, level AA.
    #[test]
    fn every_text_can_be_read_on_what_is_behind_it() {
        for (text, behind) in [
            ("text", ".ground"),
            ("text", ".zone"),
            ("text", ".panel"),
            ("text", ".master"),
            ("text", ".worker"),
            ("text", ".balancer"),
            (".muted", ".ground"),
            (".muted", ".zone"),
            (".muted", ".panel"),
            (".stays", ".zone"),
            (".stops", ".zone"),
        ] {
            let (over, under) = (fill(text), fill(behind));
            for (over, under) in [(over.light, under.light), (over.dark, under.dark)] {
                let ratio = contrast(over, under);
                assert!(
                    ratio >= 4.5,
                    "{text} {over} on {behind} {under}: {ratio:.2}"
                );
            }
        }
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.01);
    }
}
