//! A list and its detail: side by side, one above the other, or only the one with the focus, as the
//! room allows. There is no size too small.

use crate::ui::paint;
use crate::ui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// From this width on, list and detail stand side by side.
const SIDE_BY_SIDE: u16 = 100;
/// Below this width, only one of them is shown.
const STACKED: u16 = 60;
/// Below this height, they are not stacked.
const STACKED_ROWS: u16 = 16;

/// Which of the two has the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// The list.
    #[default]
    List,
    /// The part beside or below it.
    Detail,
}

impl Part {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Part {
        match self {
            Part::List => Part::Detail,
            Part::Detail => Part::List,
        }
    }
}

/// Where the two are; an area without rows and columns is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// The list.
    pub list: Rect,
    /// The detail.
    pub detail: Rect,
    /// A line between them, one column wide, where they stand side by side.
    pub line: Rect,
}

impl Split {
    /// Divides an area. `share` is the list's part of it in percent.
    pub fn of(area: Rect, share: u16, focus: Part, maximized: bool) -> Split {
        let nothing = Rect::new(area.x, area.y, 0, 0);
        let share = u32::from(share.min(100));
        let part = |whole: u16| (u32::from(whole) * share / 100) as u16;
        if maximized
            || area.width < STACKED
            || (area.width < SIDE_BY_SIDE && area.height < STACKED_ROWS)
        {
            return match focus {
                Part::List => Split {
                    list: area,
                    detail: nothing,
                    line: nothing,
                },
                Part::Detail => Split {
                    list: nothing,
                    detail: area,
                    line: nothing,
                },
            };
        }
        if area.width >= SIDE_BY_SIDE {
            return Split::beside(area, part(area.width));
        }
        let rows = part(area.height).max(area.height / 2);
        let list = Rect {
            height: rows,
            ..area
        };
        Split {
            list,
            detail: paint::below(area, rows),
            line: nothing,
        }
    }

    /// A list of that width, and the detail beside it.
    fn beside(area: Rect, width: u16) -> Split {
        let (list, rest) = paint::cut(area, width);
        let (line, detail) = paint::cut(rest, 3);
        let line = Rect {
            x: line.x + line.width / 2,
            width: line.width.min(1),
            ..line
        };
        Split { list, detail, line }
    }

    /// Returns whether the two stand side by side.
    pub fn is_beside(&self) -> bool {
        !self.line.is_empty()
    }

    /// With a list of that width, where the two stand side by side.
    #[must_use]
    pub fn with_list(self, width: u16) -> Split {
        if self.is_beside() && width != self.list.width {
            Split::beside(self.list.union(self.detail), width)
        } else {
            self
        }
    }

    /// Draws the line between the two.
    pub fn draw_line(&self, buffer: &mut Buffer, theme: &Theme) {
        for row in self.line.rows() {
            paint::fill(buffer, row, theme.glyphs.vertical, theme.border);
        }
    }

    /// Returns whether the detail is visible.
    pub fn shows_detail(&self) -> bool {
        !self.detail.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(width: u16, height: u16, focus: Part, maximized: bool) -> (u16, u16, u16, u16) {
        let split = Split::of(Rect::new(0, 0, width, height), 60, focus, maximized);
        (
            split.list.width,
            split.list.height,
            split.detail.width,
            split.detail.height,
        )
    }

    #[test]
    fn the_room_decides() {
        assert_eq!(of(120, 40, Part::List, false), (72, 40, 45, 40));
        assert_eq!(of(80, 20, Part::List, false), (80, 12, 80, 8));
        assert_eq!(of(80, 10, Part::List, false), (80, 10, 0, 0));
        assert_eq!(of(50, 40, Part::List, false), (50, 40, 0, 0));
        assert_eq!(of(50, 40, Part::Detail, false), (0, 0, 50, 40));
        assert_eq!(of(120, 40, Part::Detail, true), (0, 0, 120, 40));
    }

    #[test]
    fn parts_stay_inside_at_any_size() {
        for width in 0..=130 {
            for height in 0..=20 {
                let area = Rect::new(3, 2, width, height);
                let split = Split::of(area, 60, Part::List, false);
                for part in [split.list, split.detail, split.line] {
                    assert!(part.is_empty() || area.union(part) == area, "{area} {part}");
                }
                assert!(split.list.intersection(split.detail).is_empty());
                let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 10));
                split.draw_line(&mut buffer, &Theme::default());
            }
        }
    }
}
