//! A process tree as a diagram of activities, gateways and flows, as BPMN has them.

use super::tree::Tree;

/// Kind of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Start,
    End,
    /// An activity, by number.
    Task(u32),
    /// One of its flows is taken.
    Exclusive,
    /// All of its flows are taken.
    Parallel,
}

/// Nodes, the first of which is the start and the last one the end, and flows between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagram {
    pub(super) nodes: Vec<Shape>,
    pub(super) flows: Vec<[u32; 2]>,
}

impl Diagram {
    /// Draws a tree.
    pub fn of(tree: &Tree) -> Self {
        let mut diagram = Diagram::default();
        let start = diagram.node(Shape::Start);
        let last = diagram.add(tree, start);
        let end = diagram.node(Shape::End);
        diagram.flow(last, end);
        diagram
    }

    fn node(&mut self, shape: Shape) -> u32 {
        self.nodes.push(shape);
        self.nodes.len() as u32 - 1
    }

    /// Adds a flow, once.
    fn flow(&mut self, from: u32, to: u32) {
        if !self.flows.contains(&[from, to]) {
            self.flows.push([from, to]);
        }
    }

    /// Adds the nodes of a tree behind a node; returns the last one.
    fn add(&mut self, tree: &Tree, from: u32) -> u32 {
        match tree {
            Tree::Silent => from,
            Tree::Activity(activity) => {
                let task = self.node(Shape::Task(*activity));
                self.flow(from, task);
                task
            }
            Tree::Sequence(parts) => parts.iter().fold(from, |at, part| self.add(part, at)),
            Tree::Choice(parts) => self.branches(parts, Shape::Exclusive, from),
            Tree::Parallel(parts) => {
                let parts: Vec<Tree> = parts
                    .iter()
                    .filter(|p| **p != Tree::Silent)
                    .cloned()
                    .collect();
                match &parts[..] {
                    [] => from,
                    [only] => self.add(only, from),
                    _ => self.branches(&parts, Shape::Parallel, from),
                }
            }
            Tree::Loop(body, again) => {
                let join = self.node(Shape::Exclusive);
                self.flow(from, join);
                let last = self.add(body, join);
                let split = self.node(Shape::Exclusive);
                self.flow(last, split);
                for part in again {
                    let last = self.add(part, split);
                    self.flow(last, join);
                }
                split
            }
        }
    }

    fn branches(&mut self, parts: &[Tree], shape: Shape, from: u32) -> u32 {
        let split = self.node(shape);
        self.flow(from, split);
        let ends: Vec<u32> = parts.iter().map(|part| self.add(part, split)).collect();
        let join = self.node(shape);
        for end in ends {
            self.flow(end, join);
        }
        join
    }

    /// Column of each node: the longest way to it without going back.
    pub(super) fn columns(&self) -> Vec<usize> {
        let mut columns = vec![0; self.nodes.len()];
        // Nodes are made behind those that lead to them; only loops go back.
        for &[from, to] in &self.by_source() {
            if from < to {
                let column = columns[from as usize] + 1;
                columns[to as usize] = columns[to as usize].max(column);
            }
        }
        columns
    }

    fn by_source(&self) -> Vec<[u32; 2]> {
        let mut flows = self.flows.clone();
        flows.sort_unstable();
        flows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silent_parts_are_flows() {
        use Tree::{Activity, Choice, Loop, Silent};
        let tree = Choice(vec![Silent, Loop(Box::new(Activity(0)), vec![Silent])]);
        let diagram = Diagram::of(&tree);
        // Start, split, loop join, task, loop split, join, end.
        assert_eq!(diagram.nodes.len(), 7);
        assert!(diagram.flows.contains(&[1, 5]) && diagram.flows.contains(&[4, 2]));
        assert_eq!(diagram.columns(), [0, 1, 2, 3, 4, 5, 6]);
    }
}
