//! Which rows of the screen are whose. Runs on any size from 0x0 up; what does not fit goes in this
//! order: tabs, chips, header, status. Draws nothing.

use crate::panes::Rect;

/// The parts of the screen; a part without rows is not drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// Breadcrumb.
    pub header: Rect,
    /// Names of the panes.
    pub tabs: Rect,
    /// The filter stack.
    pub chips: Rect,
    /// The pane.
    pub body: Rect,
    /// Position, messages, hints.
    pub status: Rect,
    /// A text prompt, over the last rows of the body: the line and, beneath it, what is said of it.
    pub prompt: Rect,
}

/// Lays out a screen of `width` x `height` cells.
pub fn layout(width: u16, height: u16, chips: bool) -> Layout {
    let status = u16::from(height >= 2);
    let header = u16::from(height >= 3);
    let chip_rows = u16::from(chips && height >= 5);
    let tabs = u16::from(height >= 10);
    let mut y = 0;
    let mut take = |rows: u16| {
        let rect = Rect::new(0, y, width, rows);
        y += rows;
        rect
    };
    let (header, tabs, chips) = (take(header), take(tabs), take(chip_rows));
    let above = header.height + tabs.height + chips.height;
    let body = take(height - above - status);
    let status = take(status);
    let prompt_rows = height.min(2);
    Layout {
        header,
        tabs,
        chips,
        body,
        status,
        prompt: Rect::new(0, height - prompt_rows, width, prompt_rows),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_screen_without_overlap_at_any_size() {
        for height in 0..40 {
            for chips in [false, true] {
                let l = layout(7, height, chips);
                let parts = [l.header, l.tabs, l.chips, l.body, l.status];
                let mut y = 0;
                for part in parts {
                    assert_eq!(part.y, y, "{height}");
                    y += part.height;
                }
                assert_eq!(y, height);
                assert!(height == 0 || l.body.height > 0, "{height}");
            }
        }
    }
}
