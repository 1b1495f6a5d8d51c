//! An SVG document, element by element.

use std::fmt::Write as _;

/// A place or a length, in pixels.
pub(crate) type Px = u32;

/// Grows by what is drawn, the first lowest.
#[derive(Debug, Default)]
pub(crate) struct Svg {
    body: String,
}

/// A rectangle; `x` and `y` are its top left corner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rect {
    pub(crate) x: Px,
    pub(crate) y: Px,
    pub(crate) width: Px,
    pub(crate) height: Px,
}

/// Which part of a text stands at the place given.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Anchor {
    Start,
    Middle,
}

/// Where an arrow points.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Direction {
    Down,
    Left,
    Right,
}

impl Svg {
    /// A box with round corners.
    pub(crate) fn rect(&mut self, class: &str, rect: Rect) {
        let Rect {
            x,
            y,
            width,
            height,
        } = rect;
        let _ = writeln!(
            self.body,
            r#"  <rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>"#
        );
    }

    /// A line through these points.
    pub(crate) fn line(&mut self, points: &[(Px, Px)]) {
        let points: Vec<_> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let _ = writeln!(
            self.body,
            r#"  <polyline class="line" points="{}"/>"#,
            points.join(" ")
        );
    }

    /// The head of an arrow, with its tip at the point. Not a marker: those need ids, which several
    /// drawings in one page would share.
    pub(crate) fn head(&mut self, (x, y): (Px, Px), direction: Direction) {
        let corners = match direction {
            Direction::Down => [(x, y), (x - HEAD / 2, y - HEAD), (x + HEAD / 2, y - HEAD)],
            Direction::Left => [(x, y), (x + HEAD, y - HEAD / 2), (x + HEAD, y + HEAD / 2)],
            Direction::Right => [(x, y), (x - HEAD, y - HEAD / 2), (x - HEAD, y + HEAD / 2)],
        };
        let points: Vec<_> = corners.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let _ = writeln!(
            self.body,
            r#"  <polygon class="head" points="{}"/>"#,
            points.join(" ")
        );
    }

    /// A line of text on the base line `y`, in words that each have a class of their own.
    pub(crate) fn text(&mut self, (x, y): (Px, Px), anchor: Anchor, parts: &[(&str, &str)]) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
        };
        let _ = write!(
            self.body,
            r#"  <text x="{x}" y="{y}" text-anchor="{anchor}">"#
        );
        let parts: Vec<_> = parts
            .iter()
            .map(|(class, text)| format!(r#"<tspan class="{class}">{}</tspan>"#, escaped(text)))
            .collect();
        self.body.push_str(&parts.join(" "));
        self.body.push_str("</text>\n");
    }

    /// The document. `title` is its name and `description` what stands in it, for those who hear it
    /// read.
    pub(crate) fn document(
        self,
        (width, height): (Px, Px),
        title: &str,
        description: &str,
        style: &str,
    ) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"kubeha-topology\" role=\"img\" \
             width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n  \
             <title>{}</title>\n  <desc>{}</desc>\n  <style>\n{style}  </style>\n{}</svg>\n",
            escaped(title),
            escaped(description),
            self.body
        )
    }
}

/// How long an arrow's head is.
const HEAD: Px = 10;

/// Text as XML has it. What XML can't hold (<https://www.w3.org/TR/xml/#charsets>) becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' => escaped.push(c),
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever a text holds, a parser reads it back, and nothing of it becomes markup.
        #[test]
        fn any_text_is_read_back(text in any::<String>()) {
            let mut svg = Svg::default();
            svg.text((1, 2), Anchor::Start, &[("name", &text)]);
            let document = svg.document((10, 10), &text, &text, "");
            let parsed = roxmltree::Document::parse(&document).unwrap();
            let expected: String = text
                .chars()
                .map(|c| match c {
                    '\t' | '\n' => c,
                    '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
                    c if c < ' ' => '\u{fffd}',
                    c => c,
                })
                .collect();
            for name in ["title", "desc", "tspan"] {
                let found = parsed.descendants().find(|node| node.has_tag_name(name));
                prop_assert_eq!(found.unwrap().text().unwrap_or_default(), &expected);
            }
            prop_assert_eq!(parsed.root_element().children().filter(roxmltree::Node::is_element).count(), 4);
        }
    }
}
