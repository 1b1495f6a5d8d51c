//! A grid of characters to draw on.

/// Grows to whatever is drawn; columns and rows count from 0 at the top left.
#[derive(Debug, Default)]
pub(crate) struct Canvas {
    rows: Vec<Vec<char>>,
}

impl Canvas {
    /// Writes one character.
    pub(crate) fn put(&mut self, x: usize, y: usize, c: char) {
        if self.rows.len() <= y {
            self.rows.resize_with(y + 1, Vec::new);
        }
        let Some(row) = self.rows.get_mut(y) else {
            return;
        };
        if row.len() <= x {
            row.resize(x + 1, ' ');
        }
        if let Some(cell) = row.get_mut(x) {
            *cell = c;
        }
    }

    /// Writes text from a column to the right.
    pub(crate) fn text(&mut self, x: usize, y: usize, text: &str) {
        for (offset, c) in text.chars().enumerate() {
            self.put(x + offset, y, c);
        }
    }

    /// Writes text around a column.
    pub(crate) fn centered(&mut self, center: usize, y: usize, text: &str) {
        self.text(center.saturating_sub(text.chars().count() / 2), y, text);
    }

    /// Draws a line between two columns, both included.
    pub(crate) fn horizontal(&mut self, from: usize, to: usize, y: usize) {
        for x in from..=to {
            self.put(x, y, '-');
        }
    }

    /// Draws a line between two rows, both included.
    pub(crate) fn vertical(&mut self, x: usize, from: usize, to: usize) {
        for y in from..=to {
            self.put(x, y, '|');
        }
    }

    /// Draws the outline of a box; width and height include it.
    pub(crate) fn outline(&mut self, x: usize, y: usize, width: usize, height: usize) {
        let right = (x + width).saturating_sub(1);
        let bottom = (y + height).saturating_sub(1);
        self.vertical(x, y, bottom);
        self.vertical(right, y, bottom);
        for edge in [y, bottom] {
            self.horizontal(x, right, edge);
            self.put(x, edge, '+');
            self.put(right, edge, '+');
        }
    }

    /// The rows, each without trailing spaces and ended by a newline.
    pub(crate) fn render(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let line: String = row.iter().collect();
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_what_it_is_told() {
        let mut canvas = Canvas::default();
        canvas.outline(1, 0, 7, 3);
        canvas.centered(4, 1, "abc");
        canvas.put(4, 2, '+');
        canvas.vertical(4, 3, 3);
        canvas.text(0, 5, "end  ");
        let drawn = [" +-----+", " | abc |", " +--+--+", "    |", "", "end", ""];
        assert_eq!(canvas.render(), drawn.join("\n"));
    }
}
