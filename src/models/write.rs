//! Models as text: nets in PNML, diagrams in BPMN 2.0 and as flowcharts of Mermaid.

use super::diagram::{Diagram, Shape};
use super::net::{Net, Tokens};
use crate::text::markup::{self, xml};
use std::fmt::Write;

/// Returns a net in PNML, with its final marking as ProM and pm4py write it.
pub fn pnml(net: &Net) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<pnml>\n  \
         <net id=\"net\" type=\"http://www.pnml.org/version-2009/grammar/ptnet\">\n    \
         <page id=\"page\">\n",
    );
    let mut initial = vec![0; net.places.len()];
    for tokens in &net.initial {
        initial[tokens.place as usize] = tokens.count;
    }
    // Writing to a String does not fail.
    for (place, tokens) in net.places.iter().zip(initial) {
        let id = xml(place);
        let marking = match tokens {
            0 => String::new(),
            n => format!("<initialMarking><text>{n}</text></initialMarking>"),
        };
        let _ = writeln!(
            out,
            "      <place id=\"{id}\"><name><text>{id}</text></name>{marking}</place>"
        );
    }
    for transition in &net.transitions {
        let id = xml(&transition.id);
        let name = match &transition.label {
            Some(label) => format!("<name><text>{}</text></name>", xml(label)),
            None => format!(
                "<name><text>{id}</text></name><toolspecific tool=\"ProM\" version=\"6.4\" \
                 activity=\"$invisible$\"/>"
            ),
        };
        let _ = writeln!(out, "      <transition id=\"{id}\">{name}</transition>");
    }
    let mut number = 0;
    let mut arc = |out: &mut String, source: &str, target: &str, count: u32| {
        let weight = match count {
            1 => String::new(),
            n => format!("<inscription><text>{n}</text></inscription>"),
        };
        let (source, target) = (xml(source), xml(target));
        let _ = writeln!(
            out,
            "      <arc id=\"a{number}\" source=\"{source}\" target=\"{target}\">{weight}</arc>"
        );
        number += 1;
    };
    for transition in &net.transitions {
        for taken in &transition.takes {
            let place = &net.places[taken.place as usize];
            arc(&mut out, place, &transition.id, taken.count);
        }
        for put in &transition.puts {
            let place = &net.places[put.place as usize];
            arc(&mut out, &transition.id, place, put.count);
        }
    }
    out.push_str("    </page>\n    <finalmarkings>\n");
    for end in &net.finals {
        let place = |tokens: &Tokens| {
            let id = xml(&net.places[tokens.place as usize]);
            let count = tokens.count;
            format!("<place idref=\"{id}\"><text>{count}</text></place>")
        };
        let places: String = end.iter().map(place).collect();
        let _ = writeln!(out, "      <marking>{places}</marking>");
    }
    out.push_str("    </finalmarkings>\n  </net>\n</pnml>\n");
    out
}

/// Size of a node of a drawing, width and height.
fn size(shape: Shape) -> [usize; 2] {
    match shape {
        Shape::Task(_) => [100, 80],
        Shape::Start | Shape::End => [36, 36],
        Shape::Exclusive | Shape::Parallel => [50, 50],
    }
}

/// Distances of the columns and rows of a drawing.
const GRID: [usize; 2] = [150, 110];

/// Returns a diagram in BPMN 2.0, with the places of its nodes, and the names of activities.
pub fn bpmn(diagram: &Diagram, names: &[impl AsRef<str>]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" \
         xmlns:bpmndi=\"http://www.omg.org/spec/BPMN/20100524/DI\" \
         xmlns:dc=\"http://www.omg.org/spec/DD/20100524/DC\" \
         xmlns:di=\"http://www.omg.org/spec/DD/20100524/DI\" id=\"definitions\" \
         targetNamespace=\"http://bpmn.io/schema/bpmn\">\n  <process id=\"process\" \
         isExecutable=\"false\">\n",
    );
    for (at, shape) in diagram.nodes.iter().enumerate() {
        let (element, name) = match shape {
            Shape::Start => ("startEvent", None),
            Shape::End => ("endEvent", None),
            Shape::Task(activity) => ("task", Some(names[*activity as usize].as_ref())),
            Shape::Exclusive => ("exclusiveGateway", None),
            Shape::Parallel => ("parallelGateway", None),
        };
        let name = name.map(|name| format!(" name=\"{}\"", xml(name)));
        let name = name.unwrap_or_default();
        // Writing to a String does not fail.
        let _ = writeln!(out, "    <{element} id=\"n{at}\"{name}/>");
    }
    for (at, [from, to]) in diagram.flows.iter().enumerate() {
        let _ = writeln!(
            out,
            "    <sequenceFlow id=\"f{at}\" sourceRef=\"n{from}\" targetRef=\"n{to}\"/>"
        );
    }
    out.push_str("  </process>\n  <bpmndi:BPMNDiagram id=\"diagram\">\n    ");
    out.push_str("<bpmndi:BPMNPlane id=\"plane\" bpmnElement=\"process\">\n");
    let centers = centers(diagram);
    for (at, (shape, [x, y])) in diagram.nodes.iter().zip(&centers).enumerate() {
        let [width, height] = size(*shape);
        let (x, y) = (x - width / 2, y - height / 2);
        let _ = writeln!(
            out,
            "      <bpmndi:BPMNShape id=\"n{at}_di\" bpmnElement=\"n{at}\"><dc:Bounds x=\"{x}\" \
             y=\"{y}\" width=\"{width}\" height=\"{height}\"/></bpmndi:BPMNShape>"
        );
    }
    for (at, &[from, to]) in diagram.flows.iter().enumerate() {
        let ends = [from, to].map(|node| centers[node as usize]);
        let points = ends.map(|[x, y]| format!("<di:waypoint x=\"{x}\" y=\"{y}\"/>"));
        let _ = writeln!(
            out,
            "      <bpmndi:BPMNEdge id=\"f{at}_di\" bpmnElement=\"f{at}\">{}</bpmndi:BPMNEdge>",
            points.concat()
        );
    }
    out.push_str("    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>\n</definitions>\n");
    out
}

/// The center of each node: columns from left to right, nodes of one column below each other.
fn centers(diagram: &Diagram) -> Vec<[usize; 2]> {
    let columns = diagram.columns();
    let mut rows = vec![0; columns.iter().max().map_or(0, |most| most + 1)];
    let center = |&column: &usize| {
        let row = rows[column];
        rows[column] += 1;
        [(column + 1) * GRID[0], (row + 1) * GRID[1]]
    };
    columns.iter().map(center).collect()
}

/// Returns a diagram as a flowchart of Mermaid, with the names of activities.
pub fn mermaid(diagram: &Diagram, names: &[impl AsRef<str>]) -> String {
    let mut out = String::from("flowchart LR\n");
    for (at, shape) in diagram.nodes.iter().enumerate() {
        let node = match shape {
            Shape::Start => "((start))".to_owned(),
            Shape::End => "(((end)))".to_owned(),
            Shape::Task(activity) => {
                format!(
                    "[\"{}\"]",
                    markup::mermaid(names[*activity as usize].as_ref())
                )
            }
            Shape::Exclusive => "{x}".to_owned(),
            Shape::Parallel => "{+}".to_owned(),
        };
        // Writing to a String does not fail.
        let _ = writeln!(out, "  n{at}{node}");
    }
    for [from, to] in &diagram.flows {
        let _ = writeln!(out, "  n{from} --> n{to}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Tree, read};
    use super::*;

    fn tree() -> Tree {
        use Tree::{Activity, Choice, Loop, Parallel, Sequence, Silent};
        Sequence(vec![
            Activity(0),
            Parallel(vec![
                Activity(1),
                Loop(Box::new(Activity(2)), vec![Silent, Activity(0)]),
            ]),
            Choice(vec![Silent, Activity(1)]),
        ])
    }

    const NAMES: [&str; 3] = ["A <b> & \"c\"", "B\nb", "日本"];

    #[test]
    fn written_nets_are_read_back() {
        let net = tree().net(&NAMES);
        let text = pnml(&net);
        assert_eq!(read(text.as_bytes()).unwrap(), net);
    }

    #[test]
    fn written_diagrams_are_read_back_with_their_labels() {
        let text = bpmn(&Diagram::of(&tree()), &NAMES);
        let net = read(text.as_bytes()).unwrap();
        assert!(net.may_end());
        assert!(
            net.labels()
                .iter()
                .eq(["A <b> & \"c\"", "B b", "日本"].iter())
        );
    }

    #[test]
    fn flowcharts_hold_no_markup_of_names() {
        let text = mermaid(&Diagram::of(&tree()), &NAMES);
        assert!(
            text.starts_with("flowchart LR\n  n0((start))\n  n1[\"A #60;b#62; #38; #34;c#34;\"]\n")
        );
        assert!(text.contains("[\"B#10;b\"]") && text.contains("n0 --> n1\n"));
    }
}
